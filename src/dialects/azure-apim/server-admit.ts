import type { Call } from '../../http/exchange.ts'
import { bearerAccess } from '../credentials.ts'
import type { Access, House } from '../house.ts'
import { accessSignature, endOfToken, readSharedAccess, type SignedToken } from '../shared-access.ts'
import { type Admission, lookedAt } from '../shown-before.ts'
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
export async function admit(house: House, call: Call): Promise<Access> {
  const access = await bearerAccess(house, call, () => signatureAccess(house, call))
  if (access) return access
  throw unauthorized()
}

async function signatureAccess(house: House, call: Call): Promise<Access | undefined> {
  const text = /^SharedAccessSignature +(\S[\s\S]*)$/i.exec(call.header('authorization')?.trim() ?? '')?.[1]
  const token = text === undefined ? undefined : readSharedAccess(unwrapped(text))
  if (!token || !LONG_EXPIRY.test(token.expiry)) return undefined
  return lookedAt(house, call, () => admissionOf(house, token))
}

async function admissionOf({ gate, ambient }: House, token: SignedToken): Promise<Admission | undefined> {
  const { id, expiry, signature } = token
  const access = await gate.signature(id, signature, (key) => accessSignature(id, expiry, key))
  const end = endOfToken(token)
  return access && end > ambient.now().getTime()
    ? { scheme: 'SharedAccessSignature', access, end }
    : undefined
}
