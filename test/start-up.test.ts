import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository, installInto } from './support/built.ts'
import { temporaryFolder } from './support/temporary.ts'

const folder = temporaryFolder('start-up')
const store = join(folder, 'pki')
/** Has an authority, and a request that waits. */
const offices = join(folder, 'offices')
const recorder = join(folder, 'recorder.cjs')
const record = join(folder, 'modules.json')
let command = ''
let contents: Record<string, readonly string[]> = {}

interface Loaded {
  readonly stdout: string
  /** Files of dist. */
  readonly files: readonly string[]
  readonly sources: readonly string[]
  readonly builtIn: readonly string[]
}

/** Runs the built command under a recorder; answers the source files and built-in modules that it loaded. */
function loadedBy(...args: readonly string[]): Loaded {
  const run = spawnSync(process.execPath, ['--require', recorder, command, ...args], {
    cwd: folder,
    env: bareEnv(folder),
    encoding: 'utf8',
    input: '',
  })
  expect(run.stderr).toBe('')
  const seen = JSON.parse(readFileSync(record, 'utf8')) as { files: string[]; builtIn: string[] }
  const chunks = seen.files.map((file) => relative(inRepository('dist'), file))
  return {
    stdout: run.stdout,
    builtIn: seen.builtIn,
    files: seen.files,
    sources: chunks.flatMap((chunk) => contents[chunk] ?? [chunk]),
  }
}

