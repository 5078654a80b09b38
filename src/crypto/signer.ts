import { constants, createPrivateKey, sign, type KeyObject } from 'node:crypto'
import { bytesOf, DerReader, TAG } from '../asn1/reader.ts'
import { asBuffer } from '../asn1/strings.ts'
import { explicit, integer, nullValue, oid, sequence } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import { OID_MGF1, OID_RSASSA_PSS } from './pss-parameters.ts'
import { isPure } from './pure-signature.ts'
import { readPublicKeyInfo } from './public-key-info.ts'
import { portablePkcs8, publicKeyOfPkcs8 } from './keys.ts'

/** The digests that certman signs with: name, OBJECT IDENTIFIER, octets, and the signature algorithms made of it. */
const DIGESTS = {
  sha256: { oid: '2.16.840.1.101.3.4.2.1', octets: 32, rsa: 11, ecdsa: 2 },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', octets: 48, rsa: 12, ecdsa: 3 },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', octets: 64, rsa: 13, ecdsa: 4 },
} as const

/** A digest to sign with. SHA-1 and MD5 are not offered: collisions in them forge certificates. */
export type SigningDigest = keyof typeof DIGESTS

/** The digests that a person may choose from, in the order of help texts. */
export const SIGNING_DIGESTS = Object.keys(DIGESTS) as readonly SigningDigest[]

/** What may be chosen about a signature; the rest follows from the key. */
export interface SignatureChoice {
  /** Not for EdDSA, which has its own, nor against the parameters of an RSA-PSS key. */
  readonly digest?: SigningDigest
  /** RSASSA-PSS with an ordinary RSA key, whose signatures are PKCS#1 v1.5 otherwise. */
  readonly pss?: boolean
}

/** A private key ready to sign, and what goes into a certificate about it. */
export interface Signer {
  /** AlgorithmIdentifier DER: goes beside each signature, and into what is signed. */
  readonly algorithm: Uint8Array
  /** SubjectPublicKeyInfo DER of the key. */
  readonly spki: Uint8Array
  /** @returns the octets for the BIT STRING; for ECDSA the DER of ECDSA-Sig-Value (RFC 3279 section 2.2.3) */
  readonly sign: (tbs: Uint8Array) => Uint8Array
  /** The same beside this thread. */
  readonly signAside: (tbs: Uint8Array) => Promise<Uint8Array>
}

/** How one key signs: the AlgorithmIdentifier, and what node:crypto is told. */
interface Scheme {
  readonly algorithm: Uint8Array
  readonly digest: SigningDigest | null
  readonly options?: { readonly padding: number; readonly saltLength: number }
}

/**
 * Opens a private key for signing. The algorithm follows from the key: RSA signs with SHA-256 (PKCS#1 v1.5,
 * RFC 4055 section 5), RSA-PSS with its own parameters or SHA-256 and a salt of 32 octets, EC with the digest as long
 * as its curve (RFC 5758 section 3.2), Ed25519 and Ed448 with themselves (RFC 8410 section 6).
 *
 * @param pkcs8 PrivateKeyInfo, decrypted
 * @throws {CertmanError} `der.malformed` for a damaged key, `format.unsupported` for one that cannot sign,
 *   `input.invalid` for a choice that does not go with the key
 */
export function openSigner(pkcs8: Secret, choice: SignatureChoice = {}): Signer {
  const spki = publicKeyOfPkcs8(pkcs8)
  const key = openKey(pkcs8)
  const { algorithm, digest, options } = schemeOf(key, spki, choice)
  const signingKey = options ? { key, ...options } : key
  return {
    algorithm,
    spki,
    sign: (tbs) => sign(digest, tbs, signingKey),
    signAside: (tbs) =>
      new Promise((resolve, reject) => {
        sign(digest, tbs, signingKey, (error, octets) => (error ? reject(error) : resolve(octets)))
      }),
  }
}

/** Signs with zeros: for rehearsals. */
export const drySigner = ({ algorithm, spki }: Signer): Signer => ({
  algorithm,
  spki,
  sign: () => new Uint8Array(64),
  signAside: () => Promise.resolve(new Uint8Array(64)),
})

function openKey(pkcs8: Secret): KeyObject {
  return portablePkcs8(pkcs8).use((bytes) => {
    try {
      return createPrivateKey({ key: asBuffer(bytes), format: 'der', type: 'pkcs8' })
    } catch (cause) {
      throw new CertmanError('format.unsupported', 'private key that this Node.js cannot use', {
        cause,
        hint: 'a newer Node.js may know the algorithm: certman uses its OpenSSL',
      })
    }
  })
}

