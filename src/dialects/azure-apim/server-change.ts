import { checkName } from '../../domain/name.ts'
import { fieldIs } from '../../domain/filter.ts'
import { CertmanError, isCertmanError, isStateRefusal } from '../../base/errors.ts'
import type { Answer } from '../../http/exchange.ts'
import { isOwn, requireAbility } from '../../store/abilities.ts'
import type { ListedRecord, Store } from '../../store/store.ts'
import { sentence } from '../sentence.ts'
import { exists, invalid, invalidField, modified, notFound, WireFault } from './errors.ts'
import { keyVaultOf, wireId } from './map.ts'
import { answer, empty } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { entityOf, findCertificate, idOf } from './server-find.ts'
import { holds, readCondition, revisionOf, tagOf } from './server-tags.ts'
import { readUpload, type Upload } from './server-upload.ts'
import { answersChanges, deletesWith200 } from './versions.ts'

/** Changes of one certificate take turns. */
const inTurn = <T>({ turns, served }: Desk, id: string, act: () => Promise<T>): Promise<T> =>
  turns.take(`${served.number} ${id}`, act)

/** `GET` and `HEAD /certificates/{cid}` */
export async function getCertificate(desk: Desk): Promise<Answer> {
  const id = idOf(desk)
  const row = await findCertificate(desk.served, id)
  if (!row) throw notFound()
  return answer(200, entityOf(desk, row, id), { ETag: tagOf(row) })
}

/** `PUT /certificates/{cid}`: creates, or replaces as `If-Match` permits. */
export async function putCertificate(desk: Desk): Promise<Answer> {
  const id = storableId(idOf(desk))
  await requireClaim(desk, 'import')
  const upload = await readUpload(desk.call)
  return inTurn(desk, id, async () => {
    const before = await findCertificate(desk.served, id)
    requireMatch(desk, before)
    await requireUnknown(desk, id, upload)
    const bound = before && boundBy(desk)
    const revision = bound && (await boundRevision(desk, before, { id, bound }))
    const row = await take(desk, { id, upload, before, revision })
    const headers = { ETag: tagOf(row) }
    if (!answersChanges(desk.version)) return empty(before ? 204 : 201, headers)
    return answer(before ? 200 : 201, entityOf(desk, row, id), headers)
  })
}

/**
 * Who may not is told so before anything is looked for: an answer would say what there is. The words are the store's.
 *
 * @throws {CertmanError} `store.unsupported`, `claim.missing`
 */
async function requireClaim({ served: { store, claims } }: Desk, claim: 'import' | 'delete'): Promise<void> {
  requireAbility(store, claim)
  if (claims.includes(claim)) return
  await (claim === 'delete' ? store.delete([]) : store.import({ certificates: [], keys: [] }))
}

/** Ids are names in the store, which take a little less than the service. */
function storableId(id: string): string {
  try {
    return checkName(id)
  } catch (error) {
    if (isCertmanError(error)) throw invalidField('certificateId', sentence(error.message))
    throw error
  }
}

/** The decision table: a star creates too; without a condition the classic form creates only. */
function requireMatch({ call, form }: Desk, before: ListedRecord | undefined): void {
  const condition = readCondition(call.header('if-match'))
  if (before && readCondition(call.header('if-none-match')) === 'any') throw modified()
  if (condition === 'any') return
  if (condition === undefined) {
    if (before && form === 'classic') throw exists()
    return
  }
  if (!before || !holds(condition, before)) throw modified()
}

/** The tags that the caller insists on; undefined when any state will do. */
function boundBy({ call }: Desk): readonly string[] | undefined {
  const condition = readCondition(call.header('if-match'))
  return condition === 'any' ? undefined : condition
}

/** One certificate is one record here: under a second id it would lose the first. */
async function requireUnknown({ served }: Desk, id: string, { thumbprint }: Upload): Promise<void> {
  const filter = fieldIs('thumbprint', thumbprint)
  for await (const row of served.store.list('certificate', { filter, sort: [] })) {
    const other = typeof row['name'] === 'string' ? wireId(row) : undefined
    if (other !== undefined && other !== id)
      throw new WireFault(409, 'Conflict', `The same certificate already exists with the ID '${other}'.`)
  }
}

