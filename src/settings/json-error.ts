const TOKEN =
  // eslint-disable-next-line no-control-regex -- RFC 8259 section 7 forbids exactly these in a string
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y

/** What may stand at one point of a JSON text. */
type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing'

/** Follows the JSON grammar (RFC 8259) token by token; answers where it first breaks. */
class Walk {
  readonly #open: string[] = []
  #expected: Expected = 'value'

  /** Takes one token; false when it may not stand here. */
  take(token: string): boolean {
    const expected = this.#expected
    if (expected === 'value' || expected === 'value or ]') {
      if (token === ']' && expected === 'value or ]') return this.#close()
      if (token === '{' || token === '[') return this.#begin(token)
      return !/^[}\],:]/.test(token) && this.#after()
    }
    if (expected === 'key' || expected === 'key or }') {
      if (token === '}' && expected === 'key or }') return this.#close()
      this.#expected = ':'
      return token.startsWith('"')
    }
    if (expected === ':') {
      this.#expected = 'value'
      return token === ':'
    }
    return expected === ', or end' && this.#next(token)
  }

  #begin(token: string): boolean {
    this.#open.push(token)
    this.#expected = token === '{' ? 'key or }' : 'value or ]'
    return true
  }

  #next(token: string): boolean {
    const inObject = this.#open.at(-1) === '{'
    if (token === (inObject ? '}' : ']')) return this.#close()
    this.#expected = inObject ? 'key' : 'value'
    return token === ','
  }

  #close(): boolean {
    this.#open.pop()
    return this.#after()
  }

  #after(): boolean {
    this.#expected = this.#open.length > 0 ? ', or end' : 'nothing'
    return true
  }
}

/**
 * The line, from 1, on which a text stops being JSON. For texts that `JSON.parse` refused: its own message
 * names a position only sometimes, and differently in every version of Node.
 */
export function jsonErrorLine(text: string): number {
  const walk = new Walk()
  let at = 0
  for (;;) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    const token = match?.[1] ?? match?.[2] ?? match?.[3]
    if (token === undefined || !walk.take(token)) break
    at = TOKEN.lastIndex
  }
  const blank = /\s*/y
  blank.lastIndex = at
  const from = at + (blank.exec(text)?.[0].length ?? 0)
  const before = from >= text.length ? text.trimEnd() : text.slice(0, from)
  return before.split('\n').length
}
