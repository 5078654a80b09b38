import { readAlgorithm, type Algorithm } from '../asn1/algorithm.ts'
import { namesOf } from '../asn1/oids.ts'
import { contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readSmallInteger } from '../asn1/values.ts'
import type { CbcName, Cipher } from './cipher.ts'
import { unsupported } from './pbe-unsupported.ts'
import { readCipher } from './pbes2-cipher.ts'
import { isKdfHash, type KdfHash } from './pkcs12-kdf.ts'

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

/** HMACs (RFC 8018 appendix B.1.2, RFC 9688, GM/T 0006) by their hash; BLAKE2 stands for itself in MacData of PKCS#12. */
const HMACS: Readonly<Record<string, string>> = {
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
  '1.2.156.10197.1.401.2': 'sm3',
  '1.3.6.1.4.1.1722.12.2.1.16': 'blake2b512',
  '1.3.6.1.4.1.1722.12.2.2.8': 'blake2s256',
}

/** The hash under a digest or HMAC identifier. @throws {CertmanError} `format.unsupported` */
export function hashOf({ oid }: Algorithm): KdfHash {
  const hash = HMACS[oid] ?? namesOf('digest').get(oid)
  if (hash === undefined || !isKdfHash(hash)) throw unsupported('digest algorithm', oid)
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
function readPbkdf({ oid, parameters }: Algorithm): Pbkdf {
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

/** What PBES2 is made of (RFC 8018 appendix A.4). @throws {CertmanError} `format.unsupported`, `der.malformed` */
export function readPbes2({ oid, parameters }: Algorithm): { kdf: Pbkdf; cipher: Cipher; keyLength: number } {
  if (parameters === undefined) throw unsupported('encryption', oid)
  const reader = DerReader.into(parameters)
  const kdf = readPbkdf(readAlgorithm(reader.read(TAG.sequence, 'key derivation')))
  return { kdf, ...readCipher(readAlgorithm(reader.read(TAG.sequence, 'cipher'))) }
}

/** What PBMAC1 is made of (RFC 8018 appendix A.5). @throws {CertmanError} `format.unsupported`, `der.malformed` */
export function readPbmac1({ oid, parameters }: Algorithm): { kdf: Pbkdf; hash: KdfHash } {
  if (parameters === undefined) throw unsupported('integrity algorithm', oid)
  const reader = DerReader.into(parameters)
  const kdf = readPbkdf(readAlgorithm(reader.read(TAG.sequence, 'key derivation')))
  return { kdf, hash: hashOf(readAlgorithm(reader.read(TAG.sequence, 'MAC'))) }
}

/** PBEParameter (RFC 8018 appendix A.3), pkcs-12PbeParams (RFC 7292 appendix C). @throws {CertmanError} `der.malformed` */
export function readSaltAndCount(parameters: Tlv): { salt: Uint8Array; iterations: number } {
  const reader = DerReader.into(parameters)
  const salt = contentOf(reader.read(TAG.octetString, 'salt'))
  return {
    salt,
    iterations: readSmallInteger(reader.read(TAG.integer, 'iteration count'), 'iteration count'),
  }
}

/** A scheme whose identifier names hash and cipher at once; `family` says how the key is derived. */
export interface OldScheme {
  /** As its RFC calls it. */
  readonly name: string
  readonly family: 'pkcs5' | 'pkcs12'
  readonly hash: KdfHash
  readonly keyLength: number
  readonly ivLength: number
  readonly cipher: (iv: Uint8Array) => Cipher
}

const cbc =
  (name: CbcName) =>
  (iv: Uint8Array): Cipher => ({ kind: 'cbc', name, iv })
const rc2 =
  (effectiveBits: number) =>
  (iv: Uint8Array): Cipher => ({ kind: 'rc2', effectiveBits, iv })
const rc4 = (): Cipher => ({ kind: 'rc4' })

type Way = readonly [name: string, keyLength: number, cipher: OldScheme['cipher']]
const pkcs5 = (hash: KdfHash, [name, keyLength, cipher]: Way): OldScheme => ({
  name,
  family: 'pkcs5',
  hash,
  keyLength,
  ivLength: 8,
  cipher,
})
const pkcs12 = ([name, keyLength, cipher]: Way): OldScheme => ({
  name,
  family: 'pkcs12',
  hash: 'sha1',
  keyLength,
  ivLength: cipher === rc4 ? 0 : 8,
  cipher,
})

/** Triple DES of PKCS#12, the one of these that certman writes. */
export const OID_PBE_TRIPLE_DES = `${PKCS12_PBE}.3`

/** PBES1 (RFC 8018 appendix A.3) and the PKCS#12 schemes (RFC 7292 appendix C). */
export const OLD_SCHEMES: Readonly<Record<string, OldScheme>> = {
  [`${PKCS5}.3`]: pkcs5('md5', ['pbeWithMD5AndDES-CBC', 8, cbc('des-cbc')]),
  [`${PKCS5}.6`]: pkcs5('md5', ['pbeWithMD5AndRC2-CBC', 8, rc2(64)]),
  [`${PKCS5}.10`]: pkcs5('sha1', ['pbeWithSHA1AndDES-CBC', 8, cbc('des-cbc')]),
  [`${PKCS5}.11`]: pkcs5('sha1', ['pbeWithSHA1AndRC2-CBC', 8, rc2(64)]),
  [`${PKCS12_PBE}.1`]: pkcs12(['pbeWithSHAAnd128BitRC4', 16, rc4]),
  [`${PKCS12_PBE}.2`]: pkcs12(['pbeWithSHAAnd40BitRC4', 5, rc4]),
  [OID_PBE_TRIPLE_DES]: pkcs12(['pbeWithSHAAnd3-KeyTripleDES-CBC', 24, cbc('des-ede3-cbc')]),
  [`${PKCS12_PBE}.4`]: pkcs12(['pbeWithSHAAnd2-KeyTripleDES-CBC', 16, cbc('des-ede-cbc')]),
  [`${PKCS12_PBE}.5`]: pkcs12(['pbeWithSHAAnd128BitRC2-CBC', 16, rc2(128)]),
  [`${PKCS12_PBE}.6`]: pkcs12(['pbeWithSHAAnd40BitRC2-CBC', 5, rc2(40)]),
}
