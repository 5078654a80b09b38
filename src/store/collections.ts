import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { parseFilter } from '../query/parse.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import { alreadySo, changeRecord, getTarget, unchanged, withoutAbsent } from './change-record.ts'
import { claimName } from './name-taken.ts'
import type { CollectionEdit, NewCollection, Outcome, Target } from './store.ts'

const KIND = 'collection'

/** Keeps a filter under a name; the same one again is unchanged. @throws {CertmanError} `filter.invalid`, `name.taken` */
export async function addCollection(
  tx: WriteTransaction,
  { name, filter, description }: NewCollection,
): Promise<readonly Outcome[]> {
  requireFilter(filter)
  const fields = withoutAbsent({ name, filter, description })
  const [known] = await tx.find(KIND, { by: 'name', name })
  if (known && known.row['filter'] === filter && known.row['description'] === description)
    return [unchanged(known)]
  await claimName(tx, { kind: KIND, name })
  const id = await tx.nextId(KIND)
  await tx.put({ kind: KIND, id, fields }, 'absent', { action: 'add-collection', kind: KIND, id })
  return [{ kind: KIND, id, outcome: 'changed', what: 'created', row: { id, ...fields } }]
}

/** Changes name, filter or description. */
export async function editCollection(
  tx: WriteTransaction,
  target: Target,
  edit: CollectionEdit,
): Promise<readonly Outcome[]> {
  const record = await getTarget(tx, { ...target, kind: KIND })
  const { id } = record
  if (edit.filter !== undefined) requireFilter(edit.filter)
  const fields = changesOf(record.row, edit)
  if (Object.keys(fields).length === 0) return [alreadySo(record)]
  if (typeof fields['name'] === 'string') await claimName(tx, { kind: KIND, name: fields['name'], self: id })
  const what = 'name' in fields ? 'renamed' : 'edited'
  return [await changeRecord(tx, { kind: KIND, id, fields, action: 'edit-collection', what })]
}

function changesOf(row: JsonObject, edit: CollectionEdit): JsonObject {
  const wanted = Object.entries(edit).filter(([, value]) => value !== undefined)
  const changed = wanted.filter(([field, value]) => (value ?? undefined) !== row[field])
  return Object.fromEntries(changed.map(([field, value]) => [field, value ?? undefined])) as JsonObject
}

function requireFilter(filter: string): void {
  if (filter.trim() === '')
    throw new CertmanError('filter.invalid', 'a collection needs a filter', { field: 'filter' })
  parseFilter(filter, 'certificate')
}
