import { toHex } from '../../base/bytes.ts'
import { namesOf, nameOrOid } from '../../asn1/oids.ts'
import type { OidTable } from '../../asn1/oids/table.ts'
import { bytesOf, contextTag, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readOid, readSmallInteger } from '../../asn1/values.ts'
import { asSequence, listOf } from './shape.ts'
import { decodeText } from './simple.ts'

/** One qualifier (RFC 5280 section 4.2.1.4): a CPS pointer, a user notice, or the hex of an unknown one. */
export interface PolicyQualifier {
  /** `cps`, `userNotice`, or an OID. */
  readonly type: string
  readonly uri?: string
  readonly explicitText?: string
  readonly organization?: string
  readonly noticeNumbers?: readonly number[]
  readonly hex?: string
}

/** One PolicyInformation; `name` only for well-known policies. */
export interface PolicyInformation {
  readonly policyIdentifier: string
  readonly name?: string
  readonly qualifiers: readonly PolicyQualifier[]
}

/** certificatePolicies (RFC 5280 section 4.2.1.4). */
export const decodePolicies = (tlv: Tlv): readonly PolicyInformation[] =>
  listOf(tlv, 'the policies', (policy) => readPolicy(policy, namesOf('other')))

/** applicationPolicies ([MS-WCCE] section 2.2.2.7.7.3): policies whose identifiers are key purposes. */
export const decodeApplicationPolicies = (tlv: Tlv): readonly PolicyInformation[] =>
  listOf(tlv, 'the application policies', (policy) => readPolicy(policy, namesOf('keyPurpose')))

function readPolicy(policy: Tlv, known: OidTable): PolicyInformation {
  const reader = asSequence(policy, 'a policy')
  const policyIdentifier = readOid(reader.read(TAG.oid, 'the policy identifier'))
  const qualifiers = reader.readIf(TAG.sequence)
  reader.finish('policy')
  const name = known.get(policyIdentifier)
  return {
    policyIdentifier,
    ...(name !== undefined && { name }),
    qualifiers: qualifiers ? listOf(qualifiers, 'the qualifiers', readQualifier) : [],
  }
}

function readQualifier(tlv: Tlv): PolicyQualifier {
  const reader = asSequence(tlv, 'a qualifier')
  const type = nameOrOid('other', readOid(reader.read(TAG.oid, 'the type of a qualifier')))
  const value = reader.read(undefined, 'the qualifier')
  reader.finish('qualifier')
  if (type === 'cps') return { type, uri: decodeText(value) }
  if (type === 'userNotice') return { type, ...readUserNotice(value) }
  return { type, hex: toHex(bytesOf(value)) }
}

function readUserNotice(tlv: Tlv): Omit<PolicyQualifier, 'type'> {
  const reader = asSequence(tlv, 'a user notice')
  const reference = reader.enterIf(TAG.sequence)
  const text = reader.atEnd ? undefined : decodeText(reader.read())
  reader.finish('user notice')
  return {
    ...(reference && {
      organization: decodeText(reference.read(undefined, 'the organization')),
      noticeNumbers: listOf(reference.read(), 'the notice numbers', (number) => readSmallInteger(number)),
    }),
    ...(text !== undefined && { explicitText: text }),
  }
}

/** policyMappings (RFC 5280 section 4.2.1.5). */
export const decodePolicyMappings = (
  tlv: Tlv,
): readonly { readonly issuerDomainPolicy: string; readonly subjectDomainPolicy: string }[] =>
  listOf(tlv, 'the policy mappings', (mapping) => {
    const reader = asSequence(mapping, 'a policy mapping')
    const issuerDomainPolicy = readOid(reader.read(TAG.oid, 'the policy of the issuer'))
    const subjectDomainPolicy = readOid(reader.read(TAG.oid, 'the policy of the subject'))
    reader.finish('policy mapping')
    return { issuerDomainPolicy, subjectDomainPolicy }
  })

/** policyConstraints (RFC 5280 section 4.2.1.11): certificates to skip, `null` where not constrained. */
export function decodePolicyConstraints(tlv: Tlv): {
  readonly requireExplicitPolicy: number | null
  readonly inhibitPolicyMapping: number | null
} {
  const reader = asSequence(tlv, 'the policy constraints')
  const explicit = reader.readIf(contextTag(0, false))
  const mapping = reader.readIf(contextTag(1, false))
  reader.finish('policy constraints')
  const skip = (value: Tlv | undefined): number | null =>
    value ? readSmallInteger(value, 'the number of certificates to skip') : null
  return { requireExplicitPolicy: skip(explicit), inhibitPolicyMapping: skip(mapping) }
}

/** inhibitAnyPolicy (RFC 5280 section 4.2.1.14): certificates to skip. */
export const decodeInhibitAnyPolicy = (tlv: Tlv): number =>
  readSmallInteger(requireTag(tlv, TAG.integer, 'a number'), 'the number of certificates to skip')
