import type { Json } from '../../src/base/json.ts'
import type { Context } from '../context.ts'

/** How text for people is laid out on the standard output of this run. */
export interface Style {
  /** Columns of the terminal; undefined in a pipe, where nothing is wrapped or cut. */
  readonly width: number | undefined
  readonly color: boolean
}

/** The parts of a context that rendering needs; tests hand in these only. */
export type RenderContext = Pick<Context, 'ambient'> & {
  readonly global: Pick<Context['global'], 'color' | 'dryRun'>
  readonly terminal: Pick<Context['terminal'], 'stdoutIsTty' | 'columns'>
}

/** The style of a context. */
export function styleOf({ terminal, global }: RenderContext): Style {
  return { width: terminal.stdoutIsTty ? terminal.columns : undefined, color: global.color }
}

/** `1 key`, `2 keys`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Any result as the JSON that is printed: `undefined` fields are gone, what has `toJSON` has been asked. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}
