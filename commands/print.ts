import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import { isObject, type Json, type JsonObject } from '../src/base/json.ts'
import type { Context, Emission } from './context.ts'
import { at } from './render/cells.ts'
import type { SelectedField } from './render/fields.ts'

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

const objectsOf = (json: Json): readonly JsonObject[] =>
  (Array.isArray(json) ? json : [json]).filter(isObject)

type Pick = (object: JsonObject) => JsonObject

/** The document with the wanted fields only; the structure around the objects stays. */
function picked(json: Json, pick: Pick): Json {
  const one = (each: Json): Json => (isObject(each) ? pick(each) : each)
  return Array.isArray(json) ? (json as readonly Json[]).map(one) : one(json)
}

async function csv(
  { ambient, terminal }: Context,
  json: Json,
  fields: readonly SelectedField[] | undefined,
): Promise<string> {
  const { csvLine } = await import('./render/csv.ts')
  const objects = objectsOf(json)
  if (objects.length === 0) return ''
  const columns: readonly SelectedField[] =
    fields ??
    [...new Set(objects.flatMap((each) => Object.keys(each)))].map((path) => ({
      path,
      read: (row) => at(row, path),
    }))
  const write = (values: readonly (Json | undefined)[]): string => csvLine(values, terminal.stdoutIsTty)
  const lines = objects.map((each) => write(columns.map(({ read }) => read(each, ambient.now()))))
  return write(columns.map(({ path }) => path)) + lines.join('')
}

async function jsonLines(document: Json): Promise<string> {
  const { jsonLine } = await import('./render/jsonl.ts')
  return (Array.isArray(document) ? (document as readonly Json[]) : [document]).map(jsonLine).join('')
}

/** For people who named the fields: a row for each object, as in a listing. */
async function table(
  ctx: Context,
  objects: readonly JsonObject[],
  fields: readonly SelectedField[],
): Promise<string> {
  const [{ fieldColumns, WIDEST_CELL }, { renderTable }, { styleOf }] = await Promise.all([
    import('./render/list.ts'),
    import('./render/table.ts'),
    import('./render/style.ts'),
  ])
  const now = ctx.ambient.now()
  const columns = fieldColumns(fields)
  const rows = objects.map((each) => columns.map(({ cell }) => cell(each, now)))
  const { width, color } = styleOf(ctx)
  const style = {
    width: ctx.global.output === 'wide' ? undefined : width,
    color,
    ...(ctx.terminal.stdoutIsTty && { widest: WIDEST_CELL }),
  }
  return (await renderTable({ columns, rows }, style)).text
}

/** A result as text in the form that the global options ask for. */
async function textOf(ctx: Context, emission: Emission, report: boolean): Promise<string> {
  const { global, ambient } = ctx
  const now = ambient.now()
  const rendering = global.fields && (await import('./render/fields.ts'))
  // the JSON of a large result is only made where it is printed
  if (global.output === undefined && !rendering) return withLineEnd(await emission.text())
  const { json, text } = emission
  const fields = rendering?.selectPresent(objectsOf(json), global.fields ?? [], !report)
  const document = rendering && fields ? picked(json, (each) => rendering.pick(each, fields, now)) : json
  switch (global.output) {
    case 'json':
      return (await import('./render/json.ts')).jsonText(document)
    case 'jsonl':
      return jsonLines(document)
    case 'yaml':
      return (await import('./render/yaml.ts')).yamlText(document)
    case 'csv':
      return csv(ctx, json, fields)
    case 'name': {
      const { nameLines } = await import('./render/name.ts')
      return nameLines(json)
    }
    default:
      return fields && !report ? table(ctx, objectsOf(json), fields) : withLineEnd(await text())
  }
}

/** Whoever reads only that nothing could be written takes the change for undone, and makes it once more. */
function reportLost(cause: unknown): never {
  if (!isCertmanError(cause, 'file.not-writable')) throw cause
  const { code, message, hint } = cause
  throw new CertmanError(code, `what was done stays done, but cannot be told: ${message}`, { cause, hint })
}

/**
 * Prints a result on standard output in the form that the global options ask for. What a verb that changes something says
 * is only what was done: `--quiet` leaves it out, and answers that nothing is wrong, unless a form was asked for.
 */
export async function print(ctx: Context, emission: Emission): Promise<void> {
  const { quiet, output, fields, dryRun } = ctx.global
  const report = ctx.verb.changes === true
  if (quiet && output === undefined && (report || (emission.quiet && !fields)))
    return ctx.terminal.write(emission.quiet?.() ?? '')
  const text = await textOf(ctx, emission, report)
  await (report && !dryRun ? ctx.terminal.write(text).catch(reportLost) : ctx.terminal.write(text))
}
