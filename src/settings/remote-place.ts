import { dirname, resolve } from 'node:path'
import { CertmanError } from '../base/errors.ts'
import { isObject } from './json.ts'
import type { SecretSource } from './secret-source.ts'

/** A folder on this machine. */
export interface DirectoryPlace {
  /** Absolute. */
  readonly path: string
}

/** Where the secret of a remote store comes from; `saved` stands in the settings because somebody insisted. */
export type StoredSecret = SecretSource | { readonly from: 'saved'; readonly value: string }

/** A certificate and key of a certman store, shown to the server. */
export interface ClientCertificatePlace {
  /** Name or path of a store. */
  readonly store: string
  /** The certificate in it. */
  readonly ref: string
  /** Opens its key. */
  readonly password?: SecretSource
}

/** A configured server. */
export interface RemotePlace {
  /** A vendor: see `DIALECT_NAMES`. */
  readonly kind: string
  readonly url: string
  /** How the client proves who it is; default: the vendor's first form. */
  readonly auth?: string
  readonly user?: string
  readonly secret?: StoredSecret
  /** PEM of further trust anchors; absolute. */
  readonly caFile?: string
  /** SHA-256 of the server's certificate, lower-case hex. */
  readonly pin?: string
  readonly clientCertificate?: ClientCertificatePlace
  readonly proxy?: string
  /** As typed: `30s`. */
  readonly timeout?: string
  readonly retries?: number
  /** Vendor settings. */
  readonly options?: Readonly<Record<string, string>>
}

/** Where a configured store lies. */
export type StorePlace = DirectoryPlace | RemotePlace

/** Whether a configured store is a server. */
export const isRemotePlace = (place: StorePlace): place is RemotePlace => 'kind' in place

/** Path or URL. */
export const locationOf = (place: StorePlace): string => (isRemotePlace(place) ? place.url : place.path)

type Fields = Readonly<Record<string, unknown>>

const TEXTS = ['kind', 'url', 'auth', 'user', 'caFile', 'pin', 'proxy', 'timeout'] as const
const OTHERS = ['secret', 'clientCertificate', 'retries', 'options'] as const

/** One entry of `stores`, and where it stands: for messages, and as the start of relative paths. */
interface Entry {
  readonly file: string
  readonly name: string
}

const invalid = ({ file, name }: Entry, what: string): CertmanError =>
  new CertmanError('settings.invalid', `${file}: the store ${JSON.stringify(name)} ${what}`)

function checkMembers(entry: Entry, fields: Fields, known: readonly string[]): void {
  for (const member of Object.keys(fields))
    if (!known.includes(member)) throw invalid(entry, `has no setting ${JSON.stringify(member)}`)
}

function needText(entry: Entry, fields: Fields, member: string): string {
  const value = fields[member]
  if (typeof value === 'string' && value !== '') return value
  throw invalid(entry, `needs ${JSON.stringify(member)} as text`)
}

const SOURCES: Readonly<Record<string, string>> = {
  file: 'path',
  env: 'name',
  command: 'command',
  saved: 'value',
}

function readSource(entry: Entry, value: unknown): StoredSecret {
  const from = isObject(value) ? value['from'] : undefined
  const member = typeof from === 'string' && Object.hasOwn(SOURCES, from) ? SOURCES[from]! : undefined
  if (!isObject(value) || member === undefined)
    throw invalid(entry, 'needs a secret "from" file, env, command or saved')
  checkMembers(entry, value, ['from', member])
  const text = needText(entry, value, member)
  if (from === 'file') return { from, path: resolve(dirname(entry.file), text) }
  return { from, [member]: text } as unknown as StoredSecret
}

function readClientCertificate(entry: Entry, value: unknown): ClientCertificatePlace {
  if (!isObject(value)) throw invalid(entry, 'needs "clientCertificate" as an object')
  checkMembers(entry, value, ['store', 'ref', 'password'])
  const place = { store: needText(entry, value, 'store'), ref: needText(entry, value, 'ref') }
  if (value['password'] === undefined) return place
  const password = readSource(entry, value['password'])
  if (password.from === 'saved') throw invalid(entry, 'cannot save the password of its client certificate')
  return { ...place, password }
}

function readOptions(entry: Entry, value: unknown): Readonly<Record<string, string>> {
  if (isObject(value) && Object.values(value).every((each) => typeof each === 'string'))
    return value as Readonly<Record<string, string>>
  throw invalid(entry, 'needs "options" as an object of texts')
}

function readRemote(entry: Entry, fields: Fields): RemotePlace {
  checkMembers(entry, fields, [...TEXTS, ...OTHERS])
  for (const member of ['kind', 'url']) needText(entry, fields, member)
  const texts = TEXTS.filter((member) => fields[member] !== undefined)
  const place: Record<string, unknown> = {}
  for (const member of texts) place[member] = needText(entry, fields, member)
  if (!URL.canParse(place['url'] as string)) throw invalid(entry, 'needs "url" as an https:// address')
  if (place['caFile'] !== undefined) place['caFile'] = resolve(dirname(entry.file), place['caFile'] as string)
  const { secret, clientCertificate, retries, options } = fields
  if (secret !== undefined) place['secret'] = readSource(entry, secret)
  if (clientCertificate !== undefined)
    place['clientCertificate'] = readClientCertificate(entry, clientCertificate)
  if (options !== undefined) place['options'] = readOptions(entry, options)
  if (retries === undefined) return place as unknown as RemotePlace
  if (!Number.isInteger(retries) || (retries as number) < 0 || (retries as number) > 100)
    throw invalid(entry, 'needs "retries" as a number from 0 to 100')
  return { ...place, retries } as unknown as RemotePlace
}

/**
 * One entry of `stores`: a folder (`path`), or a server (`kind`, `url` …). Unknown members are refused.
 *
 * @throws {CertmanError} `settings.invalid`
 */
export function readPlace(file: string, name: string, value: unknown): StorePlace {
  const entry = { file, name }
  if (!isObject(value)) throw invalid(entry, 'needs a "path"')
  if (value['kind'] !== undefined || value['url'] !== undefined) return readRemote(entry, value)
  if (typeof value['path'] !== 'string' || value['path'] === '') throw invalid(entry, 'needs a "path"')
  checkMembers(entry, value, ['path'])
  return { path: resolve(dirname(file), value['path']) }
}
