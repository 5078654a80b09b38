import { CertmanError } from '../base/errors.ts'
import { Secret } from '../base/secret.ts'
import { toDefinite } from '../asn1/ber.ts'
import { DerReader } from '../asn1/reader.ts'
import { pkcs8FromDsa, portablePkcs8, publicKeyOfPkcs8 } from '../crypto/keys.ts'
import { pkcs8FromPkcs1, pkcs8FromSec1, rsaAlgorithm } from '../crypto/private-key-info.ts'
import { writePublicKeyInfo } from '../crypto/public-key-info.ts'
import type { DekInfo } from '../crypto/traditional-pbe.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { classifyDer, DER_KIND_NAMES, mislabelled } from './classify-der.ts'
import type { Item, Place } from './items.ts'
import { openOpenssh, readOpenssh } from './openssh.ts'
import type { PasswordLoop } from './password-loop.ts'
import { decryptPkcs8 } from './pkcs8.ts'
import { atPlace } from './place.ts'
import { decryptTraditional } from './traditional.ts'

type PrivateKeyItem = Extract<Item, { type: 'private-key' }>

/** A private key as it stands in its file. */
export interface KeySource {
  /** DER or BER; the ciphertext when `dek` is set. */
  readonly bytes: Uint8Array
  readonly place: Place
  /** Traditional PEM encryption. */
  readonly dek?: DekInfo | undefined
  /** Content of the `EC PARAMETERS` block before it. */
  readonly curve?: Uint8Array | undefined
}

/**
 * Reads a private key of any of its structures (PKCS#8 plain and encrypted, PKCS#1, SEC 1, OpenSSL's DSA form),
 * recognised by shape: tools put PKCS#8 under `RSA PRIVATE KEY` and the other way round.
 *
 * @throws {CertmanError} led by the place: `der.malformed`, `password.wrong`, `password.required`, `format.unsupported`,
 * `limit.exceeded`
 */
export async function readKey(source: KeySource, passwords: PasswordLoop): Promise<PrivateKeyItem> {
  const { place, dek } = source
  if (dek) {
    const plain = await passwords.open(place, whatIsEncrypted(place), (password) =>
      decryptTraditional(dek, password, source.bytes),
    )
    return atPlace(place, () => keyItem(toPkcs8(plain, source.curve), place, true))
  }
  const der = atPlace(place, () => toDefinite(source.bytes))
  if (classifyDer(der) !== 'encrypted-pkcs8')
    return atPlace(place, () => keyItem(toPkcs8(new Secret(der), source.curve), place, false))
  const opened = await passwords.open(place, whatIsEncrypted(place), (password) =>
    decryptPkcs8(der, password, passwords.work),
  )
  return atPlace(place, () => keyItem(opened, place, true))
}

/** Reads the content of an `OPENSSH PRIVATE KEY` block; errors as for `readKey`. */
export async function readOpensshKey(source: KeySource, passwords: PasswordLoop): Promise<PrivateKeyItem> {
  const { place } = source
  const file = atPlace(place, () => readOpenssh(source.bytes))
  if (!file.sealed) return atPlace(place, () => keyItem(openOpenssh(file, undefined), place, false))
  const opened = await passwords.open(place, whatIsEncrypted(place), (password) =>
    openOpenssh(file, password, passwords.work),
  )
  return atPlace(place, () => keyItem(opened, place, true))
}

const whatIsEncrypted = (place: Place): string =>
  place.at === undefined ? 'encrypted private key' : `encrypted private key in ${place.at}`

function keyItem(pkcs8: Secret, place: Place, wasEncrypted: boolean): PrivateKeyItem {
  const spki = publicKeyOfPkcs8(pkcs8)
  return { type: 'private-key', pkcs8: portablePkcs8(pkcs8), spki, place, wasEncrypted }
}

function toPkcs8(plain: Secret, curve: Uint8Array | undefined): Secret {
  const kind = plain.use(classifyDer)
  switch (kind) {
    case 'pkcs8':
      return plain
    case 'pkcs1':
      return pkcs8FromPkcs1(plain)
    case 'sec1':
      return pkcs8FromSec1(plain, curve)
    case 'dsa':
      return pkcs8FromDsa(plain)
    case undefined:
      throw new CertmanError('der.malformed', 'no private key of a known structure')
    default:
      throw mislabelled('a private key', DER_KIND_NAMES[kind])
  }
}

/**
 * Reads a public key: SubjectPublicKeyInfo, or RSAPublicKey (RFC 8017 appendix A.1.1), which is wrapped.
 *
 * @throws {CertmanError} `der.malformed`, led by the place
 */
export function readPublicKey(der: Uint8Array, place: Place): Extract<Item, { type: 'public-key' }> {
  return atPlace(place, () => {
    const kind = classifyDer(der)
    if (kind !== undefined && !/^(?:rsa-)?public-key$/.test(kind))
      throw mislabelled('a public key', DER_KIND_NAMES[kind])
    const spki = kind === 'rsa-public-key' ? wrapRsaPublicKey(der) : der
    describePublicKey(spki) // refuses what is malformed
    return { type: 'public-key', spki, place }
  })
}

function wrapRsaPublicKey(der: Uint8Array): Uint8Array {
  DerReader.whole(der, 'an RSA public key')
  return writePublicKeyInfo(rsaAlgorithm(), der)
}
