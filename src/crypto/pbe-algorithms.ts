import { CertmanError } from '../base/errors.ts'
import { readAlgorithm, type Algorithm } from '../asn1/algorithm.ts'
import { contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { CBC_CIPHERS, GCM_CIPHERS, type CbcName, type Cipher, type GcmName } from './cipher.ts'
import type { KdfHash } from './pkcs12-kdf.ts'

const PKCS5 = '1.2.840.113549.1.5'
const PKCS12_PBE = '1.2.840.113549.1.12.1'
const NIST = '2.16.840.1.101.3.4'
/** PBES2 (RFC 8018 appendix A.4). */
export const OID_PBES2 = `${PKCS5}.13`
/** PBMAC1 (RFC 8018 appendix A.5, RFC 9579). */
export const OID_PBMAC1 = `${PKCS5}.14`
/** PBKDF2 (RFC 8018 appendix A.2). */
export const OID_PBKDF2 = `${PKCS5}.12`
/** scrypt (RFC 7914 section 7). */
export const OID_SCRYPT = '1.3.6.1.4.1.11591.4.11'

/** HMAC PRFs (RFC 8018 appendix B.1.2, RFC 9688) and hashes (RFC 8017 appendix B.1, RFC 8702), to node:crypto's names. */
const DIGESTS: Readonly<Record<string, KdfHash>> = {
  '1.2.840.113549.2.6': 'md5',
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
  '1.2.840.113549.2.12': 'sha512-224',
  '1.2.840.113549.2.13': 'sha512-256',
  [`${NIST}.2.13`]: 'sha3-224',
  [`${NIST}.2.14`]: 'sha3-256',
  [`${NIST}.2.15`]: 'sha3-384',
  [`${NIST}.2.16`]: 'sha3-512',
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  [`${NIST}.2.4`]: 'sha224',
  [`${NIST}.2.1`]: 'sha256',
  [`${NIST}.2.2`]: 'sha384',
  [`${NIST}.2.3`]: 'sha512',
  [`${NIST}.2.5`]: 'sha512-224',
  [`${NIST}.2.6`]: 'sha512-256',
  [`${NIST}.2.7`]: 'sha3-224',
  [`${NIST}.2.8`]: 'sha3-256',
  [`${NIST}.2.9`]: 'sha3-384',
  [`${NIST}.2.10`]: 'sha3-512',
  '1.3.6.1.4.1.1722.12.2.1.16': 'blake2b512',
}

/** The refusal of an algorithm that certman does not know. */
export const unsupported = (what: string, oid: string): CertmanError =>
  new CertmanError('format.unsupported', `${what} ${oid} is not supported`)

/** The hash under a digest or HMAC identifier. @throws {CertmanError} `format.unsupported` */
export function hashOf({ oid }: Algorithm): KdfHash {
  const hash = DIGESTS[oid]
  if (hash === undefined) throw unsupported('digest algorithm', oid)
  return hash
}

/** A key derivation with its parameters, checked against the limits. */
export type Pbkdf =
  | {
      readonly kind: 'pbkdf2'
      readonly salt: Uint8Array
      readonly iterations: number
      readonly keyLength: number | undefined
      readonly hash: KdfHash
    }
  | {
      readonly kind: 'scrypt'
      readonly salt: Uint8Array
      readonly cost: number
      readonly blockSize: number
      readonly parallel: number
      readonly keyLength: number | undefined
    }

/** `keyDerivationFunc` of PBES2 and PBMAC1 (RFC 8018 appendix A.2, RFC 7914 section 7). */
export function readPbkdf({ oid, parameters }: Algorithm): Pbkdf {
  if ((oid !== OID_PBKDF2 && oid !== OID_SCRYPT) || parameters === undefined)
    throw unsupported('key derivation', oid)
  const reader = DerReader.into(parameters)
  if (reader.peek() === TAG.sequence) throw unsupported('salt source of', oid)
  const salt = contentOf(reader.read(TAG.octetString, 'salt'))
  const number = (what: string): number => readSmallInteger(reader.read(TAG.integer, what), what)
  const keyLength = (): number | undefined =>
    reader.peek() === TAG.integer ? number('key length') : undefined
  if (oid === OID_SCRYPT)
    return {
      kind: 'scrypt',
      salt,
      cost: number('scrypt cost'),
      blockSize: number('scrypt block size'),
      parallel: number('scrypt parallelization'),
      keyLength: keyLength(),
    }
  const iterations = number('iteration count')
  const length = keyLength()
  // hmacWithSHA1 is the default of RFC 8018
  const hash = reader.atEnd ? 'sha1' : hashOf(readAlgorithm(reader.read(TAG.sequence, 'PRF')))
  return { kind: 'pbkdf2', salt, iterations, keyLength: length, hash }
}

const CBC_OIDS: Readonly<Record<string, CbcName>> = {
  [`${NIST}.1.2`]: 'aes-128-cbc',
  [`${NIST}.1.22`]: 'aes-192-cbc',
  [`${NIST}.1.42`]: 'aes-256-cbc',
  '1.2.840.113549.3.7': 'des-ede3-cbc',
  '1.3.14.3.2.7': 'des-cbc',
  '1.2.392.200011.61.1.1.1.2': 'camellia-128-cbc',
  '1.2.392.200011.61.1.1.1.3': 'camellia-192-cbc',
  '1.2.392.200011.61.1.1.1.4': 'camellia-256-cbc',
  '1.2.410.200046.1.1.2': 'aria-128-cbc',
  '1.2.410.200046.1.1.7': 'aria-192-cbc',
  '1.2.410.200046.1.1.12': 'aria-256-cbc',
  '1.2.156.10197.1.104.2': 'sm4-cbc',
}
const GCM_OIDS: Readonly<Record<string, GcmName>> = {
  [`${NIST}.1.6`]: 'aes-128-gcm',
  [`${NIST}.1.26`]: 'aes-192-gcm',
  [`${NIST}.1.46`]: 'aes-256-gcm',
}
const OID_RC2 = '1.2.840.113549.3.2'
/** Effective bits are written as these versions (RFC 8018 appendix B.2.3, RFC 2268 section 6). */
const RC2_VERSIONS: Readonly<Record<number, number>> = { 160: 40, 120: 64, 58: 128 }

/** `encryptionScheme` of PBES2: the cipher, and the length of its key in bytes (RFC 8018 appendix B.2, RFC 5084). */
export function readCipher({ oid, parameters }: Algorithm): { cipher: Cipher; keyLength: number } {
  if (parameters === undefined) throw unsupported('cipher', oid)
  const cbc = CBC_OIDS[oid]
  if (cbc !== undefined)
    return { cipher: { kind: 'cbc', name: cbc, iv: octets(parameters) }, keyLength: CBC_CIPHERS[cbc].key }
  const gcm = GCM_OIDS[oid]
  if (gcm !== undefined) return readGcm(gcm, parameters)
  if (oid === OID_RC2) return readRc2(parameters)
  throw unsupported('cipher', oid)
}

function octets(value: Tlv): Uint8Array {
  return contentOf(
    new DerReader(value.source, value.start, value.end).read(TAG.octetString, 'initial vector'),
  )
}

function readGcm(name: GcmName, parameters: Tlv): { cipher: Cipher; keyLength: number } {
  const reader = DerReader.into(parameters)
  const iv = contentOf(reader.read(TAG.octetString, 'nonce'))
  const tagLength = reader.atEnd ? 12 : readSmallInteger(reader.read(TAG.integer, 'tag length'), 'tag length')
  // RFC 5084 section 3.2: 12 to 16
  if (tagLength < 12 || tagLength > 16)
    throw new CertmanError('der.malformed', `GCM tag of ${tagLength} bytes`)
  return { cipher: { kind: 'gcm', name, iv, tagLength }, keyLength: GCM_CIPHERS[name] }
}

function readRc2(parameters: Tlv): { cipher: Cipher; keyLength: number } {
  // without a version the whole value is the IV and the key has 32 effective bits (RFC 2268 section 6)
  if (parameters.tag === TAG.octetString)
    return { cipher: { kind: 'rc2', effectiveBits: 32, iv: contentOf(parameters) }, keyLength: 4 }
  const reader = DerReader.into(parameters)
  const version = readSmallInteger(reader.read(TAG.integer, 'RC2 version'), 'RC2 version')
  const effectiveBits = version >= 256 ? version : RC2_VERSIONS[version]
  if (effectiveBits === undefined || effectiveBits > 1024)
    throw new CertmanError('format.unsupported', `RC2 version ${version} is not supported`)
  const iv = contentOf(reader.read(TAG.octetString, 'initial vector'))
  return { cipher: { kind: 'rc2', effectiveBits, iv }, keyLength: Math.ceil(effectiveBits / 8) }
}

/** The schemes whose identifier names hash and cipher at once; `family` says how the key is derived. */
export interface OldScheme {
  readonly family: 'pkcs5' | 'pkcs12'
  readonly hash: KdfHash
  readonly keyLength: number
  readonly ivLength: number
  readonly cipher: (iv: Uint8Array) => Cipher
}

const des =
  (name: CbcName) =>
  (iv: Uint8Array): Cipher => ({ kind: 'cbc', name, iv })
const rc2 =
  (effectiveBits: number) =>
  (iv: Uint8Array): Cipher => ({ kind: 'rc2', effectiveBits, iv })
const stream = (): Cipher => ({ kind: 'rc4' })

/** PBES1 (RFC 8018 appendix A.3) and the PKCS#12 schemes (RFC 7292 appendix C). */
export const OLD_SCHEMES: Readonly<Record<string, OldScheme>> = {
  [`${PKCS5}.3`]: { family: 'pkcs5', hash: 'md5', keyLength: 8, ivLength: 8, cipher: des('des-cbc') },
  [`${PKCS5}.6`]: { family: 'pkcs5', hash: 'md5', keyLength: 8, ivLength: 8, cipher: rc2(64) },
  [`${PKCS5}.10`]: { family: 'pkcs5', hash: 'sha1', keyLength: 8, ivLength: 8, cipher: des('des-cbc') },
  [`${PKCS5}.11`]: { family: 'pkcs5', hash: 'sha1', keyLength: 8, ivLength: 8, cipher: rc2(64) },
  [`${PKCS12_PBE}.1`]: { family: 'pkcs12', hash: 'sha1', keyLength: 16, ivLength: 0, cipher: stream },
  [`${PKCS12_PBE}.2`]: { family: 'pkcs12', hash: 'sha1', keyLength: 5, ivLength: 0, cipher: stream },
  [`${PKCS12_PBE}.3`]: {
    family: 'pkcs12',
    hash: 'sha1',
    keyLength: 24,
    ivLength: 8,
    cipher: des('des-ede3-cbc'),
  },
  [`${PKCS12_PBE}.4`]: {
    family: 'pkcs12',
    hash: 'sha1',
    keyLength: 16,
    ivLength: 8,
    cipher: des('des-ede-cbc'),
  },
  [`${PKCS12_PBE}.5`]: { family: 'pkcs12', hash: 'sha1', keyLength: 16, ivLength: 8, cipher: rc2(128) },
  [`${PKCS12_PBE}.6`]: { family: 'pkcs12', hash: 'sha1', keyLength: 5, ivLength: 8, cipher: rc2(40) },
}
