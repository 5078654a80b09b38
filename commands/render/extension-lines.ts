import { isObject, type Json, type JsonObject } from '../../src/base/json.ts'
import { textAt } from './cells.ts'

/** What a decoded value says, one line for each leaf, indented below its parent; complete for any JSON. */
export function valueLines(value: Json | undefined): string[] {
  if (value === undefined) return []
  if (value === null) return ['none']
  if (typeof value === 'boolean') return [value ? 'yes' : 'no']
  if (typeof value !== 'object') return [String(value)]
  return isObject(value) ? objectLines(value) : listLines(value as readonly Json[])
}

/** A list of scalars is one line; other elements stand below each other, after a dash where one has several lines. */
function listLines(list: readonly Json[]): string[] {
  if (list.length === 0) return ['none']
  if (list.every((element) => typeof element !== 'object' && String(element).length < 40))
    return [list.join(', ')]
  const elements = list.map(valueLines)
  if (elements.every((lines) => lines.length === 1)) return elements.flat()
  return elements.flatMap((lines) => lines.map((line, at) => `${at === 0 ? '- ' : '  '}${line}`))
}

function objectLines(object: JsonObject): string[] {
  const general = generalName(object)
  if (general !== undefined) return [general]
  if (Object.keys(object).length === 0) return ['empty']
  return Object.entries(object).flatMap(([field, value]) => {
    if (value === undefined) return []
    const lines = valueLines(value)
    const [first] = lines
    if (lines.length === 1 && first !== undefined) return [`${field}: ${first}`]
    return [`${field}:`, ...lines.map((line) => `  ${line}`)]
  })
}

/** `{type: "dns", value: "web.example"}` as `dns:web.example`; an other name with its type-id. */
export function generalName({ type, value, oid, ...rest }: JsonObject): string | undefined {
  if (typeof type !== 'string' || typeof value !== 'string') return undefined
  const more = Object.entries(rest).map(([field, one]) => ` ${field}=${String(one)}`)
  return `${type}:${typeof oid === 'string' ? `${oid}:` : ''}${value}${more.join('')}`
}

/** The value of an extension in lines: what is wrong with it, what was decoded, and the bytes of what was not. */
export function extensionLines(extension: JsonObject): string[] {
  const malformed = textAt(extension, 'malformed')
  const hex = textAt(extension, 'hex')
  return [
    ...(malformed === '' ? [] : [`malformed: ${malformed}`]),
    ...valueLines(extension['value']),
    ...(hex === '' ? [] : [`${hex.length / 2} bytes: ${hex}`]),
  ]
}
