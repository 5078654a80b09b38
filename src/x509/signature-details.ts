import { readAlgorithm } from '../asn1/algorithm.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { bytesOf, TAG, type Tlv } from '../asn1/reader.ts'
import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { OID_RSASSA_PSS, readPssParameters } from '../crypto/pss-parameters.ts'
import type { SignatureDetails } from '../domain/facts.ts'

/**
 * What a signature says beyond the name of its algorithm: the parameters, where there are any, and its octets as hex.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function signatureDetails(parts: {
  /** AlgorithmIdentifier, DER. */
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
}): SignatureDetails {
  const { oid, parameters } = readAlgorithm(requireOneValue(parts.signatureAlgorithm, 'signature algorithm'))
  const shown = parameters && parameters.tag !== TAG.null ? parametersOf(oid, parameters) : undefined
  return { ...(shown && { signatureParameters: shown }), signatureValue: toHex(parts.signature) }
}

const parametersOf = (oid: string, parameters: Tlv): JsonObject =>
  oid === OID_RSASSA_PSS ? pssParameters(parameters) : { hex: toHex(bytesOf(parameters)) }

/** RSASSA-PSS-params (RFC 4055 section 3.1) in words; as hex where they are malformed or unknown. */
export function pssParameters(parameters: Tlv): JsonObject {
  try {
    const known = readPssParameters(parameters)
    if (known) {
      const { digest, maskDigest, saltLength } = known
      return { digest, maskGeneration: 'mgf1', maskDigest, saltLength, trailerField: 1 }
    }
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
  }
  return { hex: toHex(bytesOf(parameters)) }
}
