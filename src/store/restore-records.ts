import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { RecordKind } from '../domain/records.ts'
import { noRecord } from '../domain/reference.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { changeRecord, getIndexed, Outcomes, unchanged } from './change-record.ts'
import { joinKey } from './join-keys.ts'
import { claimName } from './name-taken.ts'
import type { Outcome, Target } from './store.ts'
import { supersede } from './supersede.ts'

const ACTION = 'restore'

/**
 * Brings records back from the trash, a certificate together with its private key. What lives already is
 * "unchanged".
 *
 * @throws {CertmanError} `record.not-found`; `name.taken` when another certificate took the name meanwhile (without
 *   `replace`); `state.refused` when the same certificate was imported again
 */
export async function restoreRecords(
  tx: WriteTransaction,
  targets: readonly Target[],
  wish: { readonly replace: boolean },
): Promise<readonly Outcome[]> {
  const trash = new Trash(await tx.trashed())
  const outcomes = new Outcomes()
  for (const { kind, id } of targets) {
    const record = trash.get(kind, id)
    if (!record) {
      const [live] = await tx.find(kind, { by: 'id', id })
      if (!live) throw noRecord(kind, id, ' in the trash')
      outcomes.add(unchanged(live))
      continue
    }
    await requireNoTwin(tx, record)
    outcomes.addAll(await claimRestoredName(tx, record, wish.replace))
    await tx.restore(kind, id, { action: ACTION, kind, id })
    outcomes.addAll(await rejoin(tx, record, trash))
    const { row } = await getIndexed(tx, kind, id)
    outcomes.add({ kind, id, outcome: 'changed', what: 'restored', row })
  }
  return outcomes.all()
}

/** What lies in the trash, by kind and id; an id was trashed once at most. */
class Trash {
  readonly #records = new Map<string, IndexedRecord>()

  constructor(records: readonly IndexedRecord[]) {
    for (const record of records) this.#records.set(`${record.kind} ${record.id}`, record)
  }

  get(kind: RecordKind, id: string): IndexedRecord | undefined {
    return this.#records.get(`${kind} ${id}`)
  }
}

async function requireNoTwin(tx: WriteTransaction, { kind, id, row }: IndexedRecord): Promise<void> {
  const fingerprint = row['fingerprint']
  if (typeof fingerprint !== 'string') return
  const [twin] = await tx.find(kind, { by: 'fingerprint', fingerprint })
  if (twin)
    throw new CertmanError('state.refused', `cannot restore ${kind} ${id}: the same lives as ${twin.id}`, {
      hint: `it was imported again: certman show ${twin.id}`,
    })
}

async function claimRestoredName(
  tx: WriteTransaction,
  { kind, id, row }: IndexedRecord,
  replace: boolean,
): Promise<readonly Outcome[]> {
  const name = row['name']
  if (typeof name !== 'string' || row['supersededBy'] !== undefined) return []
  const isReplaceable = kind === 'certificate'
  const hint = isReplaceable ? 'give --replace to supersede that one' : 'delete or rename that one first'
  const wish = { kind, name, self: id, replace: replace && isReplaceable, hint }
  const holder = await claimName(tx, wish)
  return holder ? [await supersede(tx, holder.id, { by: id, action: ACTION })] : []
}

/** Ties a restored record and its private key together again; a key in the trash comes along. */
async function rejoin(
  tx: WriteTransaction,
  record: IndexedRecord,
  trash: Trash,
): Promise<readonly Outcome[]> {
  const { kind, id, row } = record
  if (kind === 'key') return joinKey(tx, await getIndexed(tx, 'key', id), ACTION)
  const keyId = spkiHashOf(row)
  if (keyId === undefined) return []
  const [live] = await tx.find('key', { by: 'id', id: keyId })
  if (!live && row['keyId'] === keyId && trash.get('key', keyId)) {
    await tx.restore('key', keyId, { action: ACTION, kind: 'key', id: keyId })
    const key = await getIndexed(tx, 'key', keyId)
    return [
      { kind: 'key', id: keyId, outcome: 'changed', what: 'restored', row: key.row },
      ...(await joinKey(tx, key, ACTION)),
    ]
  }
  const now = live ? keyId : undefined
  if (row['keyId'] === now) return []
  return [await changeRecord(tx, { kind, id, fields: { keyId: now }, action: ACTION, what: 'restored' })]
}

function spkiHashOf(row: JsonObject): string | undefined {
  const publicKey = row['publicKey'] as JsonObject | undefined
  return typeof publicKey?.['spkiHash'] === 'string' ? publicKey['spkiHash'] : undefined
}

/** Destroys everything in the trash. */
export async function emptyTrash(tx: WriteTransaction): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { kind, id, row } of await tx.trashed()) {
    await tx.destroy(kind, id, { action: 'empty-trash', kind, id })
    outcomes.push({ kind, id, outcome: 'changed', what: 'destroyed', row })
  }
  return outcomes
}
