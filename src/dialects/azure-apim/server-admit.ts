import type { Call } from '../../http/exchange.ts'
import type { Access, House } from '../house.ts'
import { accessSignature, endOfToken, readSharedAccess } from '../shared-access.ts'
import { unauthorized } from './errors.ts'

/** Anything else would be a date to some and none to others. */
const LONG_EXPIRY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?Z$/

/** The token of a header, which the vendor's portal sends as `token="…",refresh="true"`. */
const unwrapped = (text: string): string => /^token="([^"]*)"/i.exec(text)?.[1] ?? text

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
  const token = scheme === 'sharedaccesssignature' ? readSharedAccess(unwrapped(value)) : undefined
  if (!token || !LONG_EXPIRY.test(token.expiry)) return undefined
  const { id, expiry, signature } = token
  const access = await gate.signature(id, signature, (key) => accessSignature(id, expiry, key))
  return endOfToken(token) > ambient.now().getTime() ? access : undefined
}
