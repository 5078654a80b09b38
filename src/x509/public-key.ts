import { readAlgorithm } from '../asn1/algorithm.ts'
import { keyTypeOf, nameOrOid } from '../asn1/oids.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { bytesOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { remembering } from '../asn1/remember.ts'
import { readBitString, readInteger, readOid } from '../asn1/values.ts'
import { CertmanError } from '../base/errors.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { readPublicKeyInfo, uncompressed } from '../crypto/public-key-info.ts'
import type { PublicKeyFacts } from '../domain/facts.ts'

/** What the key says beyond its type; empty where the key material is damaged or of an unknown kind. */
type KeyDetails = Pick<PublicKeyFacts, 'size' | 'curve' | 'exponent'>

/**
 * Describes a SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7). Key material that is damaged costs its details
 * only: the certificate around it can still be listed.
 *
 * @param spki DER, exactly one value
 * @throws {CertmanError} `der.malformed` when the outer structure is wrong
 */
export const describePublicKey = (spki: Uint8Array): PublicKeyFacts =>
  publicKeyFacts(requireOneValue(spki, 'public key'))

/** What a key is known by, `spkiHash` of its facts. @throws {CertmanError} `der.malformed` */
export const spkiHashOf = (spki: Uint8Array): string => describePublicKey(spki).spkiHash

/** A key is read with its request, before its certificate is signed and when that is described: hundreds lie between. */
const MANY_KEYS = 1024

/** Like `describePublicKey`, for a SubjectPublicKeyInfo inside a larger value. */
export const publicKeyFacts = remembering(readPublicKey, MANY_KEYS)

function readPublicKey(spki: Tlv): PublicKeyFacts {
  const info = readPublicKeyInfo(spki)
  const { oid, parameters } = readAlgorithm(info.algorithm)
  const type = keyTypeOf(oid)
  return {
    type,
    ...details(type, parameters, info.bits),
    algorithmOid: oid,
    spkiHash: sha256Hex(type === 'ec' ? uncompressed(spki, info) : bytesOf(spki)),
  }
}

function details(type: string, parameters: Tlv | undefined, bits: Tlv): KeyDetails {
  try {
    if (type === 'rsa' || type === 'rsa-pss' || type === 'rsa-oaep') return rsaDetails(bits)
    if (type === 'ec') return parameters ? { curve: curveOf(parameters) } : {}
    if (type === 'dsa' || type === 'dh') return parameters ? { size: primeSize(parameters) } : {}
    if (type.startsWith('gost') && parameters) return gostDetails(parameters)
    return {}
  } catch (error) {
    if (error instanceof CertmanError) return {}
    throw error
  }
}

function rsaDetails(bits: Tlv): KeyDetails {
  // RSAPublicKey (RFC 8017 appendix A.1.1) inside the bit string
  const key = new DerReader(readBitString(bits).bytes).enter(TAG.sequence, 'the RSA key')
  const size = bitLength(key.read(TAG.integer, 'the modulus'))
  return { size, exponent: readInteger(key.read(TAG.integer, 'the exponent')).toString() }
}

/** Bits of a positive INTEGER, from its octets. */
function bitLength(integer: Tlv): number {
  let at = integer.contentStart
  while (at < integer.end && integer.source[at] === 0) at++
  if (at === integer.end) return 0
  return (integer.end - at - 1) * 8 + (32 - Math.clz32(integer.source[at]!))
}

// DSS-Parms and both kinds of DH parameters begin with the prime (RFC 3279 sections 2.3.2, 2.3.3)
const primeSize = (parameters: Tlv): number =>
  bitLength(DerReader.into(parameters).read(TAG.integer, 'the prime'))

/** ECParameters (RFC 5480 section 2.1.1): a named curve, or `explicit` parameters, or `inherited` ones. */
function curveOf(parameters: Tlv): string {
  if (parameters.tag === TAG.oid) return nameOrOid('curve', readOid(parameters))
  return parameters.tag === TAG.null ? 'inherited' : 'explicit'
}

// GostR3410-2001-PublicKeyParameters (RFC 4491 section 2.3.2) begin with the curve's parameter set
function gostDetails(parameters: Tlv): KeyDetails {
  const set = DerReader.into(parameters).readIf(TAG.oid)
  return set ? { curve: nameOrOid('curve', readOid(set)) } : {}
}
