import { isObject, type Json, defined } from '../../base/json.ts'
import { CertmanError } from '../../base/errors.ts'
import { fieldIs } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ImportBatch, NewCertificate, NewKey } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { requestHex } from '../request-guid.ts'
import { invalid, notFound } from './errors.ts'
import { ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { certificateOf } from './server-find.ts'
import { objectBody, optional, optionalText } from './server-request.ts'
import { findRecord, scopeOf, type Found } from './server-scope.ts'
import { guidOf, storeGuid } from './server-show.ts'
import { listMember, member } from './wire.ts'

/*
 * A certificate store is a store that is served. What the vendor's orchestrators do on far machines at some time is done
 * here at once, as a copy from store to store; what is to happen later is refused.
 */

/** A certificate is to come into a store. */
export interface Deployment {
  readonly target: ServedStore
  /** Becomes its name there. */
  readonly alias?: string
  /** Takes the name from its holder. */
  readonly overwrite: boolean
}

/** GUIDs of stores. */
export interface Deployed {
  readonly successful: readonly string[]
  readonly failed: readonly string[]
}

/** The store of a GUID; undefined when none that is open has it. */
export const storeOfGuid = ({ access }: Desk, guid: Json | undefined): ServedStore | undefined =>
  access.stores.find((served) => storeGuid(served) === String(guid).toLowerCase())

/** The same. @throws {WireFault} 404 */
export function requireStore(desk: Desk, guid: Json | undefined): ServedStore {
  const served = storeOfGuid(desk, guid)
  if (served) return served
  throw notFound('The certificate store was not found.')
}

/** A moment ago is now: clients send the time of their own clock. */
const MOMENT_MS = 60_000

/** A `Schedule` or `JobTime` must mean now. @throws {WireFault} 400 for every other time */
export function requireNow({ house }: Desk, schedule: Json | undefined): void {
  const once = isObject(schedule) ? member(member(schedule, 'ExactlyOnce'), 'Time') : schedule
  const isUnsaid = (once === undefined || once === null || once === '') && !isRepeated(schedule)
  if (isUnsaid) return
  const at = typeof once === 'string' ? Date.parse(once) : Number.NaN
  if (at <= house.ambient.now().getTime() + MOMENT_MS) return
  throw invalid('Jobs cannot be scheduled: leave out the schedule, or say Immediate.')
}

const isRepeated = (schedule: Json | undefined): boolean =>
  ['Interval', 'Daily', 'Weekly', 'Monthly'].some((name) => (member(schedule, name) ?? null) !== null)

/** Each entry is a transaction: what one call asks for must come to an end. */
const MOST = 1000

/** @throws {WireFault} 400 */
function requireFew(entries: readonly Json[]): void {
  if (entries.length > MOST)
    throw invalid(`One call is for ${MOST} certificate stores at most: make several calls.`)
}

/** What `CertificateStores`, `Stores`, or `StoreIds` with `StoreTypes` ask for. @throws {WireFault} 400, 404 */
export function deploymentsOf(desk: Desk, body: Json): readonly Deployment[] {
  const named = [...listMember(body, 'CertificateStores'), ...listMember(body, 'Stores')]
  const [type] = listMember(body, 'StoreTypes')
  const guids = listMember(body, 'StoreIds')
  requireFew([...named, ...guids])
  return [
    ...named.map((each) =>
      deployment(desk, member(each, 'CertificateStoreId') ?? member(each, 'StoreId'), each),
    ),
    ...guids.map((guid) => deployment(desk, guid, type)),
  ]
}

function deployment(desk: Desk, guid: Json | undefined, options: Json | undefined): Deployment {
  return {
    target: requireStore(desk, guid),
    overwrite: optional(options, 'Overwrite', 'boolean') ?? false,
    ...defined({ alias: optionalText(options, 'Alias') }),
  }
}

/** Copies a certificate with its key and its issuers into stores. The failure of one does not stop the others. */
export async function deployTo(found: Found, deployments: readonly Deployment[]): Promise<Deployed> {
  const [successful, failed]: [string[], string[]] = [[], []]
  for (const each of deployments) {
    try {
      await deploy(found, each)
      successful.push(storeGuid(each.target))
    } catch (error) {
      if (!(error instanceof CertmanError)) throw error
      failed.push(storeGuid(each.target))
    }
  }
  return { successful, failed }
}

async function deploy(found: Found, { target, alias, overwrite }: Deployment): Promise<void> {
  const options = { replace: overwrite }
  if (target.number !== found.served.number)
    return void (await target.store.import(await batchOf(found, alias), options))
  if (alias !== undefined)
    await target.store.edit({ kind: 'certificate', id: found.row.id }, { name: alias }, options)
}

async function batchOf({ served, row }: Found, alias: string | undefined): Promise<ImportBatch> {
  const source = { how: 'imported', from: `store ${served.name}` } as const
  const { der, record } = await served.store.certificate(row.id)
  const issuers = await served.store.issuersOf(row.id)
  const leaf: NewCertificate = {
    der,
    source,
    tags: record.tags,
    ...defined({ friendlyName: record.friendlyName, name: alias }),
  }
  const certificates = [leaf, ...issuers.map((issuer) => ({ der: issuer.der, source }))]
  if (typeof row['keyId'] !== 'string') return { certificates, keys: [] }
  if (row['exportable'] === false)
    throw new CertmanError('key.not-exportable', 'the private key is marked not exportable')
  const { pkcs8, encrypted, spki } = await served.store.key(row['keyId'])
  const key: NewKey = { pkcs8, encrypted, spki, source }
  return { certificates, keys: [key] }
}

/** A job has a number of its own, though it is done when it is told. */
const jobGuid = ({ house }: Desk): string => guidOf(requestHex(house.ambient))

/** `POST /CertificateStores/Certificates/Add`: the numbers of the jobs. */
export async function addToStores(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  requireNow(desk, member(body, 'Schedule'))
  const deployments = deploymentsOf(desk, body)
  if (deployments.length === 0) throw invalid('The CertificateStores field is required.')
  const found = await certificateOf(desk, await scopeOf(desk), optional(body, 'CertificateId', 'number'))
  for (const each of deployments) await deploy(found, each)
  return ok(deployments.map(() => jobGuid(desk)))
}

/** `POST /CertificateStores/Certificates/Remove`: by alias, all or none. */
export async function removeFromStores(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  requireNow(desk, member(body, 'Schedule'))
  const wanted = listMember(body, 'CertificateStores')
  if (wanted.length === 0) throw invalid('The CertificateStores field is required.')
  requireFew(wanted)
  const found: (readonly [ServedStore, id: string])[] = []
  for (const each of wanted) {
    const served = requireStore(desk, member(each, 'CertificateStoreId'))
    found.push([served, await idOfAlias(served, optional(each, 'Alias', 'string') ?? '')])
  }
  for (const [{ store }, id] of found) await store.delete([{ kind: 'certificate', id }])
  return ok(found.map(() => jobGuid(desk)))
}

/** An alias is a name, or the thumbprint of what has none: as the inventory gives it. */
async function idOfAlias({ store }: ServedStore, alias: string): Promise<string> {
  const values = [{ type: 'text', value: alias } as const]
  const terms = ['name', 'thumbprint'].map((field) => ({ op: 'in', field, values }) as const)
  const query = { filter: { op: 'or', terms }, sort: [], limit: 1 } as const
  for await (const { id } of store.list('certificate', query)) return id
  throw notFound('The certificate store has no certificate of that alias.')
}

/** `POST /Enrollment/PFX/Deploy`: what was enrolled before comes into stores. */
export async function deployPfx(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  requireNow(desk, member(body, 'JobTime'))
  const deployments = deploymentsOf(desk, body)
  if (deployments.length === 0) throw invalid('The StoreIds field is required.')
  return deployed(await deployTo(await enrolled(desk, body), deployments))
}

/** `POST /Enrollment/PFX/Replace`: it takes the place of another certificate in all stores that have that one. */
export async function replacePfx(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  requireNow(desk, member(body, 'JobTime'))
  const scope = await scopeOf(desk)
  const old = await certificateOf(desk, scope, optional(body, 'ExistingCertificateId', 'number'))
  return deployed(await deployTo(await enrolled(desk, body), await placesOf(desk, old)))
}

/** The stores that hold a certificate, with the name that it has in each. */
export async function placesOf({ access }: Desk, { row }: Found): Promise<readonly Deployment[]> {
  const filter = fieldIs('thumbprint', String(row['thumbprint']))
  const places: Deployment[] = []
  for (const target of access.stores)
    for await (const { name } of target.store.list('certificate', { filter, sort: [], limit: 1 }))
      places.push({ target, overwrite: true, ...(typeof name === 'string' && { alias: name }) })
  return places
}

const deployed = ({ successful, failed }: Deployed): Answer =>
  ok({ SuccessfulStores: successful, FailedStores: failed })

/** `CertificateId`, else the certificate of `RequestId`. @throws {WireFault} 404 */
async function enrolled(desk: Desk, body: Json): Promise<Found> {
  const scope = await scopeOf(desk)
  const id = optional(body, 'CertificateId', 'number') ?? 0
  const requestId = optional(body, 'RequestId', 'number') ?? 0
  if (id > 0 || requestId === 0) return certificateOf(desk, scope, id)
  const request = await findRecord(desk, 'request', requestId)
  const certificate = request?.row['certificateId']
  if (typeof certificate !== 'string') throw notFound('The certificate request has no certificate.')
  return certificateOf(desk, scope, desk.numbers.numberOf(request!.served, 'certificate', certificate))
}
