import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { at, cellText, joined, keyText, listAt, textAt } from './cells.ts'
import type { Tone } from './color.ts'
import { briefExtension } from './extension-brief.ts'
import { generalName } from './extension-lines.ts'
import { entries, entry, type Entry, type Section } from './sheet.ts'
import { daysLeft, fromNow, instantForPeople, toneOfDays } from './time-left.ts'

/** A distinguished name, attribute by attribute in encoded order. */
export function nameSection(title: string, item: JsonObject, field: 'subject' | 'issuer'): Section {
  const rdns = listAt(item, `${field}Attributes`)
  const attributes = rdns
    .flatMap((rdn) => (Array.isArray(rdn) ? (rdn as readonly Json[]) : []))
    .filter(isObject)
  // a server that does not tell the name has not told that it is empty
  const told = item[field] === undefined ? '' : textAt(item, field) || '(empty)'
  if (attributes.length === 0) return { title, entries: entry('Name', told) }
  return {
    title,
    entries: attributes.flatMap((one) => entry(textAt(one, 'type'), textAt(one, 'value') || '""')),
  }
}

/** An instant with how far away it is. */
export function instantEntry(label: string, instant: string, now: Date): Entry[] {
  if (instant === '') return []
  const away = fromNow(instant, now)
  return entry(label, `${instantForPeople(instant)}${away === '' ? '' : ` (${away})`}`)
}

/** The end of a validity, in colour when it is near. */
export function endEntry(label: string, instant: string, now: Date): Entry[] {
  const tone = toneOfDays(daysLeft(instant, now))
  return instantEntry(label, instant, now).map((one) => ({
    ...one,
    values: one.values.map((value) => ({ ...value, tone })),
  }))
}

/** Names of one type in the overview; `--text` shows all. */
const MOST_NAMES = 20

/** The first lines, and how many more there are; one more line is shown rather than counted. */
function firstOf(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more with --text`]
}

/** Subject alternative names by type. */
export function namesSection(item: JsonObject): Section {
  const names = listAt(item, 'subjectAltName').filter(isObject)
  const types = [...new Set(names.map((name) => textAt(name, 'type')))]
  return {
    title: 'Names',
    entries: types.flatMap((type) => {
      const values = names.filter((name) => name['type'] === type)
      return entries(
        type,
        firstOf(
          values.map((name) => (generalName(name) ?? '').slice(type.length + 1)),
          MOST_NAMES,
        ),
      )
    }),
  }
}

/** The public key, whether the private one is at hand, and the signature's algorithm. */
export function keySection(item: JsonObject): Section {
  return {
    title: 'Key',
    entries: [
      ...entry('Public key', keyText(at(item, 'publicKey'))),
      ...entry('Exponent', exponentText(textAt(item, 'publicKey.exponent'))),
      ...entry('Private key', privateKeyText(item)),
      ...entry('Signed with', signatureText(item)),
    ],
  }
}

/** The algorithm; for RSASSA-PSS with what its name does not tell. */
function signatureText(item: JsonObject): string {
  const [digest, salt] = ['digest', 'saltLength'].map((field) => textAt(item, `signatureParameters.${field}`))
  const detail = digest === '' ? '' : ` (${digest}, salt ${salt})`
  return `${textAt(item, 'signatureAlgorithm')}${detail}`
}

/** The usual exponent is not worth a line. */
const exponentText = (exponent: string): string => (exponent === '65537' ? '' : exponent)

function privateKeyText(item: JsonObject): string {
  const key = at(item, 'key')
  if (isObject(key)) {
    const parts = [
      key['encrypted'] === true ? 'password-protected' : '',
      key['exportable'] === false ? 'not exportable' : '',
    ]
    return joined(['at hand', ...parts], ', ')
  }
  const has = item['hasPrivateKey']
  if (has === true) return item['exportable'] === false ? 'at hand, not exportable' : 'at hand'
  return has === false ? 'none' : ''
}

/** What the key may be used for. */
export function usageSection(item: JsonObject): Section {
  const constraints = at(item, 'basicConstraints')
  return {
    title: 'Usage',
    entries: [
      ...entry('Authority', isObject(constraints) ? authorityText(constraints) : ''),
      ...entry('Key usage', withCritical(item, 'keyUsage', cellText(at(item, 'keyUsage')))),
      ...entry('Purposes', withCritical(item, 'extKeyUsage', cellText(at(item, 'extendedKeyUsage')))),
    ],
  }
}

function authorityText(constraints: JsonObject): string {
  if (constraints['ca'] !== true) return 'no'
  const length = constraints['pathLen']
  return typeof length === 'number' ? `yes, path length ${length}` : 'yes'
}

function withCritical(item: JsonObject, name: string, text: string): string {
  const critical = listAt(item, 'extensions').some(
    (one) => isObject(one) && one['name'] === name && one['critical'] === true,
  )
  return text !== '' && critical ? `${text} (critical)` : text
}

/** Serial number, hashes and key identifiers. */
export function identifiersSection(item: JsonObject): Section {
  return {
    title: 'Identifiers',
    entries: [
      ...entry('Serial', textAt(item, 'serialNumber')),
      ...entry('SHA-256', textAt(item, 'fingerprint')),
      ...entry('SHA-1', textAt(item, 'thumbprint')),
      ...entry('Key SHA-256', textAt(item, 'publicKey.spkiHash') || textAt(item, 'spkiHash')),
      ...entry('Subject key', textAt(item, 'subjectKeyIdentifier')),
      ...entry('Issuer key', textAt(item, 'authorityKeyIdentifier.keyIdentifier')),
    ],
  }
}

/** Extensions that the overview shows in sections of their own. */
const SHOWN_ELSEWHERE = new Set([
  'subjectAltName',
  'keyUsage',
  'extKeyUsage',
  'basicConstraints',
  'subjectKeyIdentifier',
  'authorityKeyIdentifier',
])

/** The other extensions, each in a few lines; malformed ones always. */
export function extensionsSection(item: JsonObject): Section {
  const others = listAt(item, 'extensions')
    .filter(isObject)
    .filter((one) => !SHOWN_ELSEWHERE.has(textAt(one, 'name')) || one['malformed'] !== undefined)
  return { title: 'Other extensions', entries: others.flatMap(extensionEntry) }
}

/** Lines of one extension in the overview; `--text` shows all. */
const MOST_LINES = 6

function extensionEntry(extension: JsonObject): Entry[] {
  const { label, lines } = briefExtension(extension)
  const tone: Tone | undefined = extension['malformed'] === undefined ? undefined : 'bad'
  const values = firstOf(lines, MOST_LINES).map((text) => ({ text, tone }))
  return [{ label: extension['critical'] === true ? `${label} (critical)` : label, values }]
}
