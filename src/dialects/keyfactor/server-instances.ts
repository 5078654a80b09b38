import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import { fieldIs, type Filter } from '../../domain/filter.ts'
import type { Answer } from '../../http/exchange.ts'
import type { ServedStore } from '../house.ts'
import { invalid, notFound } from './errors.ts'
import { done, ok, counted } from './server-answer.ts'
import type { Desk } from './server-desk.ts'
import { workflowGuid } from './server-enrolled.ts'
import { listOthers } from './server-list.ts'
import { isGenerated, objectBody, requiredText, shown, optionalText } from './server-request.ts'
import { foundIn, type Found } from './server-scope.ts'
import { guidOf } from './server-show.ts'
import { member } from './wire.ts'

/** The one workflow that there is: a request waits for its approval. */
const STEP = { id: guidOf('step approval'), name: 'RequireApproval1', signal: 'ApprovalStatus' } as const
const DEFINITION = {
  Id: guidOf('workflow approval'),
  DisplayName: 'Approval of an enrollment',
  Version: 1,
  WorkflowType: 'Enrollment',
} as const

const WAITING = fieldIs('state', 'outstanding')

/** The documents have a text; the definition has numbers without names, of which 0 says the least. */
const statusOf = ({ call }: Desk): Json => (isGenerated(call) ? 0 : 'Suspended')

function instanceBody(desk: Desk, { row, number }: Found): JsonObject {
  const { requestedBy, requestedAt, subject } = row
  const who = typeof requestedBy === 'string' ? requestedBy : 'somebody'
  return {
    Id: workflowGuid(desk, number),
    Status: statusOf(desk),
    CurrentStepId: STEP.id,
    StatusMessage: 'Awaiting approval.',
    Definition: DEFINITION,
    CurrentStepDisplayName: 'Require Approval',
    CurrentStepUniqueName: STEP.name,
    Title: `${who} is enrolling for a certificate with the subject ${String(subject ?? '')}.`,
    LastModified: requestedAt ?? null,
    StartDate: requestedAt ?? null,
    ReferenceId: number,
  }
}

const SORT_FIELDS = { id: 'id', referenceid: 'id', startdate: 'requestedAt', lastmodified: 'requestedAt' }

const instancesThat = (desk: Desk, filter: Filter): Promise<Answer> =>
  listOthers(desk, {
    kind: 'request',
    filter,
    sortFields: SORT_FIELDS,
    body: async (found) => instanceBody(desk, found),
  })

/** `GET /Workflow/Instances` */
export const listInstances = (desk: Desk): Promise<Answer> => instancesThat(desk, WAITING)

/** `GET /Workflow/Instances/My`: what the caller asked for. */
export const listOwnInstances = (desk: Desk): Promise<Answer> =>
  instancesThat(desk, { op: 'and', terms: [WAITING, fieldIs('requestedBy', desk.access.user.name)] })

/** `GET /Workflow/Instances/AssignedToMe`: what the caller may approve. */
export async function listAssigned(desk: Desk): Promise<Answer> {
  const stores = desk.access.stores.filter(({ claims }) => claims.includes('sign'))
  if (stores.length === 0) return counted([])
  return instancesThat({ ...desk, access: { ...desk.access, stores } }, WAITING)
}

/** `GET /Workflow/Instances/{id}` */
export async function getInstance(desk: Desk): Promise<Answer> {
  const found = await instanceOf(desk)
  const signal = {
    SignalName: STEP.signal,
    StepSignalId: guidOf(`signal of ${workflowGuid(desk, found.number)}`),
    SignalReceived: false,
  }
  return ok({ ...instanceBody(desk, found), Signals: [signal], InitialData: {}, CurrentStateData: {} })
}

/** `POST /Workflow/Instances/{id}/Signals`: approves or denies the request. */
export async function signal(desk: Desk): Promise<Answer> {
  const body = await objectBody(desk.call)
  const key = requiredText(body, 'SignalKey')
  if (key.toLowerCase() !== `${STEP.name}.${STEP.signal}`.toLowerCase())
    throw invalid(`The SignalKey '${shown(key)}' is not known: it is ${STEP.name}.${STEP.signal}.`)
  const data = member(body, 'Data')
  if (!isObject(data)) throw invalid('The Data field is required.')
  const comment = optionalText(data, 'Comment')
  const isApproved = approvalOf(data)
  const { served, row } = await instanceOf(desk)
  const target = { kind: 'request', id: row.id } as const
  if (isApproved) await served.store.sign(target, { allowChanges: true })
  else await served.store.reject([target], comment)
  return done()
}

/** `Approved` is a text in the documents' examples. */
function approvalOf(data: Json): boolean {
  const value = member(data, 'Approved')
  const text = typeof value === 'boolean' || typeof value === 'string' ? String(value).toLowerCase() : ''
  if (text === 'true' || text === 'false') return text === 'true'
  throw invalid('The Approved field must be True or False.')
}

/** @throws {WireFault} 404 */
async function instanceOf(desk: Desk): Promise<Found> {
  const guid = (desk.call.params['id'] ?? '').toLowerCase()
  for (const served of desk.access.stores) {
    const found = await instanceIn(desk, served, guid)
    if (found) return found
  }
  throw notFound('The workflow instance was not found.')
}

async function instanceIn(desk: Desk, served: ServedStore, guid: string): Promise<Found | undefined> {
  if (!served.store.can.list.includes('request')) return undefined
  for await (const row of served.store.list('request', { filter: WAITING, sort: [] })) {
    const found = foundIn(desk, 'request', { served, row })
    if (workflowGuid(desk, found.number) === guid) return found
  }
  return undefined
}
