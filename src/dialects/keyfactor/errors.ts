import { CertmanError, ERRORS, type ErrorCode, isCertmanError } from '../../base/errors.ts'
import { sentence } from '../sentence.ts'
import type { WireError } from './wire.ts'

/** What failed in parts. */
export interface PartsFailed {
  readonly message: string
  readonly reasons: readonly string[]
  /** Of the first part, where it is no refusal. */
  readonly cause?: Error
}

/** A refusal in the vendor's own words: status, `ErrorCode`, message, and a reason for each part that failed. */
export class WireFault extends Error {
  readonly status: number
  readonly errorCode: string
  readonly reasons: readonly string[]

  constructor(status: number, errorCode: string, said: string | PartsFailed) {
    const { message, reasons, cause } = typeof said === 'string' ? { message: said, reasons: [] } : said
    super(message, { cause })
    this.status = status
    this.errorCode = errorCode
    this.reasons = reasons
  }
}

/** Codes: the first five were seen in the vendor's answers, the others are ours. Clients must not switch on them. */
export const WIRE_CODES = {
  noPrivateKey: '0xA0110002',
  noFormat: '0xA0110007',
  sortField: '0xA011004A',
  forbidden: '0xA0140002',
  general: '0xA0110029',
  unauthorized: '0xA0140001',
  notFound: '0xA0110004',
  invalid: '0xA0110005',
} as const

/** 400 for what was sent. */
export const invalid = (message: string): WireFault => new WireFault(400, WIRE_CODES.invalid, message)

/** 400 naming the column, for a query that cannot be read; any other error stays as it is. */
export const queryFault = (error: unknown): unknown =>
  isCertmanError(error, 'filter.invalid') ? invalid(`Invalid query: ${error.message}.`) : error

/** 404; the body is JSON too, since clients read its `Message`. */
export const notFound = (message: string): WireFault => new WireFault(404, WIRE_CODES.notFound, message)

/** 401: no credential, or a wrong one; which of them is not told. */
export const unauthorized = (): WireFault =>
  new WireFault(401, WIRE_CODES.unauthorized, 'Authentication is required, or the credentials are wrong.')

/** The vendor's own sentence for whoever may not. */
export const forbidden = (user: number): WireFault =>
  new WireFault(403, WIRE_CODES.forbidden, `User ${user} doesn't have the required permission`)

/** The answer on which clients fall back from a recovery to a download. */
export const noPrivateKey = (): WireFault =>
  new WireFault(400, WIRE_CODES.noPrivateKey, 'No private key could be found for the given certificate.')

/** The vendor's own sentence for a missing `x-certificateformat`. */
export const noFormat = (): WireFault =>
  new WireFault(
    400,
    WIRE_CODES.noFormat,
    "You must supply a certificate format in the 'X-CertificateFormat' header of the request.",
  )

/** Documented statuses are 400, 401, 403 and 404: a conflict or a refusal is a 400 here. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'record.not-found': 404,
  'profile.not-found': 404,
  'claim.missing': 403,
  'key.not-exportable': 403,
  'auth.forbidden': 403,
  'auth.failed': 502,
  'limit.exceeded': 413,
}

/** Any error as the vendor answers it; what is no refusal of ours says nothing of its inside. */
export function wireFaultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error
  if (!(error instanceof CertmanError) || error.code === 'internal')
    return new WireFault(500, WIRE_CODES.general, 'An unexpected error occurred.')
  const { code } = error
  if (code === 'key.missing') return noPrivateKey()
  const { http } = ERRORS[code]
  const status = STATUS[code] ?? (http < 500 || code === 'store.unsupported' ? 400 : http)
  return new WireFault(status, codeOf(status), sentence(error.message))
}

function codeOf(status: number): string {
  if (status === 404) return WIRE_CODES.notFound
  if (status === 403) return WIRE_CODES.forbidden
  return status === 400 ? WIRE_CODES.invalid : WIRE_CODES.general
}

/** The body of a refusal. */
export const errorBody = ({ errorCode, message, reasons }: WireFault): WireError => ({
  ErrorCode: errorCode,
  Message: message,
  ...(reasons.length > 0 && { FailedOperations: reasons.map((Reason) => ({ Reason })) }),
})
