import { requireOneValue } from '../asn1/gate.ts'
import { oidOfName } from '../asn1/oids.ts'
import { bytesOf, DerReader } from '../asn1/reader.ts'
import { compareBytes } from '../base/bytes.ts'
import type { GeneralName, NameAttributes } from '../domain/facts.ts'
import type { Profile, ProfileNameType } from '../domain/profile.ts'
import { constraintViolations } from '../path/name-constraints.ts'
import { parseGeneralName } from '../x509/general-name-text.ts'
import { readGeneralName } from '../x509/general-name.ts'
import { readName } from '../x509/name.ts'
import { isIpAddress } from '../x509/parse-ip.ts'
import { isOid } from '../asn1/writer.ts'
import type { Findings } from './findings.ts'
import { OID } from './granted-template.ts'
import { COMMON_NAME, EMAIL_ADDRESS, isHostName, patternRefusal, subjectRefusals } from './name-patterns.ts'
import type { OpenAuthority } from './open-authority.ts'
import type { OpenRequest } from './request.ts'

/** An alternative name with the bytes in which it was asked for. */
export interface EncodedName {
  /** GeneralName DER. */
  readonly der: Uint8Array
  readonly name: GeneralName
}

/** The names of a certificate to be. */
export interface GrantedNames {
  /** Name DER. */
  readonly subjectDer: Uint8Array
  readonly subject: NameAttributes
  readonly alternativeNames: readonly EncodedName[]
}

/** What an operator adds to the names of a request. */
export interface NamesWish {
  /** Name DER instead of the request's subject. */
  readonly subject?: Uint8Array
  /** GeneralName DER each, after those of the request. */
  readonly subjectAltName?: readonly Uint8Array[]
  /** Names that are not granted are left out, not refused. */
  readonly allowChanges?: boolean
}

interface NamesInput {
  readonly request: OpenRequest
  readonly profile: Profile
  readonly authority: Pick<OpenAuthority, 'nameConstraints' | 'constraintsBelowRoot'>
  readonly wish: NamesWish
}

const asText = ({ type, value }: GeneralName): string => `${type}:${value}`
const read = (der: Uint8Array): EncodedName => ({ der, name: readGeneralName(requireOneValue(der, 'name')) })

/**
 * The names that are granted: those of the request byte for byte, minus what the profile withholds, plus what the
 * operator adds. A request without alternative names gets them from its subject where the profile says so.
 */
export function grantNames(input: NamesInput, findings: Findings): GrantedNames {
  const { request, profile, wish } = input
  const { subjectDer, subject } = grantSubject(request, wish, findings)
  checkSubject(subject, profile, findings)
  const asked = askedNames(request)
  const alternativeNames = asked.filter(({ name }) => isGranted(name, profile, findings))
  if (alternativeNames.length === 0 && request.facts.subjectAltName === null)
    alternativeNames.push(...namesFromSubject(subject, profile, findings))
  alternativeNames.push(...addedNames(alternativeNames, input, findings))
  // names that were asked for and withheld are refused one by one already
  const isRefused = asked.length > 0 && wish.allowChanges !== true
  if (alternativeNames.length === 0 && !isRefused && (profile.names.required || subject.length === 0))
    findings.refuse(
      subject.length === 0
        ? 'it names nobody: subject and alternative names are empty (RFC 5280 section 4.1.2.6)'
        : `it has no alternative name, the profile ${profile.name} wants one`,
    )
  checkConstraints(input.authority, { subject, names: alternativeNames }, findings)
  return { subjectDer, subject, alternativeNames }
}

function grantSubject(
  request: OpenRequest,
  wish: NamesWish,
  findings: Findings,
): Pick<GrantedNames, 'subjectDer' | 'subject'> {
  if (!wish.subject) return { subjectDer: request.subjectDer, subject: request.facts.subjectAttributes }
  const subject = readName(requireOneValue(wish.subject, 'subject'))
  if (compareBytes(wish.subject, request.subjectDer) !== 0)
    findings.tell({
      field: 'subject',
      asked: request.facts.subject,
      granted: subject
        .flat()
        .map(({ type, value }) => `${type}=${value}`)
        .toReversed()
        .join(','),
      why: 'set by the one who signs',
    })
  return { subjectDer: wish.subject, subject }
}

function checkSubject(subject: NameAttributes, profile: Profile, findings: Findings): void {
  for (const type of profile.names.subjectRequired) {
    const oid = isOid(type) ? type : oidOfName('attributeType', type)
    if (!subject.flat().some((attribute) => attribute.oid === oid))
      findings.refuse(`its subject has no ${type}, the profile ${profile.name} wants one`)
  }
  for (const refusal of subjectRefusals(profile, subject)) findings.refuse(refusal)
}

