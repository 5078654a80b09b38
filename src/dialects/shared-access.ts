import { CertmanError } from '../base/errors.ts'
import { hmacSha512 } from '../crypto/hmac.ts'

/** How a shared access signature is written. */
export type SignatureForm = 'long' | 'compact'

/** A shared access signature to be made. */
export interface SignatureOrder {
  /** Id of the key: `integration` for the key of the service itself. */
  readonly id: string
  /** The primary or secondary key as the portal shows it; its text is the key, it is not decoded. */
  readonly key: string
  /** Cut to the minute, as the compact form demands. */
  readonly expires: Date
  readonly form: SignatureForm
}

/** The parts of a shared access signature. */
export interface SignedToken {
  readonly id: string
  /** As signed: `2014-08-04T22:03:00.0000000Z`. */
  readonly expiry: string
  readonly signature: string
}

/** What an `Authorization` header holds, and its parts. */
export interface SharedAccess extends SignedToken {
  readonly token: string
}

/** An instant in the round-trip form of .NET (`O`), seven digits of a second. */
export const roundTrip = (instant: Date): string => `${instant.toISOString().slice(0, 23)}0000Z`

/** The signature over a key's id and the expiry, as Base64; the expiry is signed as it is written. */
export const accessSignature = (id: string, expiry: string, key: string): string =>
  hmacSha512(key, `${id}\n${expiry}`)

/**
 * Makes a shared access signature. Its seconds are zero, so that both forms have the same signature.
 *
 * @throws {CertmanError} `input.invalid` for an id that would not survive the form
 */
export function sharedAccess({ id, key, expires, form }: SignatureOrder): SharedAccess {
  if (!/^[A-Za-z0-9._~-]{1,256}$/.test(id))
    throw new CertmanError('input.invalid', `${JSON.stringify(id)} is no id of an access key`, {
      hint: 'the portal shows it as Identifier, such as integration',
      field: 'user',
    })
  const minute = new Date(Math.floor(expires.getTime() / 60_000) * 60_000)
  const expiry = roundTrip(minute)
  const signature = accessSignature(id, expiry, key)
  const stamp = expiry.replace(/\D/g, '').slice(0, 12)
  const text = form === 'long' ? `uid=${id}&ex=${expiry}&sn=${signature}` : `${id}&${stamp}&${signature}`
  return { token: `SharedAccessSignature ${text}`, id, expiry, signature }
}

/**
 * Takes a token apart: `uid=…&ex=…&sn=…` or `id&yyyyMMddHHmm&signature`. Never with a decoder of forms: the `+` of Base64
 * would be lost. The expiry of the first form is what was sent, whether or not it is a date.
 *
 * @returns undefined for what is no token
 */
export function readSharedAccess(token: string): SignedToken | undefined {
  const parts = token.split('&')
  if (parts.length !== 3) return undefined
  const member = (name: string): string =>
    parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  const isLong = token.startsWith('uid=')
  const [id, expiry, signature] = isLong
    ? [member('uid'), member('ex'), member('sn')]
    : [parts[0]!, stampedExpiry(parts[1]!), parts[2]!]
  return id !== '' && expiry !== '' && signature !== '' ? { id, expiry, signature } : undefined
}

/** What the compact form stands for; empty for what is no minute. */
function stampedExpiry(stamp: string): string {
  const [, year, month, day, hour, minute] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? []
  return year === undefined ? '' : `${year}-${month}-${day}T${hour}:${minute}:00.0000000Z`
}

/** When a token ends, in milliseconds since 1970; NaN for a date that is none. */
export const endOfToken = ({ expiry }: SignedToken): number =>
  Date.parse(expiry.replace(/(\.\d{3})\d+/, '$1'))
