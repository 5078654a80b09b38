import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import { PLURALS, referenceOf } from '../references.ts'
import { listAt, textAt } from './cells.ts'
import { safeText } from './safe.ts'

/** A record of a kind as other verbs take it, in a line of its own. */
export const nameLine = (kind: RecordKind, row: JsonObject): string => `${safeText(referenceOf(kind, row))}\n`

const kindOf = (object: JsonObject): RecordKind | undefined =>
  (Object.keys(PLURALS) as RecordKind[]).find((kind) => kind === object['kind'])

/**
 * The records that a result is about, one line each: a report those that it touched, an export its files. What is no
 * record and has no name, such as what lies in a file, has no line.
 */
export function nameLines(json: Json): string {
  if (Array.isArray(json)) return (json as readonly Json[]).map(nameLines).join('')
  if (!isObject(json)) return ''
  const parts = [...listAt(json, 'outcomes'), ...listAt(json, 'files')]
  if (parts.length > 0) return nameLines(parts)
  const kind = kindOf(json)
  if (kind && textAt(json, 'id') !== '') return nameLine(kind, json)
  const word = textAt(json, 'name') || textAt(json, 'id') || textAt(json, 'path')
  return word === '' ? '' : `${safeText(word)}\n`
}
