/** The longest validity of publicly trusted TLS certificates, by the day on which they start. */
const TLS_LIMITS: readonly (readonly [from: string, days: number])[] = [
  ['2029-03-15T00:00:00Z', 47],
  ['2027-03-15T00:00:00Z', 100],
  ['2026-03-15T00:00:00Z', 200],
  ['2020-09-01T00:00:00Z', 398],
  ['2018-03-01T00:00:00Z', 825],
  ['0000-01-01T00:00:00Z', 1185],
]

/** A number of days and the rule that it comes from. */
export interface DayLimit {
  readonly days: number
  readonly source: string
}

/**
 * The most days that a publicly trusted TLS certificate may hold: 398, 200 from 2026-03-15, 100 from 2027-03-15, 47
 * from 2029-03-15 (CA/Browser Forum Baseline Requirements section 6.3.2).
 */
export function publicTrustDays(notBefore: Date): DayLimit {
  const [, days] = TLS_LIMITS.find(([from]) => notBefore >= new Date(from)) ?? TLS_LIMITS.at(-1)!
  return { days, source: 'Baseline Requirements section 6.3.2' }
}
