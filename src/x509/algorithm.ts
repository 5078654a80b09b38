import { namesOf, nameOrOid } from '../asn1/oids.ts'
import { bytesOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readOid } from '../asn1/values.ts'
import { sameBytes } from '../base/bytes.ts'

const signatureNames = namesOf('signatureAlgorithm')

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2), taken apart. */
export interface Algorithm {
  readonly oid: string
  readonly parameters: Tlv | undefined
}

/** Reads an AlgorithmIdentifier. @throws {CertmanError} `der.malformed` */
export function readAlgorithm(tlv: Tlv): Algorithm {
  const reader = DerReader.into(tlv)
  const oid = readOid(reader.read(TAG.oid, 'the algorithm identifier'))
  const parameters = reader.atEnd ? undefined : reader.read()
  reader.finish('algorithm identifier')
  return { oid, parameters }
}

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
