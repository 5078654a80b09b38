import type { Json, JsonObject } from '../../base/json.ts'
import { EVERYTHING } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ServedStore } from '../house.ts'
import { notFound } from './errors.ts'
import { metadataOf } from './metadata.ts'
import { ok, counted } from './server-answer.ts'
import { requireStore } from './server-deploy.ts'
import type { Desk } from './server-desk.ts'
import { windowOf } from './server-list.ts'
import { placeTest } from './server-place-query.ts'
import { parameter, pathNumber } from './server-request.ts'
import { hostOf, Shower, storeGuid } from './server-show.ts'

/** A page of what fits the query, of a list that is in memory: clients ask until one is empty. */
function page(desk: Desk, all: readonly JsonObject[]): Answer {
  const { limit, offset } = windowOf(desk)
  const fitting = all.filter(placeTest(parameter(desk.call, 'queryString') ?? '', all[0]!))
  return counted(fitting.slice(offset, offset + limit), fitting.length)
}

const containerBody = (served: ServedStore): JsonObject => ({
  Id: served.number,
  Name: served.name,
  OverwriteSchedules: false,
  Schedule: null,
  CertStoreType: 0,
  StoreCount: 1,
})

/** `GET /CertificateStoreContainers`: every store that is served is a container of its own. */
export async function listContainers(desk: Desk): Promise<Answer> {
  return page(desk, desk.access.stores.map(containerBody))
}

/** `GET /CertificateStoreContainers/{id}`, by number or name. */
export const getContainer = async (desk: Desk): Promise<Answer> => ok(containerBody(containerOf(desk)))

function containerOf({ access, call }: Desk): ServedStore {
  const number = pathNumber(call)
  const served = access.stores.find((each) => each.number === number) ?? access.store(call.params['id'] ?? '')
  if (served) return served
  throw notFound('The certificate store container was not found.')
}

/** Containers as release 25.4 calls them; `-1` is no type of stores, and a schedule there is none. */
const applicationBody = (served: ServedStore): JsonObject => ({
  Id: served.number,
  Name: served.name,
  Schedule: null,
  CertStoreType: -1,
})

/** `GET /Applications` */
export async function listApplications(desk: Desk): Promise<Answer> {
  return page(desk, desk.access.stores.map(applicationBody))
}

/** `GET /Applications/{id}`, with the stores in it. */
export async function getApplication(desk: Desk): Promise<Answer> {
  const served = containerOf(desk)
  return ok({ ...applicationBody(served), CertificateStores: [storeBody(desk, served)] })
}

const storeBody = (desk: Desk, served: ServedStore): JsonObject => ({
  Id: storeGuid(served),
  DisplayName: served.name,
  ContainerId: served.number,
  ClientMachine: hostOf(desk),
  Storepath: served.name,
  CertStoreInventoryJobId: null,
  CertStoreType: 0,
  Approved: true,
  CreateIfMissing: false,
  Properties: '{}',
  AgentId: '00000000-0000-0000-0000-000000000000',
  AgentAssigned: false,
  ContainerName: served.name,
  InventorySchedule: null,
  ReenrollmentStatus: {
    Data: false,
    AgentId: null,
    Message: null,
    JobProperties: null,
    CustomAliasAllowed: 0,
    EntryParameters: null,
  },
  SetNewPasswordAllowed: false,
  Password: null,
})

/** `GET /CertificateStores` */
export async function listStores(desk: Desk): Promise<Answer> {
  return page(
    desk,
    desk.access.stores.map((served) => storeBody(desk, served)),
  )
}

const storeOf = (desk: Desk): ServedStore => requireStore(desk, desk.call.params['id'])

/** `GET /CertificateStores/{guid}` */
export const getStore = async (desk: Desk): Promise<Answer> => ok(storeBody(desk, storeOf(desk)))

/** `GET /CertificateStores/{guid}/Inventory`: one entry for each certificate. */
export async function inventory(desk: Desk): Promise<Answer> {
  const served = storeOf(desk)
  const { limit, offset } = windowOf(desk)
  const query = { ...EVERYTHING, limit, offset }
  const shower = new Shower(desk)
  const entries: Json[] = []
  for await (const row of served.store.list('certificate', query)) {
    const body = await shower.listed(served, row)
    const { Id, IssuedDN, SerialNumber, NotBefore, NotAfter, SigningAlgorithm, IssuerDN, Thumbprint } = body
    const validity = { NotBefore, NotAfter, SigningAlgorithm }
    const own = { Id, IssuedDN, SerialNumber, ...validity, IssuerDN, Thumbprint }
    const certificate = { ...own, CertStoreInventoryItemId: Id, Metadata: metadataOf(row) }
    const name = typeof row['name'] === 'string' ? row['name'] : String(Thumbprint)
    entries.push({ Name: name, Certificates: [certificate], Parameters: {} })
  }
  return counted(entries, await served.store.count('certificate', EVERYTHING))
}
