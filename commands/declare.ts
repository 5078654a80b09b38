import type { Context, VerbFacts } from './context.ts'

/** What a shell completes for a value; `file` leaves it to the shell. */
export type Completes =
  | 'reference'
  | 'request'
  | 'authority'
  | 'collection'
  | 'profile'
  | 'store'
  | 'file'
  | 'folder'
  | 'kind'
  | 'trash'
  | 'topic'
  | 'field'
  | 'reason'
  | 'key-type'

interface OptionBase {
  /** One line, lower case, no full stop. */
  readonly help: string
  /** One letter. */
  readonly short?: string
  readonly completes?: Completes
  /** Accepted, but shown in the full manual only. */
  readonly rare?: boolean
}

export interface FlagOption extends OptionBase {
  readonly type: 'flag'
}

export interface TextOption<C extends string = string> extends OptionBase {
  readonly type: 'text'
  /** The placeholder, such as `FILE`. */
  readonly value: string
  readonly choices?: readonly C[]
}

export interface ManyOption extends OptionBase {
  readonly type: 'many'
  readonly value: string
}

export interface NumberOption extends OptionBase {
  readonly type: 'number'
  readonly value: string
}

export type AnyOption = FlagOption | TextOption | ManyOption | NumberOption

/** Options by camelCase key; the flag is the key in kebab-case. */
export type Options = Readonly<Record<string, AnyOption>>

/** What was given: flags are booleans, `many` are lists, the rest is undefined when absent. */
export type Given<O extends Options> = {
  readonly [K in keyof O]: O[K] extends FlagOption
    ? boolean
    : O[K] extends ManyOption
      ? readonly string[]
      : O[K] extends NumberOption
        ? number | undefined
        : O[K] extends TextOption<infer C>
          ? C | undefined
          : never
}

type Extra<T> = Partial<Omit<T, 'type' | 'help' | 'value' | 'choices'>>

/** An option without a value. */
export const flag = (help: string, extra: Extra<FlagOption> = {}): FlagOption => ({
  type: 'flag',
  help,
  ...extra,
})

/** An option with one text value. */
export const text = (value: string, help: string, extra: Extra<TextOption> = {}): TextOption => ({
  type: 'text',
  value,
  help,
  ...extra,
})

/** An option whose value is one of a closed set. */
export const choice = <const C extends string>(
  choices: readonly C[],
  help: string,
  extra: Extra<TextOption<C>> & { readonly value?: string } = {},
): TextOption<C> => ({ type: 'text', help, choices, ...extra, value: extra.value ?? choices.join('|') })

/** An option that may be repeated. */
export const many = (value: string, help: string, extra: Extra<ManyOption> = {}): ManyOption => ({
  type: 'many',
  value,
  help,
  ...extra,
})

/** An option with a whole number, 0 or more. */
export const count = (value: string, help: string, extra: Extra<NumberOption> = {}): NumberOption => ({
  type: 'number',
  value,
  help,
  ...extra,
})

export interface Argument {
  /** The placeholder, such as `REF`. */
  readonly name: string
  readonly help: string
  readonly optional?: boolean
  readonly many?: boolean
  readonly completes?: Completes
  readonly choices?: readonly string[]
}

/** What a person typed after the verb. */
export interface Input<O extends Options = Options> {
  readonly args: readonly string[]
  readonly options: Given<O>
}

/**
 * One verb: declaration and action. Parsing, help, manual pages and completion all derive from the declaration; what the
 * verb is for in one line, its summary, stands in the table of verbs.
 * `run` is a method so that verbs with any options fit into one table.
 */
export interface Verb<O extends Options = Options> extends VerbFacts {
  /** Paragraphs of the help, after the examples. */
  readonly about?: readonly string[]
  /** Command line and what it does; the help begins with them. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  readonly args: readonly Argument[]
  /** Most common first. */
  readonly options: O
  run(ctx: Context, input: Input<O>): Promise<void>
}

/** Keeps the option types of a declaration. */
export const declare = <const O extends Options>(declaration: Verb<O>): Verb<O> => declaration

/** `notBefore` to `not-before`. */
export const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** The same object without the keys whose value is undefined, as optional fields demand it. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Present<T>
}
