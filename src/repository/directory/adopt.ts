import type { Ambient } from '../../base/ambient.ts'
import { isCertmanError } from '../../base/errors.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import type { RecordKind } from '../../domain/records.ts'
import { sha256Hex } from '../../crypto/digest.ts'
import { parseRecordText } from '../record-text.ts'
import type { WriteTransaction } from '../repository.ts'
import type { Files } from './files.ts'
import { isId } from '../ids.ts'
import { LAYOUT, recordPath, type StorePath } from './paths.ts'

/** A file that lies among the records and is none. */
export interface Foundling {
  readonly path: StorePath
  readonly kind: RecordKind
}

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
 * @param free makes room: the file itself is no obstacle
 * @returns the id; undefined when the file is none of both, or is in the store already
 */
export async function adopt(
  tx: WriteTransaction,
  { path, kind }: Foundling,
  {
    files,
    ambient,
    free,
  }: { readonly files: Files; readonly ambient: Ambient; readonly free: (path: StorePath) => void },
): Promise<string | undefined> {
  if (kind !== 'certificate' && kind !== 'request') return undefined
  const found = tryParse(files.read(path).toString('utf8'), files.absolute(path))
  if (!found?.pem || !LAYOUT[kind].labels.includes(found.pem.label)) return undefined
  const same = await tx.find(kind, { by: 'fingerprint', fingerprint: sha256Hex(found.pem.der) })
  if (same.length > 0) return undefined
  const name = path.slice(path.lastIndexOf('/') + 1)
  const own = /^(\d+)\.pem$/.exec(name)?.[1] ?? ''
  const isOwn =
    isId(kind, own) &&
    recordPath(kind, own) === path &&
    (await tx.find(kind, { by: 'id', id: own })).length === 0
  const id = isOwn ? own : await tx.nextId(kind)
  if (isOwn) free(path)
  const fields = fieldsFor(kind, found.fields, { time: ambient.now().toISOString(), name })
  const [label] = LAYOUT[kind].labels as [string]
  await tx.put({ kind, id, fields, pem: { label, der: found.pem.der } }, 'absent', {
    action: 'adopt',
    kind,
    id,
  })
  return id
}

function tryParse(text: string, name: string): ReturnType<typeof parseRecordText> | undefined {
  try {
    return parseRecordText(text, name)
  } catch (error) {
    if (isCertmanError(error)) return undefined
    throw error
  }
}
