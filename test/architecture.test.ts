import { expect, test } from 'vitest'
import {
  functionsOf,
  lineAt,
  ROOMS,
  roomOf,
  sources,
  undocumentedExports,
  walk,
  type Import,
  type Node,
  type Source,
} from './support/house.ts'

const SOURCES = sources()
const IMPORTS = SOURCES.flatMap((source) => source.imports)
const isIn = (path: string, places: readonly string[]): boolean =>
  places.some((place) => path === place || (place.endsWith('/') && path.startsWith(place)))

/** Who alone may import what, and which other file may for a reason of its own. */
const ONLY: readonly { what: RegExp; places: readonly string[]; why: string }[] = [
  { what: /^commander$/, places: ['commands/'], why: 'the counter alone reads the command line' },
  { what: /^inquirer$|^@inquirer\//, places: ['commands/prompt.ts'], why: 'one file asks people' },
  { what: /^cli-table3$/, places: ['commands/render/'], why: 'it is quadratic: the renderer fences it' },
  {
    what: /^yaml$/,
    places: ['commands/render/', 'commands/read-yaml.ts'],
    why: 'YAML is what people read and write at the counter, nothing else',
  },
  { what: /^conf$/, places: ['src/settings/'], why: 'it writes settings, and is slow to load' },
  { what: /^@peculiar\/(x509|asn1-x509)$/, places: ['src/x509/'], why: 'fenced: see docs/decisions' },
  { what: /^@peculiar\/asn1-pfx$/, places: ['src/formats/'], why: 'fenced: see docs/decisions' },
  { what: /^@peculiar\//, places: ['src/x509/', 'src/formats/'], why: 'typed structures stay in two rooms' },
  { what: /^(node:)?crypto$/, places: ['src/crypto/'], why: 'all cryptography is in one room' },
  {
    what: /^(node:)?fs(\/promises)?$/,
    places: ['src/repository/', 'src/settings/', 'src/operations/', 'bin/'],
    why: 'files are touched by these rooms only',
  },
  {
    what: /^(hono|@hono|https-proxy-agent|agent-base)(\/|$)/,
    places: ['src/http/'],
    why: 'HTTP is one room’s affair',
  },
  { what: /sqlite/, places: ['src/repository/'], why: 'the index is the repository’s own affair' },
  { what: /^(node:)?process$/, places: ['bin/'], why: 'the door alone sees the process' },
  {
    what: /^(node:)?(net|tls|http|https|dns)(\/promises)?$/,
    places: ['src/operations/', 'src/http/'],
    why: 'the network is reached from here only',
  },
]

/** Where `process` is named below the door, and why. */
const PROCESS_EXCEPTIONS: Readonly<Record<string, string>> = {
  'src/repository/directory/sqlite.ts': 'which SQLite this Node and platform have',
  'src/crypto/verification-key.ts': 'which OpenSSL this Node has',
  'src/http/metrics.ts': 'how much memory the process holds is a question to the system',
  'src/repository/directory/lock-file.ts':
    'whether the holder of a lock is alive is a question to the system',
}

/** Files and functions over the limit, and why: `path` or `path#function`. */
const LONG: Readonly<Record<string, string>> = {
  'src/crypto/pkcs12-kdf-iterate.ts#sha1Block': 'the 80 rounds of FIPS 180-4 in one piece, for speed',
}

/** Fails with one line per finding. */
const expectNone = (findings: readonly string[]): void => expect(findings.join('\n')).toBe('')

/** These read text and compare addresses; they reach nothing. */
const isHarmless = ({ to, names }: Import): boolean =>
  to === 'node:net' &&
  names.length > 0 &&
  names.every((name) => /^(isIP(v[46])?|BlockList|SocketAddress)$/.test(name))

const at = (item: Import): string => `${item.from}:${item.line}`

test('imports go down the house, never up', () => {
  const wrong: string[] = []
  for (const item of IMPORTS.filter((each) => each.inside && each.to.endsWith('.ts'))) {
    const [from, to] = [roomOf(item.from), roomOf(item.to)]
    if (from === 'index') continue
    if (to === 'index') wrong.push(`${at(item)}: nobody inside imports the library's face (${item.to})`)
    else if (ROOMS.indexOf(to as never) > ROOMS.indexOf(from as never) || !ROOMS.includes(from as never))
      wrong.push(`${at(item)}: ${from} must not import ${to} (${item.to}): move the shared part down`)
  }
  expectNone(wrong)
})

test('imports inside carry the .ts extension and name a file that exists', () => {
  const wrong = IMPORTS.filter((item) => item.inside && !/\.(ts|json)$/.test(item.to)).map(
    (item) => `${at(item)}: write the extension: ${item.to}`,
  )
  expectNone(wrong)
  const files = new Set([...SOURCES.map((source) => source.path), 'package.json'])
  const missing = IMPORTS.filter((item) => item.inside && !files.has(item.to)).map(
    (item) => `${at(item)}: there is no ${item.to}`,
  )
  expectNone(missing)
})

test('there are no cycles of value imports', () => {
  const edges = new Map<string, string[]>()
  for (const item of IMPORTS)
    if (item.inside && item.how === 'value') edges.set(item.from, [...(edges.get(item.from) ?? []), item.to])
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    if (trail.includes(path) || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  expectNone(cycles)
})

test('each fenced package and built-in module is imported from its own room only', () => {
  const wrong: string[] = []
  for (const item of IMPORTS.filter((each) => !each.inside && !isHarmless(each)))
    for (const { what, places, why } of ONLY)
      if (what.test(item.to) && !isIn(item.from, places))
        wrong.push(`${at(item)}: ${item.to} belongs to ${places.join(', ')}: ${why}`)
  expectNone(wrong)
})

test('slow packages are loaded where they are needed: by import(), or from a file that is itself loaded so', () => {
  const slow = /^(inquirer|conf|cli-table3|yaml|node:sqlite|@photostructure\/sqlite|@peculiar\/.*)$/
  const eager = IMPORTS.filter((item) => slow.test(item.to) && item.how === 'value')
  const wrong = eager.flatMap(({ from, to }) =>
    IMPORTS.filter((item) => item.to === from && item.how === 'value').map(
      (item) => `${at(item)}: load ${from} by await import(): it loads ${to}`,
    ),
  )
  expectNone(wrong)
})

test('the repository knows records, not certificates; http knows no certificate', () => {
  const wrong = IMPORTS.filter(
    (item) => ['repository', 'http'].includes(roomOf(item.from)) && roomOf(item.to) === 'x509' && item.inside,
  ).map((item) => `${at(item)}: ${item.to} is handed in by the room above`)
  expectNone(wrong)
})

test('vendors do not know each other, and a client does not know a server', () => {
  const vendor = (path: string): string | undefined => /^src\/dialects\/([^/]+)\//.exec(path)?.[1]
  const side = (path: string): string | undefined => /\/(client|server)\.ts$/.exec(path)?.[1]
  const wrong = IMPORTS.filter(
    (item) =>
      (vendor(item.from) && vendor(item.to) && vendor(item.from) !== vendor(item.to)) ||
      (vendor(item.from) && side(item.from) && side(item.to) && side(item.from) !== side(item.to)),
  ).map((item) => `${at(item)}: must not import ${item.to}`)
  expectNone(wrong)
})

test('there are no barrels', () => {
  const isReExport = (node: Node): boolean =>
    node.type === 'ExportAllDeclaration' ||
    (node.type === 'ExportNamedDeclaration' && Boolean(node['source']))
  const wrong = SOURCES.filter(
    (source) => source.room !== 'index' && (source.ast['body'] as Node[]).some(isReExport),
  ).map((source) => `${source.path}: import from the file that declares it instead of re-exporting`)
  expectNone(wrong)
})

test('there are no default exports', () => {
  const wrong = SOURCES.filter((source) =>
    (source.ast['body'] as Node[]).some((node) => node.type === 'ExportDefaultDeclaration'),
  ).map((source) => source.path)
  expect(wrong).toEqual([])
})

const isMember = (node: Node, object: string, property: string): boolean =>
  node.type === 'MemberExpression' &&
  (node['object'] as Node)['name'] === object &&
  (node['property'] as Node)['name'] === property

/** What a node reads from the outside world, if it does. */
function worldly(node: Node): string | undefined {
  if (isMember(node, 'Date', 'now')) return 'Date.now'
  if (isMember(node, 'Math', 'random')) return 'Math.random'
  if (node.type === 'NewExpression' && (node['callee'] as Node)['name'] === 'Date')
    return (node['arguments'] as Node[]).length === 0 ? 'new Date()' : undefined
  if (node.type === 'Identifier' && /^random(Bytes|UUID|Int|Fill|FillSync)$/.test(String(node['name'])))
    return String(node['name'])
  return undefined
}

/** Where chance comes from: the doors take it from here, and hand it in. */
const CHANCE = 'src/crypto/random.ts'

/** `process` as a variable: not a property, not a key, not a declared name. */
function isProcess(node: Node, parent: Node | undefined): boolean {
  if (node.type !== 'Identifier' || node['name'] !== 'process') return false
  if (parent?.type === 'MemberExpression') return parent['object'] === node
  return !(parent?.type === 'Property' && parent['key'] === node) && parent?.type !== 'TSPropertySignature'
}

function findWorldly(source: Source): string[] {
  const wrong: string[] = []
  walk(source.ast, (node, parents) => {
    const what = worldly(node)
    const line = `${source.path}:${lineAt(source, node.start)}`
    if (what && source.path !== CHANCE)
      wrong.push(`${line}: ${what}: clock and randomness come in through Ambient`)
    if (isProcess(node, parents.at(-1)) && !(source.path in PROCESS_EXCEPTIONS))
      wrong.push(`${line}: process belongs to bin: hand the value in through Ambient or Context`)
  })
  return wrong
}

test('below the doors (bin, and the face of the library) nobody reads the clock, chance or the process', () => {
  const isDoor = (room: string): boolean => ['bin', 'index'].includes(room)
  const wrong = SOURCES.filter((source) => !isDoor(source.room)).flatMap(findWorldly)
  expectNone(wrong)
  const takers = IMPORTS.filter(({ to }) => to === CHANCE).map(({ from }) => from)
  expect(takers.toSorted()).toEqual(['bin/world.ts', 'src/library.ts'])
})

test('every export of src has a docstring', () => {
  const wrong = SOURCES.filter((source) => source.path.startsWith('src/')).flatMap((source) =>
    undocumentedExports(source).map((name) => `${source.path}: ${name} has no docstring`),
  )
  expectNone(wrong)
})

test('no file is longer than 250 lines and no function longer than 40', () => {
  const wrong: string[] = []
  for (const source of SOURCES) {
    const lines = source.text.trimEnd().split('\n').length
    if (lines > 250 && !(source.path in LONG)) wrong.push(`${source.path}: ${lines} lines, 250 are allowed`)
    for (const { name, line, lines: length } of functionsOf(source))
      if (length > 40 && !(`${source.path}#${name}` in LONG))
        wrong.push(`${source.path}:${line}: ${name} has ${length} lines, 40 are allowed`)
  }
  expectNone(wrong)
})

test('an exception that is no longer needed is gone from the lists', () => {
  const paths = new Map(SOURCES.map((source) => [source.path, source]))
  const stale = Object.keys(LONG).filter((key) => {
    const [path = '', name] = key.split('#')
    const source = paths.get(path)
    if (!source) return true
    if (name === undefined) return source.text.trimEnd().split('\n').length <= 250
    return !functionsOf(source).some((each) => each.name === name && each.lines > 40)
  })
  expect([...stale, ...Object.keys(PROCESS_EXCEPTIONS).filter((path) => !paths.has(path))]).toEqual([])
})

/** The message of a `new CertmanError(code, message)`, where it begins with literal text. */
function messagesOf(source: Source): { line: number; code: string; text: string; whole: boolean }[] {
  const found: { line: number; code: string; text: string; whole: boolean }[] = []
  walk(source.ast, (node) => {
    if (node.type !== 'NewExpression' || (node['callee'] as Node)['name'] !== 'CertmanError') return
    const [code, message] = node['arguments'] as Node[]
    const quasi = (message?.['quasis'] as Node[] | undefined)?.[0]
    const text = (quasi?.['value'] as { cooked?: string } | undefined)?.cooked ?? message?.['value']
    if (typeof text !== 'string') return
    const line = lineAt(source, node.start)
    found.push({ line, code: String(code?.['value']), text, whole: message?.type === 'Literal' })
  })
  return found
}

test('error messages begin in lower case and have no full stop', () => {
  const wrong = SOURCES.flatMap((source) =>
    messagesOf(source)
      .filter(
        ({ text, whole }) =>
          /^(?!Java |Windows |Node |Keyfactor |Canonical |Azure )[A-Z][a-z]+ /.test(text) ||
          (whole && text.endsWith('.')),
      )
      .map(({ line, text }) => `${source.path}:${line}: ${text}`),
  )
  expectNone(wrong)
})
