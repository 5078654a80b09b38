import { RegExpRouter } from 'hono/router/reg-exp-router'
import { SmartRouter } from 'hono/router/smart-router'
import { TrieRouter } from 'hono/router/trie-router'
import type { Route, RouteTable } from './exchange.ts'
import { decode, parsePattern, paramsOf, type Pattern } from './route-pattern.ts'
import type { NamedTable } from './serve-options.ts'

interface Row {
  readonly pattern: Pattern
  readonly methods: readonly string[]
  readonly handle: Route['handle']
}

interface Matcher {
  readonly named: NamedTable
  readonly prefixes: readonly string[]
  /** Rows of a path as `lookUp` gives it, and its first segment, in the case that the table wants. */
  readonly find: (path: string, head: string) => readonly Row[]
}

/** What a path and a method lead to. */
export type Match =
  | {
      readonly kind: 'route'
      readonly named: NamedTable
      readonly handle: Route['handle']
      readonly params: Readonly<Record<string, string>>
    }
  /** `named` undefined: the path is nobody's. */
  | { readonly kind: 'missing'; readonly named: NamedTable | undefined; readonly allow: readonly string[] }

/**
 * Builds the look-up over all tables. hono's router finds the rows of a path; which of them has the method, and what the
 * `{name}` segments hold, is decided here, so that a lower-cased look-up keeps the case of the values.
 *
 * @throws {TypeError} for a path that is no pattern
 */
export function buildRouter(tables: readonly NamedTable[]): (method: string, path: string) => Match {
  const matchers = tables.map(matcherOf)
  return (method, path) => {
    const plain = lookUp(path)
    const lower = plain.toLowerCase()
    const [plainHead, lowerHead] = [headOf(plain), headOf(lower)]
    let allow: Set<string> | undefined
    let owner: NamedTable | undefined
    for (const { named, find } of matchers) {
      const rows = named.table.ignoreCase ? find(lower, lowerHead) : find(plain, plainHead)
      const row = pick(rows, method)
      if (row) return { kind: 'route', named, handle: row.handle, params: paramsOf(row.pattern, path) }
      if (rows.length === 0 || owner !== undefined) continue
      owner = named
      allow = new Set(rows.flatMap(({ methods }) => methods))
      if (allow.has('GET')) allow.add('HEAD')
    }
    return { kind: 'missing', named: owner ?? byPrefix(matchers, path), allow: [...(allow ?? [])] }
  }
}

function pick(rows: readonly Row[], method: string): Row | undefined {
  const has = (name: string): Row | undefined =>
    rows.find(({ methods }) => methods.includes(name) || methods.includes('*'))
  if (method !== 'HEAD') return has(method)
  return rows.find(({ methods }) => methods.includes('HEAD')) ?? has('GET')
}

/** The table with the longest prefix of the path. */
function byPrefix(matchers: readonly Matcher[], path: string): NamedTable | undefined {
  let found: NamedTable | undefined
  let longest = -1
  for (const { named, prefixes } of matchers)
    for (const prefix of prefixes) {
      const at = named.table.ignoreCase ? path.toLowerCase() : path
      if (prefix.length > longest && (prefix === '/' || at === prefix || at.startsWith(`${prefix}/`))) {
        found = named
        longest = prefix.length
      }
    }
  return found
}

function matcherOf(named: NamedTable): Matcher {
  const { table } = named
  const router = new SmartRouter<Row>({ routers: [new RegExpRouter(), new TrieRouter()] })
  const rows = table.routes.map((route) => ({
    pattern: parsePattern(route.path, table.ignoreCase),
    methods: (Array.isArray(route.method) ? route.method : [route.method]) as readonly string[],
    handle: route.handle,
  }))
  // the most exact path first; the order of the table decides between equals
  rows.sort((a, b) => (a.pattern.rank < b.pattern.rank ? -1 : a.pattern.rank > b.pattern.rank ? 1 : 0))
  for (const row of rows) router.add('ALL', row.pattern.hono, row)
  const heads = new Set(rows.map(({ pattern: { hono } }) => (hono.startsWith('/:') ? ANY : headOf(hono))))
  return {
    named,
    prefixes: prefixesOf(table),
    find: (path, head) => {
      if (!heads.has(head) && !heads.has(ANY)) return NOTHING
      const found = router.match('ALL', path)[0]
      return found.length === 0 ? NOTHING : found.map(([row]) => row)
    },
  }
}

const NOTHING: readonly Row[] = []
const ANY = '*'

/** The first segment: whether a table can have a path at all is known from it. */
function headOf(path: string): string {
  const end = path.indexOf('/', 1)
  return end < 0 ? path : path.slice(0, end)
}

const prefixesOf = (table: RouteTable): string[] =>
  table.prefixes.map((prefix) => {
    const path = `/${prefix.replace(/^\/+|\/+$/g, '')}`
    return table.ignoreCase ? path.toLowerCase() : path
  })

/** The path as patterns see it: decoded but for slashes, no slash at the end. */
function lookUp(path: string): string {
  const text = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
  return text.includes('%') ? decode(text.replace(/%2f/gi, '%252F')) : text
}
