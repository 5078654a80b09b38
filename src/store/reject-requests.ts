import { rejectRequest } from '../domain/request-state.ts'
import type { RequestRecord } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import type { StoredRecord, WriteTransaction } from '../repository/repository.ts'
import { changeRecord, getTarget, requireRevision } from './change-record.ts'
import type { Outcome, Target } from './store.ts'

/** The record of a request as the index has it. */
export async function getRequest(tx: Pick<WriteTransaction, 'find'>, target: Target): Promise<RequestRecord> {
  requireRequest(target)
  const { id, row } = await getTarget(tx, target)
  return { ...(row as unknown as RequestRecord), id }
}

/** The record of a request with its bytes. @throws {CertmanError} `record.not-found`, `record.changed` */
export async function readRequest(tx: Pick<WriteTransaction, 'read'>, target: Target): Promise<StoredRecord> {
  requireRequest(target)
  const stored = await tx.read('request', target.id)
  if (!stored) throw noRecord('request', target.id)
  requireRevision(target, stored.revision)
  return stored
}

function requireRequest({ kind }: Target): void {
  if (kind !== 'request') throw new TypeError(`a request is expected, not a ${kind}`)
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
