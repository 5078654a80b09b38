import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { sameBytes } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { nameOfOid } from '../asn1/oids.ts'
import { bytesOf, DerReader, TAG } from '../asn1/reader.ts'
import { readInteger } from '../asn1/values.ts'
import { integer, octetString, oid, sequence } from '../asn1/writer.ts'
import { publicKeyOctets, writePublicKeyInfo } from './public-key-info.ts'
import { pqcPublicKey } from './pqc-keys.ts'
import {
  curveOf,
  KEY_OID,
  readEcPrivateKey,
  readPrivateKeyInfo,
  rsaAlgorithm,
  writePrivateKeyInfo,
  type PrivateKeyInfo,
} from './private-key-info.ts'

/** Key algorithms whose structure OpenSSL knows: when it refuses such a key, the key is at fault. */
const KNOWN: Readonly<Record<string, string>> = {
  [KEY_OID.rsa]: 'RSA',
  [KEY_OID.rsaPss]: 'RSA-PSS',
  [KEY_OID.rsaOaep]: 'RSA-OAEP',
  [KEY_OID.dsa]: 'DSA',
  [KEY_OID.ec]: 'EC',
  '1.2.840.113549.1.3.1': 'DH',
  '1.2.840.10046.2.1': 'DH',
  '1.3.101.110': 'X25519',
  '1.3.101.111': 'X448',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
}

const malformed = (what: string, cause?: unknown): CertmanError =>
  new CertmanError('der.malformed', what, { cause })

/**
 * The SubjectPublicKeyInfo of a private key; its SHA-256 identifies the key in a store.
 * The algorithm identifier and the form of an EC point stay as the key has them, so that certificates made
 * with the key match. RSA, EC and EdDSA keys whose numbers contradict each other are refused.
 *
 * @param pkcs8 PrivateKeyInfo or OneAsymmetricKey (RFC 5958), decrypted
 * @returns DER
 * @throws {CertmanError} `der.malformed`; `format.unsupported` when the public key can be neither read nor computed
 */
export function publicKeyOfPkcs8(pkcs8: Secret): Uint8Array {
  return pkcs8.use((bytes) => {
    const info = readPrivateKeyInfo(bytes)
    if (info.algorithmOid === KEY_OID.rsa)
      return writePublicKeyInfo(rsaAlgorithm(), rsaPublicKey(info.privateKey))
    if (info.algorithmOid === KEY_OID.rsaPss || info.algorithmOid === KEY_OID.rsaOaep)
      return restrictedRsaPublicKey(info)
    if (info.algorithmOid === KEY_OID.ec) return ecPublicKey(info)
    return otherPublicKey(info)
  })
}

/**
 * The key as every tool reads it: OpenSSL 3.0 refuses version 2 of the structure (RFC 5958), so the public key that
 * makes the difference is taken out where it can be computed again.
 */
export function portablePkcs8(pkcs8: Secret): Secret {
  return pkcs8.use((bytes) => {
    const info = readPrivateKeyInfo(bytes)
    const isDsa = info.algorithmOid === KEY_OID.dsa
    if (!info.publicKey || isDsa || KNOWN[info.algorithmOid] === undefined) return pkcs8
    return new Secret(writePrivateKeyInfo(bytesOf(info.algorithm), info.privateKey))
  })
}

/**
 * Converts OpenSSL's own form of DSA keys: SEQUENCE of 0, p, q, g, y, x. PKCS#8 has no place for y: where y is not
 * g^x mod p it goes along as the public key of version 2, since OpenSSL, too, believes the y of such a file.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function pkcs8FromDsa(dsa: Secret): Secret {
  return dsa.use((bytes) => {
    const reader = DerReader.whole(bytes, 'a DSA private key')
    reader.read(TAG.integer, 'the version')
    const [p, q, g, y, x] = ['p', 'q', 'g', 'y', 'x'].map((name) => bytesOf(reader.read(TAG.integer, name)))
    reader.finish('DSA private key')
    const algorithm = sequence(oid(KEY_OID.dsa), sequence(p!, q!, g!))
    const plain = writePrivateKeyInfo(algorithm, x!)
    const computed = tryPublicKeyOf(plain)
    const agrees = !(computed instanceof Error) && sameBytes(publicKeyOctets(computed), y!)
    return new Secret(agrees ? plain : writePrivateKeyInfo(algorithm, x!, y!))
  })
}

/** RSAPublicKey DER out of an RSAPrivateKey (RFC 8017 appendix A.1), after a check that its numbers belong together. */
function rsaPublicKey(privateKey: Uint8Array): Uint8Array {
  const reader = DerReader.whole(privateKey, 'an RSA private key')
  const version = readInteger(reader.read(TAG.integer, 'the version'))
  const numbers = ['n', 'e', 'd', 'p', 'q', 'dP', 'dQ', 'qInv'].map((name) =>
    readInteger(reader.read(TAG.integer, name)),
  )
  // version 1 has further primes (RFC 8017 appendix A.1.2)
  reader.readIf(TAG.sequence)
  reader.finish('RSA private key')
  const [n, e] = numbers
  if (n! <= 0n || e! <= 0n || (version !== 1n && !fitTogether(numbers)))
    throw malformed('RSA private key whose numbers do not belong together')
  return sequence(integer(n!), integer(e!))
}

