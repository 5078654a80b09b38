import type { Json } from '../../src/base/json.ts'
import type { Context } from '../context.ts'
import type { TypedPlace } from '../place-in-command.ts'

/** How text for people is laid out on the standard output of this run. */
export interface Style {
  /** Columns of the terminal; undefined in a pipe, where nothing is wrapped or cut. */
  readonly width: number | undefined
  readonly color: boolean
  /** The store and the settings file as typed, for the commands in remarks. */
  readonly typed?: TypedPlace | undefined
}

/** The parts of a context that rendering needs; tests hand in these only. */
export type RenderContext = Pick<Context, 'ambient'> & {
  readonly global: Pick<Context['global'], 'color' | 'dryRun'> & Partial<Pick<Context['global'], 'typed'>>
  readonly terminal: Pick<Context['terminal'], 'stdoutIsTty' | 'columns'>
}

/** The style of a context. */
export function styleOf({ terminal, global }: RenderContext): Style {
  return {
    width: terminal.stdoutIsTty ? terminal.columns : undefined,
    color: global.color,
    typed: global.typed,
  }
}

/** `1 key`, `2 keys`. */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** Any result as the JSON that is printed: `undefined` fields are gone, what has `toJSON` has been asked. */
export function toJson(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return value as Json
  const { toJSON } = value as { toJSON?: unknown }
  if (typeof toJSON === 'function') return toJson(toJSON.call(value))
  if (Array.isArray(value)) return toJsonList(value)
  const before = Object.entries(value)
  const after = before.map(([, part]) => toJson(part as unknown))
  // what is JSON already is not copied: a CRL may have a million entries
  if (before.every(([, part], i) => part !== undefined && part === after[i])) return value as Json
  const present = before.flatMap(([name, part], i) =>
    part === undefined ? [] : [[name, after[i]!] as const],
  )
  return Object.fromEntries(present)
}

/** An absent element is `null`, as in `JSON.stringify`. */
function toJsonList(list: readonly unknown[]): Json {
  const after = list.map((each) => (each === undefined ? null : toJson(each)))
  return after.every((each, i) => each === list[i]) ? (list as readonly Json[]) : after
}