function schemeOf(key: KeyObject, spki: Uint8Array, choice: SignatureChoice): Scheme {
  const type: string = key.asymmetricKeyType ?? 'unknown'
  if (choice.pss && type !== 'rsa' && type !== 'rsa-pss')
    throw mismatch(`PSS is a way to sign with RSA, the key is ${type}`, 'pss')
  if (type === 'rsa') return choice.pss ? pssScheme(choice.digest ?? 'sha256') : rsaScheme(choice.digest)
  if (type === 'rsa-pss') return restrictedScheme(key, choice.digest)
  if (type === 'ec') return ecdsaScheme(choice.digest ?? digestOfCurve(key))
  if (!isPure(type))
    throw new CertmanError('format.unsupported', `a key of type ${type} cannot sign certificates`, {
      hint: 'take an RSA, EC, Ed25519 or Ed448 key',
    })
  if (choice.digest) throw mismatch(`a key of type ${type} signs without a separate digest`, 'digest')
  const { algorithm } = readPublicKeyInfo(new DerReader(spki).read(TAG.sequence))
  return { algorithm: bytesOf(algorithm).slice(), digest: null }
}

const mismatch = (message: string, field: string): CertmanError =>
  new CertmanError('input.invalid', message, { field, hint: 'leave the choice to certman' })

/** RFC 4055 section 5: the parameters are NULL. */
const rsaScheme = (digest: SigningDigest = 'sha256'): Scheme => ({
  algorithm: sequence(oid(`1.2.840.113549.1.1.${DIGESTS[digest].rsa}`), nullValue()),
  digest,
})

/** RFC 5758 section 3.2: no parameters. */
const ecdsaScheme = (digest: SigningDigest): Scheme => ({
  algorithm: sequence(oid(`1.2.840.10045.4.3.${DIGESTS[digest].ecdsa}`)),
  digest,
})

// the longest digest that a signature on the curve can take in whole, and no shorter one than SHA-256
function digestOfCurve(key: KeyObject): SigningDigest {
  const bits = Number(/\d{3}/.exec(key.asymmetricKeyDetails?.namedCurve ?? '')?.[0] ?? 256)
  return bits >= 512 ? 'sha512' : bits >= 384 ? 'sha384' : 'sha256'
}

/** RFC 4055 section 3.1, with one digest for message and mask and a salt as long as it, or as a key demands. */
function pssScheme(digest: SigningDigest, saltLength: number = DIGESTS[digest].octets): Scheme {
  // RFC 4055 section 2.1: the parameters of a digest are NULL here
  const hash = sequence(oid(DIGESTS[digest].oid), nullValue())
  const mask = sequence(oid(OID_MGF1), hash)
  // DEFAULT 20 is not written (X.690 section 11.5)
  const salt = saltLength === 20 ? [] : [explicit(2, integer(saltLength))]
  return {
    algorithm: sequence(oid(OID_RSASSA_PSS), sequence(explicit(0, hash), explicit(1, mask), ...salt)),
    digest,
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength },
  }
}

/** The parameters of an RSA-PSS key bind its signatures (RFC 4055 section 3.3). */
function restrictedScheme(key: KeyObject, wanted: SigningDigest | undefined): Scheme {
  const { hashAlgorithm, mgf1HashAlgorithm, saltLength } = key.asymmetricKeyDetails ?? {}
  if (hashAlgorithm === undefined) return pssScheme(wanted ?? 'sha256')
  if (!isSigningDigest(hashAlgorithm) || mgf1HashAlgorithm !== hashAlgorithm)
    throw new CertmanError(
      'format.unsupported',
      `an RSA-PSS key bound to ${hashAlgorithm} with a mask of ${mgf1HashAlgorithm} is not used for signing`,
      { hint: `take a key without parameters, or one for ${SIGNING_DIGESTS.join(', ')}` },
    )
  if (wanted !== undefined && wanted !== hashAlgorithm)
    throw mismatch(`the RSA-PSS key is bound to ${hashAlgorithm}`, 'digest')
  // what stands in the key is the least that a salt may have
  return pssScheme(hashAlgorithm, Math.max(saltLength ?? 0, DIGESTS[hashAlgorithm].octets))
}

const isSigningDigest = (name: string): name is SigningDigest => Object.hasOwn(DIGESTS, name)
