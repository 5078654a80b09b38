import { requireOneValue } from '../asn1/gate.ts'
import type { Signer } from '../crypto/signer.ts'
import type { Profile } from '../domain/profile.ts'
import { readName } from '../x509/name.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { writeTbsCertificate } from '../x509/write-certificate.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  keyIdentifier,
  subjectAltName,
  subjectKeyIdentifier,
} from '../x509/write-extensions.ts'
import { BUILT_IN_PROFILES } from './built-in-profiles.ts'
import { Findings } from './findings.ts'
import { constraintsOf, type ExtensionsWish } from './grant-extensions.ts'
import { alternativeNameRefusals } from './grant-names.ts'
import {
  addPolicies,
  otherExtensions,
  pointerExtensions,
  policyExtensions,
  usageExtensions,
} from './granted-template.ts'
import { keyRefusal, profileKeyType } from './key-policy.ts'
import { subjectRefusals } from './name-patterns.ts'
import { finishPreparation, serialOf, type Preparation } from './prepare.ts'
import { grantValidity, type ValidityWish } from './validity.ts'

/** What a certificate signed by its own key is made of. */
export interface RootInput {
  /** Name DER. */
  readonly subject: Uint8Array
  readonly signer: Signer
  /** `root` without it; a profile for end entities makes a self-signed certificate of that kind. */
  readonly profile?: Profile
  readonly wish?: RootWish
  readonly now: Date
  readonly random: (length: number) => Uint8Array
}

/** What the one who makes it decides. */
export interface RootWish extends ValidityWish, ExtensionsWish {
  /** GeneralName DER each. */
  readonly subjectAltName?: readonly Uint8Array[]
  /** Dotted OIDs, besides those of the profile. */
  readonly policies?: readonly string[]
  /** Another one than `keyIdentifier` computes: that of an authority which is renewed. */
  readonly subjectKeyIdentifier?: Uint8Array
  readonly serialNumber?: string
}

/**
 * Prepares a self-signed certificate: the root of an authority. `issue` signs it with the same signer.
 *
 * @throws {CertmanError} `policy.refused` naming everything that speaks against it
 */
export function prepareRoot(input: RootInput): Preparation {
  const { signer, now, wish = {}, profile = BUILT_IN_PROFILES.get('root')! } = input
  const findings = new Findings()
  const facts = describePublicKey(signer.spki)
  const why = keyRefusal({ facts, spki: signer.spki }, profile)
  if (why !== undefined) findings.refuse(why)
  checkSubject(input.subject, profile, findings)
  for (const refusal of alternativeNameRefusals(wish.subjectAltName ?? [], profile)) findings.refuse(refusal)
  const validity = grantValidity({ wish, profile, now }, findings)
  findings.settle(false)
  const tbs = writeTbsCertificate({
    serialNumber: serialOf(wish, input.random),
    algorithm: signer.algorithm,
    issuer: input.subject,
    ...validity,
    subject: input.subject,
    spki: signer.spki,
    extensions: rootExtensions(input, profile),
  })
  return finishPreparation(tbs, { signer, profile, findings })
}

function checkSubject(der: Uint8Array, profile: Profile, findings: Findings): void {
  const subject = readName(requireOneValue(der, 'subject'))
  if (subject.length === 0)
    findings.refuse('a self-signed certificate needs a subject (RFC 5280 section 4.1.2.4)')
  for (const refusal of subjectRefusals(profile, subject)) findings.refuse(refusal)
}

/** The same order as for other certificates; the authority key identifier is its own (Baseline Requirements 7.1.2.1.3). */
function rootExtensions({ signer, wish = {} }: RootInput, profile: Profile): Uint8Array[] {
  const identifier = wish.subjectKeyIdentifier ?? keyIdentifier(signer.spki)
  const keyType = profileKeyType(describePublicKey(signer.spki))
  const { subjectAltName: names = [], policies = [] } = wish
  const pathLen = wish.pathLen === undefined ? (profile.ca?.pathLen ?? null) : wish.pathLen
  const encoded = (list: readonly (readonly [string, Uint8Array])[]): Uint8Array[] =>
    list.map(([, der]) => der)
  return [
    profile.ca ? basicConstraints({ ca: true, pathLen }) : basicConstraints({ ca: false }, true),
    ...(keyType ? encoded(usageExtensions(profile, keyType)) : []),
    subjectKeyIdentifier(identifier),
    authorityKeyIdentifier(identifier),
    ...(names.length > 0 ? [subjectAltName(names)] : []),
    ...encoded(policyExtensions({ ...profile, policies: addPolicies(profile.policies, policies) })),
    ...encoded(pointerExtensions(profile, { crlUrls: [], aiaUrls: [], ocspUrls: [] })),
    ...encoded(otherExtensions(profile)),
    ...encoded(constraintsOf(wish)),
  ]
}
