import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto'
import { readAlgorithm } from '../asn1/algorithm.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { TAG, type Tlv } from '../asn1/reader.ts'
import { SIGNATURE_ALGORITHMS } from '../asn1/oids/signature-algorithms.ts'
import { wordsAt } from '../asn1/oids/table.ts'
import { keyTypeOf } from '../asn1/oids.ts'
import { CertmanError } from '../base/errors.ts'
import { OID_RSASSA_PSS, readPssParameters, type PssParameters } from './pss-parameters.ts'
import { publicKeyOctets, writePublicKeyInfo } from './public-key-info.ts'
import { isPure } from './pure-signature.ts'
import { verificationKey, verificationKeySoon } from './verification-key.ts'

/** `unsupported`: this Node cannot say (algorithm, curve or key unknown to its OpenSSL). Never take it for `valid`. */
export type SignatureVerdict = 'valid' | 'invalid' | 'unsupported'

/** A signature and what it claims to be over. */
export interface SignatureToVerify {
  /** AlgorithmIdentifier DER. */
  readonly algorithm: Uint8Array
  readonly signed: Uint8Array
  /** Octets of the signature; ECDSA and DSA as their DER SEQUENCE. */
  readonly signature: Uint8Array
  /** SubjectPublicKeyInfo DER of the signer. */
  readonly spki: Uint8Array
}

type Scheme = readonly [keyType: string, digest: string | null]

/** By object identifier: of those that the table has, no more. */
const schemes = new Map<string, Scheme>()

/**
 * The type of key (of `KeyObject`) that a signature algorithm goes with, and its digest, where it has one. A Node whose
 * OpenSSL knows ML-DSA and SLH-DSA gives such a key this type; others cannot read it.
 */
function schemeOf(oid: string): Scheme | undefined {
  const known = schemes.get(oid)
  if (known) return known
  const scheme = readScheme(oid)
  if (scheme) schemes.set(oid, scheme)
  return scheme
}

function readScheme(oid: string): Scheme | undefined {
  const [, keyType, digest] = /^=(.+)\/(.+)$/.exec(wordsAt(SIGNATURE_ALGORITHMS, oid)?.at(-1) ?? '') ?? []
  if (keyType !== undefined && digest !== undefined) return [keyType, digest]
  const pure = keyTypeOf(oid)
  return isPure(pure) ? [pure, null] : undefined
}

/**
 * Checks one signature with node:crypto: RSA PKCS#1 v1.5 and PSS (RFC 4055, 8017), ECDSA on every curve that
 * OpenSSL has (RFC 5758), EdDSA (RFC 8410), DSA, and ML-DSA and SLH-DSA (RFC 9881, 9909) on a Node that can.
 *
 * A key whose type does not go with the algorithm makes the signature `invalid`; a key that OpenSSL cannot read,
 * `unsupported`.
 */
export function verifySignature(input: SignatureToVerify): SignatureVerdict {
  return verdictOf(input, checkOf(input, verificationKey(input.spki)))
}

/** The same in less time for keys that are not known yet; see `verificationKeySoon`. */
export async function verifySignatureSoon(input: SignatureToVerify): Promise<SignatureVerdict> {
  return verdictOf(input, checkOf(input, await verificationKeySoon(input.spki)))
}

function verdictOf(
  { signed, signature }: SignatureToVerify,
  check: SignatureVerdict | Check,
): SignatureVerdict {
  if (typeof check === 'string') return check
  // OpenSSL throws where it lacks a digest or refuses a key's size; a wrong signature is `false`
  try {
    return verify(check.digest, signed, check.key, signature) ? 'valid' : 'invalid'
  } catch {
    return 'unsupported'
  }
}

/** The same beside this thread: the arithmetic of many signatures is done on other processors. */
export async function verifySignatureAside(input: SignatureToVerify): Promise<SignatureVerdict> {
  const check = checkOf(input, await verificationKeySoon(input.spki))
  if (typeof check === 'string') return check
  const { digest, key } = check
  return new Promise((resolve) => {
    try {
      verify(digest, input.signed, key, input.signature, (error, isValid) =>
        resolve(error ? 'unsupported' : isValid ? 'valid' : 'invalid'),
      )
    } catch {
      resolve('unsupported')
    }
  })
}

/** What node:crypto is asked. */
interface Check {
  readonly digest: string | null
  readonly key: KeyObject | VerifyKeyObjectInput
}

function checkOf(input: SignatureToVerify, key: KeyObject | undefined): SignatureVerdict | Check {
  try {
    const { oid, parameters } = readAlgorithm(requireOneValue(input.algorithm, 'signature algorithm'))
    const scheme = schemeOf(oid)
    if (!scheme && oid === OID_RSASSA_PSS) return pssCheck(input, key, readPssParameters(parameters))
    if (!scheme || !key) return 'unsupported'
    const [keyType, digest] = scheme
    if (!areFitting(parameters, digest)) return 'invalid'
    return key.asymmetricKeyType === keyType ? { digest, key } : 'invalid'
  } catch (error) {
    // parameters that are no DER can belong to no valid signature
    if (error instanceof CertmanError) return 'invalid'
    throw error
  }
}

/**
 * Parameters mean nothing here. None at all for signatures without a digest of their own (RFC 8410 section 3, RFC 9881,
 * RFC 9909), as OpenSSL has it. RSA has NULL, and readers must bear none (RFC 4055 section 5); ECDSA has none (RFC 5758
 * section 3.2), but Mbed TLS wrote NULL for years.
 */
const areFitting = (parameters: Tlv | undefined, digest: string | null): boolean =>
  parameters === undefined || (digest !== null && parameters.tag === TAG.null)

function pssCheck(
  input: SignatureToVerify,
  plain: KeyObject | undefined,
  parameters: PssParameters | undefined,
): SignatureVerdict | Check {
  if (!parameters || !plain) return 'unsupported'
  const { digest, maskDigest, saltLength } = parameters
  if (!['rsa', 'rsa-pss'].includes(plain.asymmetricKeyType ?? '')) return 'invalid'
  // Node takes the mask's digest from the key: for two different digests the key is given these parameters
  const key = digest === maskDigest ? plain : verificationKey(withParameters(input.spki, input.algorithm))
  if (!key) return 'unsupported'
  return { digest, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } }
}

/** The same RSA key, restricted to the parameters of this id-RSASSA-PSS AlgorithmIdentifier (RFC 4055 section 1.2). */
const withParameters = (spki: Uint8Array, algorithm: Uint8Array): Uint8Array =>
  writePublicKeyInfo(algorithm, publicKeyOctets(spki))
