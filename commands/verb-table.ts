import type { Verb } from './declare.ts'

/** What the overview shows of a verb without loading it. */
export interface VerbEntry {
  /** One line, starts with a verb, lower case, no full stop. */
  readonly summary: string
  readonly hidden?: boolean
  readonly load: () => Promise<Verb>
}

/** Rows by name. */
export type VerbTable = Readonly<Record<string, VerbEntry>>

/**
 * A row for the verb of a file. The build makes a chunk of its own of each `import()`, so that a verb loads nothing of the
 * others.
 */
export const row = (summary: string, file: () => Promise<{ readonly verb: Verb }>): VerbEntry => ({
  summary,
  load: async () => (await file()).verb,
})
