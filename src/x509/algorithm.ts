import { readAlgorithm } from '../asn1/algorithm.ts'
import { namesOf, nameOrOid } from '../asn1/oids.ts'
import { bytesOf, type Tlv } from '../asn1/reader.ts'
import { sameBytes } from '../base/bytes.ts'

const signatureNames = namesOf('signatureAlgorithm')

/**
 * Refuses what is no AlgorithmIdentifier: the one inside the signed part, which repeats the one outside (RFC 5280
 * sections 4.1.2.3, 5.1.2.2) and is read by nobody. Whether both agree is for verifying to say.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function checkRepeated(inside: Tlv, outside: Tlv): void {
  if (!sameBytes(bytesOf(inside), bytesOf(outside))) readAlgorithm(inside)
}

/** RFC name of a signature algorithm: `sha256WithRSAEncryption`, `ecdsa-with-SHA256`, `rsassaPss`, `Ed25519`; else the OID. */
export const signatureAlgorithmName = (oid: string): string =>
  signatureNames.get(oid) ?? nameOrOid('keyAlgorithm', oid)
