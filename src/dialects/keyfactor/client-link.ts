import { CertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { Once } from '../../base/once.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import { jsonIn, strangeAnswer, wordsOf, type ReplyFault } from '../reply-errors.ts'
import { VendorLink, type Spoken, basicHeader } from '../vendor-link.ts'
import { bearerToken } from './client-token.ts'
import { WIRE_CODES } from './errors.ts'
import type { MetadataField } from './metadata.ts'
import { HEADER, listMember, numberMember, textMember, VENDOR, wireList, wireObject } from './wire.ts'

/** Where the API lies when the URL names only a host: what installers propose. */
const DEFAULT_PATH = '/KeyfactorAPI'

/** One call of the vendor's API. */
export interface ApiCall extends Spoken, Pick<HttpRequest, 'method' | 'body' | 'repeatable' | 'masked'> {
  /** Below the API's path: `/Certificates/7`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** `x-certificateformat`. */
  readonly format?: string
}

/** The connection with its credential, its scope and its error messages. */
export class Link extends VendorLink<ApiCall> {
  protected readonly vendor = VENDOR
  readonly #token = new Once(() => bearerToken(this.setup))
  readonly #metadataFields = new Once(() => this.#askMetadataFields())

  /**
   * The collection, else the certificate store container, that permissions are checked by, when the store is set up for
   * one. Of both the vendor looks at the collection only.
   */
  get scope(): { readonly collectionId?: number; readonly containerId?: number } {
    const collectionId = this.#number('collection')
    if (collectionId !== undefined) return { collectionId }
    const containerId = this.#number('container')
    return containerId === undefined ? {} : { containerId }
  }

  /** @throws {CertmanError} `settings.invalid` */
  #number(name: 'collection' | 'container'): number | undefined {
    const text = this.option(name)
    if (text === undefined) return undefined
    if (/^\d{1,10}$/.test(text)) return Number(text)
    throw new CertmanError(
      'settings.invalid',
      `the ${name} of the store is no number: ${JSON.stringify(text)}`,
    )
  }

  /** Names of the metadata fields that hold name, friendly name and tags on this server. */
  get fields(): Readonly<Record<MetadataField, string>> {
    return {
      Name: this.option('name-field') ?? 'Name',
      FriendlyName: this.option('friendly-name-field') ?? 'FriendlyName',
      Tags: this.option('tags-field') ?? 'Tags',
    }
  }

  /** Names of the metadata fields that the server has, lower case; asked once. None where they may not be read. */
  metadataFields(): Promise<ReadonlySet<string>> {
    return this.#metadataFields.get()
  }

  async #askMetadataFields(): Promise<ReadonlySet<string>> {
    const reply = await this.ask({
      method: 'GET',
      path: '/MetadataFields',
      query: { 'pq.returnLimit': 1000 },
    })
    if (reply.status >= 500) throw this.refusal(reply)
    if (reply.status !== 200) return new Set()
    return new Set(wireList(reply).map((each) => (textMember(each, 'Name') ?? '').toLowerCase()))
  }

  /** Sends; any status is an answer. A token that has run out is fetched anew, once. */
  override async ask(call: ApiCall): Promise<HttpReply> {
    const reply = await this.#send(call)
    if (reply.status !== 401 || this.setup.credential?.form !== 'client-credentials') return reply
    this.#token.forget()
    return this.#send(call)
  }

  /** What a number names; undefined when there is none, also for what is no number. */
  async findNumber(call: ApiCall & { readonly id: string }): Promise<JsonObject | undefined> {
    if (!/^\d{1,10}$/.test(call.id)) return undefined
    const reply = await this.find({ ...call, path: `${call.path}/${call.id}` })
    if (!reply) return undefined
    const wire = wireObject(reply)
    if (numberMember(wire, 'Id') === Number(call.id)) return wire
    throw strangeAnswer(VENDOR, reply, 'another record than was asked for')
  }

  protected override meaning(reply: HttpReply): Pick<ReplyFault, 'message' | 'codes' | 'hint'> {
    const body = jsonIn(reply)
    const said = [wordsOf(reply), ...reasonsOf(body)].filter((text) => text !== undefined)
    // a server of certman repeats the one reason in its message
    const words = said.filter((text) => !said.some((other) => other !== text && other.includes(text)))
    const isKeyless = textMember(body, 'ErrorCode')?.toUpperCase() === WIRE_CODES.noPrivateKey.toUpperCase()
    return {
      ...(words.length > 0 && { message: [...new Set(words)].join('; ') }),
      ...(isKeyless && { codes: { 400: 'key.missing' }, hint: 'the server keeps no private key for it' }),
    }
  }

  async #send({ method, path, query, body, format, repeatable, masked }: ApiCall): Promise<HttpReply> {
    const { http } = this.setup
    const base = http.base.pathname === '/' ? DEFAULT_PATH : ''
    return http.send({
      method,
      path: `${base}${path}${queryText(query ?? {})}`,
      headers: {
        Accept: 'application/json',
        [HEADER.requestedWith]: 'APIClient',
        [HEADER.version]: '1',
        ...(format !== undefined && { [HEADER.format]: format }),
        ...(await this.#credential()),
      },
      body,
      repeatable,
      masked,
    })
  }

  async #credential(): Promise<Record<string, string>> {
    const { credential } = this.setup
    if (!credential) return {}
    if (credential.form === 'client-credentials')
      return { Authorization: `Bearer ${await this.#token.get()}` }
    const secret = await credential.secret()
    if (credential.form === 'bearer')
      return secret.useText((text) => ({ Authorization: `Bearer ${text.trim()}` }))
    const user = windowsUser(credential.user ?? '', this.option('domain'))
    return secret.useText((password) => ({ Authorization: basicHeader(user, password) }))
  }
}

/** `user@domain` and a domain from the settings both become `DOMAIN\user`, as the vendor's clients send it. */
function windowsUser(user: string, domain: string | undefined): string {
  if (user.includes('\\') || domain === undefined) return user
  return `${domain}\\${user.replace(/@.*$/, '')}`
}

/** A space is `%20`, which old and new servers decode. */
function queryText(query: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined)
  if (pairs.length === 0) return ''
  return `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
}

const reasonsOf = (body: Json | undefined): readonly (string | undefined)[] =>
  listMember(body, 'FailedOperations').map((each) => textMember(each, 'Reason'))
