import type { Call } from '../http/exchange.ts'

/** User and password of a call's Basic credential (RFC 7617 section 2); the password may have colons. Undefined: there is none. */
export function basicCredential(
  call: Pick<Call, 'header'>,
): readonly [user: string, password: string] | undefined {
  const header = call.header('authorization')?.trim() ?? ''
  const base64 = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1]
  if (base64 === undefined) return undefined
  const text = Buffer.from(base64, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon <= 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)]
}
