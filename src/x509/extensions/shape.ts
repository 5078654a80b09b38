import { DerReader, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'

/**
 * Decodes the one value inside an extnValue into JSON-ready data.
 *
 * @throws {CertmanError} `der.malformed` when the value is not what the extension demands
 */
export type Decoder = (value: Tlv) => unknown

/** A reader over the members of a SEQUENCE. */
export const asSequence = (tlv: Tlv, what: string): DerReader =>
  DerReader.into(requireTag(tlv, TAG.sequence, what))

/** Reads all members of a SEQUENCE OF with `each`. */
export function listOf<T>(tlv: Tlv, what: string, each: (member: Tlv) => T): T[] {
  const reader = asSequence(tlv, what)
  const all: T[] = []
  while (!reader.atEnd) all.push(each(reader.read()))
  return all
}
