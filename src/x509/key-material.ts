import { readAlgorithm } from '../asn1/algorithm.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { keyTypeOf } from '../asn1/oids.ts'
import { bytesOf, contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readBitString, readIntegerHex, readOid, readSmallInteger } from '../asn1/values.ts'
import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { readPublicKeyInfo } from '../crypto/public-key-info.ts'
import type { PublicKeyMaterial } from '../domain/facts.ts'
import { pssParameters } from './signature-details.ts'

/**
 * The numbers of a public key, for those who look at one key closely: the modulus of RSA, else the octets of the key
 * (a point, y of DSA and DH, a raw key), and the parameters of its algorithm. All numbers are hex. What is damaged is
 * left out, or given as it stands.
 *
 * @param spki DER, exactly one SubjectPublicKeyInfo
 * @throws {CertmanError} `der.malformed` when the outer structure is wrong
 */
export function publicKeyMaterial(spki: Uint8Array): PublicKeyMaterial {
  const { algorithm, bits } = readPublicKeyInfo(requireOneValue(spki, 'public key'))
  const { oid, parameters } = readAlgorithm(algorithm)
  const type = keyTypeOf(oid)
  const shown = parameters && parameters.tag !== TAG.null ? parametersOf(type, parameters) : undefined
  return { ...numbersOf(type, bits), ...(shown && { parameters: shown }) }
}

const INTEGER_KEYS: ReadonlySet<string> = new Set(['dsa', 'dh'])

function numbersOf(type: string, bits: Tlv): Pick<PublicKeyMaterial, 'modulus' | 'publicValue'> {
  try {
    // the key is the content behind the octet of unused bits
    const { bytes } = readBitString(bits)
    if (type.startsWith('rsa'))
      return {
        modulus: readIntegerHex(new DerReader(bytes).enter(TAG.sequence, 'the RSA key').read(TAG.integer)),
      }
    if (INTEGER_KEYS.has(type)) return { publicValue: readIntegerHex(new DerReader(bytes).read(TAG.integer)) }
    return { publicValue: toHex(bytes) }
  } catch (error) {
    if (error instanceof CertmanError) return { publicValue: toHex(contentOf(bits)) }
    throw error
  }
}

/** A named curve has its name among the facts already. */
function parametersOf(type: string, parameters: Tlv): JsonObject | undefined {
  if (parameters.tag === TAG.oid) return type === 'ec' ? undefined : { oid: readOid(parameters) }
  try {
    if (type === 'rsa-pss') return pssParameters(parameters)
    if (type === 'dsa') return integersOf(parameters, ['p', 'q', 'g'])
    // X9.42 (RFC 3279 section 2.3.3) has q, PKCS#3 has none: its third number is the length of the private one
    if (type === 'dh') return integersOf(parameters, ['p', 'g', 'q'])
    if (type === 'ec') return explicitCurve(parameters)
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
  }
  return { hex: toHex(bytesOf(parameters)) }
}

function integersOf(parameters: Tlv, names: readonly string[]): JsonObject {
  const reader = DerReader.into(parameters)
  const found: Record<string, string> = {}
  for (const name of names) {
    const number = reader.readIf(TAG.integer)
    if (number) found[name] = readIntegerHex(number)
  }
  return found
}

/** SpecifiedECDomain (SEC 1 appendix C.2): field, curve, base point, order, cofactor. */
function explicitCurve(parameters: Tlv): JsonObject {
  const reader = DerReader.into(parameters)
  reader.read(TAG.integer, 'the version')
  const field = reader.enter(TAG.sequence, 'the field')
  const fieldType = readOid(field.read(TAG.oid, 'the type of the field'))
  const prime = field.readIf(TAG.integer)
  const curve = reader.enter(TAG.sequence, 'the curve')
  const a = toHex(contentOf(curve.read(TAG.octetString, 'a')))
  const b = toHex(contentOf(curve.read(TAG.octetString, 'b')))
  const seed = curve.readIf(TAG.bitString)
  const generator = toHex(contentOf(reader.read(TAG.octetString, 'the base point')))
  const order = readIntegerHex(reader.read(TAG.integer, 'the order'))
  const cofactor = reader.readIf(TAG.integer)
  return {
    field: fieldType === '1.2.840.10045.1.1' ? 'prime-field' : fieldType,
    ...(prime ? { prime: readIntegerHex(prime) } : { fieldParameters: toHex(bytesOf(field.read())) }),
    a,
    b,
    ...(seed && { seed: toHex(readBitString(seed).bytes) }),
    generator,
    order,
    ...(cofactor && { cofactor: readSmallInteger(cofactor, 'the cofactor') }),
  }
}
