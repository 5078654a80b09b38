import { toBase64 } from '../../base/bytes.ts'
import { Recent } from '../../base/recent.ts'
import type { JsonObject } from '../../base/json.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { distributionPoints, type ShownCertificate } from './map-certificate.ts'

/** The OID of cRLDistributionPoints (RFC 5280 section 4.2.1.13) as DER has it. */
const POINTS_OID = Buffer.from('0603551d1f', 'hex')

/** Bytes without the OID have no such extension: most need not be taken apart. */
const mayHavePoints = (der: Uint8Array): boolean =>
  Buffer.from(der.buffer, der.byteOffset, der.byteLength).includes(POINTS_OID)

/** Bytes of what is kept at hand: some 15,000 certificates of the usual size. */
const MOST = 24 * 1024 * 1024
/** What an entry takes besides its text. */
const OVERHEAD = 300

type Kept = Pick<ShownCertificate, 'content' | 'points'>

/**
 * What answers need of a certificate's bytes, kept by the SHA-256 of the bytes: it can never be out of date. A list gives
 * the bytes of every certificate, and opening each of them again for each page is most of its work.
 */
export class Contents {
  readonly #kept = new Recent<Kept>(MOST, ({ content }) => OVERHEAD + content.length)

  /** A row with what its bytes say, where the store gives them. */
  async of(served: ServedStore, row: ListedRecord): Promise<ShownCertificate> {
    const known = this.#known(served, row)
    if (known) return known
    const shown = await opened(served, row)
    const { fingerprint } = shown.row
    if (typeof fingerprint === 'string' && shown.content !== '')
      this.#kept.keep(fingerprint, { content: shown.content, points: shown.points })
    return shown
  }

  /** The same for an answer that is remembered whole: nothing of it is kept here besides. */
  async once(served: ServedStore, row: ListedRecord): Promise<ShownCertificate> {
    return this.#known(served, row) ?? opened(served, row)
  }

  #known({ store }: ServedStore, row: ListedRecord): ShownCertificate | undefined {
    // what one store gives out says nothing of another one
    if (!store.can.exportCertificate) return undefined
    const { fingerprint } = row
    const known = typeof fingerprint === 'string' ? this.#kept.take(fingerprint) : undefined
    return known && { row, content: known.content, points: known.points }
  }
}

async function opened({ store }: ServedStore, row: ListedRecord): Promise<ShownCertificate> {
  if (!store.can.exportCertificate) return { row, content: '', points: [] }
  const certificate = await store.certificate(row.id)
  const { der } = certificate
  const points = mayHavePoints(der) ? distributionPoints(certificate.extensions) : []
  const content = toBase64(der)
  if (row['fingerprint'] !== undefined) return { row, content, points }
  // a row without a fingerprint lacks other facts too
  const whole = { ...row, ...(certificate.facts as unknown as JsonObject), id: row.id }
  return { row: whole, content, points }
}
