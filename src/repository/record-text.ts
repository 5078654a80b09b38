import { fromBase64 } from '../base/bytes.ts'
import { CertmanError, isCertmanError } from '../base/errors.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { sha256HexOfText } from '../crypto/digest.ts'
import { readPem, writePem } from '../formats/pem.ts'
import type { NewRecord } from './repository.ts'

/**
 * Lines that repeat what the bytes say, for people and for `git diff`. They are never read back: the DER wins, and
 * `check` reports a disagreement.
 */
export const DERIVED_FIELDS = [
  'subject',
  'issuer',
  'serialNumber',
  'notBefore',
  'notAfter',
  'fingerprint',
] as const

/** When a record went to the trash: a line of its own, in the trash only. */
const TRASHED_AT = 'trashedAt'

/** The parts of one record file. */
export interface RecordText {
  readonly fields: JsonObject
  /** The informative lines, as they stand. */
  readonly derived: JsonObject
  readonly pem?: { readonly label: string; readonly der: Uint8Array }
  readonly trashedAt?: string
}

const DERIVED = new Set<string>(DERIVED_FIELDS)
const isDerived = (name: string): boolean => DERIVED.has(name)

// Controls beyond those that JSON escapes, format characters (bidi among them), line and paragraph separators. A pattern
// with a property of Unicode takes V8 a millisecond to parse: readers need none.
const unsafe = (): RegExp => /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu
const DASHES = /-{5,}/g

// one look spares nearly every value the two below
const SUSPICIOUS = /[^ -~]|-----/

const unicodeEscape = (text: string): string => {
  let escaped = ''
  for (let at = 0; at < text.length; at++)
    escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
  return escaped
}

