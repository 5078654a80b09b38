import { CertmanError, type ErrorCode, ERRORS, isCertmanError } from '../../base/errors.ts'
import type { Answer } from '../../http/exchange.ts'
import { invalid, noPrivateKey, WIRE_CODES, WireFault } from './errors.ts'
import { done } from './server-answer.ts'
import { everyFound, together } from './server-bulk.ts'
import type { Desk } from './server-desk.ts'
import { certificateOf } from './server-find.ts'
import { filterOfQuery } from './server-list.ts'
import { idList, jsonBody, jsonOrText, pathNumber } from './server-request.ts'
import { permitted, scopeOf, type Found, type Scope } from './server-scope.ts'

const scopeToDelete = async (desk: Desk): Promise<Scope> => permitted(desk, await scopeOf(desk), 'delete')

const deleteOne = async ({ served: { store }, row }: Found): Promise<void> => {
  await store.delete([{ kind: 'certificate', id: row.id }])
}

/** `DELETE /Certificates/{id}`: the record goes, the certificate is not revoked. */
export async function deleteCertificate(desk: Desk): Promise<Answer> {
  await deleteOne(await certificateOf(desk, await scopeToDelete(desk), pathNumber(desk.call)))
  return done()
}

/** `DELETE /Certificates` with an array of ids: the failure of one does not stop the others. */
export async function deleteCertificates(desk: Desk): Promise<Answer> {
  const ids = idList(await jsonBody(desk.call), 'ids')
  const scope = await scopeToDelete(desk)
  const found: Found[] = []
  await each([...new Set(ids)], async (id) => void found.push(await certificateOf(desk, scope, id)))
  return deleteAll(found)
}

/** `DELETE /Certificates/Query` with a JSON string; the SDK of release 25 sends the query as it is. */
export async function deleteQuery(desk: Desk): Promise<Answer> {
  const text = await jsonOrText(desk.call)
  if (typeof text !== 'string' || text.trim() === '')
    throw invalid('The request body must be a JSON string with a query.')
  const query = filterOfQuery(text)
  return deleteAll(await everyFound(desk, await scopeToDelete(desk), query))
}

/** Damaged records are named once all others are gone: nobody can tell by himself why they stay. */
async function deleteAll(found: readonly Found[]): Promise<Answer> {
  const damaged: string[] = []
  let cause: Error | undefined
  await together(
    found,
    ({ store }, targets) => store.delete(targets),
    ({ number }, error) => {
      if (!isCertmanError(error, 'store.damaged')) return passOver(error)
      damaged.push(`Certificate ${number}: ${error.message}`)
      cause ??= error
    },
  )
  if (damaged.length === 0) return done()
  const message = damaged.length === 1 ? damaged[0]! : `${damaged.length} certificates could not be deleted.`
  throw new WireFault(500, WIRE_CODES.general, { message, reasons: damaged, ...(cause && { cause }) })
}

/** `DELETE /Certificates/PrivateKey/{id}`: only the key goes. */
export async function deletePrivateKey(desk: Desk): Promise<Answer> {
  await deleteKeyOf(await certificateOf(desk, await scopeToDelete(desk), pathNumber(desk.call)))
  return done()
}

/** `DELETE /Certificates/PrivateKey` with an array of ids. */
export async function deletePrivateKeys(desk: Desk): Promise<Answer> {
  const ids = idList(await jsonBody(desk.call), 'ids')
  const scope = await scopeToDelete(desk)
  await each(ids, async (id) => deleteKeyOf(await certificateOf(desk, scope, id)))
  return done()
}

async function deleteKeyOf({ served: { store }, row }: Found): Promise<void> {
  if (typeof row['keyId'] !== 'string') throw noPrivateKey()
  await store.delete([{ kind: 'key', id: row['keyId'] }])
}

/** Individual failures are passed over, as the vendor does; a caller who may not is told so, and who asks a store that cannot. */
export async function each<T>(list: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (const item of list) {
    try {
      await act(item)
    } catch (error) {
      passOver(error)
    }
  }
}

function passOver(error: unknown): void {
  if (error instanceof WireFault) return
  if (!(error instanceof CertmanError) || !isOfOne(error.code)) throw error
}

/** Whether one record alone is refused: what the caller may not do, and trouble of the store, are those of every record. */
const isOfOne = (code: ErrorCode): boolean =>
  ERRORS[code].http < 500 && code !== 'claim.missing' && !code.startsWith('auth.')
