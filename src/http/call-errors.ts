import { CertmanError, isCertmanError, reworded } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** The code of a system or library error; empty when there is none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** An error as the system makes them. */
export const systemError = (code: string): Error => Object.assign(new Error(code), { code })

const REACH: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut before an answer came',
  EPIPE: 'the connection was cut before an answer came',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ECONNABORTED: 'the connection was cut before an answer came',
}

const words = (code: string): string => printable(code).toLowerCase().replaceAll('_', ' ')

const SENT = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/** What was going on when a call failed. */
export interface CallState {
  /** `GET https://host/path`. */
  readonly call: string
  readonly timeoutMs: number
  /** Whether it may be repeated without harm. */
  readonly repeatable: boolean
  /** Whether the answer has begun. */
  readonly hasBegun?: boolean
}

/**
 * One clear line for whatever ended a call before its answer was there, naming the call.
 * The reason stays as `cause`: `isDropped` looks at it.
 */
export function callError(cause: unknown, state: CallState): CertmanError {
  const { call, timeoutMs, repeatable, hasBegun } = state
  const code = codeOf(cause)
  if (isCertmanError(cause)) return reworded(cause, `${call}: ${cause.message}`)
  const missing = hasBegun ? 'end of the answer' : 'answer'
  if (code === 'ETIMEDOUT')
    return new CertmanError('remote.timeout', `${call}: no ${missing} within ${timeoutMs / 1000} s`, {
      cause,
      ...(repeatable ? {} : { hint: UNSURE }),
    })
  const reach = REACH[code]
  if (reach !== undefined)
    return new CertmanError('remote.unreachable', `${call}: ${reach}`, {
      cause,
      ...(SENT.has(code) && !repeatable ? { hint: UNSURE } : {}),
    })
  if (code.startsWith('HPE_')) return strangeHttp(cause, { call, code, repeatable })
  return protocolError(cause, call, code)
}

interface Strange extends Pick<CallState, 'call' | 'repeatable'> {
  readonly code: string
}

/** An answer came, and nobody can read it: what was asked for may have been done. */
function strangeHttp(cause: unknown, { call, code, repeatable }: Strange): CertmanError {
  const what =
    code === 'HPE_HEADER_OVERFLOW'
      ? 'answered with more headers than 64 KiB'
      : 'what answers there does not speak HTTP'
  return new CertmanError('remote.unexpected', `${call}: ${what}`, {
    cause,
    ...(!repeatable && { hint: UNSURE }),
  })
}

/** What went wrong above the connection: TLS, the proxy, the request itself. */
function protocolError(cause: unknown, call: string, code: string): CertmanError {
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return tlsError(cause, call, code)
  // the certificate of the server itself is judged by `checkPeer`
  if (/CERT|ISSUER|SIGNATURE/.test(code))
    return new CertmanError(
      'remote.tls',
      `${call}: the certificate of the proxy is not trusted (${words(code)})`,
      {
        cause,
        hint: 'trust the CA of the proxy with --ca-file too',
      },
    )
  if (/^ERR_(?:INVALID_(?:CHAR|HTTP_TOKEN)|UNESCAPED)/.test(code))
    return new CertmanError(
      'input.invalid',
      `${call}: a header or the path has characters that HTTP cannot carry`,
      { cause },
    )
  return new CertmanError(
    'remote.unreachable',
    `${call}: ${printable(code || String((cause as Error)?.message))}`,
    { cause },
  )
}

/** The next step after a call whose end nobody saw, and that must not be made twice. */
export const UNSURE = 'it may have been done all the same: look first, then try again'

function tlsError(cause: unknown, call: string, code: string): CertmanError {
  const text = `${code} ${String((cause as Error).message)}`
  if (
    /wrong version number|packet length too long|http request/i.test(text) ||
    code.includes('WRONG_VERSION')
  )
    return new CertmanError('remote.tls', `${call}: what answers there does not speak TLS`, {
      cause,
      hint: 'check the port',
    })
  if (/certificate.required|handshake.failure|bad.certificate|unknown.ca|certificate.unknown/i.test(text))
    return new CertmanError('remote.tls', `${call}: the server ended the TLS handshake (${reasonOf(text)})`, {
      cause,
      hint: 'it may want a client certificate, or another one: certman store add --help',
    })
  return new CertmanError('remote.tls', `${call}: TLS failed (${reasonOf(text)})`, {
    cause,
    hint: 'TLS 1.2 or later is spoken here',
  })
}

/** `alert certificate required` of OpenSSL's long line. */
function reasonOf(text: string): string {
  const parts = /:SSL routines:[^:]*:([^:]+):/.exec(text)
  return printable(parts?.[1] ?? text.split(' ')[0] ?? '').toLowerCase()
}

const DROPS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'EAI_AGAIN'])

/** Whether the connection was refused or lost before an answer began, so that another attempt may help. */
export function isDropped(error: unknown): boolean {
  return isCertmanError(error, 'remote.unreachable') && DROPS.has(codeOf(error.cause))
}
