import { createHash, hash, timingSafeEqual } from 'node:crypto'

import { readAlgorithm } from '../asn1/algorithm.ts'
import type { Tlv } from '../asn1/reader.ts'
import { nullValue, octetString, oid, sequence } from '../asn1/writer.ts'
import { concat, sameBytes } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { decrypt } from './cipher.ts'
import { iterateMd5, MAX_MD5_SUFFIX } from './md5-iterate.ts'
import { readSaltAndCount } from './pbe-algorithms.ts'
import { unsupported } from './pbe-unsupported.ts'
import type { PbeWork } from './pbe-work.ts'

/*
 * The formats of Java's own key stores. There is no standard: what stands here is what OpenJDK does
 * (sun.security.provider.KeyProtector and JavaKeyStore, com.sun.crypto.provider.PBES1Core).
 */

const OID_JKS_PROTECTOR = '1.3.6.1.4.1.42.2.17.1.1'
const OID_JCEKS_PBE = '1.3.6.1.4.1.42.2.19.1'
const SALT_LENGTH = 20
const DIGEST_LENGTH = 20

const wrongPassword = (): CertmanError =>
  new CertmanError('password.wrong', 'the password does not open the private key')

/** Java hashes its chars: UTF-16, big end first, without an end mark. */
const javaChars = (password: Secret): Secret =>
  new Secret(password.useText((text) => new Uint8Array(Buffer.from(text, 'utf16le').swap16())))

/** The end of a JKS or JCEKS file: SHA-1 of password, a fixed text and all before; 20 bytes. */
export function javaStoreDigest(content: Uint8Array, password: Secret): Uint8Array {
  const digesting = createHash('sha1')
  javaChars(password).use((bytes) => digesting.update(bytes))
  return digesting.update('Mighty Aphrodite', 'latin1').update(content).digest()
}

/** Whether the password made the digest at the end of a JKS or JCEKS file. */
export function verifyJavaStore(content: Uint8Array, digest: Uint8Array, password: Secret): boolean {
  const computed = javaStoreDigest(content, password)
  return computed.length === digest.length && timingSafeEqual(computed, digest)
}

/**
 * The PKCS#8 bytes of a protected key of a JKS or JCEKS file.
 *
 * @param algorithm the AlgorithmIdentifier of its EncryptedPrivateKeyInfo
 * @throws {CertmanError} `password.wrong`, `format.unsupported`, `limit.exceeded`, `der.malformed`
 */
export function openJavaKey(
  { algorithm, ciphertext }: { readonly algorithm: Tlv; readonly ciphertext: Uint8Array },
  password: Secret,
  work: PbeWork,
): Uint8Array {
  const { oid: name, parameters } = readAlgorithm(algorithm)
  if (name === OID_JKS_PROTECTOR) return openJksKey(ciphertext, javaChars(password))
  if (name !== OID_JCEKS_PBE || parameters === undefined) throw unsupported('key protection', name)
  const { salt, iterations } = readSaltAndCount(parameters)
  if (salt.length !== 8)
    throw new CertmanError('der.malformed', `a salt of ${salt.length} bytes instead of 8`)
  // two halves, each with this count of MD5 calls
  work.spend(iterations * 2)
  const derived = password.useText((text) => jceksDerive(asciiOf(text), salt, iterations))
  const cipher = { kind: 'cbc', name: 'des-ede3-cbc', iv: derived.subarray(24) } as const
  return decrypt(cipher, derived.subarray(0, 24), ciphertext)
}

/**
 * A private key under the protection of JKS, which is weak: one SHA-1 call per guess of the password.
 *
 * @param key PKCS#8
 * @param salt 20 random bytes
 * @returns EncryptedPrivateKeyInfo DER with Java's own algorithm
 */
export function sealJksKey(key: Secret, password: Secret, salt: Uint8Array): Uint8Array {
  const protectedKey = javaChars(password).use((bytes) =>
    key.use((plain) => {
      const check = createHash('sha1').update(bytes).update(plain).digest()
      return concat([salt, xorJksStream(plain.slice(), bytes, salt), check])
    }),
  )
  return sequence(sequence(oid(OID_JKS_PROTECTOR), nullValue()), octetString(protectedKey))
}

/** In place. The key stream is SHA-1(password, block before), starting with the salt. */
function xorJksStream(bytes: Uint8Array, password: Uint8Array, salt: Uint8Array): Uint8Array {
  let block = salt
  for (let at = 0; at < bytes.length; at += DIGEST_LENGTH) {
    block = createHash('sha1').update(password).update(block).digest()
    for (let i = at; i < Math.min(at + DIGEST_LENGTH, bytes.length); i++)
      bytes[i] = bytes[i]! ^ block[i - at]!
  }
  return bytes
}

/** Salt, the key under the stream, and SHA-1(password, key). */
function openJksKey(protectedKey: Uint8Array, password: Secret): Uint8Array {
  const end = protectedKey.length - DIGEST_LENGTH
  if (end < SALT_LENGTH) throw new CertmanError('der.malformed', 'a protected key that is too short')
  const plain = protectedKey.slice(SALT_LENGTH, end)
  const check = password.use((bytes) => {
    xorJksStream(plain, bytes, protectedKey.subarray(0, SALT_LENGTH))
    return createHash('sha1').update(bytes).update(plain).digest()
  })
  if (!timingSafeEqual(check, protectedKey.subarray(end))) throw wrongPassword()
  return plain
}

/** Java's PBEKey keeps the low seven bits of each char. */
const asciiOf = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) & 0x7f)

/** 24 bytes of key and 8 of IV: MD5 again and again over each half of the salt and the password. */
function jceksDerive(password: Uint8Array, salt: Uint8Array, iterations: number): Uint8Array {
  const halves = [salt.slice(0, 4), salt.slice(4)]
  // else both halves of the result would be the same
  if (sameBytes(halves[0]!, halves[1]!)) halves[0]!.reverse()
  return concat(
    halves.map((half) => {
      let digest: Uint8Array = hash('md5', concat([half, password]), 'buffer')
      if (password.length <= MAX_MD5_SUFFIX) return iterateMd5(digest, password, iterations - 1)
      // later inputs have one length: digest and password, in one place
      const input = concat([digest, password])
      for (let i = 1; i < iterations; i++) {
        digest = hash('md5', input, 'buffer')
        input.set(digest)
      }
      return digest
    }),
  )
}
