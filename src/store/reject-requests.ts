import { CertmanError } from '../base/errors.ts'
import { rejectRequest } from '../domain/request-state.ts'
import type { RequestRecord } from '../domain/records.ts'
import type { StoredRecord, WriteTransaction } from '../repository/repository.ts'
import { changeRecord, getIndexed } from './change-record.ts'
import type { Outcome, Target } from './store.ts'

/** The record of a request as the index has it. */
export async function getRequest(
  tx: Pick<WriteTransaction, 'find'>,
  { kind, id, revision }: Target,
): Promise<RequestRecord> {
  if (kind !== 'request') throw new TypeError(`a request is expected, not a ${kind}`)
  const record = await getIndexed(tx, 'request', id)
  if (revision !== undefined && revision !== record.revision)
    throw new CertmanError('record.changed', `request ${id} was changed meanwhile`)
  return { ...(record.row as unknown as RequestRecord), id }
}

/** The record of a request with its bytes. @throws {CertmanError} `record.not-found`, `record.changed` */
export async function readRequest(
  tx: Pick<WriteTransaction, 'read'>,
  { kind, id, revision }: Target,
): Promise<StoredRecord> {
  if (kind !== 'request') throw new TypeError(`a request is expected, not a ${kind}`)
  const stored = await tx.read('request', id)
  if (!stored) throw new CertmanError('record.not-found', `no request ${JSON.stringify(id)}`)
  if (revision === undefined || revision === stored.revision) return stored
  throw new CertmanError('record.changed', `request ${id} was changed meanwhile`)
}

/** Says no to requests, for good, all or none. @throws {CertmanError} `record.not-found`, `record.changed`, `state.refused` */
export async function rejectRequests(
  tx: WriteTransaction,
  targets: readonly Target[],
  rejection: { readonly at: Date; readonly reason?: string },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const target of targets) {
    const { state, rejectedAt, rejectionReason } = rejectRequest(await getRequest(tx, target), rejection)
    const fields = { state, rejectedAt, rejectionReason }
    const { kind, id } = target
    outcomes.push(await changeRecord(tx, { kind, id, fields, action: 'reject', what: 'rejected' }))
  }
  return outcomes
}
