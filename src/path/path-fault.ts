/** Why a certificate is not to be believed, and what may be done about it: the only table of its kind. */
export const PATH_FAULTS = {
  untrusted: 'to trust it: --trust FILE, or --trust store where the store has it',
  incomplete: 'give the missing issuers with --chain FILE, or import them',
  unfinished: 'give only the issuers that may stand between, or trust one of them with --trust FILE',
  signature: 'the certificate, or that of its issuer, is not the one it claims to be',
  malformed: 'whoever issued it has to correct it',
  'unknown-extension': 'it demands something that certman does not know; use it only where that is known',
  weak: 'have it issued anew with a stronger key or signature',
  'not-yet-valid': 'check the clock; or ask about another time with --at TIME',
  expired: 'have it renewed; or ask about another time with --at TIME',
  'not-an-authority': 'the chain leads through a certificate that may not issue others',
  'path-length': 'an authority above allows fewer authorities below it',
  'name-constraints': 'an authority above may not issue for this name',
  policy: 'an authority above decides which certificate policies hold; ask for another with --policy OID',
  purpose: 'have one issued for this purpose, or ask for another with --purpose',
  name: 'see its names: certman show REF',
  revoked: 'have another one issued',
  'revocation-unknown':
    'give the current CRL of its issuer with --crl FILE, or an OCSP response with --ocsp FILE',
} as const satisfies Record<string, string>

export type PathFaultCode = keyof typeof PATH_FAULTS

/** One reason against a path. */
export interface PathFault {
  readonly code: PathFaultCode
  /** Of the certificate that it is about. */
  readonly subject: string
  readonly fingerprint: string
  /** A clause about that certificate: lower case, no full stop. */
  readonly message: string
}

interface Named {
  readonly facts: { readonly subject: string; readonly fingerprint: string }
}

/** A fault of this certificate. */
export const faultOf = ({ facts }: Named, code: PathFaultCode, message: string): PathFault => ({
  code,
  subject: facts.subject,
  fingerprint: facts.fingerprint,
  message,
})