/**
 * RFC 8017 section 3.2. Keys without primes, or without what follows from them, hold zeros there. A wrong dP, dQ or qInv
 * does no harm here, as OpenSSL looks at what it signs; a program that does not gives the primes away with one signature.
 */
function fitTogether([n, e, d, p, q, dP, dQ, qInv]: readonly bigint[]): boolean {
  if ([p, q, dP, dQ, qInv].every((number) => number === 0n)) return true
  if (p! <= 1n || q! <= 1n || p! * q! !== n || !isInverse(e!, d!, p! - 1n) || !isInverse(e!, d!, q! - 1n))
    return false
  if (dP === 0n && dQ === 0n && qInv === 0n) return true
  return isInverse(e!, dP!, p! - 1n) && isInverse(e!, dQ!, q! - 1n) && isInverse(q!, qInv!, p!)
}

const isInverse = (a: bigint, b: bigint, modulus: bigint): boolean => (a * b) % modulus === 1n

/** OpenSSL writes the parameters of RSA-PSS keys anew, and so they stand in certificates; where it cannot, they stay. */
function restrictedRsaPublicKey(info: PrivateKeyInfo): Uint8Array {
  const publicKey = rsaPublicKey(info.privateKey)
  const computed = tryPublicKeyOf(writePrivateKeyInfo(bytesOf(info.algorithm), info.privateKey))
  return computed instanceof Error ? writePublicKeyInfo(bytesOf(info.algorithm), publicKey) : computed
}

function ecPublicKey(info: PrivateKeyInfo): Uint8Array {
  const key = readEcPrivateKey(info.privateKey)
  const algorithm = sequence(oid(KEY_OID.ec), curveOf(info, key))
  const embedded = key.publicPoint
  // without the public point OpenSSL computes it; with one it believes what stands there
  const bare = writePrivateKeyInfo(algorithm, sequence(integer(1), octetString(key.scalar)))
  const computed = tryPublicKeyOf(bare)
  if (computed instanceof Error) {
    if (!embedded) throw cannotDerive('EC', computed)
    if (tryPublicKey(writePublicKeyInfo(algorithm, embedded)))
      throw malformed('EC private key that does not fit its curve', computed)
    return writePublicKeyInfo(algorithm, embedded) // a curve that OpenSSL does not have: the file is believed
  }
  const point = publicKeyOctets(computed)
  if (!embedded) return writePublicKeyInfo(algorithm, point)
  if (!samePoint(algorithm, embedded, point)) throw malformed('EC private key with the public key of another')
  return writePublicKeyInfo(algorithm, embedded)
}

/** Compares an embedded point in any form with an uncompressed or hybrid one (SEC 1 section 2.3.3). */
function samePoint(algorithm: Uint8Array, embedded: Uint8Array, computed: Uint8Array): boolean {
  const form = embedded[0]!
  if (form === 4 || form === 6 || form === 7) return sameBytes(embedded.subarray(1), computed.subarray(1))
  if (form !== 2 && form !== 3) return false
  // what the form says of y differs between prime and binary curves, so OpenSSL expands the point
  const [a, b] = [embedded, computed].map((point) => tryPublicKey(writePublicKeyInfo(algorithm, point)))
  return a !== undefined && b !== undefined && a.equals(b)
}

function otherPublicKey(info: PrivateKeyInfo): Uint8Array {
  const algorithm = bytesOf(info.algorithm)
  const computed = tryPublicKeyOf(writePrivateKeyInfo(algorithm, info.privateKey))
  if (!(computed instanceof Error)) {
    if (!info.publicKey || sameBytes(info.publicKey, publicKeyOctets(computed))) return computed
    if (info.algorithmOid !== KEY_OID.dsa) throw malformed('private key with the public key of another')
  }
  const known = KNOWN[info.algorithmOid]
  if (known !== undefined && computed instanceof Error)
    throw malformed(`malformed ${known} private key`, computed)
  const publicKey = info.publicKey ?? pqcPublicKey(info.algorithmOid, info.privateKey)
  if (publicKey) return writePublicKeyInfo(algorithm, publicKey)
  throw cannotDerive(nameOfOid(info.algorithmOid) ?? info.algorithmOid, computed)
}

const cannotDerive = (what: string, cause: unknown): CertmanError =>
  new CertmanError('format.unsupported', `${what} private key whose public key cannot be computed`, {
    cause,
    hint: 'a newer Node.js may know the algorithm: certman uses its OpenSSL',
  })

function tryPublicKeyOf(pkcs8: Uint8Array): Uint8Array | Error {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    return new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }))
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause))
  }
}

function tryPublicKey(publicKey: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}
