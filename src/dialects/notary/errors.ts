import { CertmanError, ERRORS, type ErrorCode } from '../../base/errors.ts'

/** A refusal in the vendor's own words; without words the body is `{}`. */
export class WireFault extends Error {
  readonly status: number
  readonly words: string | undefined

  constructor(status: number, words?: string) {
    super(words ?? `status ${status}`)
    this.status = status
    this.words = words
  }
}

/** The vendor's sentences, where clients or their tests know them; the last two are ours. */
export const WORDS = {
  json: 'invalid JSON format',
  id: 'invalid ID',
  csrMissing: 'invalid request: csr is required',
  csrPem: 'invalid request: could not decode PEM block',
  csrType: "invalid request: expected PEM block type 'CERTIFICATE REQUEST'",
  csrParse: 'invalid request: could not parse CSR',
  csrRefused: 'csr validation failed',
  csrKnown: 'given csr already recorded',
  certificateMissing: 'invalid request: certificate is required',
  certificatePem: 'invalid request: could not decode PEM block',
  certificateType: "invalid request: expected PEM block type 'CERTIFICATE'",
  certificateParse: 'invalid request: could not parse certificate',
  bad: 'bad request',
  notIssued: 'invalid input: no certificate to revoke with associated CSR',
  notOurs:
    'invalid input: certificates need to be signed by a notary managed certificate authority in order to be revoked',
  authorityId: 'invalid certificate authority ID',
  method: "invalid signing_method: must be 'ca' or 'acme'",
  acme: 'ACME is not configured',
  country: 'invalid request: country_name must be a 2-letter ISO code',
  dateForm: 'invalid request: not_valid_after must be a valid RFC3339 timestamp',
  datePast: 'invalid request: not_valid_after must be a future time',
  chainMissing: 'invalid request: certificate_chain is required',
  chainNone: 'invalid request: no valid certificate found in certificate_chain',
  chainType: 'invalid request: unexpected PEM block type: expected CERTIFICATE',
  chainParse: 'invalid request: failed to parse certificate',
  emailMissing: 'email is required',
  emailForm: 'invalid email format',
  passwordMissing: 'password is required',
  passwordWeak:
    'password must have 8 or more characters, must include at least one capital letter, one lowercase letter, and either a number or a symbol',
  accountKnown: 'account with given email already exists',
  lastAccount: 'cannot delete the last user account when OIDC is not enabled',
  firstRole: 'updating the default admin account role is not allowed.',
  credentials: 'invalid credentials',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden: insufficient permissions',
  missing: 'not found',
  large: 'Request Entity Too Large',
  certified: 'the certificate authority has its certificate already',
  waits: 'the certificate authority waits for its certificate: it cannot sign yet',
} as const

/** 400. */
export const invalid = (words: string): WireFault => new WireFault(400, words)
/** 404. */
export const missing = (): WireFault => new WireFault(404, WORDS.missing)
/** 403. */
export const forbidden = (): WireFault => new WireFault(403, WORDS.forbidden)
/** 401. */
export const unauthorized = (): WireFault => new WireFault(401, WORDS.unauthorized)

const FIXED: Partial<Record<ErrorCode, () => WireFault>> = {
  'record.not-found': missing,
  'claim.missing': forbidden,
  'limit.exceeded': () => new WireFault(413, WORDS.large),
  // the credential of the store behind is not that of the caller
  'auth.failed': () => new WireFault(502, 'the store behind refused the credential of this server'),
  internal: () => new WireFault(500),
}

/**
 * Any error as the vendor answers it. Where Notary would answer a bare 500 to a user's mistake, the status and the words
 * are ours: its clients look at the first digit and show the words.
 */
export function wireFaultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error
  if (!(error instanceof CertmanError)) return new WireFault(500)
  const fixed = FIXED[error.code]
  if (fixed) return fixed()
  return new WireFault(ERRORS[error.code].http, error.message)
}
