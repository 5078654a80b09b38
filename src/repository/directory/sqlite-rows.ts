import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { RecordKind } from '../../domain/records.ts'
import { casefold } from '../../query/fold.ts'
import { keyIdOf } from '../memory-index.ts'
import type { IndexEntry, RecordPlace, TrashEntry } from '../record-index.ts'
import { subjectTerm, textTerm } from './sqlite-terms.ts'
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
  'listHashes',
  'subject',
  'issuer',
  'san',
  'tags',
  'authority',
  'revocation',
  'purposes',
] as const

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null)
const folded = (value: Json | undefined): string | null =>
  typeof value === 'string' ? casefold(value) : null

/** The octets that hex digits stand for; null for what is no even number of them. */
function bytes(hex: string | null | undefined): Uint8Array | null {
  if (typeof hex !== 'string' || hex === '') return null
  // this stops at the first character that is no digit (of one beyond Latin-1 it takes the low octet: hashes have none)
  const octets = Buffer.from(hex, 'hex')
  return octets.length * 2 === hex.length ? octets : null
}

type Folded = readonly (string | null)[] | null

/** All elements of a list, folded; the values of `{type, value}` elements. */
function listOf(value: Json | undefined): Folded {
  if (!Array.isArray(value)) return null
  return (value as readonly Json[]).map((one) => (isObject(one) ? folded(one['value']) : folded(one)))
}

/** The terms of a record's lists, as JSON; null when there are none. Nobody looks for a host name among a million requests. */
function listHashes(kind: RecordKind, san: Folded, tags: Folded): string | null {
  const terms: number[] = []
  if (kind === 'certificate') addTerms(terms, 'subjectAltName', san)
  addTerms(terms, 'tags', tags)
  return terms.length === 0 ? null : `[${terms.join()}]`
}

function addTerms(terms: number[], field: string, list: Folded): void {
  for (const element of list ?? []) if (element !== null) terms.push(textTerm(field, element))
}

const placeValues = (place: RecordPlace): SqlValue[] =>
  place === 'loose' ? [null, null, null] : [place.segment, place.offset, place.length]

/** The values of one record's columns, in the order of `ENTRY_COLUMNS`. */
export function valuesOf({ kind, id, revision, row, place }: IndexEntry): SqlValue[] {
  const subject = folded(row['subject'])
  const subjectAltName = listOf(row['subjectAltName'])
  const tags = listOf(row['tags'])
  const revocation = row['revocation']
  return [
    id,
    revision,
    ...placeValues(place),
    text(row['name']),
    folded(row['name']),
    text(row['supersededBy']),
    isObject(revocation) ? (text(revocation['date']) ?? '') : null,
    folded(row['state']),
    text(row['notBefore']),
    text(row['notAfter']),
    text(row['serialNumber']),
    text(row['keyId']),
    bytes(text(row['thumbprint'])),
    bytes(text(row['fingerprint'])),
    bytes(keyIdOf(kind, row)),
    subject === null || kind !== 'certificate' ? null : subjectTerm(subject),
    listHashes(kind, subjectAltName, tags),
    subject,
    folded(row['issuer']),
    subjectAltName?.join('\n') ?? null,
    tags?.join('\n') ?? null,
    text(row['authorityId']),
    isObject(revocation) ? JSON.stringify(revocation) : null,
    isObject(revocation) ? JSON.stringify(row['extendedKeyUsage'] ?? null) : null,
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
