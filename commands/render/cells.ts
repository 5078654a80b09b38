import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'

/** The value at a JSON path such as `publicKey.type`. */
export function at(row: JsonObject, path: string): Json | undefined {
  if (path in row) return row[path]
  let value: Json | undefined = row
  for (const step of path.split('.')) {
    if (!isObject(value)) return undefined
    value = value[step]
  }
  return value
}

/** The parts that are not empty, with `by` between them. */
export const joined = (parts: readonly string[], by: string): string =>
  parts.filter((part) => part !== '').join(by)

/** Whether a row of an authority says of a CRL at all that there is one or none: rows of servers may not. */
export const tellsOfCrl = (row: JsonObject): boolean => 'crlNumber' in row || 'crl' in row

/** The text at a path; empty when there is none. */
export function textAt(row: JsonObject, path: string): string {
  return cellText(at(row, path))
}

/** The elements of a list, none when it is absent. */
export function listAt(row: JsonObject, path: string): readonly Json[] {
  const value = at(row, path)
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

/**
 * One value as one line of text: nothing for absent and null, general names as `dns:web.example`, lists joined,
 * other objects as JSON.
 */
export function cellText(value: Json | undefined, join = ', '): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  if (Array.isArray(value))
    return (value as readonly Json[]).map((element) => cellText(element, join)).join(join)
  const { type, value: inner } = value as JsonObject
  return typeof type === 'string' && typeof inner === 'string' ? `${type}:${inner}` : JSON.stringify(value)
}

/** So much of a key's hash names it. */
const KEY_DIGITS = 16

/** The id of a record for people: the first digits of a key's. */
export const shortId = (kind: string, id: string): string => (kind === 'key' ? id.slice(0, KEY_DIGITS) : id)

/** A public key in a word or two: `rsa 2048`, `ec P-256`, `ed25519`. */
export function keyText(key: Json | undefined): string {
  if (!isObject(key)) return ''
  return [key['type'], key['size'] ?? key['curve']]
    .filter((part) => part !== undefined && part !== null)
    .join(' ')
}
