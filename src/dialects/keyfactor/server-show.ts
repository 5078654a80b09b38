import { guidText } from '../../base/guid.ts'
import { Recent } from '../../base/recent.ts'
import { sha256HexOfText } from '../../crypto/digest.ts'
import type { JsonObject } from '../../base/json.ts'
import type { ListedRecord } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { certificateBody, singleCertificateBody, type Surroundings } from './map-certificate.ts'
import type { Placed } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { booleanParameter } from './server-request.ts'
import { authoritiesIn } from './server-scope.ts'
import { templateNumbers } from './server-templates.ts'

/** What a caller asked to be filled in. */
type Includes = Surroundings['include']

const NOTHING: Includes = { locations: false, metadata: false, hasPrivateKey: false }

/** The three flags of a listing; all are off by default. */
export const includesOf = ({ call }: Desk): Includes => ({
  locations: booleanParameter(call, 'includeLocations'),
  metadata: booleanParameter(call, 'includeMetadata'),
  hasPrivateKey: booleanParameter(call, 'includeHasPrivateKey'),
})

/** A GUID that stays the same for one thing: the beginning of its SHA-256. */
export const guidOf = (text: string): string => guidText(sha256HexOfText(text))

const GUIDS = new WeakMap<ServedStore, string>()

/** The GUID of a store as Keyfactor's certificate store. */
export function storeGuid(served: ServedStore): string {
  let guid = GUIDS.get(served)
  if (guid === undefined) GUIDS.set(served, (guid = guidOf(`certificate store ${served.id}`)))
  return guid
}

/** By origin. Callers go by a few names. */
const hosts = new Recent<string>(32)

/** Host of the server as callers see it. */
export const hostOf = ({ call: { origin } }: Desk): string => hosts.of(origin, () => new URL(origin).hostname)

/** Puts certificates on the wire; names of authorities and templates are looked up once. */
export class Shower {
  readonly #desk: Desk
  readonly #includes: Includes
  readonly #names = new Map<number, Promise<Names>>()

  constructor(desk: Desk, includes = NOTHING) {
    this.#desk = desk
    this.#includes = includes
  }

  /** A row of a listing. */
  async listed(served: ServedStore, row: ListedRecord): Promise<JsonObject> {
    const shown = await this.#desk.contents.of(served, row)
    return certificateBody(shown, this.#around(served, row, await this.#namesFor(served, row)))
  }

  /** A row without its bytes: certificates are opened only where a store does not tell what is in them. */
  async summed({ served, row }: Placed): Promise<JsonObject> {
    if (row['fingerprint'] === undefined) return this.listed(served, row)
    const names = await this.#namesFor(served, row)
    return certificateBody({ row, content: '', points: [] }, this.#around(served, row, names))
  }

  /** The whole. */
  async single(served: ServedStore, row: ListedRecord): Promise<JsonObject> {
    const shown = await this.#desk.contents.once(served, row)
    return singleCertificateBody(shown, this.#around(served, row, await this.#namesFor(served, row)))
  }

  /** Numbers and names around a row. */
  #around(served: ServedStore, row: ListedRecord, names: Names | undefined): Surroundings {
    const { numbers } = this.#desk
    const { authorityId, requestId, profile } = row
    const authority = typeof authorityId === 'string' ? authorityId : undefined
    const name = authority === undefined ? undefined : names?.authorities.get(authority)
    const host = hostOf(this.#desk)
    return {
      id: numbers.numberOf(served, 'certificate', row.id),
      authorityId: authority === undefined ? null : numbers.numberOf(served, 'authority', authority),
      authorityName: name === undefined ? null : `${host}\\${name}`,
      templateId: names?.templates.get(String(profile)) ?? null,
      requestId: typeof requestId === 'string' ? numbers.numberOf(served, 'request', requestId) : null,
      store: { guid: storeGuid(served), name: served.name, host },
      include: this.#includes,
    }
  }

  /** What was not issued here refers to nothing. */
  #namesFor(served: ServedStore, { authorityId, profile }: ListedRecord): Promise<Names> | undefined {
    const isIssued = typeof authorityId === 'string' || typeof profile === 'string'
    return isIssued ? this.#namesOf(served) : undefined
  }

  #namesOf(served: ServedStore): Promise<Names> {
    let names = this.#names.get(served.number)
    if (!names) this.#names.set(served.number, (names = namesIn(this.#desk, served)))
    return names
  }
}

/** What certificates of a store refer to. */
interface Names {
  /** By id. */
  readonly authorities: ReadonlyMap<string, string>
  /** Numbers by name. */
  readonly templates: ReadonlyMap<string, number>
}

const namesIn = (desk: Desk, served: ServedStore): Promise<Names> =>
  desk.asked.get(served, 'names', () => namesOf(desk, served))

/** `CertificateAuthority` of a certificate or request: host and logical name; `null` where there is none. */
export async function authorityOf(
  desk: Desk,
  served: ServedStore,
  row: ListedRecord,
): Promise<string | null> {
  const { authorityId } = row
  if (typeof authorityId !== 'string') return null
  const name = (await namesIn(desk, served)).authorities.get(authorityId)
  return name === undefined ? null : `${hostOf(desk)}\\${name}`
}

const namesOf = async (desk: Desk, served: ServedStore): Promise<Names> => ({
  authorities: await authorityNames(served),
  templates: await templateNumbers(desk),
})

async function authorityNames(served: ServedStore): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>()
  for await (const { id, name } of authoritiesIn(served)) names.set(id, name)
  return names
}
