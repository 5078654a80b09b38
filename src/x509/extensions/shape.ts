import { CertmanError } from '../../base/errors.ts'
import { DerReader, TAG, type Tlv } from '../../asn1/reader.ts'

/**
 * Decodes the one value inside an extnValue into JSON-ready data.
 *
 * @throws {CertmanError} `der.malformed` when the value is not what the extension demands
 */
export type Decoder = (value: Tlv) => unknown

/** `tlv` itself when it has this identifier octet. */
export function required(tlv: Tlv, tag: number, what: string): Tlv {
  if (tlv.tag === tag) return tlv
  const [wanted, found] = [tag, tlv.tag].map((octet) => `0x${octet.toString(16).padStart(2, '0')}`)
  throw new CertmanError(
    'der.malformed',
    `malformed DER at byte ${tlv.start}: expected ${what} (tag ${wanted}), found tag ${found}`,
  )
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