interface Taking {
  readonly id: string
  readonly upload: Upload
  readonly before: ListedRecord | undefined
  /** What `before` must still have when it is replaced, whoever else writes to the store; undefined: any. */
  readonly revision: string | undefined
}

async function take({ served }: Desk, taking: Taking): Promise<ListedRecord> {
  const { id, upload, before } = taking
  const { store } = served
  const replace = before !== undefined
  // known by its number so far
  const nameless = before && typeof before['name'] !== 'string' ? before : undefined
  const batch = upload.batch(id, isOwn(store) ? nameless?.id : undefined)
  let { revision } = taking
  if (nameless && !isOwn(store)) {
    await store.import(batch, { replace, dryRun: true })
    revision = await nameFirst(store, nameless, { name: id, revision })
  }
  const expected =
    before && revision !== undefined ? [{ kind: 'certificate', id: before.id, revision } as const] : []
  const outcomes = await store.import(batch, { replace, expected })
  const found = await findCertificate(served, id)
  const made = outcomes.find(({ row }) => row['thumbprint'] === upload.thumbprint)
  if (found) return found
  if (made) return { ...made.row, id: made.id }
  throw new CertmanError('remote.unexpected', `the store took the certificate and does not list it`)
}

/** A store elsewhere is given the name first, so that the new certificate can take it over. @returns the new revision */
async function nameFirst(
  store: Store,
  { id }: ListedRecord,
  { name, revision }: { readonly name: string; readonly revision: string | undefined },
): Promise<string | undefined> {
  const seen = { kind: 'certificate', id, ...(revision !== undefined && { revision }) } as const
  const { row } = await store.edit(seen, { name })
  return revision === undefined ? undefined : revisionOf(store, { ...row, id })
}

/** `DELETE /certificates/{cid}` */
export async function deleteCertificate(desk: Desk): Promise<Answer> {
  const id = idOf(desk)
  const { call, form, served, version } = desk
  const condition = readCondition(call.header('if-match'))
  if (condition === undefined && form === 'classic')
    throw invalidField('If-Match', "The If-Match header is required. Specify the ETag, or '*'.")
  await requireClaim(desk, 'delete')
  return inTurn(desk, id, async () => {
    const row = await findCertificate(served, id)
    const bound = condition === 'any' ? undefined : condition
    if (!row) {
      if (bound) throw modified()
      return empty(204)
    }
    const revision = bound && (await boundRevision(desk, row, { id, bound }))
    await remove(desk, { id, row, revision })
    return empty(form === 'arm' && deletesWith200(version) ? 200 : 204)
  })
}

/** The revision that has the tag: it is read first, so that a change after it is noticed by the store. */
async function boundRevision(
  { served }: Desk,
  row: ListedRecord,
  { id, bound }: { readonly id: string; readonly bound: readonly string[] },
): Promise<string | undefined> {
  const revision = await revisionOf(served.store, row)
  const now = await findCertificate(served, id)
  if (now?.id === row.id && holds(bound, now)) return revision
  throw modified()
}

async function remove(
  { served }: Desk,
  {
    id,
    row,
    revision,
  }: { readonly id: string; readonly row: ListedRecord; readonly revision: string | undefined },
): Promise<void> {
  try {
    await served.store.delete([
      { kind: 'certificate', id: row.id, ...(revision !== undefined && { revision }) },
    ])
  } catch (error) {
    if (!isStateRefusal(error)) throw error
    throw invalid(`Certificate '${id}' cannot be deleted since it is being used: ${error.message}.`)
  }
}

/** `POST …/refreshSecret`: only the service that has the identity can fetch from its vault. */
export async function refreshSecret(desk: Desk): Promise<Answer> {
  const row = await findCertificate(desk.served, idOf(desk))
  if (!row) throw notFound()
  if (keyVaultOf(row))
    throw new WireFault(400, 'NotSupported', 'Only the service behind this server can refresh its secret.')
  throw invalidField('keyVault', 'The certificate is not backed by a key vault.')
}
