import { contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'

/** What certificates, CRLs and requests are alike: SIGNED of RFC 5280 sections 4.1 and 5.1, RFC 2986 section 4.2. */
export interface SignedTlvs {
  readonly signed: Tlv
  readonly signatureAlgorithm: Tlv
  /** The BIT STRING, see `signatureIn`. */
  readonly signature: Tlv
}

/**
 * The three parts of something signed.
 *
 * @param der exactly one value
 * @param what with its article, for messages: `a certificate`
 * @throws {CertmanError} `der.malformed`
 */
export function readSigned(der: Uint8Array, what: string): SignedTlvs {
  const outer = new DerReader(der).enter(TAG.sequence, what)
  const signed = outer.read(TAG.sequence, 'the signed part')
  const signatureAlgorithm = outer.read(TAG.sequence, 'the signature algorithm')
  const signature = outer.read(TAG.bitString, 'the signature')
  outer.finish('signature')
  return { signed, signatureAlgorithm, signature }
}

/**
 * The octets of a signature; a view. The octet of unused bits is left out where it is zero. Any other makes the signature
 * longer by it, so that no key verifies it: nobody signs that octet, and one signature would make eight certificates.
 */
export function signatureIn(bits: Tlv): Uint8Array {
  const content = contentOf(bits)
  return content[0] === 0 ? content.subarray(1) : content
}
