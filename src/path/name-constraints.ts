import type { GeneralName, NameAttributes } from '../domain/facts.ts'
import type { NameConstraints } from '../x509/extensions/name-constraints.ts'
import { parseIp, prefixMask } from '../x509/parse-ip.ts'
import { SMTP_UTF8_MAILBOX } from '../x509/parse-mailbox.ts'
import { foldedRdns, rdnsOfText } from './compare-names.ts'

/** The names of a certificate that name constraints are about. */
export interface ConstrainedNames {
  readonly subject: NameAttributes
  readonly alternativeNames: readonly GeneralName[]
}

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

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
  const excluded = (constraints.excludedSubtrees ?? []).map(comparable)
  const permitted = (constraints.permittedSubtrees ?? []).map(comparable)
  const violations: string[] = []
  for (const name of namesOf(names)) {
    const exclusion = excluded.find((base) => base.type === name.type && isWithin(name, base, true))
    if (exclusion) violations.push(`${say(name)} is excluded by ${say(exclusion)}`)
    const bases = permitted.filter((base) => base.type === name.type)
    if (bases.length > 0 && !bases.some((base) => isWithin(name, base, false)))
      violations.push(`${say(name)} is outside ${sayAll(bases)}`)
  }
  return violations
}

/** Types of names that can be compared. */
const COMPARED: ReadonlySet<string> = new Set(['dns', 'email', 'uri', 'ip', 'directoryName'])

/**
 * Which of its permitted bases no name can ever meet: those outside of what an authority above it permits, and those within
 * what it or one above excludes (RFC 5280 section 6.1.4 (g)).
 *
 * @returns one sentence for each base
 */
export function emptyBases(own: NameConstraints, above: readonly NameConstraints[]): string[] {
  return (own.permittedSubtrees ?? [])
    .filter(({ type }) => COMPARED.has(type))
    .flatMap((each) => {
      const base = comparable(each)
      const why = emptinessOf(base, { permitted: above, excluded: [own, ...above] })
      return why === undefined ? [] : [`${say(base)} is ${why}`]
    })
}

function emptinessOf(
  base: Comparable,
  { permitted, excluded }: Readonly<Record<'permitted' | 'excluded', readonly NameConstraints[]>>,
): string | undefined {
  const ofType = (bases: readonly GeneralName[] | null): Comparable[] =>
    (bases ?? []).filter(({ type }) => type === base.type).map(comparable)
  const exclusion = excluded
    .flatMap(({ excludedSubtrees }) => ofType(excludedSubtrees))
    .find((other) => covers(other, base))
  if (exclusion) return `excluded by ${say(exclusion)}`
  const apart = permitted
    .map(({ permittedSubtrees }) => ofType(permittedSubtrees))
    .find((bases) => bases.length > 0 && !bases.some((other) => covers(other, base) || covers(base, other)))
  return apart && `outside ${sayAll(apart)}`
}

/** Whether each name below the second base is below the first: one name tells, and of addresses the length of the prefix. */
function covers(wide: Comparable, narrow: Comparable): boolean {
  const [wider, narrower] = [wide, narrow].map(({ value }) => Number(value.split('/')[1]))
  return isWithin(sampleOf(narrow), wide, false) && !(wide.type === 'ip' && wider! > narrower!)
}

/** The widest name below a base: whoever has it below another base has all. */
function sampleOf({ value, ...base }: Comparable): Comparable {
  const host = value.startsWith('.') ? `x${value}` : value
  switch (base.type) {
    case 'dns':
      return { ...base, value: host }
    case 'email':
      return { ...base, value: value.includes('@') ? value : `*@${host || 'x'}` }
    case 'uri':
      return { ...base, value: `https://${host || 'x'}/` }
    default:
      return { ...base, value: value.split('/')[0]! }
  }
}

/** Bases that one sentence names. */
const MOST_SAID = 10

/** A name or a base. A directory name is folded once: to read its text takes a hundred times as long as to compare it. */
interface Comparable extends GeneralName {
  /** Of a directory name; undefined where it is one that nobody may have. */
  readonly rdns?: readonly string[] | undefined
  readonly isSubject?: true
}

function comparable(name: GeneralName): Comparable {
  if (name.type !== 'directoryName') return name
  const rdns = rdnsOfText(name.value)
  return { ...name, rdns: rdns && foldedRdns(rdns) }
}

const say = ({ type, value, isSubject }: Comparable): string =>
  isSubject ? 'its subject' : `${type}:${value}`

function sayAll(bases: readonly Comparable[]): string {
  const said = bases.slice(0, MOST_SAID).map(say).join(', ')
  return bases.length > MOST_SAID ? `${said} and ${bases.length - MOST_SAID} more` : said
}

function namesOf({ subject, alternativeNames }: ConstrainedNames): Comparable[] {
  const names = alternativeNames.map(comparable)
  // RFC 9598 section 6: constraints on mail addresses bind those that are not ASCII, too
  for (const { oid, value } of alternativeNames)
    if (oid === SMTP_UTF8_MAILBOX) names.push({ type: 'email', value })
  if (subject.length > 0)
    names.push({ type: 'directoryName', value: '', rdns: foldedRdns(subject), isSubject: true })
  if (!alternativeNames.some((name) => name.type === 'email'))
    for (const { oid, value } of subject.flat())
      if (oid === EMAIL_ADDRESS) names.push({ type: 'email', value })
  return names
}

/** @param isExclusion what cannot be compared counts as within an exclusion, and as outside a permission */
function isWithin(name: Comparable, base: Comparable, isExclusion: boolean): boolean {
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
      return isNameWithin(name.rdns, base.rdns, isExclusion)
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

/** The first RDNs of the name are those of the base (section 4.2.1.10), compared by the rules of section 7.1. */
function isNameWithin(
  name: readonly string[] | undefined,
  base: readonly string[] | undefined,
  isExclusion: boolean,
): boolean {
  if (!name || !base) return isExclusion
  return base.length <= name.length && base.every((rdn, i) => rdn === name[i])
}
