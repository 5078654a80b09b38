import type { JsonObject } from '../../base/json.ts'
import type { NameAttributes } from '../../domain/facts.ts'
import { compare, fieldIs, type Filter } from '../../domain/filter.ts'
import { writePem } from '../../formats/pem.ts'
import type { Answer } from '../../http/exchange.ts'
import { describeCsr } from '../../x509/csr.ts'
import { notFound } from './errors.ts'
import { certificateFileName } from './names.ts'
import { done, ok } from './server-answer.ts'
import { each } from './server-delete.ts'
import type { Desk } from './server-desk.ts'
import { profileNamed } from './server-issuance.ts'
import { makeRequest } from './server-key.ts'
import { listOthers } from './server-list.ts'
import { idList, jsonBody, objectBody, pathNumber } from './server-request.ts'
import { findRecord, firstThat, type Found } from './server-scope.ts'

const pemOf = (csr: Uint8Array): string => writePem('CERTIFICATE REQUEST', csr)

/**
 * `POST /CSRGeneration/Generate`: the key is made here and waits with its request. Who enrolls with that CSR, or imports
 * its certificate, gets the key with it.
 */
export async function generateCsr(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const { access } = desk
  const profile = await profileNamed(desk, body)
  const { request } = await makeRequest(body)
  const served = firstThat(desk, ({ request }) => request)
  await served.store.submit({ ...request, ...profile, requestedBy: access.user.name })
  const { subjectAttributes, fingerprint } = describeCsr(request.csr)
  const name = certificateFileName({ subjectAttributes, thumbprint: fingerprint }, 'csr')
  return ok({ ...contents(name, pemOf(request.csr)), CSR: pemOf(request.csr) })
}

/** The documents give these for a new CSR and the vendor's definition for one that waits: both have them. */
const contents = (name: string, csr: string): JsonObject => ({ CSRFilePath: name, CSRText: csr })

/** Requests that wait, and whose key is here. */
const PENDING: Filter = {
  op: 'and',
  terms: [fieldIs('state', 'outstanding'), compare('hasKey', '=', { type: 'boolean', value: true })],
}

/** `GET /CSRGeneration/Pending` */
export async function listPendingCsrs(desk: Desk): Promise<Answer> {
  return listOthers(desk, {
    kind: 'request',
    filter: PENDING,
    sortFields: { id: 'id', requesttime: 'requestedAt', subject: 'subject' },
    body: pendingBody,
  })
}

/** `GET /CSRGeneration/Pending/{id}` */
export async function getPendingCsr(desk: Desk): Promise<Answer> {
  const found = await pendingOf(desk, pathNumber(desk.call))
  const body = await pendingBody(found)
  const { subjectAttributes = [], fingerprint } = found.row
  const facts = {
    subjectAttributes: subjectAttributes as unknown as NameAttributes,
    thumbprint: String(fingerprint),
  }
  return ok({ ...body, ...contents(certificateFileName(facts, 'csr'), String(body['CSR'])) })
}

/** `DELETE /CSRGeneration/Pending/{id}`: the key goes with the request. */
export async function deletePendingCsr(desk: Desk): Promise<Answer> {
  await deleteOne(await pendingOf(desk, pathNumber(desk.call)))
  return done()
}

/** `DELETE /CSRGeneration/Pending` with an array of ids: the failure of one does not stop the others. */
export async function deletePendingCsrs(desk: Desk): Promise<Answer> {
  const ids = idList(await jsonBody(desk.call), 'ids')
  await each(ids, async (id) => deleteOne(await pendingOf(desk, id)))
  return done()
}

const deleteOne = async ({ served: { store }, row }: Found): Promise<void> => {
  await store.delete([{ kind: 'request', id: row.id }])
}

async function pendingOf(desk: Desk, number: number | undefined): Promise<Found> {
  const found = await findRecord(desk, 'request', number)
  if (found?.row['state'] === 'outstanding' && found.row['keyId'] !== undefined) return found
  throw notFound('The pending CSR was not found.')
}

async function pendingBody({ served: { store }, row, number }: Found): Promise<JsonObject> {
  const csr = store.can.exportRequest ? pemOf((await store.request(row.id)).der) : ''
  const subject = String(row['subject'] ?? '')
  return {
    Id: number,
    CSR: csr,
    RequestTime: row['requestedAt'] ?? null,
    Subject: subject === '' ? [] : subject.split(/(?<!\\),/),
  }
}
