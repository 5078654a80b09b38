import { isCertmanError } from '../../base/errors.ts'
import { Recent } from '../../base/recent.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import type { AuthorityCrl } from '../../store/authority-orders.ts'
import type { ServedPlace } from './access.ts'

/** A CRL as everyone may fetch it. */
export interface PublicCrl extends Pick<AuthorityCrl, 'der' | 'row'> {
  /** With its quotes. */
  readonly etag: string
}

interface Kept {
  /** Undefined: there is no such authority. */
  readonly crl: PublicCrl | undefined
  readonly version: string | undefined
  readonly from: number
  readonly bytes: number
}

/** While a store does not change: its files may be edited by hand, and a CRL comes due. */
const LOCAL_MS = 1000
/** A remote store cannot tell whether it has changed. */
const REMOTE_MS = 10_000
/** Of CRLs; what alone is longer is looked for each time. */
const MOST_BYTES = 32 * 1024 * 1024
/** What an entry takes besides. */
const OVERHEAD = 1000

/**
 * CRLs that were asked for a moment ago: anybody may ask, as often as they like. All who do at a time have the same bytes,
 * and wait for the same look at the store.
 */
export class CrlShelf {
  readonly #now: () => Date
  readonly #kept = new Recent<Kept>(MOST_BYTES, ({ bytes }) => bytes)
  readonly #underWay = new Map<string, Promise<PublicCrl | undefined>>()

  constructor(now: () => Date) {
    this.#now = now
  }

  /**
   * The CRL of an authority; undefined when the store has none of that name or id.
   *
   * @throws {CertmanError} what `Store.crl` throws for other reasons; then the next one looks again
   */
  async of(place: ServedPlace, authority: string): Promise<PublicCrl | undefined> {
    const version = await place.store.version?.()
    const key = `${place.number} ${authority}`
    const from = this.#now().getTime()
    const most = version === undefined ? REMOTE_MS : LOCAL_MS
    const known = this.#kept.take(key)
    if (known && known.version === version && from >= known.from && from < known.from + most) return known.crl
    // what is looked for since another version may lack what has changed
    const look = `${key}\n${version ?? ''}`
    let finding = this.#underWay.get(look)
    if (!finding) {
      finding = find(place, authority).finally(() => this.#underWay.delete(look))
      this.#underWay.set(look, finding)
    }
    const crl = await finding
    const bytes = OVERHEAD + key.length + (crl?.der.length ?? 0)
    this.#kept.keep(key, { crl, version, from, bytes })
    return crl
  }
}

async function find({ store }: ServedPlace, authority: string): Promise<PublicCrl | undefined> {
  try {
    const { der, row } = await store.crl(authority)
    return { der, row, etag: `"${sha256Hex(der).slice(0, 32)}"` }
  } catch (error) {
    if (isCertmanError(error, 'record.not-found') || isCertmanError(error, 'input.invalid')) return undefined
    throw error
  }
}
