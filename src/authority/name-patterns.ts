import { BlockList, isIP } from 'node:net'
import { oidOfName } from '../asn1/oids.ts'
import { groupBy } from '../base/group-by.ts'
import type { NameAttributes } from '../domain/facts.ts'
import { PROFILE_NAME_TYPES, type Profile, type ProfileNameType } from '../domain/profile.ts'
import { isOid } from '../asn1/writer.ts'
import { isIpAddress } from '../x509/parse-ip.ts'

/** One name that stands in a certificate: an alternative name, or an attribute of the subject by its OID. */
export interface PolicyName {
  /** A type of alternative name, or the OID of an attribute. */
  readonly kind: string
  readonly value: string
}

/** A pattern of a profile, ready to be asked. */
export interface NamePattern {
  readonly kind: string
  readonly text: string
  /** Whether the name fits; a wildcard, when all names do that it stands for. */
  readonly fits: (value: string) => boolean
  /** Whether any name fits that this one stands for: a wildcard stands for many. */
  readonly meets: (value: string) => boolean
}

/**
 * Whether `text` fits `glob`: `*` is any run of characters, `?` one. Two pointers and no regular expression, so no
 * pattern is slow.
 */
function fitsGlob(glob: string, text: string): boolean {
  let [g, t, star, mark] = [0, 0, -1, 0]
  while (t < text.length) {
    if (g < glob.length && (glob[g] === '?' || (glob[g] === text[t] && glob[g] !== '*'))) {
      g++
      t++
    } else if (glob[g] === '*') {
      star = g++
      mark = t
    } else if (star >= 0) {
      g = star + 1
      t = ++mark
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}

/** Whether `glob` fits a name that `*.rest` stands for: the asterisk is one label (RFC 9525 section 6.3). */
function meetsWildcard(glob: string, wildcard: string): boolean {
  const rest = wildcard.slice(1)
  for (let end = 1; end <= glob.length && glob[end - 1] !== '.'; end++)
    // an asterisk of the pattern may fit the end of the label and what follows it
    if (fitsGlob(glob.slice(end), rest) || (glob[end - 1] === '*' && fitsGlob(glob.slice(end - 1), rest)))
      return true
  return false
}

/** Longest label of a host name (RFC 1035 section 2.3.4). */
const LONGEST_LABEL = 63

/**
 * Whether `glob` fits all names that `*.rest` stands for. What fits a label of one character and the longest, in a
 * character that no pattern names, has an asterisk in that place and fits them all.
 */
const fitsWildcard = (glob: string, wildcard: string): boolean =>
  [1, LONGEST_LABEL].every((length) => fitsGlob(glob, '\0'.repeat(length) + wildcard.slice(1)))

/** Reads `TYPE:GLOB`. @returns what is wrong with it, when it is none */
export function parsePattern(text: string): NamePattern | string {
  const colon = text.indexOf(':')
  if (colon <= 0 || colon === text.length - 1)
    return `${JSON.stringify(text)} is not of the form TYPE:PATTERN`
  const [type, glob] = [text.slice(0, colon), text.slice(colon + 1)]
  if (type === 'ip') return ipPattern(text, glob)
  const kind = kindOf(type)
  if (kind === undefined) return `no name is of the type ${JSON.stringify(type)}`
  const folded = glob.toLowerCase()
  const isWildcard = (value: string): boolean => kind === 'dns' && value.startsWith('*.')
  const ask = (value: string, stands: typeof fitsGlob): boolean =>
    (isWildcard(value) ? stands : fitsGlob)(folded, value.toLowerCase())
  return {
    kind,
    text,
    fits: (value) => ask(value, fitsWildcard),
    meets: (value) => ask(value, meetsWildcard),
  }
}

function kindOf(type: string): string | undefined {
  if (PROFILE_NAME_TYPES.includes(type as ProfileNameType)) return type
  return isOid(type) ? type : oidOfName('attributeType', type)
}

function ipPattern(text: string, range: string): NamePattern | string {
  if (range === '*') return addressPattern(text, () => true)
  const [address = '', prefix] = range.split('/')
  const version = isIP(address)
  const bits = Number(prefix ?? (version === 4 ? 32 : 128))
  if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 4 ? 32 : 128))
    return `${JSON.stringify(range)} is no address or range such as 10.0.0.0/8`
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, bits, family)
  return addressPattern(text, (value) => list.check(value, isIP(value) === 4 ? 'ipv4' : 'ipv6'))
}

const addressPattern = (text: string, fits: NamePattern['fits']): NamePattern => ({
  kind: 'ip',
  text,
  fits,
  meets: fits,
})

/** The patterns of a profile by kind of name. */
interface NameRules {
  readonly allowed: ReadonlyMap<string, readonly NamePattern[]>
  readonly forbidden: ReadonlyMap<string, readonly NamePattern[]>
}

const byKind = (patterns: readonly string[]): NameRules['allowed'] =>
  groupBy(patterns.map(knownPattern), ({ kind }) => kind)

function knownPattern(text: string): NamePattern {
  const pattern = parsePattern(text)
  if (typeof pattern === 'string') throw new TypeError(pattern)
  return pattern
}

const compiled = new WeakMap<Profile, NameRules>()

/** Compiled once for each profile. */
function nameRules(profile: Profile): NameRules {
  const known = compiled.get(profile)
  if (known) return known
  const rules = { allowed: byKind(profile.names.allowed), forbidden: byKind(profile.names.forbidden) }
  compiled.set(profile, rules)
  return rules
}

/** Why the patterns of a profile refuse a name; undefined when they do not. */
export function patternRefusal(profile: Profile, { kind, value }: PolicyName): string | undefined {
  const rules = nameRules(profile)
  const forbidden = rules.forbidden.get(kind)?.find((pattern) => pattern.meets(value))
  if (forbidden) return `the profile forbids ${forbidden.text}`
  const allowed = rules.allowed.get(kind)
  if (!allowed || allowed.some((pattern) => pattern.fits(value))) return undefined
  return `the profile allows only ${allowed.map((pattern) => pattern.text).join(', ')}`
}

/** commonName (RFC 5280 appendix A.1). */
export const COMMON_NAME = '2.5.4.3'
/** emailAddress (the same appendix). */
export const EMAIL_ADDRESS = '1.2.840.113549.1.9.1'

/**
 * A host name as certificates have it: LDH labels and at least one dot, a wildcard in front allowed. What looks like
 * this in a CN is taken for one by old clients, so policy looks at it as a name, too.
 */
export const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?=[a-z0-9-]*[a-z])[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(
    text,
  )

/** What the patterns of a profile refuse in a subject, a sentence for each name. */
export function subjectRefusals(profile: Profile, subject: NameAttributes): string[] {
  const { allowed, forbidden } = profile.names
  if (allowed.length + forbidden.length === 0) return []
  return subjectNames(subject).flatMap((name) => {
    const why = patternRefusal(profile, name)
    return why === undefined ? [] : [`the subject has the forbidden name ${name.value}: ${why}`]
  })
}

/** The attributes of a subject as names for policy; a CN that is a host name counts as `dns`, a mail address as `email`. */
function subjectNames(subject: NameAttributes): PolicyName[] {
  return subject.flat().flatMap(({ oid, value }) => {
    const own = { kind: oid, value }
    if (oid === COMMON_NAME && isHostName(value)) return [own, { kind: 'dns', value }]
    if (oid === COMMON_NAME && isIpAddress(value)) return [own, { kind: 'ip', value }]
    return oid === EMAIL_ADDRESS ? [own, { kind: 'email', value }] : [own]
  })
}
