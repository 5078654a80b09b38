import { isCertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import type { RecordKind } from '../../domain/records.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import { isId } from '../ids.ts'
import { parseRecordText } from '../record-text.ts'
import type { NewRecord } from '../repository.ts'
import { codeOf } from './files.ts'
import { LAYOUT, recordPath, segmentsFolder, type StorePath } from './paths.ts'
import type { DirectoryTransaction } from './transaction.ts'

/** What becomes of the fields that other tools, or another store, wrote before the PEM block. */
const KEPT = ['friendlyName', 'tags', 'exportable'] as const

/** The fields that a record of the kind must have, for one that was put there by hand. */
function fieldsFor(
  kind: RecordKind,
  found: JsonObject,
  { time, name }: { time: string; name: string },
): JsonObject {
  const kept: Record<string, Json> = {}
  for (const field of KEPT) if (found[field] !== undefined) kept[field] = found[field]
  const source = { how: 'imported', from: name }
  if (kind === 'request') return { state: 'outstanding', tags: [], ...kept, requestedAt: time, source }
  return { tags: [], exportable: true, ...kept, importedAt: time, source }
}

/**
 * Takes a certificate or request in that somebody put into the folder by hand. It keeps the number that its name
 * gives it, if that is free; else it gets the next one. Keys and bundles are for `certman import`.
 *
 * @param found a file that lies among the records of the kind and is none
 * @returns the id; undefined when the file is none of both, or is in the store already
 */
export async function adopt(
  tx: DirectoryTransaction,
  { path, kind }: { readonly path: StorePath; readonly kind: RecordKind },
): Promise<string | undefined> {
  if ((kind !== 'certificate' && kind !== 'request') || !isAmongLoose(kind, path)) return undefined
  const name = path.slice(path.lastIndexOf('/') + 1)
  const record = readable(tx, { path, kind }, name)
  if (!record) return undefined
  const fingerprint = sha256Hex(record.pem.der)
  if ((await tx.find(kind, { by: 'fingerprint', fingerprint })).length > 0) return undefined
  const own = /^(\d+)\.pem$/.exec(name)?.[1] ?? ''
  const isOwn =
    isId(kind, own) &&
    recordPath(kind, own) === path &&
    (await tx.find(kind, { by: 'id', id: own })).length === 0
  const id = isOwn ? own : await tx.nextId(kind)
  // the file itself is no obstacle
  if (isOwn) tx.staging.remove(path)
  await tx.put({ ...record, id }, 'absent', { action: 'adopt', kind, id })
  return id
}

/** What lies in the trash was deleted, and a segment is not one record's: neither is anybody's gift. */
const isAmongLoose = (kind: RecordKind, path: StorePath): boolean =>
  path.startsWith(`${LAYOUT[kind].folder}/`) && !path.startsWith(`${segmentsFolder(kind)}/`)

/** The record that a file would become; undefined for what no record can be made of, a folder for one. */
function readable(
  { tools: { files, describe, now } }: DirectoryTransaction,
  { path, kind }: { readonly path: StorePath; readonly kind: RecordKind },
  name: string,
): (NewRecord & { readonly pem: NonNullable<NewRecord['pem']> }) | undefined {
  try {
    const { fields, pem } = parseRecordText(files.read(path).toString('utf8'), path)
    const [label] = LAYOUT[kind].labels as [string]
    if (!pem || !LAYOUT[kind].labels.includes(pem.label)) return undefined
    const own = fieldsFor(kind, fields, { time: now().toISOString(), name })
    const record = { kind, id: '', fields: own, pem: { label, der: pem.der } }
    describe(record)
    return record
  } catch (error) {
    if (isCertmanError(error) || codeOf(error) !== undefined) return undefined
    throw error
  }
}
