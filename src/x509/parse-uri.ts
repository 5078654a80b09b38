import { nameFault, quoted } from './name-fault.ts'
import { parseHost } from './parse-host.ts'
import { parseIp } from './parse-ip.ts'

/**
 * An absolute URI as it stands in certificates (RFC 5280 section 4.2.1.6): a scheme, something after it, and where
 * there is an authority, a host that is a name or an address (an empty one, as in `ldap:///CN=x`, is let through).
 * Other scripts are mapped as RFC 3987 section 3.1 says: A-labels in the host, percent-encoded UTF-8 elsewhere.
 * What is ASCII stays as typed.
 *
 * @returns ASCII
 * @throws {CertmanError} `input.invalid`
 */
export function parseUri(text: string): string {
  const fault = (why: string, hint?: string): Error => nameFault(['uri', text], why, hint)
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([\s\S]*)$/.exec(text)
  if (!match) throw fault('has no scheme', 'write it like https://www.example.com/')
  const [, scheme, authority, rest] = match
  if (authority === undefined && rest === '') throw fault('has nothing after its scheme')
  if (/\p{Cs}/u.test(text)) throw fault('has half a character')
  const front = authority === undefined ? '' : `//${parseAuthority(authority, text)}`
  const uri = `${scheme}:${front}${encodeForeign(rest!)}`
  const wrong = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/.exec(uri)?.[0]
  if (wrong !== undefined)
    throw fault(`has the character ${quoted(wrong)}`, 'write it percent-encoded, a space as %20')
  if (/%(?![0-9A-Fa-f]{2})/.test(uri)) throw fault('has a % without two hex digits after it')
  return uri
}

const encodeForeign = (text: string): string =>
  text.replace(/[^\u0000-\u007f]+/g, (foreign) => encodeURIComponent(foreign))

/** `[userinfo@]host[:port]` (RFC 3986 section 3.2). */
function parseAuthority(authority: string, whole: string): string {
  if (authority === '') return ''
  const at = authority.lastIndexOf('@')
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)((?::\d*)?)$/.exec(authority.slice(at + 1)) ?? []
  if (host === undefined) throw nameFault(['uri', whole], 'has a port that is no number')
  return encodeForeign(authority.slice(0, at + 1)) + parseUriHost(host, whole) + port!
}

function parseUriHost(host: string, whole: string): string {
  const inner = /^\[(.*)\]$/s.exec(host)?.[1]
  if (inner === undefined) return parseIp(host) ? host : parseHost(host, { kind: 'uri', whole })
  if (parseIp(inner)?.length === 16) return host
  throw nameFault(['uri', whole], 'has brackets around something else than an IPv6 address')
}
