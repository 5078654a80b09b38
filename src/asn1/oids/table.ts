/** Identifiers that a table keeps at hand; then it begins anew. */
const MOST = 512

/**
 * Object identifiers and their names, written as one text: a row to a line, words apart. First the dotted text, then the
 * name that certman prints, then other names that it understands. V8 takes a text in at once and searches it quickly;
 * a list for each row costs every start a thousand times that.
 */
export class OidTable {
  readonly #text: string
  #known = new Map<string, string | null>()

  /** @param text begins and ends with a line end; of two rows with one identifier the first counts */
  constructor(text: string) {
    this.#text = text
  }

  /** The name that certman prints. What was looked for stays at hand, found or not: certificates are read by the thousand. */
  get(oid: string): string | undefined {
    let name = this.#known.get(oid)
    if (name === undefined) {
      name = wordsAt(this.#text, oid)?.[0] ?? null
      // strangers may ask for any number of identifiers
      if (this.#known.size >= MOST) this.#known = new Map()
      this.#known.set(oid, name)
    }
    return name ?? undefined
  }

  has(oid: string): boolean {
    return this.get(oid) !== undefined
  }

  /** All rows: dotted text and names. */
  rows(): readonly (readonly [oid: string, ...names: string[]])[] {
    const lines = this.#text.split('\n').filter((line) => line !== '')
    return lines.map((line) => line.split(' ').filter(isName) as [string, ...string[]])
  }
}

/** The words that stand after an identifier in a text of rows. */
export function wordsAt(text: string, oid: string): readonly string[] | undefined {
  const at = text.indexOf(`\n${oid} `)
  if (at < 0) return undefined
  const start = at + oid.length + 2
  return text.slice(start, text.indexOf('\n', start)).split(' ')
}

/** What begins with `=` says something else of the row. */
const isName = (word: string): boolean => !word.startsWith('=')
