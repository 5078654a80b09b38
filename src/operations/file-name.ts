import type { Json, JsonObject } from '../base/json.ts'

/** Longest stem: file systems allow 255 bytes, and a counter and an ending are still to come. */
const MAX_BYTES = 120

/** Names that Windows keeps for devices, whatever ending follows. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

/**
 * The default stem of a file for a record: the last common name of the subject, else the record's name, else its
 * first DNS name, else kind and id (`certificate-3`). Letters, digits, `.`, `_` and `-` stay; `*` and every run of
 * anything else becomes one `_`; dots at either end go, so that nothing is hidden and nothing leaves the folder.
 *
 * @param row the record's JSON: `subjectAttributes`, `name`, `subjectAltName`
 */
export function fileStem(row: JsonObject & { readonly id: string }, kind: string): string {
  const fallback = `${kind}-${row.id.slice(0, 16)}`
  for (const text of [commonName(row), row['name'], firstDnsName(row)]) {
    const stem = typeof text === 'string' ? sanitise(text) : ''
    if (stem !== '') return stem
  }
  return fallback
}

function sanitise(text: string): string {
  let stem = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '_')
    .replace(/^\.+|\.+$/g, '')
    .replace(/\.{2,}/g, '.')
  while (Buffer.byteLength(stem) > MAX_BYTES) stem = [...stem].slice(0, -1).join('')
  stem = stem.replace(/\.+$/, '')
  if (stem.startsWith('-')) stem = `_${stem.slice(1)}`
  if (DEVICES.test(stem.split('.')[0]!)) stem = `_${stem}`
  return /[\p{L}\p{N}]/u.test(stem) ? stem : ''
}

function commonName(row: JsonObject): Json | undefined {
  const rdns = row['subjectAttributes']
  if (!Array.isArray(rdns)) return undefined
  const attributes = (rdns as readonly (readonly JsonObject[])[]).flat()
  return attributes.findLast(({ oid }) => oid === '2.5.4.3')?.['value']
}

function firstDnsName(row: JsonObject): Json | undefined {
  const names = row['subjectAltName']
  if (!Array.isArray(names)) return undefined
  return (names as readonly JsonObject[]).find(({ type }) => type === 'dns')?.['value']
}

/** Gives every file of one call a name of its own: `web.pem`, `web-2.pem`, `web-3.pem`; case does not tell files apart. */
export class FileNames {
  readonly #taken = new Set<string>()

  next(stem: string, ending: string): string {
    let name = `${stem}.${ending}`
    for (let count = 2; this.#taken.has(name.toLowerCase()); count++) name = `${stem}-${count}.${ending}`
    this.#taken.add(name.toLowerCase())
    return name
  }
}
