import { DerReader, TAG, wrongTag, type Tlv } from '../../asn1/reader.ts'

/**
 * Decodes the one value inside an extnValue into JSON-ready data.
 *
 * @throws {CertmanError} `der.malformed` when the value is not what the extension demands
 */
export type Decoder = (value: Tlv) => unknown

/** `tlv` itself when it has this identifier octet. */
export function required(tlv: Tlv, tag: number, what: string): Tlv {
  if (tlv.tag === tag) return tlv
  throw wrongTag(what, [tag, tlv.tag], tlv.start)
}

/** A reader over the members of a SEQUENCE. */
export const asSequence = (tlv: Tlv, what: string): DerReader =>
  DerReader.into(required(tlv, TAG.sequence, what))

/** Reads all members of a SEQUENCE OF with `each`. */
export function listOf<T>(tlv: Tlv, what: string, each: (member: Tlv) => T): T[] {
  const reader = asSequence(tlv, what)
  const all: T[] = []
  while (!reader.atEnd) all.push(each(reader.read()))
  return all
}
