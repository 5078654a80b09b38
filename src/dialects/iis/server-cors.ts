import type { Answer, Call } from '../../http/exchange.ts'

const EXPOSED = ['X-Total-Count', 'Accept-Ranges', 'Content-Range', 'Location', 'Allow', 'WWW-Authenticate']
const METHODS = 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS,DEBUG'

/** Who may call from a browser, and what it sees. */
export interface Cors {
  readonly origins: ReadonlySet<string>
  /** Without it, some releases of IIS WebManager show no certificates: their paging is broken. */
  readonly exposeRanges: boolean
}

/**
 * The rules out of `--set iis.cors=https://a.example,https://b.example` and `--set iis.expose-ranges=false`. Origins are
 * written as browsers send them: `readSwitches` has seen to that.
 */
export function corsOf(options: Readonly<Record<string, string>>): Cors {
  const origins = (options['iis.cors'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  return { origins: new Set(origins), exposeRanges: options['iis.expose-ranges'] !== 'false' }
}

/** Whether a path is one of the API itself: browsers call nothing else. */
export const isBelowApi = ({ path }: Call): boolean => /^\/api(?:\/|$)/i.test(path)

function allowedOrigin(cors: Cors, call: Call): string | undefined {
  const origin = call.header('origin')
  const isAllowed = origin !== undefined && isBelowApi(call) && cors.origins.has(origin.toLowerCase())
  return isAllowed ? origin : undefined
}

/** The answer with what a browser needs, for an origin that is allowed. */
export function withCors(cors: Cors, call: Call, answer: Answer): Answer {
  if (cors.origins.size === 0) return answer
  const headers: Record<string, string | readonly string[]> = { ...answer.headers }
  const origin = allowedOrigin(cors, call)
  if (origin !== undefined) {
    headers['Access-Control-Allow-Origin'] = origin
    headers['Access-Control-Allow-Credentials'] = 'true'
    const shown = cors.exposeRanges ? EXPOSED : EXPOSED.filter((name) => !name.endsWith('Ranges'))
    headers['Access-Control-Expose-Headers'] = shown.join(',')
  }
  if (cors.origins.size > 1 && isBelowApi(call)) headers['Vary'] = 'Origin'
  return { ...answer, headers }
}

/**
 * The answer to `OPTIONS`, which needs no token: 204 to a browser that asks beforehand (bare for an origin that is not
 * allowed), an empty 200 to everybody else.
 */
export function optionsAnswer(cors: Cors, call: Call): Answer {
  const method = call.header('access-control-request-method')
  if (call.header('origin') === undefined || method === undefined) return { status: 200, body: '' }
  const origin = allowedOrigin(cors, call)
  const vary = cors.origins.size > 1 && isBelowApi(call) ? { Vary: 'Origin' } : {}
  if (origin === undefined) return { status: 204, headers: vary }
  const asked = call.header('access-control-request-headers')
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      'Access-Control-Allow-Methods': METHODS,
      ...(asked !== undefined && { 'Access-Control-Allow-Headers': asked }),
      ...vary,
    },
  }
}
