import { compareBytes, fromHex, toHex } from '../base/bytes.ts'
import { nameOrOid } from '../asn1/oids.ts'
import type { Profile, ProfileKeyType } from '../domain/profile.ts'
import type { RequestedExtension } from '../x509/csr.ts'
import {
  extension,
  keyIdentifier,
  nameConstraints,
  purposeOid,
  subjectAltName,
  subjectKeyIdentifier,
  type ConstraintBases,
} from '../x509/write-extensions.ts'
import { shortHex, type Findings } from './findings.ts'
import type { GrantedNames } from './grant-names.ts'
import { caConstraints } from './grant-path-length.ts'
import { OID, templateOf, type Granted, type Template } from './granted-template.ts'
import type { OpenAuthority } from './open-authority.ts'
import type { OpenRequest } from './request.ts'

/** What an operator decides about the extensions of a CA certificate. */
export interface ExtensionsWish {
  /** Authorities below it; `null` is any number. */
  readonly pathLen?: number | null
  readonly nameConstraints?: ConstraintBases
}

/** All that the extensions of a certificate depend on. */
export interface ExtensionsInput {
  readonly request: OpenRequest
  readonly authority: OpenAuthority
  readonly profile: Profile
  readonly keyType: ProfileKeyType
  readonly names: GrantedNames
  readonly wish: ExtensionsWish
}

/**
 * The extensions of the certificate in their fixed order: basicConstraints, keyUsage, extKeyUsage, SKI, AKI,
 * alternative names, policies, CRL and AIA pointers, the profile's others, nameConstraints, those copied.
 * Whatever the request asks for beyond that is withheld.
 *
 * @returns Extension DER each
 */
export function grantExtensions(input: ExtensionsInput, findings: Findings): Uint8Array[] {
  const { profile, request } = input
  const template = templateOf(input.authority, profile, input.keyType)
  const granted: Granted[] = [
    ...(profile.ca ? [caConstraints(input, findings)] : []),
    ...template.usages,
    [OID.subjectKeyIdentifier, subjectKeyIdentifier(grantIdentifier(input, findings))],
    template.authorityKeyIdentifier,
    ...alternativeNames(input.names),
    ...template.others,
    ...constraintsOf(input.wish),
  ]
  for (const asked of request.extensions) settleAsked({ asked, input, template, granted }, findings)
  return granted.map(([, der]) => der)
}

function alternativeNames({ subject, alternativeNames }: GrantedNames): Granted[] {
  if (alternativeNames.length === 0) return []
  // RFC 5280 section 4.2.1.6: critical when the subject is empty
  const names = alternativeNames.map(({ der }) => der)
  return [[OID.subjectAltName, subjectAltName(names, subject.length === 0)]]
}

/** The name constraints of a wish, where it has a base. */
export function constraintsOf({ nameConstraints: wish }: ExtensionsWish): Granted[] {
  if (!wish || (wish.permitted ?? []).length + (wish.excluded ?? []).length === 0) return []
  return [[OID.nameConstraints, nameConstraints(wish)]]
}

/** RFC 5280 section 4.2.1.2 leaves the method open, so an identifier that was asked for is kept, unless it is another's. */
function grantIdentifier({ request, authority }: ExtensionsInput, findings: Findings): Uint8Array {
  const computed = keyIdentifier(request.spki)
  const asked = request.facts.subjectKeyIdentifier
  if (asked === null || asked === toHex(computed)) return computed
  const bytes = fromHex(asked)
  const isTaken = compareBytes(bytes, authority.keyIdentifier) === 0
  if (!isTaken && bytes.length > 0 && bytes.length <= 64) return bytes
  const why = isTaken ? 'it is that of the authority' : 'it is too short or too long'
  findings.withhold({ field: 'subjectKeyIdentifier', asked, granted: toHex(computed), why })
  return computed
}

interface Asked {
  readonly asked: RequestedExtension
  readonly input: ExtensionsInput
  readonly template: Template
  /** What the certificate has so far; a copied extension is put there. */
  readonly granted: Granted[]
}

function settleAsked(context: Asked, findings: Findings): void {
  const { asked, input, template } = context
  const name = nameOrOid('extension', asked.oid)
  if (template.forbidden.has(asked.oid)) {
    findings.refuse(`it asks for ${name}, which the profile ${input.profile.name} forbids`)
    return
  }
  switch (asked.oid) {
    case OID.subjectAltName:
    case OID.subjectKeyIdentifier:
      return
    case OID.basicConstraints:
      if (input.request.facts.basicConstraints?.ca && !input.profile.ca)
        findings.withhold({
          field: 'basicConstraints',
          asked: 'cA',
          granted: 'an end entity',
          why: `the profile ${input.profile.name} is for end entities`,
        })
      return
    default:
      if (template.copied.has(asked.oid) && !isConstrained(context)) copy(context)
      else if (asked.oid === OID.keyUsage) settleKeyUsage(input, template, findings)
      else if (asked.oid === OID.extendedKeyUsage) settlePurposes(input, template, findings)
      else withholdUnlessSame(context, findings)
  }
}

/** Name constraints of the one who signs, or of the profile, are not taken away by those of the request. */
const isConstrained = ({ asked, granted }: Asked): boolean =>
  asked.oid === OID.nameConstraints && granted.some(([oid]) => oid === OID.nameConstraints)

function copy({ asked, granted }: Asked): void {
  const copied: Granted = [asked.oid, extension(asked.oid, asked.critical, asked.value)]
  const at = granted.findIndex(([oid]) => oid === asked.oid)
  if (at < 0) granted.push(copied)
  else granted[at] = copied
}

function settleKeyUsage({ request, profile }: ExtensionsInput, template: Template, findings: Findings): void {
  for (const usage of request.facts.keyUsage ?? [])
    if (!template.keyUsage.includes(usage))
      findings.withhold({
        field: 'keyUsage',
        asked: usage,
        granted: null,
        why: `the profile ${profile.name} does not have it for such a key`,
      })
}

function settlePurposes({ request, profile }: ExtensionsInput, template: Template, findings: Findings): void {
  for (const purpose of request.facts.extendedKeyUsage ?? [])
    if (!template.purposes.has(purposeOid(purpose)))
      findings.withhold({
        field: 'extendedKeyUsage',
        asked: purpose,
        granted: null,
        why: `the profile ${profile.name} does not have it`,
      })
}

function withholdUnlessSame({ asked, granted, input }: Asked, findings: Findings): void {
  const own = granted.find(([oid]) => oid === asked.oid)
  const wanted = [false, true].map((critical) => extension(asked.oid, critical, asked.value))
  if (own && wanted.some((der) => compareBytes(der, own[1]) === 0)) return
  const profile = `the profile ${input.profile.name}`
  const isWished = asked.oid === OID.nameConstraints && constraintsOf(input.wish).length > 0
  const decider = isWished ? 'the one who signs' : profile
  findings.withhold({
    field: nameOrOid('extension', asked.oid),
    asked: shortHex(asked.value),
    granted: own ? `that of ${decider}` : null,
    why: own ? `${decider} decides about it` : `${profile} does not copy it`,
  })
}
