import { CertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { fieldIs } from '../../domain/filter.ts'
import type { GeneralName, NameAttributes } from '../../domain/facts.ts'
import type { Answer } from '../../http/exchange.ts'
import { keyBits, SAN_TYPES } from './codes.ts'
import { notFound, wireFaultOf } from './errors.ts'
import { commonName } from './names.ts'
import { metadataOf } from './metadata.ts'
import { ok } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { listOthers } from './server-list.ts'
import { idList, jsonBody, objectBody, optional, pathNumber } from './server-request.ts'
import { findRecord, type Found } from './server-scope.ts'
import { authorityOf, hostOf } from './server-show.ts'
import { member } from './wire.ts'

const SORT_FIELDS: Readonly<Record<string, string>> = {
  id: 'id',
  carequestid: 'id',
  commonname: 'subject',
  distinguishedname: 'subject',
  submissiondate: 'requestedAt',
  requester: 'requestedBy',
}

const listing =
  (state: string) =>
  (desk: Desk): Promise<Answer> =>
    listOthers(desk, {
      kind: 'request',
      filter: fieldIs('state', state),
      sortFields: SORT_FIELDS,
      body: (found) => requestBody(desk, found),
    })

/** `GET /Workflow/Certificates/Pending` */
export const listPending = listing('outstanding')

/** `GET /Workflow/Certificates/Denied` */
export const listDenied = listing('rejected')

/** Numbers of the states; 5 is the vendor's "pending", 3 "denied", 1 "active". */
const STATES: Readonly<Record<string, readonly [code: number, name: string]>> = {
  outstanding: [5, 'Pending'],
  rejected: [3, 'Denied'],
  issued: [1, 'Active'],
  revoked: [2, 'Revoked'],
}

async function requestBody(desk: Desk, { served, row, number }: Found): Promise<JsonObject> {
  const [state, name] = STATES[String(row['state'])] ?? [0, 'Unknown']
  return {
    Id: number,
    CARequestId: row.id,
    CommonName: commonName((row['subjectAttributes'] ?? []) as unknown as NameAttributes) ?? '',
    DistinguishedName: row['subject'] ?? '',
    SubmissionDate: row['requestedAt'] ?? null,
    CertificateAuthority: await authorityOf(desk, served, row),
    Template: row['profile'] ?? null,
    Requester: row['requestedBy'] ?? null,
    State: state,
    StateString: name,
    Metadata: metadataOf(row),
  }
}

/** `GET /Workflow/Certificates/{id}` */
export async function getRequest(desk: Desk): Promise<Answer> {
  const found = await findRecord(desk, 'request', pathNumber(desk.call))
  if (!found) throw notFound('The certificate request was not found.')
  const { row } = found
  const names = (row['subjectAltName'] ?? []) as unknown as readonly GeneralName[]
  const key = (row['publicKey'] ?? {}) as { readonly size?: number; readonly curve?: string }
  return ok({
    DenialComment: row['rejectionReason'] ?? null,
    KeyLength: String(keyBits(key)),
    SANs: names.map(({ value }) => value),
    CertStores: [],
    Curve: key.curve ?? null,
    SubjectAltNames: names.map(({ type, value }) => ({ Value: value, Type: String(SAN_TYPES[type]) })),
    ...(await requestBody(desk, found)),
  })
}

/** `POST /Workflow/Certificates/Approve` with a bare array. The status is 200 whatever became of each. */
export async function approve(desk: Desk): Promise<Answer> {
  const ids = idList(await jsonBody(desk.call), 'CertificateRequestIds')
  return decide(desk, { ids, comment: '' }, async ({ served: { store }, row }) => {
    await store.sign({ kind: 'request', id: row.id }, { allowChanges: true })
  })
}

/** `POST /Workflow/Certificates/Deny` */
export async function deny(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const ids = idList(member(body, 'CertificateRequestIds'), 'CertificateRequestIds')
  const comment = optional(body, 'Comment', 'string') ?? ''
  return decide(desk, { ids, comment }, async ({ served: { store }, row }) => {
    await store.reject([{ kind: 'request', id: row.id }], comment === '' ? undefined : comment)
  })
}

/** So many are decided at once: a store of our own signs them in one transaction. */
const TOGETHER = 64

type List = 'Failures' | 'Denials' | 'Successes'

/** `Denials` are refusals for lack of permission; `Failures` all others. */
async function decide(
  desk: Desk,
  { ids, comment }: { readonly ids: readonly number[]; readonly comment: string },
  act: (found: Found) => Promise<void>,
): Promise<Answer> {
  const lists: Record<List, Json[]> = { Failures: [], Denials: [], Successes: [] }
  const host = hostOf(desk)
  const decideOne = async (id: number): Promise<readonly [List, Json]> => {
    const item = (text: string, local: string): Json => ({
      CARowId: id,
      CARequestId: local,
      CAHost: host,
      CALogicalName: '',
      KeyfactorRequestId: id,
      Comment: text,
    })
    const found = await findRecord(desk, 'request', id)
    if (!found) return ['Failures', item('The certificate request was not found.', '')]
    try {
      await act(found)
      return ['Successes', item(comment, found.row.id)]
    } catch (error) {
      if (!(error instanceof CertmanError)) throw error
      const list = error.code === 'claim.missing' ? 'Denials' : 'Failures'
      return [list, item(wireFaultOf(error).message, found.row.id)]
    }
  }
  const all = [...new Set(ids)]
  for (let at = 0; at < all.length; at += TOGETHER)
    for (const [list, item] of await Promise.all(all.slice(at, at + TOGETHER).map(decideOne)))
      lists[list].push(item)
  return ok(lists)
}
