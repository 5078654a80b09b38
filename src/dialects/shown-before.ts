import { sameText } from '../crypto/password-hash.ts'
import type { Call } from '../http/exchange.ts'
import type { Access, House } from './house.ts'

/** Schemes whose headers are remembered; what lets in with one vendor may be nothing to another. */
export type Scheme = 'Basic' | 'SharedAccessSignature'

/** Whom a credential lets in. */
export interface Admission {
  readonly scheme: Scheme
  readonly access: Access
  /** When the credential ends by itself, in milliseconds since 1970. */
  readonly end: number
}

interface Shown {
  readonly header: string
  readonly from: string
  readonly standing: object
  readonly since: number
  readonly admission: Admission
}

type Floor = Pick<House, 'gate' | 'ambient'>

/** Whoever makes work sends hundreds of requests a second over a connection: the first of them is looked at. */
const MOMENT = 1000

/** What each connection showed last; forgotten with the connection. */
const SHOWN = new WeakMap<object, Shown>()

/**
 * Whom the `Authorization` header of a call has let in a moment ago. Clients send it with each request: who shows the same
 * one again on the same connection within a second is the same, and nothing is decoded, hashed or looked up, as long as
 * everything that it was checked against is as it was.
 *
 * @returns undefined when it has to be looked at
 */
export function shownBefore({ gate, ambient }: Floor, call: Call, scheme: Scheme): Access | undefined {
  const shown = SHOWN.get(call.connection)
  if (!shown || shown.admission.scheme !== scheme) return undefined
  if (shown.standing !== gate.standing || shown.from !== call.remoteAddress) return undefined
  const isSame = sameText(shown.header, call.header('authorization') ?? '')
  return isSame && holds(shown, ambient.now().getTime()) ? shown.admission.access : undefined
}

/** A clock that was set back proves nothing. */
const holds = ({ since, admission: { end } }: Shown, now: number): boolean =>
  now >= since && now - since < MOMENT && now < end

/**
 * Looks at the `Authorization` header of a call, for `shownBefore` to know.
 *
 * @param check what the header comes to
 */
export async function lookedAt(
  { gate, ambient }: Floor,
  call: Call,
  check: () => Promise<Admission | undefined>,
): Promise<Access | undefined> {
  // taken before the check: what changes meanwhile counts the next time
  const { standing } = gate
  const since = ambient.now().getTime()
  const admission = await check()
  if (!admission) return undefined
  const { connection, remoteAddress: from } = call
  SHOWN.set(connection, { header: call.header('authorization') ?? '', from, standing, since, admission })
  return admission.access
}
