import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto'

import { readAlgorithm, type Algorithm } from '../asn1/algorithm.ts'
import { integer, nullValue, octetString, oid, sequence } from '../asn1/writer.ts'
import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import type { Tlv } from '../asn1/reader.ts'
import { CBC_CIPHERS, decrypt, encryptCbc, type Cipher } from './cipher.ts'
import { sha256Hex } from './digest.ts'
import {
  OID_PBE_TRIPLE_DES,
  OID_PBES2,
  OID_PBKDF2,
  OID_SCRYPT,
  OLD_SCHEMES,
  readPbes2,
  readSaltAndCount,
  type OldScheme,
  type Pbkdf,
} from './pbe-algorithms.ts'
import { passwordForm, type PasswordForm, type PasswordKind } from './pbe-password.ts'
import { unsupported } from './pbe-unsupported.ts'
import { PbeWork } from './pbe-work.ts'
import { CBC_OIDS } from './pbes2-cipher.ts'
import { iterateHash, KDF_PURPOSE, pkcs12Kdf } from './pkcs12-kdf.ts'

/**
 * Decrypts what a password-based scheme of PKCS#5 or PKCS#12 encrypted: an encrypted private key, a part of a
 * PKCS#12 file (RFC 8018 section 6, RFC 7292 appendix C, RFC 7914 section 7).
 *
 * @param encrypted `algorithm` is the AlgorithmIdentifier, definite lengths
 * @param work account of the file that is being read
 * @throws {CertmanError} `password.wrong` when padding or tag do not fit (a wrong password passes in 1 of 256 cases:
 * look at what comes out), `format.unsupported`, `limit.exceeded`, `der.malformed`
 */
export function decryptWithForm(
  encrypted: { readonly algorithm: Tlv; readonly ciphertext: Uint8Array },
  form: PasswordForm,
  work: PbeWork,
): Uint8Array {
  const algorithm = readAlgorithm(encrypted.algorithm)
  const { cipher, key } =
    algorithm.oid === OID_PBES2 ? openPbes2(algorithm, form, work) : openOld(algorithm, form, work)
  return decrypt(cipher, key, encrypted.ciphertext)
}

/** Which form of a password a scheme takes: the others need not be tried. */
export function formTaken(algorithm: Tlv): PasswordKind {
  return OLD_SCHEMES[readAlgorithm(algorithm).oid]?.family === 'pkcs12' ? 'bmp' : 'octets'
}

interface Opened {
  readonly cipher: Cipher
  readonly key: Uint8Array
}

function openPbes2(algorithm: Algorithm, form: PasswordForm, work: PbeWork): Opened {
  const { kdf, cipher, keyLength } = readPbes2(algorithm)
  // RC2 and RC4 have keys of any length, and only the derivation says which; for all others it may only confirm
  const wanted = cipher.kind === 'rc2' || cipher.kind === 'rc4' ? (kdf.keyLength ?? keyLength) : keyLength
  if ((kdf.keyLength ?? wanted) !== wanted || wanted < 1 || wanted > 128)
    throw new CertmanError(
      'der.malformed',
      `a key of ${kdf.keyLength} bytes for a cipher that takes ${wanted}`,
    )
  return { cipher, key: derive(kdf, { password: form.octets, length: wanted }, work) }
}

/** Runs PBKDF2 or scrypt. @throws {CertmanError} `limit.exceeded` */
export function derive(kdf: Pbkdf, wanted: { password: Secret; length: number }, work: PbeWork): Uint8Array {
  const { password, length } = wanted
  if (kdf.kind === 'pbkdf2') {
    const { salt, iterations, hash: prf } = kdf
    return password.use((bytes) =>
      work.once(`${sha256Hex(bytes)} ${toHex(salt)} ${prf} ${iterations} ${length}`, () => {
        work.spend(iterations)
        return pbkdf2Sync(bytes, salt, iterations, length, prf)
      }),
    )
  }
  work.spendScrypt(kdf)
  const { cost: N, blockSize: r, parallel: p } = kdf
  const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024
  return password.use((bytes) => scryptSync(bytes, kdf.salt, length, { N, r, p, maxmem }))
}

function openOld({ oid, parameters }: Algorithm, form: PasswordForm, work: PbeWork): Opened {
  const scheme = OLD_SCHEMES[oid]
  if (scheme === undefined || parameters === undefined) throw unsupported('encryption', oid)
  const { salt, iterations } = readSaltAndCount(parameters)
  work.spend(iterations)
  const input = { scheme, form, salt, iterations }
  const { key, iv } = scheme.family === 'pkcs12' ? derivePkcs12(input) : derivePbkdf1(input)
  return { cipher: scheme.cipher(iv), key }
}

interface OldDerivation {
  readonly scheme: OldScheme
  readonly form: PasswordForm
  readonly salt: Uint8Array
  readonly iterations: number
}

function derivePkcs12({ scheme, form, salt, iterations }: OldDerivation): {
  key: Uint8Array
  iv: Uint8Array
} {
  return form.bmp.use((password) => {
    const common = { hash: scheme.hash, password, salt, iterations }
    const key = pkcs12Kdf({ ...common, purpose: KDF_PURPOSE.key, length: scheme.keyLength })
    return { key, iv: pkcs12Kdf({ ...common, purpose: KDF_PURPOSE.iv, length: scheme.ivLength }) }
  })
}

