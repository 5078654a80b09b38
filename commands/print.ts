import type { Json, JsonObject } from '../src/base/json.ts'
import type { Context, Emission } from './context.ts'
import { at, isObject } from './render/cells.ts'

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

const objectsOf = (json: Json): readonly JsonObject[] =>
  (Array.isArray(json) ? json : [json]).filter(isObject)

/** An object with the values at their paths, nested as in the whole document. */
function nested(values: readonly (readonly [path: string, value: Json | undefined])[]): JsonObject {
  const whole: Record<string, Json> = {}
  for (const [path, value] of values) {
    if (value === undefined) continue
    const steps = path.split('.')
    const last = steps.pop() ?? path
    let inner = whole
    for (const step of steps) inner = (inner[step] ??= {}) as Record<string, Json>
    inner[last] = value
  }
  return whole
}

/** The document with the wanted fields only; the structure around the objects stays. */
function withFields(json: Json, fields: readonly string[] | undefined): Json {
  if (!fields) return json
  const pick = (each: Json): Json =>
    isObject(each) ? nested(fields.map((field) => [field, at(each, field)] as const)) : each
  return Array.isArray(json) ? (json as readonly Json[]).map(pick) : pick(json)
}

async function csv(objects: readonly JsonObject[], fields: readonly string[] | undefined): Promise<string> {
  const { csvLine } = await import('./render/csv.ts')
  const columns = fields ?? [...new Set(objects.flatMap((each) => Object.keys(each)))]
  const lines = objects.map((each) => csvLine(columns.map((column) => at(each, column))))
  return objects.length === 0 ? '' : csvLine(columns) + lines.join('')
}

/** A result as text in the form that the global options ask for. */
async function textOf({ global }: Context, { json, text }: Emission): Promise<string> {
  const document = withFields(json, global.fields)
  switch (global.output) {
    case 'json':
      return (await import('./render/json.ts')).jsonText(document)
    case 'jsonl': {
      const { jsonLine } = await import('./render/jsonl.ts')
      return (Array.isArray(document) ? (document as readonly Json[]) : [document]).map(jsonLine).join('')
    }
    case 'yaml':
      return (await import('./render/yaml.ts')).yamlText(document)
    case 'csv':
      return csv(objectsOf(json), global.fields)
    case 'name': {
      const { nameLine } = await import('./render/name.ts')
      return objectsOf(json).map(nameLine).join('')
    }
    default:
      return withLineEnd(await text())
  }
}

/**
 * Prints a result on standard output in the form that the global options ask for.
 *
 * @param report the result only says what was done: `--quiet` leaves it out, unless a form was asked for
 */
export async function print(ctx: Context, emission: Emission, report: boolean): Promise<void> {
  if (report && ctx.global.quiet && ctx.global.output === undefined) return
  await ctx.terminal.write(await textOf(ctx, emission))
}
