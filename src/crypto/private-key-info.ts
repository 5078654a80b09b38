import { CertmanError } from '../base/errors.ts'
import { concat, sameBytes } from '../base/bytes.ts'
import { Secret } from '../base/secret.ts'
import { bytesOf, contentOf, contextTag, DerReader, readTlv, TAG, type Tlv } from '../asn1/reader.ts'
import { readBitString, readOid, readSmallInteger } from '../asn1/values.ts'
import {
  bitString,
  explicit,
  implicit,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
} from '../asn1/writer.ts'

/** Algorithm identifiers of the keys that have a form older than PKCS#8. */
export const KEY_OID = {
  rsa: '1.2.840.113549.1.1.1',
  rsaOaep: '1.2.840.113549.1.1.7',
  rsaPss: '1.2.840.113549.1.1.10',
  dsa: '1.2.840.10040.4.1',
  ec: '1.2.840.10045.2.1',
} as const

/** The parts of PrivateKeyInfo and OneAsymmetricKey (RFC 5958 section 2). All bytes are views. */
export interface PrivateKeyInfo {
  readonly algorithmOid: string
  /** The whole AlgorithmIdentifier. */
  readonly algorithm: Tlv
  readonly parameters: Tlv | undefined
  /** Content of the privateKey OCTET STRING. */
  readonly privateKey: Uint8Array
  /** The public key of a version 2 structure, without the BIT STRING around it. */
  readonly publicKey: Uint8Array | undefined
}

/**
 * Reads the outer structure of a PKCS#8 key.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function readPrivateKeyInfo(pkcs8: Uint8Array): PrivateKeyInfo {
  const reader = DerReader.whole(pkcs8, 'a private key')
  const version = readSmallInteger(reader.read(TAG.integer, 'the version'), 'version')
  if (version > 1) throw new CertmanError('der.malformed', `private key of unknown version ${version}`)
  const algorithm = reader.read(TAG.sequence, 'the key algorithm')
  const fields = DerReader.into(algorithm)
  const algorithmOid = readOid(fields.read(TAG.oid, 'the key algorithm'))
  const parameters = fields.atEnd ? undefined : fields.read()
  fields.finish('key algorithm')
  const privateKey = contentOf(reader.read(TAG.octetString, 'the private key'))
  reader.readIf(contextTag(0, true))
  // RFC 5958 makes it [1] IMPLICIT; some early writers wrapped a whole BIT STRING
  const implicitKey = reader.readIf(contextTag(1, false))
  const wrappedKey = implicitKey ? undefined : reader.enterIf(contextTag(1, true))?.read(TAG.bitString)
  const publicTlv = implicitKey ?? wrappedKey
  reader.finish('private key')
  return {
    algorithmOid,
    algorithm,
    parameters,
    privateKey,
    publicKey: publicTlv && readBitString(publicTlv).bytes,
  }
}

/**
 * PrivateKeyInfo of version 1, the form that every tool reads; with a public key OneAsymmetricKey of version 2
 * (RFC 5958 section 2).
 *
 * @param publicKey content of the BIT STRING
 */
export const writePrivateKeyInfo = (
  algorithm: Uint8Array,
  privateKey: Uint8Array,
  publicKey?: Uint8Array,
): Uint8Array =>
  publicKey
    ? sequence(
        integer(1),
        algorithm,
        octetString(privateKey),
        implicit(1, concat([Uint8Array.of(0), publicKey])),
      )
    : sequence(integer(0), algorithm, octetString(privateKey))

/** AlgorithmIdentifier of `rsaEncryption`; its parameters are NULL (RFC 3279 section 2.3.1). */
export const rsaAlgorithm = (): Uint8Array => sequence(oid(KEY_OID.rsa), nullValue())

/**
 * Wraps an RSAPrivateKey (RFC 8017 appendix A.1.2).
 *
 * @throws {CertmanError} `der.malformed` when it is no SEQUENCE
 */
export function pkcs8FromPkcs1(pkcs1: Secret): Secret {
  return pkcs1.use((bytes) => {
    DerReader.whole(bytes, 'an RSA private key').read(TAG.integer, 'the version')
    return new Secret(writePrivateKeyInfo(rsaAlgorithm(), bytes))
  })
}

/** The parts of ECPrivateKey (RFC 5915 section 3). */
export interface EcPrivateKey {
  readonly scalar: Uint8Array
  readonly parameters: Tlv | undefined
  readonly publicPoint: Uint8Array | undefined
}

/**
 * Reads an ECPrivateKey.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function readEcPrivateKey(bytes: Uint8Array): EcPrivateKey {
  const reader = DerReader.whole(bytes, 'an EC private key')
  reader.read(TAG.integer, 'the version')
  const scalar = contentOf(reader.read(TAG.octetString, 'the private number'))
  const curve = reader.enterIf(contextTag(0, true))
  const parameters = curve?.read()
  curve?.finish('curve')
  const tagged = reader.enterIf(contextTag(1, true))
  const point = tagged?.read(TAG.bitString, 'the public point')
  tagged?.finish('public point')
  reader.finish('EC private key')
  return { scalar, parameters, publicPoint: point && readBitString(point).bytes }
}

/**
 * Wraps an ECPrivateKey; the curve moves to the AlgorithmIdentifier, where PKCS#8 keeps it (RFC 5915 section 1).
 *
 * @param curve content of a preceding `EC PARAMETERS` block, used when the key names no curve
 * @throws {CertmanError} `der.malformed` when no curve is named anywhere
 */
export function pkcs8FromSec1(sec1: Secret, curve?: Uint8Array): Secret {
  return sec1.use((bytes) => {
    const key = readEcPrivateKey(bytes)
    const parameters = key.parameters ? bytesOf(key.parameters) : curve
    if (!parameters) throw new CertmanError('der.malformed', 'EC private key that names no curve')
    const point = key.publicPoint
    const inner = [integer(1), octetString(key.scalar)]
    if (point) inner.push(explicit(1, bitString(point)))
    return new Secret(writePrivateKeyInfo(sequence(oid(KEY_OID.ec), parameters), sequence(...inner)))
  })
}

/** The curve of an EC key: from the AlgorithmIdentifier or from the ECPrivateKey; both must agree. */
export function curveOf(info: PrivateKeyInfo, key: EcPrivateKey): Uint8Array {
  const outer = info.parameters && info.parameters.tag !== TAG.null ? bytesOf(info.parameters) : undefined
  const inner = key.parameters && bytesOf(key.parameters)
  if (outer && inner && !sameBytes(outer, inner))
    throw new CertmanError('der.malformed', 'EC private key that names two different curves')
  const curve = outer ?? inner
  if (!curve) throw new CertmanError('der.malformed', 'EC private key that names no curve')
  // a name or the whole curve (RFC 5480 section 2.1.1); which curve it is may be unknown
  if (curve[0] !== TAG.oid && curve[0] !== TAG.sequence)
    throw new CertmanError('der.malformed', 'EC private key whose curve is neither named nor written out')
  if (curve[0] === TAG.oid) readOid(readTlv(curve, 0, curve.length))
  return curve
}
