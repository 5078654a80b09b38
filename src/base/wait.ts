const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 }

/** How a time to wait is written, for hints. */
export const WAIT_FORMS = '500ms, 30s or 2m'

/**
 * Milliseconds of a time to wait as a person types it: `500ms`, `30s`, `2m`; bare numbers are seconds.
 *
 * @returns undefined when `text` is none
 */
export function parseWait(text: string): number | undefined {
  const match = /^(\d{1,6})(ms|s|m)?$/.exec(text.trim())
  return match ? Number(match[1]) * UNITS[match[2] ?? 's']! : undefined
}
