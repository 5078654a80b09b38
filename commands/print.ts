import type { Json } from '../src/base/json.ts'
import type { Context, Emission } from './context.ts'

/** One JSON document, indented: it is read by people as often as by programs. */
const jsonText = (value: Json): string => `${JSON.stringify(value, null, 2)}\n`

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)

/** Prints a result in the form that the global options ask for. */
export async function print(ctx: Context, emission: Emission): Promise<void> {
  const { json, text } = emission
  switch (ctx.global.output) {
    case 'json':
      return ctx.terminal.write(jsonText(json))
    case 'jsonl':
      return ctx.terminal.write(
        (Array.isArray(json) ? json : [json]).map((each: Json) => `${JSON.stringify(each)}\n`).join(''),
      )
    default:
      return ctx.terminal.write(withLineEnd(await text()))
  }
}
