/** CRLReason (RFC 5280 section 5.3.1); 7 is unused. */
export const REVOCATION_REASONS = [
  ['unspecified', 0],
  ['keyCompromise', 1],
  ['cACompromise', 2],
  ['affiliationChanged', 3],
  ['superseded', 4],
  ['cessationOfOperation', 5],
  ['certificateHold', 6],
  ['removeFromCRL', 8],
  ['privilegeWithdrawn', 9],
  ['aACompromise', 10],
] as const

export type RevocationReason = (typeof REVOCATION_REASONS)[number][0]

const CODES: ReadonlyMap<string, number> = new Map(REVOCATION_REASONS)

/** The code of a reason. @throws {TypeError} for a name that is none */
export function codeOfReason(reason: RevocationReason): number {
  const code = CODES.get(reason)
  if (code === undefined) throw new TypeError(`no revocation reason: ${String(reason)}`)
  return code
}

/** The reason of a code, if there is one. */
export const reasonFromCode = (code: number): RevocationReason | undefined =>
  REVOCATION_REASONS.find(([, number]) => number === code)?.[0]
