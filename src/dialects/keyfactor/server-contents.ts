import { toBase64 } from '../../base/bytes.ts'
import type { JsonObject } from '../../base/json.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { distributionPoints, type ShownCertificate } from './map-certificate.ts'

/** Certificates whose bytes are kept at hand: some 40 MB at most. */
const MOST = 20_000

type Kept = Pick<ShownCertificate, 'content' | 'points'>

/**
 * What answers need of a certificate's bytes, kept by the SHA-256 of the bytes: it can never be out of date. A list gives
 * the bytes of every certificate, and opening each of them again for each page is most of its work.
 */
export class Contents {
  readonly #kept = new Map<string, Kept>()

  /** A row with what its bytes say, where the store gives them. */
  async of({ store }: ServedStore, row: ListedRecord): Promise<ShownCertificate> {
    if (!store.can.exportCertificate) return { row, content: '', points: [] }
    const { fingerprint } = row
    const known = typeof fingerprint === 'string' ? this.#take(fingerprint) : undefined
    if (known) return { row, ...known }
    const { der, extensions, facts } = await store.certificate(row.id)
    const kept = { content: toBase64(der), points: distributionPoints(extensions) }
    this.#kept.set(facts.fingerprint, kept)
    if (this.#kept.size > MOST) this.#kept.delete(this.#kept.keys().next().value!)
    // a row without a fingerprint lacks other facts too
    return {
      row: fingerprint === undefined ? { ...row, ...(facts as unknown as JsonObject), id: row.id } : row,
      ...kept,
    }
  }

  /** What is used again moves to the end: the front goes first. */
  #take(fingerprint: string): Kept | undefined {
    const known = this.#kept.get(fingerprint)
    if (!known) return undefined
    this.#kept.delete(fingerprint)
    this.#kept.set(fingerprint, known)
    return known
  }
}
