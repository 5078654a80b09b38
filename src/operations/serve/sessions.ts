import type { Ambient } from '../../base/ambient.ts'
import { tokenHash, makeToken } from './api-tokens.ts'

interface Session {
  readonly user: number
  /** What the user's password was: another one ends the session. */
  readonly stamp: string
  readonly until: number
}

const MOST = 10_000

/** Sessions of logins, in memory: a restart ends them all. Only hashes of their tokens are kept. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #ambient: Pick<Ambient, 'now' | 'random'>

  constructor(ambient: Pick<Ambient, 'now' | 'random'>) {
    this.#ambient = ambient
  }

  open(user: number, stamp: string, seconds: number): string {
    const now = this.#ambient.now().getTime()
    if (this.#sessions.size >= MOST) this.#sweep(now)
    const token = makeToken(this.#ambient.random)
    this.#sessions.set(tokenHash(token), { user, stamp, until: now + seconds * 1000 })
    return token
  }

  /** The session of a token; undefined when there is none or it is over. */
  find(token: string): Pick<Session, 'user' | 'stamp'> | undefined {
    // whoever comes with an API key is asked for a session as well
    if (this.#sessions.size === 0) return undefined
    const session = this.#sessions.get(tokenHash(token))
    return session && this.#ambient.now().getTime() < session.until ? session : undefined
  }

  close(token: string): void {
    this.#sessions.delete(tokenHash(token))
  }

  /** What is over goes, and where that is not enough the oldest. */
  #sweep(now: number): void {
    for (const [key, { until }] of this.#sessions) if (until <= now) this.#sessions.delete(key)
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size < MOST) break
      this.#sessions.delete(key)
    }
  }
}
