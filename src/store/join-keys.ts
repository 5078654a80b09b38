import type { JsonObject } from '../base/json.ts'
import { fieldIs } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type { IndexedRecord, Reading, WriteTransaction } from '../repository/repository.ts'
import { changeRecord, type FieldChange } from './change-record.ts'
import { findAll } from './find-all.ts'
import type { Outcome } from './store.ts'

/** What a private key can belong to. */
const OWNERS = ['certificate', 'request'] as const satisfies readonly RecordKind[]

/**
 * All certificates and requests with this public key, whatever file or earlier import they came from.
 *
 * @param keyId SHA-256 of the SubjectPublicKeyInfo
 */
export async function ownersOf(reading: Reading, keyId: string): Promise<readonly IndexedRecord[]> {
  const owners: IndexedRecord[] = []
  for (const kind of OWNERS) owners.push(...(await findAll(reading, kind, { by: 'keyId', keyId })))
  return owners
}

/** Tells the certificates and requests of a key that the store now holds it, and whether it may leave again. */
export async function joinKey(
  tx: WriteTransaction,
  key: Pick<IndexedRecord, 'id' | 'row'>,
  action: string,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  const keyId = key.id
  for (const { kind, id, row } of await ownersOf(tx, keyId)) {
    if (row['keyId'] === keyId) continue
    const fields = { keyId, ...(key.row['exportable'] === false && bound(kind)) }
    outcomes.push(await changeRecord(tx, { kind, id, fields, action, what: 'keyed' }))
  }
  // that of an authority is used under a password, or where somebody insists: see `rewriteKey`
  if (key.row['encrypted'] === true) outcomes.push(...(await joinAuthorities(tx, keyId, action)))
  return outcomes
}

/** Gives authorities that came without their key the one that is there now. */
export async function joinAuthorities(
  tx: WriteTransaction,
  keyId: string,
  action: string,
): Promise<readonly Outcome[]> {
  const waiting: IndexedRecord[] = []
  for (const { kind, id, row } of await ownersOf(tx, keyId)) {
    if (kind !== 'certificate' || !isAuthority(row)) continue
    const filter = fieldIs('certificateId', id)
    for await (const authority of tx.list('authority', { filter, sort: [] }))
      if (authority.row['keyId'] === undefined) waiting.push(authority)
  }
  return changeEach(tx, waiting, { fields: { keyId }, action, what: 'keyed' })
}

const isAuthority = (row: JsonObject): boolean =>
  (row['basicConstraints'] as JsonObject | null | undefined)?.['ca'] === true

/** Only certificates say whether their key may be exported. */
const bound = (kind: RecordKind): { readonly exportable?: false } =>
  kind === 'certificate' ? { exportable: false } : {}

/** Marks a key and every certificate that has it as not exportable; there is no way back. */
export async function bindKey(
  tx: WriteTransaction,
  key: IndexedRecord,
  action: string,
): Promise<readonly Outcome[]> {
  const free = [key, ...(await ownersOf(tx, key.id))].filter(
    ({ kind, row }) => kind !== 'request' && row['exportable'] !== false,
  )
  return changeEach(tx, free, { fields: { exportable: false }, action, what: 'edited' })
}

/** Tells them that the store no longer holds it. */
export async function partKey(
  tx: WriteTransaction,
  keyId: string,
  action: string,
): Promise<readonly Outcome[]> {
  const holders = (await ownersOf(tx, keyId)).filter(({ row }) => row['keyId'] !== undefined)
  return changeEach(tx, holders, { fields: { keyId: undefined }, action, what: 'unkeyed' })
}

async function changeEach(
  tx: WriteTransaction,
  records: readonly IndexedRecord[],
  change: Omit<FieldChange, 'kind' | 'id'>,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { kind, id } of records) outcomes.push(await changeRecord(tx, { kind, id, ...change }))
  return outcomes
}
