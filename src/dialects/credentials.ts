import type { Call } from '../http/exchange.ts'
import type { Access, House } from './house.ts'
import { lookedAt } from './shown-before.ts'

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

/** Who calls with a Basic credential; undefined without one, and for a wrong one. */
export async function basicAccess(
  house: Pick<House, 'gate' | 'ambient'>,
  call: Call,
): Promise<Access | undefined> {
  const basic = basicCredential(call)
  if (!basic) return undefined
  return lookedAt(house, call, async () => {
    const access = await house.gate.password(...basic, call.remoteAddress)
    return access && { scheme: 'Basic', access, end: Infinity }
  })
}

/** Of a body of who may import nowhere: nothing else is long. */
const MOST_ELSE = 1024 * 1024

/** Lets a caller in: what it may do decides how much is read of it. */
export function letIn(call: Call, { user, stores }: Access): void {
  const mayImport = stores.some(({ claims }) => claims.includes('import'))
  call.known(user.name, mayImport ? undefined : MOST_ELSE)
}

/** Who calls with a bearer token: an API key, or that of a session. @param other who calls without one */
export async function bearerAccess(
  { gate }: Pick<House, 'gate'>,
  call: Call,
  other: () => Promise<Access | undefined>,
): Promise<Access | undefined> {
  const token = bearerOf(call)
  if (token === undefined) return other()
  return (await gate.apiKey(token)) ?? gate.session(token)
}

/** The bearer token of a call (RFC 6750 section 2.1); an empty one is none. */
export const bearerOf = (call: Call): string | undefined =>
  /^Bearer +(\S+)$/i.exec(call.header('authorization')?.trim() ?? '')?.[1]
