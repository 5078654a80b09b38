import { CertmanError } from '../base/errors.ts'
import { groupBy } from '../base/group-by.ts'
import { hexDigits, type Reference } from '../domain/reference.ts'
import { ambiguous } from '../store/resolve-reference.ts'
import type { ListedRecord, Store, Target } from '../store/store.ts'

/** Records for `delete`, `edit`, `restore`: what was named, each once. */
export interface ResolvedTarget {
  readonly target: Target
  readonly row: ListedRecord
}

/**
 * Resolves all references before anything is done.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`
 */
export async function resolveTargets(
  store: Store,
  references: readonly Reference[],
): Promise<readonly ResolvedTarget[]> {
  const targets = new Map<string, ResolvedTarget>()
  for (const reference of references) {
    const row = await store.resolve(reference)
    const { kind } = reference
    // what a server shows and what it changes then are the same record
    const { revision } = row
    const target = { kind, id: row.id, ...(typeof revision === 'string' && { revision }) }
    targets.set(`${kind} ${row.id}`, { target, row })
  }
  return [...targets.values()]
}

/**
 * Finds what the references name in the trash: by id, else by name (the newest of several), else by a prefix of a
 * fingerprint, thumbprint or key id, or by serial number.
 *
 * @throws {CertmanError} `record.not-found`, `reference.ambiguous`
 */
export async function resolveTrashed(
  store: Store,
  references: readonly Reference[],
): Promise<readonly ResolvedTarget[]> {
  const trash = groupBy(await store.trash(), (row) => String(row['kind']))
  const handles = new Map([...trash].map(([kind, rows]) => [kind, handlesOf(rows)]))
  const targets = new Map<string, ResolvedTarget>()
  for (const reference of references) {
    const { kind } = reference
    const row =
      (reference.by === 'serial' ? undefined : handles.get(kind)?.get(reference.text)) ??
      searchTrash(trash.get(kind) ?? [], reference)
    targets.set(`${kind} ${row.id}`, { target: { kind, id: row.id }, row })
  }
  return [...targets.values()]
}

/** Rows by id and name: five thousand are found without five thousand searches. */
function handlesOf(trash: readonly ListedRecord[]): ReadonlyMap<string, ListedRecord> {
  const handles = new Map<string, ListedRecord>()
  // newest first: of several deleted under one name the last one is meant
  for (const row of trash.toReversed()) if (typeof row['name'] === 'string') handles.set(row['name'], row)
  for (const row of trash) handles.set(row.id, row)
  return handles
}

function searchTrash(trash: readonly ListedRecord[], reference: Reference): ListedRecord {
  if (reference.by === 'serial')
    return oneOf(
      trash.filter((row) => row['serialNumber'] === reference.serialNumber),
      reference,
    )
  const hex = hexDigits(reference.text)
  return oneOf(hex === undefined ? [] : trash.filter((row) => startsWith(row, hex)), reference)
}

const startsWith = (row: ListedRecord, hex: string): boolean =>
  ['fingerprint', 'thumbprint', 'keyId', 'spkiHash'].some((field) =>
    String(row[field] ?? '')
      .toLowerCase()
      .startsWith(hex),
  )

function oneOf(found: readonly ListedRecord[], reference: Reference): ListedRecord {
  if (found.length > 1)
    throw ambiguous(
      reference,
      found.map((row) => ({ id: row.id, row })),
    )
  if (found[0]) return found[0]
  const typed = reference.by === 'serial' ? `serial:${reference.serialNumber}` : reference.text
  throw new CertmanError('record.not-found', `no ${reference.kind} ${JSON.stringify(typed)} in the trash`, {
    hint: 'see what lies there: certman trash list',
  })
}
