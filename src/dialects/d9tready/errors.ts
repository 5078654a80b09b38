import { CertmanError, ERRORS, type ErrorCode } from '../../base/errors.ts'
import { sentence } from '../sentence.ts'

/** A refusal as the vendor's clients get it: a status, and words for people. */
export class WireFault extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** 400 for what was sent. */
export const badRequest = (message: string): WireFault => new WireFault(400, message)

/** 404; also for what belongs to somebody else. */
export const notFound = (what: string): WireFault => new WireFault(404, `There is no such ${what}.`)

/** The vendor knows no 401: whoever is not let in gets 403. */
export class Unauthenticated extends WireFault {
  constructor() {
    super(403, 'Authentication failure.')
  }
}

/** The documents list 400, 403 and 404: conflicts and refusals are a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  'record.not-found': 404,
  'claim.missing': 403,
  'key.not-exportable': 403,
  'auth.forbidden': 403,
  'auth.failed': 502,
  'limit.exceeded': 413,
  'store.unsupported': 400,
}

/** Any error as the vendor answers it; what is no refusal of ours says nothing of its inside. */
export function wireFaultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error
  if (!(error instanceof CertmanError) || error.code === 'internal')
    return new WireFault(500, 'An unexpected error occurred.')
  const { http } = ERRORS[error.code]
  return new WireFault(STATUS[error.code] ?? (http < 500 ? 400 : http), sentence(error.message))
}
