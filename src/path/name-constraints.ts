import type { GeneralName, NameAttributes } from '../domain/facts.ts'
import type { GeneralSubtree, NameConstraints } from '../x509/extensions/name-constraints.ts'
import { parseIp } from '../x509/parse-ip.ts'
import { foldRdn, rdnsOfText } from './compare-names.ts'

/** The names of a certificate that name constraints are about. */
export interface ConstrainedNames {
  readonly subject: NameAttributes
  readonly alternativeNames: readonly GeneralName[]
}

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9'

/**
 * What of a certificate's names violates the name constraints of an authority above it (RFC 5280 section 4.2.1.10).
 *
 * The mail addresses of a subject count where there is no rfc822Name, as the section demands. A wildcard violates an
 * excluded host that it stands for. Constraints on types that certman cannot compare (otherName, registeredID,
 * x400Address, ediPartyName) are violated by every name of that type: the section allows no guess.
 *
 * @returns one sentence for each name; empty when all is well
 */
export function constraintViolations(constraints: NameConstraints, names: ConstrainedNames): string[] {
  const violations: string[] = []
  for (const name of namesOf(names)) {
    const excluded = constraints.excludedSubtrees?.find(
      (base) => base.type === name.type && isWithin(name, base, true),
    )
    if (excluded) violations.push(`${say(name)} is excluded by ${say(excluded)}`)
    const permitted = constraints.permittedSubtrees?.filter((base) => base.type === name.type) ?? []
    if (permitted.length > 0 && !permitted.some((base) => isWithin(name, base, false)))
      violations.push(`${say(name)} is outside ${permitted.map(say).join(', ')}`)
  }
  return violations
}

interface Candidate extends GeneralName {
  /** Of the subject, which has no text of its own here. */
  readonly rdns?: NameAttributes
}

const say = ({ type, value, rdns }: Candidate): string => (rdns ? 'its subject' : `${type}:${value}`)

function namesOf({ subject, alternativeNames }: ConstrainedNames): Candidate[] {
  const candidates: Candidate[] = [...alternativeNames]
  // RFC 9598 section 6: constraints on mail addresses bind those that are not ASCII, too
  for (const { oid, value } of alternativeNames)
    if (oid === SMTP_UTF8_MAILBOX) candidates.push({ type: 'email', value })
  if (subject.length > 0) candidates.push({ type: 'directoryName', value: 'subject', rdns: subject })
  if (!alternativeNames.some((name) => name.type === 'email'))
    for (const { oid, value } of subject.flat())
      if (oid === EMAIL_ADDRESS) candidates.push({ type: 'email', value })
  return candidates
}

/** @param isExclusion what cannot be compared counts as within an exclusion, and as outside a permission */
function isWithin(name: Candidate, base: GeneralSubtree, isExclusion: boolean): boolean {
  switch (base.type) {
    case 'dns':
      return isHostWithin(name.value, base.value, isExclusion)
    case 'email':
      return isMailboxWithin(name.value, base.value, isExclusion)
    case 'uri':
      return isUriWithin(name.value, base.value, isExclusion)
    case 'ip':
      return isAddressWithin(name.value, base.value, isExclusion)
    case 'directoryName':
      return isNameWithin(name.rdns ?? rdnsOfText(name.value), rdnsOfText(base.value), isExclusion)
    default:
      return isExclusion
  }
}

/** The dot of the root makes a host no other one (RFC 1034 section 3.1): nobody gets around an exclusion by it. */
const folded = (host: string, isExclusion: boolean): string =>
  isExclusion ? host.toLowerCase().replace(/\.$/, '') : host.toLowerCase()

/** The base itself, or labels added to its left; a base with a leading dot (not in the RFC, but in use) needs one more. */
function isHostWithin(host: string, base: string, isExclusion: boolean): boolean {
  const [name, limit] = [folded(host, isExclusion), folded(base, isExclusion)]
  if (limit === '' || name === limit) return true
  if (name.endsWith(limit.startsWith('.') ? limit : `.${limit}`)) return true
  // *.example.com stands for the excluded www.example.com, too
  return isExclusion && name.startsWith('*.') && limit.slice(limit.indexOf('.')) === name.slice(1)
}

/** A host: exactly it; with a leading dot: what lies below it (RFC 5280 section 4.2.1.10, URI and e-mail). */
const isExactOrBelow = (host: string, base: string): boolean =>
  base.startsWith('.') ? host.length > base.length && host.endsWith(base) : host === base

/** A mailbox (RFC 5321 section 4.1.2) as far as its one @ outside of quotes goes. */
const MAILBOX = /^(?:[^"@]+|".*")@[^@"]+$/s

function isMailboxWithin(mailbox: string, base: string, isExclusion: boolean): boolean {
  if (!MAILBOX.test(mailbox)) return isExclusion
  const at = mailbox.lastIndexOf('@')
  const [local, host] = [mailbox.slice(0, at), folded(mailbox.slice(at + 1), isExclusion)]
  const baseAt = base.lastIndexOf('@')
  if (baseAt < 0) return base === '' || isExactOrBelow(host, base.toLowerCase())
  // local parts are compared exactly (section 7.5)
  return local === base.slice(0, baseAt) && host === base.slice(baseAt + 1).toLowerCase()
}

/** A URI that names a host (RFC 3986 section 3.2): URL also finds one in `https:host`, `https:///host`, `https:\\host`. */
const WITH_AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/[^/\\\u0000-\u0020][^\\\u0000-\u0020]*$/i

function isUriWithin(uri: string, base: string, isExclusion: boolean): boolean {
  const isPlain = WITH_AUTHORITY.test(uri) && URL.canParse(uri)
  const host = isPlain ? folded(new URL(uri).hostname, isExclusion) : ''
  // without a host name, or with an address, the certificate must be refused
  if (host === '' || host.startsWith('[') || parseIp(host) !== undefined) return isExclusion
  return base === '' || isExactOrBelow(host, base.toLowerCase())
}

function isAddressWithin(address: string, range: string, isExclusion: boolean): boolean {
  const [start = '', size = ''] = range.split('/')
  const [bytes, base] = [parseIp(address), parseIp(start)]
  if (!bytes || !base || bytes.length !== base.length) return false
  // a mask with holes is no range of RFC 4632: some read it as its octets say, and some refuse it
  if (!/^\d+$/.test(size)) return isExclusion
  const mask = prefixMask(Number(size), base.length)
  return bytes.every((byte, i) => ((byte ^ base[i]!) & mask[i]!) === 0)
}

const prefixMask = (bits: number, octets: number): Uint8Array =>
  Uint8Array.from({ length: octets }, (_, i) => (0xff00 >> Math.min(8, Math.max(0, bits - i * 8))) & 0xff)

/** The first RDNs of the name are those of the base (section 4.2.1.10), compared by the rules of section 7.1. */
function isNameWithin(
  name: NameAttributes | undefined,
  base: NameAttributes | undefined,
  isExclusion: boolean,
): boolean {
  if (!name || !base) return isExclusion
  return base.length <= name.length && base.every((rdn, i) => foldRdn(rdn) === foldRdn(name[i]!))
}
