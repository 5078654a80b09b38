/** A day in milliseconds. */
export const DAY = 86_400_000

/** RFC 3339 UTC without parts of a second: certificates and CRLs know none (RFC 5280 sections 4.1.2.5, 5.1.2.4). */
export const wholeSecond = (instant: Date): string => instant.toISOString().replace(/\.\d+Z$/, 'Z')