function certman(...args: readonly string[]): void {
  const run = spawnSync(process.execPath, [command, ...args], {
    cwd: folder,
    env: bareEnv(folder),
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
}

beforeAll(() => {
  command = builtCommand()
  contents = JSON.parse(readFileSync(inRepository('dist/chunks/meta.json'), 'utf8')) as typeof contents
  // the command reads its own files through fs; what it requires stands in Node's cache
  const dump = `const fs = require('fs')
    const open = fs.openSync
    const files = new Set()
    fs.openSync = (file, ...rest) => {
      if (typeof file === 'string' && file.endsWith('.cjs')) files.add(file)
      return open(file, ...rest)
    }
    process.on('exit', () => fs.writeFileSync(${JSON.stringify(record)}, JSON.stringify({
      files: [...files, ...Object.keys(require.cache).filter((file) => file !== __filename)],
      builtIn: process.moduleLoadList.filter((name) => name.startsWith('NativeModule ')).map((name) => name.slice(13)),
    })))`
  writeFileSync(recorder, dump)
  certman('store', 'init', store)
  certman('-s', store, 'import', inRepository('fixtures/bundle/example-ca-bundle.pem'), '--no-input', '-q')
  certman('store', 'init', offices)
  const authority = 'ca create --subject CN=Root --name root --key-type ec-p256 --no-password --insecure -q'
  certman('-s', offices, ...authority.split(' '))
  certman('-s', offices, 'request', '--csr', inRepository('fixtures/requests/web.csr'), '-q')
})

/** What listing never needs, and why it is dear. */
const NOT_FOR_LISTING = {
  'an X.509 reader': /^src\/x509\//,
  'an ASN.1 reader (but the names of object identifiers)':
    /^src\/asn1\/(?!oids[./])|node_modules\/(@peculiar|asn1js|pvtsutils|tsyringe|reflect-metadata)/,
  'file formats (but the reader of PEM text, which rebuilds an index)': /^src\/formats\/(?!pem)/,
  'cryptography (but digests and chance, whose built-in module stays outside)':
    /^src\/crypto\/(?!digest|random)/,
  prompts: /^commands\/prompt\.ts|node_modules\/(inquirer|@inquirer)/,
  'the writer of settings': /^src\/settings\/write|node_modules\/(conf|ajv)/,
  tables: /^commands\/render\/table|node_modules\/(cli-table3|string-width)/,
  YAML: /node_modules\/yaml/,
  'operations on files': /^src\/operations\/(import|export|inspect)/,
  'what changes, checks or makes a store, or rebuilds its index':
    /^src\/repository\/directory\/(directory-writer|transaction|commit|check|adopt|init|scan|rebuild|recover)/,
} as const

/** What showing a stored certificate as JSON never needs. */
const NOT_FOR_SHOWING = {
  'other verbs': /^commands\/(list|import|export|edit|parse)\.ts|node_modules\/commander/,
  'requests and CRLs': /^src\/x509\/(csr|crl)/,
  'what writes for people':
    /^commands\/render\/(sections|sheet|list|table|text|show(-text|-certificate)?)\.ts/,
  'file formats (but PEM)': /^src\/formats\/(?!pem)/,
  'libraries for ASN.1 and X.509': /node_modules\/(@peculiar|asn1js|pvtsutils|tsyringe|reflect-metadata)/,
  prompts: NOT_FOR_LISTING.prompts,
  'the writer of settings': NOT_FOR_LISTING['the writer of settings'],
  tables: NOT_FOR_LISTING.tables,
  YAML: NOT_FOR_LISTING.YAML,
  'operations on files and servers':
    /^src\/(http|dialects)|^src\/operations\/(import|export|inspect|starttls\.)/,
  'what changes a store': NOT_FOR_LISTING['what changes, checks or makes a store, or rebuilds its index'],
} as const

/** What no change of a local store needs. */
const NOT_FOR_CHANGING = {
  commander: /^commands\/parse\.ts|node_modules\/commander/,
  'what writes for people': /^commands\/render\/(sections|sheet|list|table|show(-text|-certificate)?)\.ts/,
  'vendors and servers': /^src\/(http|dialects)\//,
  'libraries for ASN.1 and X.509': NOT_FOR_SHOWING['libraries for ASN.1 and X.509'],
  prompts: NOT_FOR_LISTING.prompts,
  'the writer of settings': NOT_FOR_LISTING['the writer of settings'],
  YAML: NOT_FOR_LISTING.YAML,
  'the search for a path': /^src\/path\/(find-path|judge-path|policy-graph|revocation)/,
  'what makes a store, or rebuilds its index': /^src\/repository\/directory\/(init|rebuild)/,
} as const

const CHANGES = [
  {
    verb: 'sign',
    args: ['1', '--ca', 'root', '--profile', 'server', '--days', '90'],
    changed: { requestId: '1', authorityId: '1' },
    needed: ['src/authority/prepare.ts', 'src/store/sign-group.ts'],
    others:
      /^commands\/(request|import|export|edit|revoke|delete|verify)\.ts|^src\/operations\/(import|export|verify|inspect|serve)/,
  },
  {
    verb: 'request',
    args: ['--csr', inRepository('fixtures/requests/api.csr')],
    changed: { state: 'outstanding' },
    needed: ['src/authority/key-policy.ts', 'src/store/submit-request.ts'],
    others:
      /^commands\/(sign|import|export|edit|revoke|delete|verify)\.ts|^src\/authority\/(prepare|lint|crl|parse-profile)/,
  },
  {
    verb: 'import',
    args: [inRepository('fixtures/keys/web.pem')],
    changed: { outcomes: [{ what: 'created' }] },
    needed: ['src/operations/import-files.ts', 'src/store/import-batch.ts'],
    others:
      /^commands\/(request|sign|export|edit|revoke|delete|verify)\.ts|^src\/operations\/(export|verify|inspect|serve)/,
  },
] as const

test('list --json loads no X.509, ASN.1, prompt, settings-writer or table module', () => {
  const { stdout, sources } = loadedBy('-s', store, '--json', 'list')
  expect(JSON.parse(stdout)).toHaveLength(2)
  for (const [what, pattern] of Object.entries(NOT_FOR_LISTING))
    expect(
      sources.filter((source) => pattern.test(source)),
      `list --json must not load ${what}`,
    ).toEqual([])
})

test('show --json of a stored certificate loads neither what writes for people nor what changes a store', () => {
  const { stdout, sources, builtIn } = loadedBy('-s', store, '--json', 'show', '2')
  expect(JSON.parse(stdout)).toMatchObject({ id: '2', chain: [{ id: '1' }] })
  for (const needed of ['commands/show.ts', 'src/operations/show-record.ts', 'src/path/choose-issuer.ts'])
    expect(sources).toContain(needed)
  for (const [what, pattern] of Object.entries(NOT_FOR_SHOWING))
    expect(
      sources.filter((source) => pattern.test(source)),
      `show --json must not load ${what}`,
    ).toEqual([])
  expect(builtIn.filter((name) => /^(child_process|net|tls|http|https|dns|readline)$/.test(name))).toEqual([])
})

test('the recorder sees the files of the command: what list --json needs is among them', () => {
  const { sources } = loadedBy('-s', store, '--json', 'list')
  for (const needed of ['bin/certman.ts', 'commands/list.ts', 'src/repository/directory/open.ts'])
    expect(sources).toContain(needed)
})

test('list --json loads its own verb and no other', () => {
  const { sources } = loadedBy('-s', store, '--json', 'list')
  const tables = ['certificate', 'authority', 'store', 'serve'].map((name) =>
    readFileSync(inRepository(`commands/${name}-verbs.ts`), 'utf8'),
  )
  const verbs = [...tables.join('').matchAll(/import\('\.\/([\w-]+)\.ts'\)/g)].map(
    ([, name]) => `commands/${name!}.ts`,
  )
  expect(verbs.length).toBeGreaterThan(10)
  expect(verbs.filter((verb) => sources.includes(verb))).toEqual(['commands/list.ts'])
})

test('list --json loads no built-in module for cryptography, processes or the network', () => {
  const { builtIn } = loadedBy('-s', store, '--json', 'list')
  expect(
    builtIn.filter((name) =>
      /^(crypto|child_process|net|tls|http|https|dns|readline|worker_threads)$/.test(name),
    ),
  ).toEqual([])
})

test('--version loads the door alone', () => {
  const { stdout, sources } = loadedBy('--version')
  const { version } = JSON.parse(readFileSync(inRepository('package.json'), 'utf8')) as { version: string }
  expect(stdout.trim()).toContain(version)
  expect(
    sources.filter(
      (source) =>
        !source.startsWith('bin/') &&
        /commander|^commands\/(?!world)|^src\/(?!base\/|crypto\/random)/.test(source),
    ),
  ).toEqual([])
})

test.each(CHANGES)(
  '$verb --json loads compiled code, and neither other verbs, nor vendors, nor what asks or draws',
  (run) => {
    const { stdout, files, sources, builtIn } = loadedBy('-s', offices, '--json', run.verb, ...run.args)
    expect(JSON.parse(stdout)).toMatchObject(run.changed)
    for (const needed of [`commands/${run.verb}.ts`, ...run.needed]) expect(sources).toContain(needed)
    for (const [what, pattern] of Object.entries({ ...NOT_FOR_CHANGING, 'other verbs': run.others }))
      expect(
        sources.filter((source) => pattern.test(source)),
        `${run.verb} must not load ${what}`,
      ).toEqual([])
    expect(builtIn.filter((name) => /^(child_process|tls|http|https|dns|readline)$/.test(name))).toEqual([])
    const compiled = `${process.versions.v8}-${process.arch}-work`
    expect(
      files.filter((file) => file !== command && !existsSync(`${file}.${compiled}`)),
      'files without compiled code',
    ).toEqual([])
  },
)

/** What may become of a file on its way, or on its disk. */
const DAMAGES: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['its last byte gone', (bytes) => bytes.subarray(0, -1)],
  ['its second half gone', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['nothing in it', () => Buffer.alloc(0)],
]

test('compiled code that is cut short is not used, and nobody is told', () => {
  const place = join(folder, 'damaged')
  installInto(place)
  const dist = join(place, 'node_modules/certman/dist')
  const compiled = readdirSync(join(dist, 'chunks'))
    .filter((name) => name.endsWith('-look'))
    .map((name) => join(dist, 'chunks', name))
    .map((path) => ({ path, whole: readFileSync(path) }))
  expect(compiled.length).toBeGreaterThan(5)
  // the names in it are what `--verbose` shows: nobody wants the folder that the build worked in
  expect(compiled.filter(({ whole }) => whole.includes('dist-building'))).toEqual([])
  const list = (): { status: number | null; stdout: string; stderr: string } => {
    const args = [join(dist, 'certman.cjs'), '-s', store, '--json', 'list']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      env: bareEnv(folder),
      encoding: 'utf8',
      timeout: 20_000,
    })
    return { status, stdout, stderr }
  }
  const right = list()
  expect(right).toMatchObject({ status: 0, stderr: '' })
  for (const [damage, damaged] of DAMAGES) {
    for (const { path, whole } of compiled) writeFileSync(path, damaged(whole))
    expect(list(), damage).toEqual(right)
  }
})
