import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto'
import { readAlgorithm } from '../asn1/algorithm.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { wordsAt } from '../asn1/oids/table.ts'
import { CertmanError } from '../base/errors.ts'
import { OID_RSASSA_PSS, readPssParameters, type PssParameters } from './pss-parameters.ts'
import { publicKeyOctets, writePublicKeyInfo } from './public-key-info.ts'
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

/**
 * Signature algorithms: the asymmetric key type (of `KeyObject`) that each goes with, and its digest under Node's name,
 * where there is one. A Node whose OpenSSL knows ML-DSA and SLH-DSA gives such a key this type; others cannot read it.
 */
const SCHEMES = `
1.2.840.113549.1.1.3 rsa md4
1.2.840.113549.1.1.4 rsa md5
1.3.14.3.2.3 rsa md5
1.2.840.113549.1.1.5 rsa sha1
1.3.14.3.2.29 rsa sha1
1.2.840.113549.1.1.11 rsa sha256
1.2.840.113549.1.1.12 rsa sha384
1.2.840.113549.1.1.13 rsa sha512
1.2.840.113549.1.1.14 rsa sha224
1.2.840.113549.1.1.15 rsa sha512-224
1.2.840.113549.1.1.16 rsa sha512-256
2.16.840.1.101.3.4.3.13 rsa sha3-224
2.16.840.1.101.3.4.3.14 rsa sha3-256
2.16.840.1.101.3.4.3.15 rsa sha3-384
2.16.840.1.101.3.4.3.16 rsa sha3-512
1.3.36.3.3.1.2 rsa ripemd160
1.2.840.10045.4.1 ec sha1
1.2.840.10045.4.3.1 ec sha224
1.2.840.10045.4.3.2 ec sha256
1.2.840.10045.4.3.3 ec sha384
1.2.840.10045.4.3.4 ec sha512
2.16.840.1.101.3.4.3.9 ec sha3-224
2.16.840.1.101.3.4.3.10 ec sha3-256
2.16.840.1.101.3.4.3.11 ec sha3-384
2.16.840.1.101.3.4.3.12 ec sha3-512
1.2.840.10040.4.3 dsa sha1
1.3.14.3.2.27 dsa sha1
2.16.840.1.101.3.4.3.1 dsa sha224
2.16.840.1.101.3.4.3.2 dsa sha256
2.16.840.1.101.3.4.3.3 dsa sha384
2.16.840.1.101.3.4.3.4 dsa sha512
2.16.840.1.101.3.4.3.5 dsa sha3-224
2.16.840.1.101.3.4.3.6 dsa sha3-256
2.16.840.1.101.3.4.3.7 dsa sha3-384
2.16.840.1.101.3.4.3.8 dsa sha3-512
1.3.101.112 ed25519
1.3.101.113 ed448
2.16.840.1.101.3.4.3.17 ml-dsa-44
2.16.840.1.101.3.4.3.18 ml-dsa-65
2.16.840.1.101.3.4.3.19 ml-dsa-87
2.16.840.1.101.3.4.3.20 slh-dsa-sha2-128s
2.16.840.1.101.3.4.3.21 slh-dsa-sha2-128f
2.16.840.1.101.3.4.3.22 slh-dsa-sha2-192s
2.16.840.1.101.3.4.3.23 slh-dsa-sha2-192f
2.16.840.1.101.3.4.3.24 slh-dsa-sha2-256s
2.16.840.1.101.3.4.3.25 slh-dsa-sha2-256f
2.16.840.1.101.3.4.3.26 slh-dsa-shake-128s
2.16.840.1.101.3.4.3.27 slh-dsa-shake-128f
2.16.840.1.101.3.4.3.28 slh-dsa-shake-192s
2.16.840.1.101.3.4.3.29 slh-dsa-shake-192f
2.16.840.1.101.3.4.3.30 slh-dsa-shake-256s
2.16.840.1.101.3.4.3.31 slh-dsa-shake-256f
`

/**
 * Checks one signature with node:crypto: RSA PKCS#1 v1.5 and PSS (RFC 4055, 8017), ECDSA on every curve that
 * OpenSSL has (RFC 5758), EdDSA (RFC 8410), DSA, and ML-DSA and SLH-DSA (RFC 9881, 9909) on a Node that can.
 *
 * A key whose type does not go with the algorithm makes the signature `invalid`; a key that OpenSSL cannot read,
 * `unsupported`.
 */
export function verifySignature(input: SignatureToVerify): SignatureVerdict {
  const check = checkOf(input, verificationKey(input.spki))
  if (typeof check === 'string') return check
  // OpenSSL throws where it lacks a digest or refuses a key's size; a wrong signature is `false`
  try {
    return verify(check.digest, input.signed, check.key, input.signature) ? 'valid' : 'invalid'
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
    const scheme = wordsAt(SCHEMES, oid)
    if (!scheme && oid === OID_RSASSA_PSS) return pssCheck(input, key, readPssParameters(parameters))
    if (!scheme || !key) return 'unsupported'
    const [keyType, digest = null] = scheme
    return key.asymmetricKeyType === keyType ? { digest, key } : 'invalid'
  } catch (error) {
    // parameters that are no DER can belong to no valid signature
    if (error instanceof CertmanError) return 'invalid'
    throw error
  }
}

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
