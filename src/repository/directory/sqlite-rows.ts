import type { Json, JsonObject } from '../../base/json.ts'
import type { RecordKind } from '../../domain/records.ts'
import { casefold } from '../../query/fold.ts'
import { keyIdOf } from '../memory-index.ts'
import type { IndexEntry, RecordPlace, TrashEntry } from '../record-index.ts'
import type { SqlValue } from './sqlite.ts'

/** The columns of the narrow table after `n`, in the order of `valuesOf`. */
export const ENTRY_COLUMNS = [
  'id',
  'revision',
  'segment',
  'offset',
  'length',
  'name',
  'nameFolded',
  'superseded',
  'revoked',
  'state',
  'notBefore',
  'notAfter',
  'serial',
  'keyId',
  'thumbprint',
  'fingerprint',
  'keyHash',
  'subjectHash',
  'subject',
  'issuer',
  'san',
  'tags',
  'authority',
  'revocation',
] as const

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)
const folded = (value: Json | undefined): string | null =>
  typeof value === 'string' ? casefold(value) : null
const bytes = (hex: string | null | undefined): Uint8Array | null =>
  hex !== null && hex !== undefined && /^(?:[0-9a-f]{2})+$/i.test(hex) ? Buffer.from(hex, 'hex') : null

/** A small number that equal texts share (FNV-1a, 32 bits): an index on it is a tenth of one on long names. */
export function textHash(value: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < value.length; at++) hash = Math.imul(hash ^ value.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** All elements of a list, folded, one per line; the values of `{type, value}` elements. */
function listText(value: Json | undefined): string | null {
  if (!Array.isArray(value)) return null
  const texts = (value as readonly Json[]).map((one) => (isObject(one) ? folded(one['value']) : folded(one)))
  return texts.join('\n')
}

const placeValues = (place: RecordPlace): SqlValue[] =>
  place === 'loose' ? [null, null, null] : [place.segment, place.offset, place.length]

/** The values of one record's columns, in the order of `ENTRY_COLUMNS`. */
export function valuesOf({ kind, id, revision, row, place }: IndexEntry): SqlValue[] {
  const subject = text(row['subject'])
  const revocation = row['revocation']
  return [
    id,
    revision,
    ...placeValues(place),
    text(row['name']),
    folded(row['name']),
    text(row['supersededBy']),
    isObject(revocation) ? (text(revocation['date']) ?? '') : null,
    text(row['state']),
    text(row['notBefore']),
    text(row['notAfter']),
    text(row['serialNumber']),
    text(row['keyId']),
    bytes(text(row['thumbprint'])),
    bytes(text(row['fingerprint'])),
    bytes(keyIdOf(kind, row)),
    subject === null ? null : textHash(subject),
    folded(row['subject']),
    folded(row['issuer']),
    listText(row['subjectAltName']),
    listText(row['tags']),
    text(row['authorityId']),
    isObject(revocation) ? JSON.stringify(revocation) : null,
  ]
}

/**
 * Reads what `SELECT ${ENTRY} …` answers. Most look-ups only ask whether there is such a record: its JSON is read when
 * somebody looks at it.
 */
export function toEntry(
  kind: RecordKind,
  found: Readonly<Record<string, SqlValue>>,
): IndexEntry & { readonly json: string } {
  const { segment, offset, length } = found
  const place: RecordPlace =
    segment === null
      ? 'loose'
      : { segment: segment as number, offset: offset as number, length: length as number }
  const json = found['row'] as string
  let read: JsonObject | undefined
  // written out: Node 20 takes longer for each field that is added to a copy of the others than for all of them
  return {
    kind,
    id: found['id'] as string,
    revision: found['revision'] as string,
    place,
    json,
    get row() {
      return (read ??= JSON.parse(json) as JsonObject)
    },
  }
}

/** The columns that `toEntry` reads. */
export const ENTRY = 'h.id, h.revision, h.segment, h.offset, h.length, r.row'

/** Reads a row of the trash. */
export function toTrashEntry(
  found: Readonly<Record<string, SqlValue>>,
): TrashEntry & { readonly json: string } {
  const json = found['row'] as string
  let read: JsonObject | undefined
  return {
    kind: found['kind'] as RecordKind,
    id: found['id'] as string,
    revision: found['revision'] as string,
    trashedAt: found['trashedAt'] as string,
    json,
    get row() {
      return (read ??= JSON.parse(json) as JsonObject)
    },
  }
}
