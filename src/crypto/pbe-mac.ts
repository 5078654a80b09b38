import { createHmac, timingSafeEqual } from 'node:crypto'

import { readAlgorithm, type Algorithm } from '../asn1/algorithm.ts'
import { oidOfName } from '../asn1/oids.ts'
import type { Tlv } from '../asn1/reader.ts'
import { nullValue, oid, sequence } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { hashOf, OID_PBMAC1, readPbmac1, type Pbkdf } from './pbe-algorithms.ts'
import type { PasswordForm, PasswordKind } from './pbe-password.ts'
import { PbeWork } from './pbe-work.ts'
import { derive, HMAC_SHA256, writePbkdf } from './pbe.ts'
import { KDF_PURPOSE, macLength, pkcs12Kdf, type KdfHash } from './pkcs12-kdf.ts'

/** MacData of PKCS#12 (RFC 7292 section 4), and what it protects. */
export interface PasswordMac {
  /** DigestAlgorithmIdentifier: a hash, or PBMAC1 with its parameters. */
  readonly algorithm: Tlv
  readonly digest: Uint8Array
  readonly salt: Uint8Array
  readonly iterations: number
}

/**
 * Whether the password made this MAC over `content` (RFC 7292 section 5.2, RFC 9579 section 4), in constant time.
 *
 * @throws {CertmanError} `format.unsupported`, `limit.exceeded`, `der.malformed`
 */
export function verifyPasswordMac(
  { mac, content }: { readonly mac: PasswordMac; readonly content: Uint8Array },
  form: PasswordForm,
  work: PbeWork,
): boolean {
  const algorithm = readAlgorithm(mac.algorithm)
  const computed =
    algorithm.oid === OID_PBMAC1
      ? pbmac1(algorithm, { content, form, work })
      : pkcs12Mac(hashOf(algorithm), { salt: mac.salt, iterations: mac.iterations, content, form, work })
  return computed.length === mac.digest.length && timingSafeEqual(computed, mac.digest)
}

/** Which form of a password a MAC takes: the others need not be tried. */
export function formTakenByMac({ algorithm }: PasswordMac): PasswordKind {
  return readAlgorithm(algorithm).oid === OID_PBMAC1 ? 'octets' : 'bmp'
}

interface Salted {
  readonly salt: Uint8Array
  readonly iterations: number
}

interface MacInput {
  readonly content: Uint8Array
  readonly form: PasswordForm
  readonly work: PbeWork
}

function pkcs12Mac(hash: KdfHash, { salt, iterations, content, form, work }: MacInput & Salted): Uint8Array {
  work.spend(iterations)
  return form.bmp.use((password) => {
    const purpose = KDF_PURPOSE.mac
    const key = pkcs12Kdf({ hash, password, salt, iterations, purpose, length: macLength(hash) })
    return createHmac(hash, key).update(content).digest()
  })
}

function pbmac1(algorithm: Algorithm, { content, form, work }: MacInput): Uint8Array {
  const { kdf, hash } = readPbmac1(algorithm)
  // RFC 9579 section 4: without the length two sides could take different keys; HMAC keys have no length of their own
  if (kdf.keyLength === undefined || kdf.keyLength < 20 || kdf.keyLength > 1024)
    throw new CertmanError('der.malformed', 'PBMAC1 without a key length of 20 to 1,024 bytes')
  const key = derive(kdf, { password: form.octets, length: kdf.keyLength }, work)
  return createHmac(hash, key).update(content).digest()
}

/** A MAC to write: `pbmac1` is HMAC-SHA256 under PBKDF2-HMAC-SHA256, the others are HMAC under the PKCS#12 derivation. */
export interface MacChoice {
  readonly mac: 'sha1' | 'sha256' | 'pbmac1'
  readonly iterations: number
  /** 16 bytes. */
  readonly salt: Uint8Array
}

/** The MAC of `content` and the AlgorithmIdentifier (DER) that names how it was made. */
export function makePasswordMac(
  { mac, iterations, salt }: MacChoice,
  form: PasswordForm,
  content: Uint8Array,
): { readonly algorithm: Uint8Array; readonly digest: Uint8Array } {
  const work = new PbeWork()
  if (mac !== 'pbmac1') {
    const digest = pkcs12Mac(mac, { salt, iterations, content, form, work })
    return { algorithm: sequence(oid(oidOfName('digest', mac)!), nullValue()), digest }
  }
  const kdf: Pbkdf = { kind: 'pbkdf2', salt, iterations, keyLength: 32, hash: 'sha256' }
  const key = derive(kdf, { password: form.octets, length: 32 }, work)
  return {
    algorithm: sequence(oid(OID_PBMAC1), sequence(writePbkdf(kdf), HMAC_SHA256)),
    digest: createHmac('sha256', key).update(content).digest(),
  }
}
