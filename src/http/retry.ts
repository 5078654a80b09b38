import type { HttpReply } from './request.ts'

/** Nobody waits longer: a server that asks for more is not asked again. */
export const LONGEST_MS = 30_000
const FIRST_MS = 500

/**
 * How long to wait before the next attempt: what `Retry-After` says (RFC 9110 section 10.2.3), else twice as long each time,
 * from half a second on, of which a random half may be missing.
 *
 * @param attempt 1 after the first one failed
 * @param random 0 to 1
 */
export function waitMs(attempt: number, random: number, reply?: HttpReply): number {
  const asked = reply === undefined ? undefined : retryAfterMs(reply)
  if (asked !== undefined) return asked
  const most = Math.min(FIRST_MS * 2 ** (attempt - 1), LONGEST_MS)
  return Math.round(most / 2 + (most / 2) * random)
}

/**
 * How long `Retry-After` asks to wait, 0 or more; undefined when it is absent or means nothing. A date is read against the
 * `Date` of the same answer, so that no two clocks are compared.
 */
export function retryAfterMs(reply: Pick<HttpReply, 'header'>): number | undefined {
  const value = reply.header('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // V8 takes `-5` and `1.5` for dates
  if (!/^[a-z]{3,9},? /i.test(value)) return undefined
  const [until, from] = [Date.parse(value), Date.parse(reply.header('date') ?? '')]
  return Number.isNaN(until) || Number.isNaN(from) ? undefined : Math.max(0, until - from)
}

/** Whether the server asks to come again later. */
export const isBusy = (status: number): boolean => status === 429 || status === 503
