import { CertmanError } from '../base/errors.ts'
import { readAlgorithm, type Algorithm } from '../asn1/algorithm.ts'
import { nameOfOid, namesOf } from '../asn1/oids.ts'
import { contentOf, DerReader, requireTag, TAG, type Tlv } from '../asn1/reader.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { CBC_CIPHERS, GCM_CIPHERS, type CbcName, type Cipher, type GcmName } from './cipher.ts'
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

/** HMACs (RFC 8018 appendix B.1.2, RFC 9688) by their hash; `blake2b512` stands for itself in MacData of PKCS#12. */
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
  '1.3.6.1.4.1.1722.12.2.1.16': 'blake2b512',
}

/** The refusal of an algorithm that certman does not know, by name where it has one. */
export function unsupported(what: string, oid: string): CertmanError {
  const name = nameOfOid(oid)
  const message = `${what} ${name === undefined ? oid : `${name} (${oid})`} is not supported`
  return new CertmanError('format.unsupported', message, {
    hint: 'decrypt it first; a key: openssl pkey -provider legacy -provider default -in FILE -out KEY',
  })
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

/** The block ciphers of PBES2 in CBC mode (RFC 8018 appendix B.2; RFC 3657, 5794, 8998). */
export const CBC_OIDS = {
  'aes-128-cbc': `${NIST}.1.2`,
  'aes-192-cbc': `${NIST}.1.22`,
  'aes-256-cbc': `${NIST}.1.42`,
  'des-ede3-cbc': '1.2.840.113549.3.7',
  'des-cbc': '1.3.14.3.2.7',
  'camellia-128-cbc': '1.2.392.200011.61.1.1.1.2',
  'camellia-192-cbc': '1.2.392.200011.61.1.1.1.3',
  'camellia-256-cbc': '1.2.392.200011.61.1.1.1.4',
  'aria-128-cbc': '1.2.410.200046.1.1.2',
  'aria-192-cbc': '1.2.410.200046.1.1.7',
  'aria-256-cbc': '1.2.410.200046.1.1.12',
  'sm4-cbc': '1.2.156.10197.1.104.2',
} as const satisfies Partial<Record<CbcName, string>>
const CBC_NAMES: ReadonlyMap<string, CbcName> = new Map(
  Object.entries(CBC_OIDS).map(([name, oid]) => [oid, name as CbcName]),
)
const GCM_OIDS: Readonly<Record<string, GcmName>> = {
  [`${NIST}.1.6`]: 'aes-128-gcm',
  [`${NIST}.1.26`]: 'aes-192-gcm',
  [`${NIST}.1.46`]: 'aes-256-gcm',
}
const OID_RC2 = '1.2.840.113549.3.2'
/** Effective bits are written as these versions (RFC 8018 appendix B.2.3, RFC 2268 section 6). */
const RC2_VERSIONS: Readonly<Record<number, number>> = { 160: 40, 120: 64, 58: 128 }

/** `encryptionScheme` of PBES2: the cipher, and the length of its key in bytes (RFC 8018 appendix B.2, RFC 5084). */
function readCipher({ oid, parameters }: Algorithm): { cipher: Cipher; keyLength: number } {
  if (parameters === undefined) throw unsupported('cipher', oid)
  const cbc = CBC_NAMES.get(oid)
  if (cbc !== undefined)
    return {
      cipher: {
        kind: 'cbc',
        name: cbc,
        iv: contentOf(requireTag(parameters, TAG.octetString, 'an initial vector')),
      },
      keyLength: CBC_CIPHERS[cbc].key,
    }
  const gcm = GCM_OIDS[oid]
  if (gcm !== undefined) return readGcm(gcm, parameters)
  if (oid === OID_RC2) return readRc2(parameters)
  throw unsupported('cipher', oid)
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
