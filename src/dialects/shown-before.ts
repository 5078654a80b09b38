import { sameText } from '../crypto/password-hash.ts'
import type { Call } from '../http/exchange.ts'
import type { Access, House } from './house.ts'

/** Whom a credential lets in. */
export interface Admission {
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

/** A server has many more requests than connections; a second is long enough for those, and nothing is kept for longer. */
const MOMENT = 1000

/** What each connection showed last. */
const SHOWN = new WeakMap<object, Shown>()

/**
 * Whom the `Authorization` header of a call lets in. Clients send it with each request: who shows the same one again on the
 * same connection within a second is the same, and nothing is decoded, hashed or looked up, as long as everything that it
 * was checked against is as it was.
 *
 * @param check what the header comes to when it is looked at
 */
export async function shownBefore(
  { gate, ambient }: Pick<House, 'gate' | 'ambient'>,
  call: Call,
  check: () => Promise<Admission | undefined>,
): Promise<Access | undefined> {
  const header = call.header('authorization') ?? ''
  const { connection, remoteAddress: from } = call
  // taken before the check: what changes meanwhile counts the next time
  const { standing } = gate
  const now = ambient.now().getTime()
  const shown = SHOWN.get(connection)
  if (
    shown?.standing === standing &&
    shown.from === from &&
    holds(shown, now) &&
    sameText(shown.header, header)
  )
    return shown.admission.access
  const admission = await check()
  if (admission) SHOWN.set(connection, { header, from, standing, since: now, admission })
  return admission?.access
}

/** A clock that was set back proves nothing. */
const holds = ({ since, admission: { end } }: Shown, now: number): boolean =>
  now >= since && now - since < MOMENT && now < end
