import type { IncomingMessage } from 'node:http'
import { CertmanError } from '../base/errors.ts'

/** Path and query; of an absolute form (RFC 9112 section 3.2.2) what follows the authority. */
export function targetOf(url: string): string {
  if (url.startsWith('/')) return url
  const after = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1]
  return after === undefined ? url : after.startsWith('/') ? after : `/${after}`
}

const HOST = /^(?:[a-z\d](?:[a-z\d._-]*[a-z\d.])?|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** Callers name few hosts, each with every request. Who names many makes this server forget, and costs what reading them does. */
const HOSTS = new Set<string>()
const MOST_HOSTS = 100

/** What makes a URL: `999.1.1.1` and port 99999 look like it. */
function isHost(host: string): boolean {
  if (HOSTS.has(host)) return true
  if (!HOST.test(host) || !URL.canParse(`http://${host}`)) return false
  if (HOSTS.size >= MOST_HOSTS) HOSTS.clear()
  HOSTS.add(host)
  return true
}

/** The parts of a request that are read before any route is asked. */
export interface RequestHead {
  readonly request: IncomingMessage
  /** As sent, without the query. */
  readonly path: string
  /** Without the question mark. */
  readonly search: string
}

/** What makes a request unreadable before any route is asked. */
export function faultOf({ request, path, search }: RequestHead): CertmanError | undefined {
  const wrong = (what: string): CertmanError =>
    new CertmanError('input.invalid', what, { hint: 'correct the request' })
  if (!path.startsWith('/')) return wrong('the request target is no path')
  if (!isDecodable(path)) return wrong('the path has a broken percent-encoding')
  if (!isDecodable(search)) return wrong('the query has a broken percent-encoding')
  const { host } = request.headers
  if (host !== undefined && !isHost(host)) return wrong('the Host header is no host name')
  if (hasTwoHosts(request)) return wrong('there are two Host headers')
  return undefined
}

/** RFC 9112 section 3.2: to be refused, since a proxy may have gone by the other one. Node takes the first. */
function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

function isDecodable(part: string): boolean {
  if (!part.includes('%')) return true
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/** Where the caller says that it reaches this server; undefined without a Host header that is a host name. */
export function originOf({ headers: { host }, socket }: IncomingMessage): string | undefined {
  if (host === undefined || !isHost(host)) return undefined
  return `${'encrypted' in socket ? 'https' : 'http'}://${host}`
}
