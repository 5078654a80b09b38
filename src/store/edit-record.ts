import { CertmanError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import type { IndexedRecord, WriteTransaction } from '../repository/repository.ts'
import { alreadySo, changeRecord, getTarget } from './change-record.ts'
import { claimName } from './name-taken.ts'
import { bindKey } from './join-keys.ts'
import { rewriteKey } from './rewrite-key.ts'
import type { Edit, Outcome, Target } from './store.ts'
import { supersede } from './supersede.ts'

const ACTION = 'edit'

/** Which fields of an `Edit` a kind has. */
const EDITABLE = {
  certificate: ['name', 'friendlyName', 'addTags', 'removeTags', 'exportable'],
  request: ['name', 'addTags', 'removeTags'],
  key: ['keptAs'],
  authority: [],
  collection: [],
  profile: [],
} as const satisfies Record<Target['kind'], readonly (keyof Edit)[]>

interface Wish {
  readonly edit: Edit
  readonly replace: boolean
}

/**
 * Changes name, friendly name, tags, exportability, the password of a key; an outcome for each target. Setting what is set
 * already is "unchanged". A superseded certificate that is given a free name is current again.
 *
 * @throws {CertmanError} `record.not-found`, `record.changed`, `name.taken`, `name.invalid`, `input.invalid`,
 *   `policy.refused` for the key of an authority without a password
 */
export async function editRecords(
  tx: WriteTransaction,
  targets: readonly Target[],
  wish: Wish,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const target of targets) outcomes.push(await editRecord(tx, target, wish))
  return outcomes
}

async function editRecord(tx: WriteTransaction, target: Target, { edit, replace }: Wish): Promise<Outcome> {
  const { kind, id } = target
  const record = await getTarget(tx, target)
  requireEditable(target, edit)
  if (edit.keptAs) return (await rewriteKey(tx, record, edit.keptAs))[0]!
  const fields = changesOf(record, edit)
  if (Object.keys(fields).length === 0) return alreadySo(record)
  if (typeof fields['name'] === 'string') {
    const holder = await claimName(tx, { kind, name: fields['name'], self: id, replace })
    if (holder && kind === 'certificate') await supersede(tx, holder.id, { by: id, action: ACTION })
  }
  if (fields['exportable'] === false) {
    const [key] = await tx.find('key', { by: 'id', id: String(record.row['keyId']) })
    if (key) await bindKey(tx, key, ACTION)
  }
  const what = 'name' in fields ? 'renamed' : 'edited'
  return changeRecord(tx, { kind, id, fields, action: ACTION, what })
}

function requireEditable({ kind, id }: Target, edit: Edit): void {
  const allowed: readonly string[] = EDITABLE[kind]
  const field = Object.keys(edit).find(
    (key) => edit[key as keyof Edit] !== undefined && !allowed.includes(key),
  )
  if (field !== undefined)
    throw new CertmanError('input.invalid', `${kind} ${id} has no ${field} that could be edited`, { field })
}

function changesOf({ row }: IndexedRecord, edit: Edit): Record<string, Json | undefined> {
  const fields: Record<string, Json | undefined> = { ...nameChange(row, edit.name) }
  if (edit.friendlyName !== undefined && (edit.friendlyName ?? undefined) !== row['friendlyName'])
    fields['friendlyName'] = edit.friendlyName ?? undefined
  const tags = Array.isArray(row['tags']) ? (row['tags'] as readonly string[]) : []
  const next = [...new Set([...tags, ...(edit.addTags ?? [])])].filter(
    (tag) => !edit.removeTags?.includes(tag),
  )
  if (next.join('\n') !== tags.join('\n')) fields['tags'] = next
  if (edit.exportable === false && row['exportable'] !== false) fields['exportable'] = false
  return fields
}

function nameChange(row: JsonObject, wish: Edit['name']): Record<string, Json | undefined> {
  if (wish === undefined) return {}
  if (wish === null) return row['name'] === undefined ? {} : { name: undefined }
  if (row['supersededBy'] !== undefined) return { name: wish, supersededBy: undefined }
  return wish === row['name'] ? {} : { name: wish }
}
