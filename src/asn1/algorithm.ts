import { DerReader, malformedDer, TAG, type Tlv } from './reader.ts'
import { readOid } from './values.ts'

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
  // X.690 section 8.8.2; every other reader refuses it here
  if (parameters?.tag === TAG.null && parameters.contentStart !== parameters.end)
    throw malformedDer('a NULL with content', parameters.start)
  return { oid, parameters }
}
