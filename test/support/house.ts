import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseAst } from 'vitest/node'

/** The rooms from the ground up: a room imports only rooms named before it. */
export const ROOMS = [
  'base',
  'domain',
  'asn1',
  'crypto',
  'x509',
  'formats',
  'path',
  'authority',
  'query',
  'repository',
  'settings',
  'store',
  'http',
  'dialects',
  'operations',
  'commands',
  'bin',
] as const

/** A syntax tree node as far as the rules look into it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** One import or re-export: `to` is a file of the repository, or a package or built-in module as written. */
export interface Import {
  readonly from: string
  readonly to: string
  readonly line: number
  readonly inside: boolean
  readonly how: 'value' | 'type' | 'lazy'
  /** The imported names; empty for `import *`, `import()` and side effects. */
  readonly names: readonly string[]
}

/** One source file. */
export interface Source {
  readonly path: string
  readonly room: string
  readonly text: string
  readonly ast: Node
  readonly imports: readonly Import[]
}

const ROOT = resolve(import.meta.dirname, '../..')

/** All TypeScript sources of the product, parsed. */
export function sources(): readonly Source[] {
  const found: Source[] = []
  for (const top of ['src', 'commands', 'bin'])
    for (const entry of readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' }))
      if (entry.endsWith('.ts')) found.push(readSource(join(top, entry)))
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const ast = parseAst(text, { lang: 'ts' }) as unknown as Node
  const source = { path, room: roomOf(path), text, ast, imports: [] }
  return { ...source, imports: importsOf(source) }
}

/** `src/x509/name.ts` → `x509`; `src/index.ts` (the library's face) → `index`. */
export function roomOf(path: string): string {
  const parts = path.split('/')
  if (parts[0] !== 'src') return parts[0]!
  return parts.length === 2 ? 'index' : parts[1]!
}

/** Calls `visit` for every node, parents before children. */
export function walk(node: Node, visit: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = []
  const enter = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(enter)
    if (typeof value !== 'object' || value === null || typeof (value as Node).type !== 'string') return
    visit(value as Node, parents)
    parents.push(value as Node)
    for (const child of Object.values(value)) enter(child)
    parents.pop()
  }
  enter(node)
}

/** The line (from 1) of an offset. */
export const lineAt = (source: Pick<Source, 'text'>, offset: number): number =>
  source.text.slice(0, offset).split('\n').length

const IMPORTING = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])

function importsOf(source: Omit<Source, 'imports'>): Import[] {
  const imports: Import[] = []
  walk(source.ast, (node) => {
    const specifier = IMPORTING.has(node.type) ? specifierOf(node) : undefined
    if (specifier === undefined) return
    const inside = specifier.startsWith('.')
    const to = inside ? relative(ROOT, resolve(ROOT, dirname(source.path), specifier)) : specifier
    const line = lineAt(source, node.start)
    imports.push({ from: source.path, to, inside, line, how: howOf(node), names: namesOf(node) })
  })
  return imports
}

function specifierOf(node: Node): string | undefined {
  const literal = (node['source'] ?? node['argument']) as Node | null
  const value = (literal?.['value'] ?? (literal?.['literal'] as Node | undefined)?.['value']) as unknown
  return typeof value === 'string' ? value : undefined
}

const namesOf = (node: Node): string[] =>
  ((node['specifiers'] ?? []) as Node[]).flatMap(
    (each) => ((each['imported'] as Node | undefined)?.['name'] as string | undefined) ?? [],
  )

function howOf(node: Node): Import['how'] {
  if (node.type === 'ImportExpression') return 'lazy'
  return node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type'
    ? 'type'
    : 'value'
}

/** A function with its name for messages and its length in lines. */
export interface FunctionSize {
  readonly name: string
  readonly line: number
  readonly lines: number
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Every function of a file, arrows and methods included. */
export function functionsOf(source: Source): readonly FunctionSize[] {
  const found: FunctionSize[] = []
  walk(source.ast, (node, parents) => {
    if (!FUNCTIONS.has(node.type)) return
    const line = lineAt(source, node.start)
    found.push({ name: nameOf(node, parents.at(-1)), line, lines: lineAt(source, node.end) - line + 1 })
  })
  return found
}

function nameOf(node: Node, parent: Node | undefined): string {
  const named = [node['id'], parent?.['id'], parent?.['key']] as (Node | null | undefined)[]
  const name = named.find((candidate) => typeof candidate?.['name'] === 'string')
  return (name?.['name'] as string | undefined) ?? '(nameless)'
}

/** The exported declarations of a file that have no docstring before them; re-exports do not count. */
export function undocumentedExports(source: Source): readonly string[] {
  const missing: string[] = []
  for (const node of source.ast['body'] as Node[]) {
    const declaration = node['declaration'] as Node | null | undefined
    if (node.type !== 'ExportNamedDeclaration' || !declaration) continue
    const before = source.text.slice(0, node.start).trimEnd()
    if (before.endsWith('*/') && before.lastIndexOf('/**') > before.lastIndexOf('*/', before.length - 3))
      continue
    if (!isDerivedType(source, declaration)) missing.push(declaredName(declaration))
  }
  return missing
}

/** `type Kind = (typeof KINDS)[number]`: the table that it is derived from has the docstring. */
const isDerivedType = (source: Source, declaration: Node): boolean =>
  declaration.type === 'TSTypeAliasDeclaration' &&
  /=\s*(?:\(|keyof )?typeof /.test(source.text.slice(declaration.start, declaration.end))

function declaredName(declaration: Node): string {
  const first = (declaration['declarations'] as Node[] | undefined)?.[0]
  const id = (declaration['id'] ?? first?.['id']) as Node | undefined
  return (id?.['name'] as string | undefined) ?? declaration.type
}
