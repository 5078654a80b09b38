import { nameOrOid } from '../../asn1/oids.ts'
import { contextTag, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { readBitString, readBoolean, readInstant, readOid, readSmallInteger } from '../../asn1/values.ts'
import { asSequence } from './shape.ts'

/** KeyUsage bits in their order (RFC 5280 section 4.2.1.3). */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** What RFC 5280 calls nonRepudiation beside. */
export const CONTENT_COMMITMENT = 'contentCommitment'

/** The key usage that is typed, in letters of any case, with dashes or without. */
export function keyUsageOf(text: string): (typeof KEY_USAGES)[number] | undefined {
  const typed = text.toLowerCase().replaceAll('-', '')
  if (typed === CONTENT_COMMITMENT.toLowerCase()) return 'nonRepudiation'
  return KEY_USAGES.find((usage) => usage.toLowerCase() === typed)
}

/** The names of the bits that are set, in order. Bits without a name say nothing to anybody and are left out. */
export function namedBits(tlv: Tlv, names: readonly (string | undefined)[]): string[] {
  const { bytes } = readBitString(tlv)
  return names.filter(
    (name, bit): name is string => name !== undefined && ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0,
  )
}

/** keyUsage: names of the bits, e.g. `["digitalSignature", "keyEncipherment"]`. */
export const decodeKeyUsage = (tlv: Tlv): readonly string[] =>
  namedBits(requireTag(tlv, TAG.bitString, 'the key usage'), KEY_USAGES)

/** extKeyUsage (RFC 5280 section 4.2.1.12): names such as `serverAuth`, OIDs where unknown; at least one. */
export function decodeExtendedKeyUsage(tlv: Tlv): readonly string[] {
  const reader = asSequence(tlv, 'the key purposes')
  const purposes: string[] = []
  do purposes.push(nameOrOid('keyPurpose', readOid(reader.read(TAG.oid, 'a key purpose'))))
  while (!reader.atEnd)
  return purposes
}

/** basicConstraints (RFC 5280 section 4.2.1.9). */
export function decodeBasicConstraints(tlv: Tlv): { readonly ca: boolean; readonly pathLen: number | null } {
  const reader = asSequence(tlv, 'the basic constraints')
  const ca = reader.readIf(TAG.boolean)
  const pathLen = reader.readIf(TAG.integer)
  reader.finish('basic constraints')
  return {
    ca: ca !== undefined && readBoolean(ca),
    pathLen: pathLen === undefined ? null : readSmallInteger(pathLen, 'the path length'),
  }
}

/** privateKeyUsagePeriod (RFC 3280 section 4.2.1.4): instants, `null` where open. */
export function decodePrivateKeyUsagePeriod(tlv: Tlv): {
  readonly notBefore: string | null
  readonly notAfter: string | null
} {
  const reader = asSequence(tlv, 'the private key usage period')
  const notBefore = reader.readIf(contextTag(0, false))
  const notAfter = reader.readIf(contextTag(1, false))
  reader.finish('private key usage period')
  const instant = (value: Tlv | undefined): string | null =>
    value ? readInstant({ ...value, tag: TAG.generalizedTime }) : null
  return { notBefore: instant(notBefore), notAfter: instant(notAfter) }
}