/** PBKDF1 (RFC 8018 section 5.1): the first 8 bytes are the key, the next 8 the IV (section 6.1.1). */
function derivePbkdf1({ scheme, form, salt, iterations }: OldDerivation): {
  key: Uint8Array
  iv: Uint8Array
} {
  const first = form.octets.use((bytes) => createHash(scheme.hash).update(bytes).update(salt).digest())
  const digest = iterateHash(scheme.hash, first, iterations - 1)
  return { key: digest.subarray(0, 8), iv: form.ofNss ? digest.subarray(-8) : digest.subarray(8, 16) }
}

/** Iterations of PBKDF2-HMAC-SHA256 for keys at rest: the figure of OWASP's Password Storage Cheat Sheet (2023). */
const ITERATIONS_AT_REST = 600_000
/**
 * Cost of scrypt for keys at rest: OWASP's N = 2^14, r = 8, p = 5 takes 16 MiB. Its choices with less work and more
 * memory are not for files: OpenSSL refuses to spend more than 32 MiB on one.
 */
const SCRYPT_COST = { cost: 2 ** 14, blockSize: 8, parallel: 5 } as const

/** How to encrypt; what is absent has a good default. */
export interface Pbes2Options {
  /** Cryptographic randomness, for salt and IV. */
  readonly random: (length: number) => Uint8Array
  /** Default PBKDF2 with HMAC-SHA256. */
  readonly kdf?: 'pbkdf2-sha256' | 'scrypt'
  /** Of PBKDF2; default 600,000. */
  readonly iterations?: number
  /** Default AES-256. */
  readonly cipher?: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc'
}

/** Ciphertext with the algorithm that opens it. */
export interface Encrypted {
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Uint8Array
  readonly ciphertext: Uint8Array
}

/** Encrypts with PBES2 (RFC 8018 section 6.2), salt and IV of 16 fresh bytes each. */
export const encryptWithPbes2 = (plain: Secret, password: Secret, options: Pbes2Options): Encrypted =>
  pbes2Sealer(password, options)(plain)

/**
 * The same for several secrets under one password: the key is derived once, from one salt, and each secret has a fresh IV
 * of its own. To guess the password takes as long: one derivation for each guess.
 */
export function pbes2Sealer(password: Secret, options: Pbes2Options): (plain: Secret) => Encrypted {
  const { random, cipher = 'aes-256-cbc' } = options
  const kdf = pbkdfOf(options)
  const key = derive(kdf, { password, length: CBC_CIPHERS[cipher].key }, new PbeWork())
  return (plain) => {
    const iv = random(16)
    const scheme = sequence(oid(CBC_OIDS[cipher]), octetString(iv))
    return {
      algorithm: sequence(oid(OID_PBES2), sequence(writePbkdf(kdf), scheme)),
      ciphertext: plain.use((bytes) => encryptCbc(cipher, { key, iv }, bytes)),
    }
  }
}

function pbkdfOf({ random, kdf: kind, iterations = ITERATIONS_AT_REST }: Pbes2Options): Pbkdf {
  const salt = random(16)
  return kind === 'scrypt'
    ? { kind, salt, ...SCRYPT_COST, keyLength: undefined }
    : { kind: 'pbkdf2', salt, iterations, keyLength: undefined, hash: 'sha256' }
}

/** AlgorithmIdentifier of HMAC with SHA-256 (RFC 8018 appendix B.1.2). */
export const HMAC_SHA256 = sequence(oid('1.2.840.113549.2.9'), nullValue())

/** AlgorithmIdentifier of a key derivation with HMAC-SHA256, or scrypt; the key length only where one is set. */
export function writePbkdf(kdf: Pbkdf): Uint8Array {
  const keyLength = kdf.keyLength === undefined ? [] : [integer(kdf.keyLength)]
  if (kdf.kind === 'scrypt') {
    const numbers = [kdf.cost, kdf.blockSize, kdf.parallel].map((number) => integer(number))
    return sequence(oid(OID_SCRYPT), sequence(octetString(kdf.salt), ...numbers, ...keyLength))
  }
  if (kdf.hash !== 'sha256') throw new TypeError('writePbkdf: only HMAC-SHA256 is written')
  const parameters = [octetString(kdf.salt), integer(kdf.iterations), ...keyLength, HMAC_SHA256]
  return sequence(oid(OID_PBKDF2), sequence(...parameters))
}

/** PBE-SHA1-3DES of PKCS#12 (RFC 7292 appendix C), the strongest scheme that readers before 2016 know. */
export function encryptWithPbeSha1TripleDes(
  plain: Secret,
  password: Secret,
  { random, iterations }: { readonly random: (length: number) => Uint8Array; readonly iterations: number },
): Encrypted {
  const salt = random(20)
  const scheme = OLD_SCHEMES[OID_PBE_TRIPLE_DES]!
  const { key, iv } = derivePkcs12({ scheme, form: passwordForm(password), salt, iterations })
  return {
    algorithm: sequence(oid(OID_PBE_TRIPLE_DES), sequence(octetString(salt), integer(iterations))),
    ciphertext: plain.use((bytes) => encryptCbc('des-ede3-cbc', { key, iv }, bytes)),
  }
}
