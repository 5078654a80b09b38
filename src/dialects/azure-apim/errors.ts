import { CertmanError, ERRORS, type ErrorCode } from '../../base/errors.ts'
import { sentence } from '../sentence.ts'
import type { WireDetail, WireError } from './wire.ts'

/** A refusal in the vendor's own words. */
export class WireFault extends Error {
  readonly status: number
  readonly code: string
  readonly details: readonly WireDetail[] | null

  constructor(status: number, code: string, said: string | readonly WireDetail[]) {
    super(typeof said === 'string' ? said : 'One or more fields contain incorrect values:')
    this.status = status
    this.code = code
    this.details = typeof said === 'string' ? null : said
  }
}

/** 400 about the whole request. */
export const invalid = (message: string): WireFault => new WireFault(400, 'ValidationError', message)

/** 400 about one member of the body, the id, or a query parameter. */
export const invalidField = (target: string, message: string): WireFault =>
  new WireFault(400, 'ValidationError', [{ code: 'ValidationError', target, message }])

/** The vendor's own sentence, recorded. */
export const notFound = (message = 'Certificate not found.'): WireFault =>
  new WireFault(404, 'ResourceNotFound', message)

/** The vendor's own sentence for a tag that is not the current one. */
export const modified = (): WireFault =>
  new WireFault(412, 'PreconditionFailed', 'Resource was modified since last retrieval.')

/** The vendor's own sentence, which it sent with 400 once and documents with 409. */
export const exists = (): WireFault =>
  new WireFault(
    409,
    'Conflict',
    "Entity with the given ID already exists. Specify ETag, or '*' for unconditional update.",
  )

/** 401, in the words of the service. */
export const unauthorized = (): WireFault =>
  new WireFault(401, 'Unauthorized', 'User is not found or signature is invalid.')

/** The vendor's own text, with the blanks that stand in it. */
export const wrongVersion = (supported: readonly string[]): WireFault =>
  new WireFault(
    400,
    'MissingOrIncorrectVersionParameter',
    `API version query parameter is not specified or was specified incorrectly.  Supported versions: ${supported.join(',')}  Example query param format: api-version=SupportedVersion`,
  )

/** Statuses that differ from those of the table; a conflict that the vendor has no word for is a refused request. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'record.changed': 412,
  'name.taken': 409,
  'key.not-exportable': 400,
  'reference.ambiguous': 400,
  'format.unknown': 400,
  'format.unsupported': 400,
  // the stores' own credentials are not those of the caller
  'auth.failed': 502,
  'auth.forbidden': 502,
  'remote.refused': 400,
  'store.unsupported': 400,
}

const CODES: Readonly<Partial<Record<number, string>>> = {
  403: 'AuthorizationFailed',
  404: 'ResourceNotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
}

/** Any error as the vendor answers it; what is no refusal of ours says nothing of its inside. */
export function wireFaultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error
  if (!(error instanceof CertmanError) || error.code === 'internal')
    return new WireFault(500, 'InternalServerError', 'An unexpected error occurred.')
  const { code, message } = error
  if (code === 'record.changed') return modified()
  if (code === 'store.unsupported') return new WireFault(400, 'NotSupported', sentence(message))
  const { http } = ERRORS[code]
  const status = STATUS[code] ?? (http === 409 || http === 415 ? 400 : http)
  const known = CODES[status] ?? (status < 500 ? 'ValidationError' : 'InternalServerError')
  return new WireFault(status, known, sentence(message))
}

/** The body of a refusal. */
export const errorBody = ({ code, message, details }: WireFault): WireError => ({
  error: { code, message, details },
})
