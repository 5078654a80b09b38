const UNITS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  mo: 30 * 86_400,
  y: 365 * 86_400,
}

/**
 * Seconds of a duration: `30d`, `12h`, `2w`, `6mo` (30 days each), `1y` (365 days), `90m` (minutes), `1y6mo`, `-7d`.
 *
 * @returns undefined when `text` is no duration
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(-)?((?:\d{1,9}(?:\.\d{1,6})?(?:mo|min|[smhdwy]))+)$/i.exec(text)
  if (!match) return undefined
  let seconds = 0
  for (const [, count, unit] of (match[2] ?? '').matchAll(/([\d.]+)([a-z]+)/gi))
    seconds += Number(count) * (UNITS[(unit ?? '').toLowerCase()] ?? 0)
  return match[1] ? -seconds : seconds
}

/** A time as typed, RFC 3339 UTC in whole seconds: one instant, or a day or month. */
export interface TypedTime {
  readonly start: string
  /** The last second of a day or month. */
  readonly last?: string
  /** The second after that; the last day of the year 9999 has none. */
  readonly end?: string
}

/**
 * Reads `2027-01-31`, `2027-01` (a day, a month: in UTC) and RFC 3339 (`2027-01-31T12:00:00+01:00`; seconds and
 * zone may be missing, the zone is then UTC). Fractions of a second are dropped.
 *
 * @returns undefined when `text` is no time, such as 30 February
 */
export function parseTime(text: string): TypedTime | undefined {
  const match =
    /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?)?$/i.exec(
      text,
    )
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, zone] = match
  const start = utc([year, month, day ?? '01', hour ?? '00', minute ?? '00', second ?? '00'].map(Number))
  if (start === undefined) return undefined
  if (hour !== undefined) {
    const instant = start - offsetMinutes(zone) * 60_000
    return isRepresentable(instant) ? { start: instantText(instant) } : undefined
  }
  const end = day === undefined ? monthAfter(Number(year), Number(month)) : start + 86_400_000
  const period = { start: instantText(start), last: instantText(end - 1000) }
  return isRepresentable(end) ? { ...period, end: instantText(end) } : period
}

/** The first second of RFC 3339, of the year 0000, in milliseconds. */
export const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z')
/** The last one, of the year 9999. */
export const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z')

/** RFC 3339 UTC of a number of milliseconds, cut to whole seconds and to the years 0000 to 9999. */
export function instantText(milliseconds: number): string {
  const within = Math.min(Math.max(milliseconds, FIRST_INSTANT), LAST_INSTANT)
  return `${new Date(within).toISOString().slice(0, 19)}Z`
}

function isRepresentable(milliseconds: number): boolean {
  return milliseconds >= FIRST_INSTANT && milliseconds <= LAST_INSTANT
}

/** Milliseconds, or undefined when a part is out of its range (`Date` would roll over silently). */
function utc(parts: readonly number[]): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const whole =
    date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return whole ? date.getTime() : undefined
}

function monthAfter(year: number, month: number): number {
  return utc(month === 12 ? [year + 1, 1, 1] : [year, month + 1, 1]) ?? LAST_INSTANT
}

function offsetMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone ?? '')
  if (!match) return 0
  const minutes = Number(match[2]) * 60 + Number(match[3])
  return match[1] === '-' ? -minutes : minutes
}
