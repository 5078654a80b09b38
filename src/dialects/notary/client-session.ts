import { CertmanError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { Once } from '../../base/once.ts'
import type { HttpReply, HttpRequest } from '../../http/request.ts'
import type { RemoteSetup } from '../dialect.ts'
import { isHtml, replyError, strangeAnswer } from '../reply-errors.ts'
import { member, textMember } from '../members.ts'
import { API, COOKIE, payload, VENDOR, wireObject } from './wire.ts'

/** Servers since 2026 read the cookie only, older ones the header only. */
export const credentialHeaders = (token: string | undefined): Readonly<Record<string, string>> =>
  token === undefined ? {} : { Cookie: `${COOKIE}=${token}`, Authorization: `Bearer ${token}` }

/** Logs in when a token is first needed, and again when it has run out: after an hour, whatever the cookie says. */
export class Session {
  readonly #setup: RemoteSetup
  readonly #token = new Once(() => this.#logIn())

  constructor(setup: RemoteSetup) {
    this.#setup = setup
  }

  /** The token of this session; undefined for a store without a credential. */
  async token(): Promise<string | undefined> {
    const { credential } = this.#setup
    if (!credential) return undefined
    if (credential.form === 'bearer') {
      const secret = await credential.secret()
      return secret.useText((text) => cleanToken(text))
    }
    return this.#token.get()
  }

  /** Drops a token that was refused. @returns whether another one can be had */
  forget(token: string | undefined): boolean {
    if (token === undefined || this.#setup.credential?.form !== 'login') return false
    this.#token.forget()
    return true
  }

  /** `GET /status`. @throws {CertmanError} when it is no answer of Notary */
  async status(): Promise<Json> {
    const reply = await this.#setup.http.send({ method: 'GET', path: '/status' })
    if (reply.status !== 200 || isHtml(reply)) throw this.#refusal(reply)
    return wireObject(reply)
  }

  async #logIn(): Promise<string> {
    const email = this.#setup.credential?.user ?? ''
    if (email === '')
      throw new CertmanError('auth.failed', `the store ${JSON.stringify(this.#setup.name)} names no user`, {
        hint: 'Notary knows its users by e-mail address: certman store add … --user ADDRESS',
      })
    await this.#makeFirstAccount(email)
    const reply = await this.#post('/login', { email, username: email }, { repeatable: true })
    if (reply.status < 200 || reply.status >= 300 || isHtml(reply)) throw this.#refusal(reply)
    return this.#tokenOf(reply)
  }

  /** With `--set first-account=create`: a server that has no account yet gets this one, which becomes its admin. */
  async #makeFirstAccount(email: string): Promise<void> {
    if (this.#setup.options['first-account'] !== 'create') return
    if (member(await this.status(), 'initialized') !== false) return
    const reply = await this.#post(`${API}/accounts`, { email, username: email, role_id: 0 })
    if (reply.status < 200 || reply.status >= 300) throw this.#refusal(reply)
    this.#setup.notice(`made the first account of ${VENDOR}: ${email}, an admin`)
  }

  /** Sends a user's name and password; old servers want `username`, new ones ignore what they do not know. */
  async #post(
    path: string,
    user: Readonly<Record<string, string | number>>,
    how: Pick<HttpRequest, 'repeatable'> = {},
  ): Promise<HttpReply> {
    const secret = await this.#setup.credential!.secret()
    return secret.useText((text) =>
      this.#setup.http.send({
        method: 'POST',
        path,
        body: { ...user, password: text.replace(/\r?\n$/, '') },
        masked: ['/password', '/result/token', '/data/token'],
        ...how,
      }),
    )
  }

  #tokenOf(reply: HttpReply): string {
    for (const cookie of reply.cookies) {
      const value = new RegExp(`^${COOKIE}=([^;]*)`).exec(cookie)?.[1]
      if (value) return cleanToken(value)
    }
    const token = reply.body.length === 0 ? undefined : textMember(payload(reply.json()), 'token')
    if (token) return cleanToken(token)
    throw strangeAnswer(VENDOR, reply, 'neither a cookie nor a token')
  }

  #refusal(reply: HttpReply): CertmanError {
    return replyError(reply, { vendor: VENDOR, store: this.#setup.name })
  }
}

/** A token goes into headers: it must not end one. @throws {CertmanError} `auth.failed` */
function cleanToken(text: string): string {
  const token = text.trim()
  if (/^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/.test(token)) return token
  throw new CertmanError(
    'auth.failed',
    `the token for ${VENDOR} is empty or holds characters that no token has`,
  )
}
