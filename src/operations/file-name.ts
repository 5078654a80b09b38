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
  // each character has a byte at least
  stem = [...stem].slice(0, MAX_BYTES).join('')
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

/** Names of which each is given once: `web`, `web-2`, `web-3`. Case does not tell them apart. */
export class CountedNames {
  readonly #taken = new Set<string>()
  /** The last number of each name that was asked for: ten thousand may share one. */
  readonly #counts = new Map<string, number>()

  /** @param after what follows the number: the ending of a file */
  next(name: string, after = ''): string {
    const wanted = `${name}${after}`.toLowerCase()
    let count = this.#counts.get(wanted) ?? 1
    let given = `${name}${after}`
    if (this.#taken.has(wanted))
      do given = `${name}-${++count}${after}`
      while (this.#taken.has(given.toLowerCase()))
    this.#counts.set(wanted, count)
    this.#taken.add(given.toLowerCase())
    return given
  }

  get areNone(): boolean {
    return this.#taken.size === 0
  }
}
