import { CertmanError, ERRORS, type ErrorCode } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'

/** An answer that refuses, in the vendor's form: a body in the order of its members, or none. */
export class WireFault extends Error {
  readonly status: number
  /** Absent: an empty answer. */
  readonly body: JsonObject | undefined
  readonly headers: Readonly<Record<string, string | readonly string[]>>

  constructor(
    status: number,
    body?: JsonObject,
    headers: Readonly<Record<string, string | readonly string[]>> = {},
  ) {
    super(String(body?.['title'] ?? status))
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** No token, or one that is unknown or over: 403, never 401, and exactly this challenge. */
export const noToken = (): WireFault =>
  new WireFault(
    403,
    { title: 'Unauthorized', authentication_scheme: 'Bearer', status: 403 },
    { 'WWW-Authenticate': 'Bearer' },
  )

/** Name and password are wanted: where a host asks for a Windows user. */
export const noPassword = (): WireFault =>
  new WireFault(401, undefined, { 'WWW-Authenticate': 'Basic realm="IIS Administration", charset="UTF-8"' })

/** An id that was never sealed here. */
export const notFound = (name?: string): WireFault =>
  new WireFault(404, { title: 'Not found', name, status: 404 })

/**
 * An id that was sealed here, of a thing that is gone; the body is that of the framework under the vendor's code.
 *
 * @param traceId `00-…-…-00`
 */
export const gone = (traceId: string): WireFault =>
  new WireFault(404, {
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.4',
    title: 'Not Found',
    status: 404,
    traceId,
  })

/** A path that is none, or a verb that it does not have, which is no route to the vendor: never with `Allow`. */
export const noRoute = (): WireFault => new WireFault(404)

/** The vendor's answer for a feature that is not there. */
export const notInstalled = (name: string): WireFault =>
  new WireFault(404, { title: 'Not found', detail: 'IIS feature not installed', name, status: 404 })

/** The store may not be read by the caller. */
export const claimMissing = (store: string): WireFault =>
  new WireFault(403, { title: 'Forbidden', name: 'certificate_store', certificate_store: store, status: 403 })

/** A range that is none, or goes beyond the end. */
export const invalidRange = (): WireFault => new WireFault(416, { title: 'Invalid Range', status: 416 })

/** A member of a body that cannot be taken. */
export const invalidParameter = (name: string): WireFault =>
  new WireFault(400, { title: 'Invalid parameter', name, status: 400 })

/** A body that is no JSON object. */
export const noObject = (): WireFault =>
  new WireFault(
    415,
    { title: 'Invalid JSON request object', status: 415 },
    { 'Accept-Patch': 'application/json;charset=utf-8' },
  )

/** Cookie and header of `XSRF-TOKEN` do not belong together. */
export const badXsrf = (): WireFault =>
  new WireFault(400, { title: 'Bad Request', detail: 'Antiforgery validation failed', status: 400 })

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not found',
  409: 'Conflict',
  413: 'Payload Too Large',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
}

/** A store behind us that does not let us in is no fault of the caller's credential. */
const STATUS: Partial<Record<ErrorCode, number>> = { 'auth.failed': 502, 'auth.forbidden': 502 }

/** Any error as the vendor answers it; what is no refusal of ours is an empty 500, as a host's is. */
export function wireFaultOf(error: unknown): WireFault {
  if (error instanceof WireFault) return error
  if (!(error instanceof CertmanError)) return new WireFault(500)
  const status = STATUS[error.code] ?? ERRORS[error.code].http
  const title = TITLES[status]
  if (title === undefined) return new WireFault(500)
  return new WireFault(status, { title, detail: error.message, name: error.field, status })
}
