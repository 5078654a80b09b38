import { explicit, implicit } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { nameFault, quoted } from './name-fault.ts'
import { parseNameText } from './name-text.ts'
import { parseHost } from './parse-host.ts'
import { parseIp, parseIpRange } from './parse-ip.ts'
import { parseMailbox } from './parse-mailbox.ts'
import {
  parseOtherName,
  parseRegisteredId,
  parseSrvName,
  parseUpn,
  parseXmppAddress,
} from './parse-other-name.ts'
import { parseUri } from './parse-uri.ts'

/** The kinds of name that a person can type, and the other words for each. */
const PREFIXES = {
  dns: ['dnsname'],
  ip: ['ipaddress', 'ip address'],
  email: ['mail', 'rfc822', 'rfc822name'],
  uri: ['url', 'uniformresourceidentifier'],
  dirName: ['directoryname', 'dn'],
  upn: ['userprincipalname'],
  otherName: [],
  rid: ['registeredid'],
  srv: ['srvname'],
  xmpp: ['xmppaddr'],
} as const satisfies Record<string, readonly string[]>

type Prefix = keyof typeof PREFIXES

/** The words that may stand before the colon. */
const GENERAL_NAME_PREFIXES = Object.keys(PREFIXES) as readonly Prefix[]

const ascii = (n: number, text: string): Uint8Array => implicit(n, Buffer.from(text, 'latin1'))

const NAMES: Readonly<Record<Prefix, (value: string) => Uint8Array>> = {
  dns: (value) => ascii(2, parseHost(value, { kind: 'dns name', wildcard: true })),
  ip: (value) => implicit(7, addressOctets(value)),
  email: parseMailbox,
  uri: (value) => ascii(6, parseUri(value)),
  dirName: (value) => directoryName(value, false),
  upn: parseUpn,
  otherName: parseOtherName,
  rid: parseRegisteredId,
  srv: parseSrvName,
  xmpp: parseXmppAddress,
}

/**
 * The DER of a GeneralName (RFC 5280 section 4.2.1.6) typed as text: `dns:www.example.com`, `ip:2001:db8::1`,
 * `email:`, `uri:`, `dirName:CN=w,O=Example` (RFC 4514), `upn:user@domain`, `rid:1.2.3`, `srv:_ldap.example.com`
 * (RFC 4985), `xmpp:user@example.com`, `otherName:1.2.3;UTF8:text` and `otherName:1.2.3;DER:0c0141`.
 *
 * Without a word before the colon the kind is guessed: an address is `ip`, with `://` it is `uri`, with `@` `email`,
 * else `dns`. International domains become A-labels; a mailbox whose local part is not ASCII becomes an otherName
 * (RFC 9598).
 *
 * @throws {CertmanError} `input.invalid` saying what is wrong with which name
 */
export function parseGeneralName(text: string): Uint8Array {
  const { prefix, value } = split(text, (bare) => parseIp(bare) !== undefined)
  return NAMES[prefix](value)
}

/**
 * The DER of a base of name constraints (RFC 5280 section 4.2.1.10): `dns:example.com` (it and all below; empty for
 * every name), `ip:192.0.2.0/24`, `email:` with a mailbox, a host, or `.example.com` for all below, `uri:` with a host
 * or `.example.com`, `dirName:` with the front of a name. Other kinds as for `parseGeneralName`.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseConstraintName(text: string): Uint8Array {
  const { prefix, value } = split(text, (bare) => typeof parseIpRange(bare) !== 'string')
  switch (prefix) {
    case 'dns':
      return ascii(2, dnsBase(value))
    case 'ip':
      return implicit(7, rangeOctets(value))
    case 'email':
      return value.includes('@') ? parseMailbox(value) : ascii(1, hostBase(value, 'email constraint'))
    case 'uri':
      return ascii(6, hostBase(value, 'uri constraint'))
    case 'dirName':
      return directoryName(value, true)
    default:
      return NAMES[prefix](value)
  }
}

/** Kinds whose value may end with a space that counts: an escaped one of RFC 4514, or any text. */
const KEEPS_SPACES: readonly Prefix[] = ['dirName', 'otherName']

function split(typed: string, isAddress: (text: string) => boolean): { prefix: Prefix; value: string } {
  const text = typed.trim()
  if (isAddress(text)) return { prefix: 'ip', value: text }
  const colon = text.indexOf(':')
  const prefix = colon < 0 ? undefined : prefixOf(text.slice(0, colon))
  if (prefix !== undefined) {
    const whole = KEEPS_SPACES.includes(prefix) ? typed.trimStart() : text
    return { prefix, value: whole.slice(colon + 1) }
  }
  if (text.includes('://')) return { prefix: 'uri', value: text }
  if (colon >= 0)
    throw new CertmanError('input.invalid', `no kind of name is called ${quoted(text.slice(0, colon))}`, {
      field: 'subjectAltName',
      hint: `write it like dns:www.example.com; the kinds are ${GENERAL_NAME_PREFIXES.join(', ')}`,
    })
  return { prefix: text.includes('@') ? 'email' : 'dns', value: text }
}

function prefixOf(typed: string): Prefix | undefined {
  const word = typed.trim().toLowerCase()
  return GENERAL_NAME_PREFIXES.find(
    (prefix) => prefix.toLowerCase() === word || (PREFIXES[prefix] as readonly string[]).includes(word),
  )
}

function addressOctets(value: string): Uint8Array {
  const octets = parseIp(value)
  if (octets) return octets
  throw parseIp(value.split('/', 1)[0]!)
    ? nameFault(['IP address', value], 'is a range', 'a range has its place in name constraints only')
    : nameFault(['IP address', value], 'is neither IPv4 in dotted decimal nor IPv6')
}

function rangeOctets(value: string): Uint8Array {
  const octets = parseIpRange(value)
  if (typeof octets === 'string')
    throw nameFault(['ip constraint', value], octets, 'write it like 192.0.2.0/24')
  return octets
}

// Name is a CHOICE, so its tag [4] is explicit
function directoryName(value: string, mayBeEmpty: boolean): Uint8Array {
  const name = parseDirectory(value)
  if (name.length === 2 && !mayBeEmpty) throw nameFault(['directory name', value], 'is empty')
  return explicit(4, name)
}

function parseDirectory(value: string): Uint8Array {
  try {
    return parseNameText(value)
  } catch (cause) {
    if (!(cause instanceof CertmanError)) throw cause
    throw new CertmanError('input.invalid', `directory name: ${cause.message}`, {
      cause,
      field: 'subjectAltName',
      hint: cause.hint,
    })
  }
}

function dnsBase(value: string): string {
  if (value === '') return ''
  if (value.startsWith('.'))
    throw nameFault(
      ['dns constraint', value],
      'begins with a dot',
      'leave it out: all names below are included',
    )
  return parseHost(value, { kind: 'dns constraint' })
}

function hostBase(value: string, kind: string): string {
  if (value.includes('://'))
    throw nameFault([kind, value], 'is no host', 'give the host alone, as in example.com')
  return value.startsWith('.')
    ? `.${parseHost(value.slice(1), { kind, whole: value })}`
    : parseHost(value, { kind })
}