function askedNames(request: OpenRequest): EncodedName[] {
  const asked = request.extensions.find(({ oid }) => oid === OID.subjectAltName)
  if (!asked) return []
  const names: EncodedName[] = []
  const reader = DerReader.into(requireOneValue(asked.value, 'subject alternative name'))
  while (!reader.atEnd) {
    const tlv = reader.read()
    names.push({ der: bytesOf(tlv), name: readGeneralName(tlv) })
  }
  return names
}

function isGranted(name: GeneralName, profile: Profile, findings: Findings): boolean {
  const why = refusalOf(name, profile)
  if (why === undefined) return true
  findings.withhold({ field: 'subjectAltName', asked: asText(name), granted: null, why })
  return false
}

function refusalOf(name: GeneralName, profile: Profile): string | undefined {
  if (!profile.names.permittedTypes.includes(name.type as ProfileNameType))
    return `the profile ${profile.name} has no names of this type`
  if (name.type === 'dns' && name.value.startsWith('*.') && !profile.names.wildcards)
    return `the profile ${profile.name} has no wildcards`
  return patternRefusal(profile, { kind: name.type, value: name.value })
}

/** What a profile refuses in alternative names (GeneralName DER each), a sentence for each name. */
export const alternativeNameRefusals = (names: readonly Uint8Array[], profile: Profile): readonly string[] =>
  names.flatMap((der) => {
    const { name } = read(der)
    const why = refusalOf(name, profile)
    return why === undefined ? [] : [`the name ${asText(name)}: ${why}`]
  })

/** RFC 9525 section 2: readers of today look at alternative names only; RFC 5280 section 4.1.2.6 wants mail addresses there. */
function namesFromSubject(subject: NameAttributes, profile: Profile, findings: Findings): EncodedName[] {
  const { fromSubject } = profile.names
  if (fromSubject === null) return []
  const names = subject.flat().flatMap(({ oid, value }) => {
    if (fromSubject === 'email') return oid === EMAIL_ADDRESS ? [`email:${value}`] : []
    if (oid !== COMMON_NAME) return []
    if (isIpAddress(value)) return [`ip:${value}`]
    return isHostName(value) ? [`dns:${value}`] : []
  })
  return names.map((text) => {
    const encoded = read(parseGeneralName(text))
    const why = 'the request has no alternative names, and readers no longer look at the subject'
    findings.tell({ field: 'subjectAltName', asked: null, granted: asText(encoded.name), why })
    return encoded
  })
}

/** The profile binds the operator, too: whoever wants another name chooses another profile. */
function addedNames(
  names: readonly EncodedName[],
  { wish, profile }: NamesInput,
  findings: Findings,
): EncodedName[] {
  const added: EncodedName[] = []
  for (const der of wish.subjectAltName ?? []) {
    if ([...names, ...added].some((name) => compareBytes(name.der, der) === 0)) continue
    const encoded = read(der)
    const refusal = refusalOf(encoded.name, profile)
    if (refusal !== undefined) findings.refuse(`the added name ${asText(encoded.name)}: ${refusal}`)
    added.push(encoded)
    const why = 'added by the one who signs'
    findings.tell({ field: 'subjectAltName', asked: null, granted: asText(encoded.name), why })
  }
  return added
}

function checkConstraints(
  { nameConstraints, constraintsBelowRoot }: NamesInput['authority'],
  { subject, names }: { readonly subject: NameAttributes; readonly names: readonly EncodedName[] },
  findings: Findings,
): void {
  if (nameConstraints.length === 0) return
  const alternativeNames = names.map(({ name }) => name)
  const commonNames = subject.flat().flatMap(({ oid, value }) => (oid === COMMON_NAME ? [value] : []))
  // OpenSSL takes a CN for a host name where no dNSName stands beside it, and so holds it to the constraints
  const hosts = names.some(({ name }) => name.type === 'dns') ? [] : commonNames.filter(isHostName)
  alternativeNames.push(...hosts.map((value) => ({ type: 'dns', value }) as const))
  for (const constraints of nameConstraints)
    for (const violation of constraintViolations(constraints, { subject, alternativeNames }))
      findings.refuse(`${violation} (name constraints of the authority, RFC 5280 section 4.2.1.10)`)
  const own = namedToJava(commonNames.at(-1))
  if (own === undefined || alternativeNames.some(({ type }) => type === own.type)) return
  for (const constraints of constraintsBelowRoot)
    for (const violation of constraintViolations(constraints, { subject: [], alternativeNames: [own] }))
      findings.note(
        `Java will refuse it, since it takes the common name for a name of type ${own.type}, and ${violation}: a common name with a space in it, or an alternative name of that type, prevents this`,
      )
}

/** What Java takes the last CN for, where no alternative name of that type stands beside it; one word is a host name. */
function namedToJava(commonName: string | undefined): GeneralName | undefined {
  if (commonName === undefined) return undefined
  if (isIpAddress(commonName)) return { type: 'ip', value: commonName }
  const isDnsName = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*$/i.test(commonName)
  return isDnsName ? { type: 'dns', value: commonName } : undefined
}
