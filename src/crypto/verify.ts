import { constants, verify, type KeyObject, type VerifyKeyObjectInput } from 'node:crypto'
import { requireOneValue } from '../asn1/gate.ts'
import { bytesOf, DerReader, TAG } from '../asn1/reader.ts'
import { readOid } from '../asn1/values.ts'
import { sequence } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { readPssParameters, type PssParameters } from './pss-parameters.ts'
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

/** The asymmetric key types (of `KeyObject`) that an algorithm goes with, and its digest under Node's name. */
type Scheme = readonly [keyTypes: readonly string[], digest: string | null]

const RSA = ['rsa'] as const
const EC = ['ec'] as const
const DSA = ['dsa'] as const

const NIST = '2.16.840.1.101.3.4.3'

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['1.2.840.113549.1.1.3', [RSA, 'md4']],
  ['1.2.840.113549.1.1.4', [RSA, 'md5']],
  ['1.3.14.3.2.3', [RSA, 'md5']],
  ['1.2.840.113549.1.1.5', [RSA, 'sha1']],
  ['1.3.14.3.2.29', [RSA, 'sha1']],
  ['1.2.840.113549.1.1.11', [RSA, 'sha256']],
  ['1.2.840.113549.1.1.12', [RSA, 'sha384']],
  ['1.2.840.113549.1.1.13', [RSA, 'sha512']],
  ['1.2.840.113549.1.1.14', [RSA, 'sha224']],
  ['1.2.840.113549.1.1.15', [RSA, 'sha512-224']],
  ['1.2.840.113549.1.1.16', [RSA, 'sha512-256']],
  [`${NIST}.13`, [RSA, 'sha3-224']],
  [`${NIST}.14`, [RSA, 'sha3-256']],
  [`${NIST}.15`, [RSA, 'sha3-384']],
  [`${NIST}.16`, [RSA, 'sha3-512']],
  ['1.3.36.3.3.1.2', [RSA, 'ripemd160']],
  ['1.2.840.10045.4.1', [EC, 'sha1']],
  ['1.2.840.10045.4.3.1', [EC, 'sha224']],
  ['1.2.840.10045.4.3.2', [EC, 'sha256']],
  ['1.2.840.10045.4.3.3', [EC, 'sha384']],
  ['1.2.840.10045.4.3.4', [EC, 'sha512']],
  [`${NIST}.9`, [EC, 'sha3-224']],
  [`${NIST}.10`, [EC, 'sha3-256']],
  [`${NIST}.11`, [EC, 'sha3-384']],
  [`${NIST}.12`, [EC, 'sha3-512']],
  ['1.2.840.10040.4.3', [DSA, 'sha1']],
  ['1.3.14.3.2.27', [DSA, 'sha1']],
  [`${NIST}.1`, [DSA, 'sha224']],
  [`${NIST}.2`, [DSA, 'sha256']],
  [`${NIST}.3`, [DSA, 'sha384']],
  [`${NIST}.4`, [DSA, 'sha512']],
  [`${NIST}.5`, [DSA, 'sha3-224']],
  [`${NIST}.6`, [DSA, 'sha3-256']],
  [`${NIST}.7`, [DSA, 'sha3-384']],
  [`${NIST}.8`, [DSA, 'sha3-512']],
  ['1.3.101.112', [['ed25519'], null]],
  ['1.3.101.113', [['ed448'], null]],
  // a Node whose OpenSSL knows these gives the key such a type; older ones cannot read the key
  [`${NIST}.17`, [['ml-dsa-44'], null]],
  [`${NIST}.18`, [['ml-dsa-65'], null]],
  [`${NIST}.19`, [['ml-dsa-87'], null]],
  ...['sha2', 'shake'].flatMap((hash, h) =>
    ['128s', '128f', '192s', '192f', '256s', '256f'].map((size, i): [string, Scheme] => [
      `${NIST}.${20 + h * 6 + i}`,
      [[`slh-dsa-${hash}-${size}`], null],
    ]),
  ),
])

const RSASSA_PSS = '1.2.840.113549.1.1.10'

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
    const reader = DerReader.into(requireOneValue(input.algorithm, 'signature algorithm'))
    const oid = readOid(reader.read(TAG.oid, 'the algorithm identifier'))
    if (oid === RSASSA_PSS) return pssCheck(input, key, readPssParameters(reader))
    const scheme = SCHEMES.get(oid)
    if (!scheme) return 'unsupported'
    if (!key) return 'unsupported'
    return scheme[0].includes(key.asymmetricKeyType ?? '') ? { digest: scheme[1], key } : 'invalid'
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
function withParameters(spki: Uint8Array, algorithm: Uint8Array): Uint8Array {
  const reader = DerReader.into(requireOneValue(spki, 'public key'))
  reader.read(TAG.sequence, 'the algorithm of the public key')
  return sequence(algorithm, bytesOf(reader.read(TAG.bitString, 'the public key')))
}
