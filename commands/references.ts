import type { Json } from '../src/base/json.ts'
import type { RecordKind } from '../src/domain/records.ts'

/** Kinds as people type them: in `list KIND` and before the slash of a reference. */
export const PLURALS: Readonly<Record<RecordKind, string>> = {
  certificate: 'certificates',
  request: 'requests',
  key: 'keys',
  authority: 'authorities',
  collection: 'collections',
  profile: 'profiles',
}

/** `1 key`, `2 authorities`. */
export const countOf = (kind: RecordKind, count: number): string =>
  `${count} ${count === 1 ? kind : PLURALS[kind]}`

type Row = Readonly<Record<string, Json | undefined>>

/** A name as a word of a command line; one that reads as an id or as a flag does not do. */
const isWord = (name: Json | undefined): name is string =>
  typeof name === 'string' && name !== '' && !/^-|^\d+$/.test(name)

/** What a person calls a record: its name, or its id where it has none that a command line takes. */
export const handleOf = (row: Row): string => {
  const { name, id } = row
  return isWord(name) ? name : String(id ?? '')
}

/** The id stands for a name that xargs would take apart (blanks, quotes, backslashes), or that means the successor. */
const wordOf = (row: Row): string => {
  const handle = handleOf(row)
  const misleads = /[\s'"\\]/.test(handle) || typeof row['supersededBy'] === 'string'
  return misleads && row['id'] !== undefined ? String(row['id']) : handle
}

/** What other verbs take for a row, as one word: certificates as they are, other kinds with their prefix. */
export const referenceOf = (kind: RecordKind, row: Row): string =>
  kind === 'certificate' ? wordOf(row) : `${PLURALS[kind]}/${wordOf(row)}`
