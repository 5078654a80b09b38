import { CertmanError } from '../src/base/errors.ts'
import { isObject, type Json, type JsonObject } from '../src/base/json.ts'

/** What a request file may say; the names are those of the JSON of a request. */
export interface RequestText {
  readonly subject?: string
  readonly subjectAltName?: readonly string[]
  readonly keyType?: string
  readonly keyUsage?: readonly string[]
  readonly extendedKeyUsage?: readonly string[]
  readonly name?: string
  readonly tags?: readonly string[]
  readonly profile?: string
  /** Id or name. */
  readonly authority?: string
  readonly requestedBy?: string
}

const TEXTS = ['subject', 'keyType', 'name', 'profile', 'authority', 'requestedBy'] as const
const LISTS = ['keyUsage', 'extendedKeyUsage', 'tags'] as const
const ALL: readonly string[] = [...TEXTS, 'subjectAltName', ...LISTS]

function fault(file: string, field: string, what: string): CertmanError {
  return new CertmanError('input.invalid', `${file}: ${field}: ${what}`, {
    field,
    hint: `the fields are: ${ALL.join(', ')}`,
  })
}

function textOf(value: Json | undefined, file: string, field: string): string {
  if (typeof value === 'string') return value
  throw fault(file, field, 'a text is expected')
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value]
}

/** `dns:w.example`, or `{type: dns, value: w.example}` as `show --json` prints it. */
function alternativeName(value: Json, file: string, field: string): string {
  if (typeof value === 'string') return value
  if (isObject(value) && typeof value['type'] === 'string' && typeof value['value'] === 'string') {
    const { type, value: inner, oid } = value
    if (type === 'directoryName') return `dirName:${inner}`
    if (type === 'registeredId') return `rid:${inner}`
    if (type !== 'otherName') return `${type}:${inner}`
    if (typeof oid === 'string') return `otherName:${oid};UTF8:${inner}`
  }
  throw fault(file, field, 'a name is written as dns:www.example.com')
}

/**
 * A request as a file describes it.
 *
 * @param file its name for messages
 * @throws {CertmanError} `input.invalid` naming the field
 */
export function readRequestText(json: JsonObject, file: string): RequestText {
  const unknown = Object.keys(json).find((field) => !ALL.includes(field))
  if (unknown !== undefined) throw fault(file, unknown, 'there is no such field')
  const found: Record<string, string | readonly string[]> = {}
  for (const field of TEXTS) if (json[field] !== undefined) found[field] = textOf(json[field], file, field)
  for (const field of LISTS)
    if (json[field] !== undefined)
      found[field] = listOf(json[field]).map((each, at) => textOf(each, file, `${field}[${at}]`))
  const names = listOf(json['subjectAltName'])
  if (names.length > 0)
    found['subjectAltName'] = names.map((each, at) => alternativeName(each, file, `subjectAltName[${at}]`))
  return found as RequestText
}
