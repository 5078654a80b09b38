import type { Route, RouteTable } from './exchange.ts'
import { decode, parsePattern, paramsOf, type Pattern } from './route-pattern.ts'
import { type Ranked, RouteTree } from './route-tree.ts'
import type { NamedTable } from './serve-options.ts'

interface Row extends Ranked {
  readonly pattern: Pattern
  readonly methods: readonly string[]
  readonly handle: Route['handle']
}

interface Matcher {
  readonly named: NamedTable
  readonly prefixes: readonly string[]
  readonly tree: RouteTree<Row>
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
 * Builds the look-up over all tables. A tree finds the rows of a path; which of them has the method, and what the `{name}`
 * segments hold, is decided here, so that a lower-cased look-up keeps the case of the values.
 *
 * @throws {TypeError} for a path that is no pattern
 */
export function buildRouter(tables: readonly NamedTable[]): (method: string, path: string) => Match {
  const matchers = tables.map(matcherOf)
  return (method, path) => {
    const decoded = lookUp(path)
    const plain = decoded.split('/')
    const lower = decoded.toLowerCase().split('/')
    let allow: Set<string> | undefined
    let owner: NamedTable | undefined
    for (const { named, tree } of matchers) {
      const rows = tree.find(named.table.ignoreCase ? lower : plain)
      const row = pick(rows, method)
      if (row) {
        const sent = decoded === path ? plain : path.split('/')
        return { kind: 'route', named, handle: row.handle, params: paramsOf(row.pattern, sent) }
      }
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
  const rows = table.routes.map((route) => ({ route, pattern: parsePattern(route.path, table.ignoreCase) }))
  // the most exact path first; the order of the table decides between equals
  rows.sort((a, b) => (a.pattern.rank < b.pattern.rank ? -1 : a.pattern.rank > b.pattern.rank ? 1 : 0))
  const tree = new RouteTree<Row>()
  rows.forEach(({ route: { method, handle }, pattern }, rank) =>
    tree.add(pattern.parts, { rank, pattern, methods: [method].flat(), handle }),
  )
  return { named, prefixes: prefixesOf(table), tree }
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
