import type { Call } from '../../http/exchange.ts'
import type { Access, House } from '../house.ts'
import { accessSignature } from '../shared-access.ts'
import { unauthorized } from './errors.ts'

/** The parts of a shared access signature; `expiry` is the text that was signed. */
export interface SignedToken {
  readonly id: string
  readonly expiry: string
  readonly signature: string
}

const LONG_EXPIRY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/

/**
 * Takes a token apart: `uid=…&ex=…&sn=…`, `id&yyyyMMddHHmm&signature`, or either as `token="…",refresh="true"`. Never with a
 * decoder of forms: the `+` of Base64 would be lost.
 *
 * @returns undefined for what is no token
 */
function readToken(text: string): SignedToken | undefined {
  const wrapped = /^token="([^"]*)"/i.exec(text.trim())
  const token = wrapped?.[1] ?? text.trim()
  const parts = token.split('&')
  if (parts.length !== 3) return undefined
  const [first, second, third] = parts as [string, string, string]
  if (first.startsWith('uid=')) return longToken(parts)
  const stamp = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(second)
  if (!stamp) return undefined
  const [, year, month, day, hour, minute] = stamp
  const expiry = `${year}-${month}-${day}T${hour}:${minute}:00.0000000Z`
  return { id: first, expiry, signature: third }
}

function longToken(parts: readonly string[]): SignedToken | undefined {
  const member = (name: string): string =>
    parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
  const [id, expiry, signature] = [member('uid'), member('ex'), member('sn')]
  return LONG_EXPIRY.test(expiry) && id !== '' && signature !== '' ? { id, expiry, signature } : undefined
}

/** When a token ends; NaN for a date that is none. */
const endOf = ({ expiry }: SignedToken): number => Date.parse(expiry.replace(/(\.\d{3})\d+/, '$1'))

/**
 * Who calls: a shared access signature, or a bearer token.
 *
 * @throws {WireFault} 401
 */
export async function admit({ gate, ambient }: House, call: Call): Promise<Access> {
  const [, scheme, value] = /^(\S+) +(\S[\s\S]*)$/.exec(call.header('authorization')?.trim() ?? '') ?? []
  const access = await accessOf({ gate, ambient }, scheme?.toLowerCase(), value ?? '')
  if (access) return access
  throw unauthorized()
}

async function accessOf(
  { gate, ambient }: Pick<House, 'gate' | 'ambient'>,
  scheme: string | undefined,
  value: string,
): Promise<Access | undefined> {
  if (scheme === 'bearer') return (await gate.apiKey(value)) ?? gate.session(value)
  const token = scheme === 'sharedaccesssignature' ? readToken(value) : undefined
  if (!token) return undefined
  const { id, expiry, signature } = token
  const access = await gate.signature(id, signature, (key) => accessSignature(id, expiry, key))
  return endOf(token) > ambient.now().getTime() ? access : undefined
}
