import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** Whether the host of a URL is this machine: `localhost`, 127.0.0.0/8, `[::1]` (RFC 6761 section 6.3, RFC 1122 section 3.2.1.3). */
export function isLoopback(host: string): boolean {
  return /^(?:(?:.+\.)?localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?)$/i.test(host)
}

/** The host as sockets take it: without the brackets of an IPv6 address. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '')
}

/**
 * Refuses a URL that no client may use.
 *
 * @throws {CertmanError} `cli.usage` for another scheme, a fragment, a query, or a password in the URL; `remote.tls` for plain
 *   http to another machine
 */
export function checkBase(url: URL): void {
  const shown = `${url.protocol}//${url.host}${url.pathname}`
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new CertmanError('cli.usage', `not an https URL: ${printable(shown)}`, { field: 'url' })
  if (url.username !== '' || url.password !== '')
    throw new CertmanError('cli.usage', `the URL ${printable(shown)} carries a user or a password`, {
      hint: 'give the URL without them; the credential has flags of its own',
      field: 'url',
    })
  if (url.search !== '' || url.hash !== '')
    throw new CertmanError('cli.usage', `the URL ${printable(shown)} has a query or a fragment`, {
      hint: 'give the URL up to its path',
      field: 'url',
    })
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw new CertmanError(
      'remote.tls',
      `${printable(shown)}: plain http would show credentials and keys to the network`,
      { hint: 'use https; plain http is spoken with this machine only', field: 'url' },
    )
}

/**
 * The URL of a request: its path below the base, or an absolute URL of the same origin.
 *
 * @throws {CertmanError} `remote.unexpected` for another origin: it must never see the credential
 */
export function urlOf(base: URL, path: string): URL {
  const isAbsolute = /^[a-z][a-z\d+.-]*:\/\//i.test(path)
  const text = isAbsolute
    ? path
    : `${base.origin}${base.pathname.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
  if (!URL.canParse(text))
    throw new CertmanError('remote.unexpected', `${base.origin} names a broken address: ${printable(text)}`)
  const url = new URL(text)
  if (url.origin !== base.origin) throw strange(`${base.origin} refers`, url)
  url.hash = ''
  return url
}

/**
 * The refusal to go to another origin, whose name it says.
 *
 * @param who which answer leads there: `https://host refers`
 */
export function strange(who: string, url: URL): CertmanError {
  const to = url.origin === 'null' ? url.protocol : url.origin
  return new CertmanError('remote.unexpected', `${who} to another origin: ${printable(to)}`, {
    hint: 'nothing was sent there; if that is the right server, configure the store with its URL',
  })
}

/** `GET https://host/path`, for messages: no query. */
export function callName(method: string, url: URL): string {
  return printable(`${method} ${url.origin}${url.pathname}`)
}

const CALL = /\b[A-Z]+ https?:\/\/[^\s/"]+([^\s"]*?)(?=:? |$)/

/** A message in two: the path of the call that it names, as `callName` wrote it, and the message without that call. */
export function withoutCall(message: string): { readonly path: string; readonly rest: string } {
  return { path: CALL.exec(message)?.[1] ?? '', rest: message.replace(CALL, 'the request to it') }
}
