import { TAG } from '../asn1/reader.ts'
import { constructed, explicit, integer, sizeOfTlv, time, writeHeader } from '../asn1/writer.ts'
import { concat } from '../base/bytes.ts'
import type { RevocationReason } from '../domain/revocation-reason.ts'
import { CrlEntryWriter } from './write-crl-entries.ts'

/** One revoked certificate. What `revokedEntries` reads from a CRL can be written again. */
export interface CrlEntry {
  /** Hex as certificates show it; also one that no new certificate could have (negative, too long). */
  readonly serialNumber: string
  /** RFC 3339 text. */
  readonly revocationDate: string
  /** `unspecified` is not written (RFC 5280 section 5.3.1). */
  readonly reason?: RevocationReason | null
  /** RFC 3339 text. */
  readonly invalidityDate?: string | null
}

/** Everything of a CRL that is signed. */
export interface CrlContent {
  /** AlgorithmIdentifier DER, that of the signer. */
  readonly algorithm: Uint8Array
  /** Name DER: the subject of the authority's certificate as it stands there. */
  readonly issuer: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Walked once, in this order. */
  readonly entries: Iterable<CrlEntry>
  /** Extension DER each: authorityKeyIdentifier and cRLNumber at least (RFC 5280 section 5.2). */
  readonly extensions: readonly Uint8Array[]
}

const V2 = integer(1)

/**
 * The TBSCertList (RFC 5280 section 5.1) of a version 2 CRL. Entries are written as they come, into chunks that
 * are joined once: 500,000 of them need some 20 MB and less than a second.
 */
export function writeTbsCrl(content: CrlContent): Uint8Array {
  const { algorithm, issuer, thisUpdate, nextUpdate, entries, extensions } = content
  const writer = new CrlEntryWriter()
  for (const entry of entries) writer.write(entry)
  const head = concat([V2, algorithm, issuer, time(thisUpdate), time(nextUpdate)])
  const tail = extensions.length > 0 ? explicit(0, constructed(TAG.sequence, extensions)) : new Uint8Array()
  // an empty list is left out (section 5.1.2.6)
  const listSize = writer.length === 0 ? 0 : sizeOfTlv(writer.length)
  const length = head.length + listSize + tail.length
  const tbs = new Uint8Array(sizeOfTlv(length))
  let at = writeHeader(tbs, 0, [TAG.sequence, length])
  tbs.set(head, at)
  at += head.length
  if (listSize > 0) at = writer.copyTo(tbs, writeHeader(tbs, at, [TAG.sequence, writer.length]))
  tbs.set(tail, at)
  return tbs
}
