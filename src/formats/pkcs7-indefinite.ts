import { concat } from '../base/bytes.ts'
import { contextTag, TAG } from '../asn1/reader.ts'
import { integer, oid, setOf } from '../asn1/writer.ts'
import { OID_DATA, OID_SIGNED_DATA } from './pkcs7.ts'

const END = Uint8Array.of(0, 0)

/** A constructed value of indefinite length (X.690 section 8.1.3.6). */
const indefinite = (tag: number, ...values: readonly Uint8Array[]): Uint8Array =>
  concat([Uint8Array.of(tag, 0x80), ...values, END])

/**
 * A certs-only SignedData (RFC 8551 section 3.8) in the BER form that servers on Bouncy Castle give out: indefinite
 * lengths outside of the certificates. Their clients take any form; this one they have met.
 *
 * @param certificates DER, in the order in which they are to be found
 */
export function writePkcs7Indefinite(certificates: readonly Uint8Array[]): Uint8Array {
  const signed = indefinite(
    TAG.sequence,
    integer(1),
    setOf([]),
    indefinite(TAG.sequence, oid(OID_DATA)),
    indefinite(contextTag(0, true), ...certificates),
    setOf([]),
  )
  return indefinite(TAG.sequence, oid(OID_SIGNED_DATA), indefinite(contextTag(0, true), signed))
}
