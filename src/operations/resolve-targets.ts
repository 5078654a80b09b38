import { CertmanError } from '../base/errors.ts'
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
  const trash = await store.trash()
  const targets = new Map<string, ResolvedTarget>()
  for (const reference of references) {
    const { kind } = reference
    const row = findTrashed(
      trash.filter((each) => each['kind'] === kind),
      reference,
    )
    targets.set(`${kind} ${row.id}`, { target: { kind, id: row.id }, row })
  }
  return [...targets.values()]
}

function findTrashed(trash: readonly ListedRecord[], reference: Reference): ListedRecord {
  if (reference.by === 'serial')
    return oneOf(
      trash.filter((row) => row['serialNumber'] === reference.serialNumber),
      reference,
    )
  const { text } = reference
  // newest first: of several deleted under one name the last one is meant
  const named = trash.find(({ id }) => id === text) ?? trash.find((row) => row['name'] === text)
  if (named) return named
  const hex = hexDigits(text)
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
