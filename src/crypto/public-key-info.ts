import { ECDH, getCurves } from 'node:crypto'
import { readAlgorithm } from '../asn1/algorithm.ts'
import { CURVES } from '../asn1/oids/curves.ts'
import { wordsAt } from '../asn1/oids/table.ts'
import { bytesOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readBitString, readOid } from '../asn1/values.ts'
import { bitString, sequence } from '../asn1/writer.ts'

/** The two parts of a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). */
export interface PublicKeyInfo {
  /** The whole AlgorithmIdentifier. */
  readonly algorithm: Tlv
  /** The BIT STRING around the key. */
  readonly bits: Tlv
}

/** Takes a SubjectPublicKeyInfo apart. @throws {CertmanError} `der.malformed` */
export function readPublicKeyInfo(spki: Tlv): PublicKeyInfo {
  const reader = DerReader.into(spki)
  const algorithm = reader.read(TAG.sequence, 'the algorithm of the public key')
  const bits = reader.read(TAG.bitString, 'the public key')
  reader.finish('public key')
  return { algorithm, bits }
}

/** The key inside a SubjectPublicKeyInfo: a point, an RSAPublicKey, raw octets; a view. @throws {CertmanError} `der.malformed` */
export const publicKeyOctets = (spki: Uint8Array): Uint8Array =>
  readBitString(readPublicKeyInfo(new DerReader(spki).read(TAG.sequence, 'a public key')).bits).bytes

/** A SubjectPublicKeyInfo. @param algorithm AlgorithmIdentifier DER @param key content of the BIT STRING */
export const writePublicKeyInfo = (algorithm: Uint8Array, key: Uint8Array): Uint8Array =>
  sequence(algorithm, bitString(key))

/**
 * A SubjectPublicKeyInfo in the form by which keys are told apart: the point of an EC key stands there uncompressed,
 * since a compressed or hybrid one (RFC 5480 section 2.2) is the same key, which a certificate may hold in another form.
 * Every other key, a curve that this OpenSSL does not have, and no point on its curve: as it stands.
 */
export function uncompressed(spki: Tlv, { algorithm, bits }: PublicKeyInfo): Uint8Array {
  const form = bits.source[bits.contentStart + 1]
  const parameters = form === 4 ? undefined : readAlgorithm(algorithm).parameters
  if (parameters?.tag !== TAG.oid) return bytesOf(spki)
  const curve = wordsAt(CURVES, readOid(parameters))?.find((name) => getCurves().includes(name))
  if (curve === undefined) return bytesOf(spki)
  try {
    const point = ECDH.convertKey(readBitString(bits).bytes, curve, undefined, undefined, 'uncompressed')
    return writePublicKeyInfo(bytesOf(algorithm), point as Buffer)
  } catch {
    return bytesOf(spki)
  }
}