// text that JSON writes as it is, between quotes
const PLAIN = /^[ !#-[\]-~]*$/

/** JSON on one line that no terminal and no PEM reader can misread: never five dashes, no invisible character. */
export function safeJson(value: Json): string {
  if (typeof value === 'string' && PLAIN.test(value) && !value.includes('-----')) return `"${value}"`
  const json = JSON.stringify(value)
  if (!SUSPICIOUS.test(json)) return json
  return json.replace(unsafe(), unicodeEscape).replace(DASHES, unicodeEscape)
}

/**
 * The text of a record's file: `field: JSON` lines and the PEM block (RFC 7468 section 5.2), or JSON alone for kinds
 * without bytes.
 *
 * @param record normalised: its fields begin with the id
 * @param row what `Describe` answered; its facts become the informative lines
 */
export function writeRecordText(record: NewRecord, row: JsonObject, trashedAt?: string): string {
  const trashed = trashedAt === undefined ? {} : { [TRASHED_AT]: trashedAt }
  if (!record.pem) return `${JSON.stringify({ ...record.fields, ...trashed }, undefined, 2)}\n`
  let text = ''
  for (const fields of [record.fields, trashed] as const)
    for (const name of Object.keys(fields)) {
      const value = fields[name as keyof typeof fields]
      if (value !== undefined && !isDerived(name)) text += `${name}: ${safeJson(value)}\n`
    }
  for (const name of DERIVED_FIELDS) {
    const value = row[name]
    if (value !== undefined) text += `${name}: ${safeJson(value)}\n`
  }
  return writePem(record.pem.label, record.pem.der, `${text}\n`)
}

/** SHA-256 of a record's text, 64 lower-case hex digits: what a segment's commit line is made of. */
export const textHashOf = (text: string): string => sha256HexOfText(text)

/** The opaque version of a record: it changes with every byte of its text. */
export const revisionOf = (text: string): string => revisionOfHash(textHashOf(text))

/** The same from `textHashOf` of the text. */
export const revisionOfHash = (hash: string): string => hash.slice(0, 20)

const BEGIN = '-----BEGIN '
const LINE = /^([A-Za-z][A-Za-z0-9_.]{0,63}): (.+)$/

/**
 * Reads the text of one record. Lines that are not `field: JSON` are other tools' explanatory text and pass by.
 *
 * @param file shown in messages
 * @throws {CertmanError} `store.damaged` when there is not exactly one whole PEM block, or when a field is no JSON
 */
export function parseRecordText(text: string, file: string): RecordText {
  return text.startsWith('{') ? parseJsonRecord(text, file) : parsePemRecord(text, file)
}

function parseJsonRecord(text: string, file: string): RecordText {
  const value = parseJson(text, file, 'it')
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged(file, 'it is no object')
  const { [TRASHED_AT]: trashedAt, ...fields } = value as JsonObject
  return { fields, derived: {}, ...(typeof trashedAt === 'string' && { trashedAt }) }
}

function parsePemRecord(text: string, file: string): RecordText {
  const begin = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1
  if (begin === 0 && !text.startsWith(BEGIN)) throw damaged(file, 'there is no PEM block')
  const own = ownPem(text)
  if (own) return { ...parseLines(text.slice(0, begin), file), pem: own }
  const { blocks, damaged: broken } = readPem(Buffer.from(text.slice(begin)))
  const [block, ...more] = blocks
  if (broken[0]) throw damaged(file, `its PEM block is damaged: ${broken[0].what}`)
  if (!block || more.length > 0) throw damaged(file, `it holds ${blocks.length} PEM blocks, one is expected`)
  const lines = parseLines(text.slice(0, begin), file)
  return { ...lines, pem: { label: block.label, der: block.der } }
}

const OWN_BLOCK =
  /^\n-----BEGIN (CERTIFICATE(?: REQUEST)?)-----\n([A-Za-z0-9+/\n]+={0,2})\n-----END \1-----\n$/

/**
 * The certificate or request at the end of a text in the form of `writeRecordText`, a fifth of the work of reading it in
 * any form; undefined for every other text.
 */
export function ownPem(text: string): NonNullable<RecordText['pem']> | undefined {
  const begin = text.indexOf(`\n${BEGIN}`)
  const [, label, lines] = OWN_BLOCK.exec(begin < 0 ? '' : text.slice(begin)) ?? []
  const base64 = lines?.replaceAll('\n', '')
  // a cut in the middle of a group is for the strict reader to tell
  if (label === undefined || !base64 || base64.length % 4 !== 0) return undefined
  return { label, der: fromBase64(base64) }
}

/**
 * The fields of a text that `ownPem` reads; its block is not read once more.
 *
 * @throws {CertmanError} `store.damaged` when one is no JSON
 */
export const ownFields = (text: string, file: string): JsonObject =>
  parseLines(text.slice(0, text.indexOf(`\n${BEGIN}`)), file).fields

function parseLines(text: string, file: string): Omit<RecordText, 'pem'> {
  const fields: Record<string, Json> = {}
  const derived: Record<string, Json> = {}
  for (const each of text.split('\n')) {
    const line = each.endsWith('\r') ? each.slice(0, -1) : each
    const found = LINE.exec(line)
    if (!found) continue
    const [, name, json] = found as unknown as [string, string, string]
    if (isDerived(name)) derived[name] = readLeniently(json, file, name)
    else fields[name] = parseJson(json, file, `the value of ${name}`)
  }
  const { [TRASHED_AT]: trashedAt, ...rest } = fields
  return { fields: rest, derived, ...(typeof trashedAt === 'string' && { trashedAt }) }
}

/** An informative line that is no JSON is not worth a refusal; `check` sees that it differs. */
function readLeniently(json: string, file: string, name: string): Json {
  try {
    return parseJson(json, file, name)
  } catch (error) {
    if (isCertmanError(error)) return json
    throw error
  }
}

function parseJson(json: string, file: string, what: string): Json {
  try {
    return JSON.parse(json) as Json
  } catch (cause) {
    throw damaged(file, `${what} is no JSON`, cause)
  }
}

/** The refusal of a record file that cannot be read. */
export const damaged = (file: string, why: string, cause?: unknown): CertmanError =>
  new CertmanError('store.damaged', `${file} is damaged: ${why}`, cause === undefined ? {} : { cause })
