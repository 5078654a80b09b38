import type { GeneralName } from '../domain/facts.ts'
import type { Profile } from '../domain/profile.ts'
import { parseSerialNumber } from '../domain/reference.ts'
import { emptyBases } from '../path/name-constraints.ts'
import { extensionValue } from '../x509/extension-value.ts'
import { writeTbsCertificate } from '../x509/write-certificate.ts'
import { purposeOid } from '../x509/write-extensions.ts'
import { Findings, type Change } from './findings.ts'
import { grantExtensions, type ExtensionsWish } from './grant-extensions.ts'
import { grantNames, type NamesWish } from './grant-names.ts'
import { keyRefusal, profileKeyType } from './key-policy.ts'
import type { LintSubject } from './lint/subject.ts'
import { requireIssuer, type OpenAuthority } from './open-authority.ts'
import { seal, type Prepared } from './prepared.ts'
import { openRequest, requestNotes, type OpenRequest } from './request.ts'
import { randomSerialNumber } from './serial-number.ts'
import { grantValidity, type ValidityWish } from './validity.ts'

/** What the one who signs decides; everything else comes from the request and the profile. */
export interface SigningWish extends ValidityWish, NamesWish, ExtensionsWish {
  /** Hex, as a person types it; random without it. Whether it was used before is the store's to check. */
  readonly serialNumber?: string
  /** List what was asked for and not granted, instead of refusing. */
  readonly allowChanges?: boolean
}

/** All that a certificate is made of. */
export interface PrepareInput {
  /** PKCS#10 DER, or what `openRequest` made of it. */
  readonly csr: Uint8Array | OpenRequest
  readonly authority: OpenAuthority
  readonly profile: Profile
  readonly wish?: SigningWish
  readonly now: Date
  readonly random: (length: number) => Uint8Array
}

/** A certificate that only waits for its signature, and what a person should know before. A dry run ends here. */
export interface Preparation {
  readonly prepared: Prepared
  /** Lower-case hex. */
  readonly serialNumber: string
  readonly notBefore: string
  readonly notAfter: string
  /** RFC 4514 text. */
  readonly subject: string
  readonly subjectAltName: readonly GeneralName[] | null
  /** What differs from the request: asked for and not granted, added, set by hand. */
  readonly changes: readonly Change[]
  /** Sentences: a validity that was clipped, lints that warn. */
  readonly notes: readonly string[]
}

/**
 * Prepares a certificate: checks authority, request, key and names, grants what the profile grants, writes the
 * TBSCertificate and lints it. The names of the request are kept byte for byte; what was asked for and is not granted
 * is refused, or listed with `allowChanges`.
 *
 * @throws {CertmanError} `state.refused` and `policy.refused` for the authority; `der.malformed`, `input.invalid`,
 *   `format.unsupported` for a request that cannot be believed; `policy.refused` naming everything that speaks against it
 */
export function prepare(input: PrepareInput): Preparation {
  const { authority, profile, now, wish = {} } = input
  requireIssuer(authority, now)
  const request = input.csr instanceof Uint8Array ? openRequest(input.csr) : input.csr
  const findings = new Findings()
  for (const note of requestNotes(request)) findings.note(note)
  const keyType = profileKeyType(request.facts.publicKey)
  checkKey(request, input, findings)
  checkPurposes(authority, profile, findings)
  const names = grantNames({ request, profile, authority, wish }, findings)
  const issuer = { notBefore: authority.notBefore, notAfter: authority.notAfter }
  const validity = grantValidity({ wish, profile, issuer, now }, findings)
  const extensions = keyType
    ? grantExtensions({ request, authority, profile, keyType, names, wish }, findings)
    : []
  findings.settle(wish.allowChanges ?? false)
  const tbs = writeTbsCertificate({
    serialNumber: serialOf(wish, input.random),
    algorithm: authority.algorithm,
    issuer: authority.subjectDer,
    notBefore: validity.notBefore,
    notAfter: validity.notAfter,
    subject: names.subjectDer,
    spki: request.spki,
    extensions,
  })
  return finishPreparation(tbs, { signer: authority, above: authority.nameConstraints, profile, findings })
}

/** What goes into a preparation beside the certificate itself. */
export interface Finishing {
  readonly signer: Pick<OpenAuthority, 'spki'>
  /** Name constraints of who signs and of all above it; absent for a root. */
  readonly above?: OpenAuthority['nameConstraints']
  readonly profile: Profile
  readonly findings: Findings
}

/** Lints a TBSCertificate and seals it for its signer. @throws {CertmanError} `policy.refused` naming what lints refuse */
export function finishPreparation(tbs: Uint8Array, finishing: Finishing): Preparation {
  const { signer, profile, findings, above = [] } = finishing
  const { prepared, subject, warnings } = seal(tbs, signer.spki, { publicTrust: profile.publicTrust })
  return {
    prepared,
    serialNumber: subject.serialNumber,
    notBefore: subject.notBefore.text,
    notAfter: subject.notAfter.text,
    subject: subject.subjectText,
    subjectAltName: subject.subjectAltName,
    changes: findings.changes,
    notes: [...findings.notes, ...emptinessNotes(subject, above), ...warnings],
  }
}

/** What becomes of name constraints that leave nothing: they are kept, and whoever wrote them hears it now. */
function emptinessNotes(
  { extensions }: LintSubject,
  above: NonNullable<Finishing['above']>,
): readonly string[] {
  const own = extensionValue(extensions, 'nameConstraints')
  if (!own) return []
  return emptyBases(own, above).map(
    (why) =>
      `the permitted ${why} (RFC 5280 section 4.2.1.10): no certificate below with such a name will be valid`,
  )
}

function checkKey(request: OpenRequest, { profile, authority }: PrepareInput, findings: Findings): void {
  const why = keyRefusal({ facts: request.facts.publicKey, spki: request.spki }, profile)
  if (why !== undefined) findings.refuse(why)
  // a certificate for the authority's own key would be a second certificate of the authority
  if (request.facts.publicKey.spkiHash === authority.facts.publicKey.spkiHash)
    findings.refuse('its key is that of the authority itself')
}

/**
 * Purposes of an authority's own certificate bind what it signs: not by RFC 5280, but OpenSSL, Windows and Mozilla
 * (root store policy section 5.3.1) refuse the chain otherwise.
 */
function checkPurposes(authority: OpenAuthority, profile: Profile, findings: Findings): void {
  const own = authority.facts.extendedKeyUsage?.map(purposeOid)
  if (!own || own.includes(purposeOid('anyExtendedKeyUsage'))) return
  for (const purpose of profile.extendedKeyUsage)
    if (!own.includes(purposeOid(purpose)))
      findings.refuse(
        `the authority ${authority.name} is not for ${purpose}: its certificate allows ${(authority.facts.extendedKeyUsage ?? []).join(', ')}`,
      )
}

/** The serial number that was wished for, else a random one. @throws {CertmanError} `input.invalid` */
export const serialOf = (
  { serialNumber }: Pick<SigningWish, 'serialNumber'>,
  random: PrepareInput['random'],
): string => (serialNumber === undefined ? randomSerialNumber(random) : parseSerialNumber(serialNumber))
