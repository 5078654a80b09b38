import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository, installInto } from './support/built.ts'
import { outputOf, requireOracle } from './support/oracles.ts'
import { temporaryFolder } from './support/temporary.ts'

/** A consumer: a folder of its own with the package under node_modules, as npm puts it there. */
const consumer = temporaryFolder('library')
const at = (name: string): string => join(consumer, name)

function node(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, {
    cwd: consumer,
    env: bareEnv(consumer),
    encoding: 'utf8',
  })
}

const USE = `
const pem = readFileSync(process.argv[2], 'utf8')
const bundle = await readItems(new TextEncoder().encode(pem), { file: 'bundle.pem', password: async () => undefined })
const certificates = bundle.items.filter((item) => item.type === 'certificate')
const subjects = certificates.map((item) => describeCertificate(item.der).subject)
console.log(JSON.stringify(subjects))
try {
  describeCertificate(new Uint8Array([1, 2, 3]))
} catch (error) {
  console.log(error instanceof CertmanError, (error as CertmanError).code)
}
`
const NAMES = 'CertmanError, describeCertificate, readItems'

beforeAll(() => {
  builtCommand()
  installInto(consumer)
  const js = USE.replace(' as CertmanError', '')
  writeFileSync(
    at('use.mjs'),
    `import { readFileSync } from 'node:fs'\nimport { ${NAMES} } from 'certman'\n${js}`,
  )
  writeFileSync(
    at('use.cjs'),
    `const { readFileSync } = require('node:fs')\nconst { ${NAMES} } = require('certman')\nvoid (async () => {${js}})()`,
  )
  writeFileSync(
    at('use.mts'),
    `import { readFileSync } from 'node:fs'\nimport { ${NAMES} } from 'certman'\n${USE}`,
  )
  writeFileSync(
    at('old.cts'),
    `import certman = require('certman')\nexport const code = (error: certman.CertmanError): string => error.code\n`,
  )
})

const EXPECTED = [
  '["CN=Example Root CA,O=Example Intranet,C=DE","CN=Example Issuing CA 1,O=Example Intranet,C=DE"]',
  'true der.malformed',
]
const bundle = inRepository('fixtures/bundle/example-ca-bundle.pem')

test.each(['use.mjs', 'use.cjs'])('when a consumer loads the library by %s, it works', (file) => {
  const { stdout, stderr } = node(at(file), bundle)
  expect(stderr).toBe('')
  expect(stdout.trim().split('\n')).toEqual(EXPECTED)
})

test.each(['node16', 'nodenext'])(
  'when a consumer type-checks under %s, both flavours fit their declarations',
  (module) => {
    const options = {
      module,
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'es2022',
      types: ['node'],
    }
    const file = at(`tsconfig.${module}.json`)
    writeFileSync(file, JSON.stringify({ compilerOptions: options, files: ['use.mts', 'old.cts'] }))
    const { stdout, status } = node(inRepository('node_modules/typescript/bin/tsc'), '-p', file)
    expect(stdout).toBe('')
    expect(status).toBe(0)
  },
)

/** Examples of the library in documents: the page where each stands, and what it is given. */
const EXAMPLES = [
  ['src/index.ts', / \* ```ts\n([\s\S]*?)```/, [bundle]],
  ['docs/library.md', /\n```ts\n([\s\S]*?)```/, ['store', bundle]],
] as const

/** Compiles the example of a document strictly, as a consumer would, and runs it. */
function runExample([page, pattern, words]: (typeof EXAMPLES)[number]): ReturnType<typeof node> {
  const example = pattern.exec(readFileSync(inRepository(page), 'utf8'))?.[1]?.replace(/^ \* ?/gm, '') ?? ''
  expect(example).toContain("from 'certman'")
  writeFileSync(at('example.mts'), example)
  const { stdout } = node(inRepository('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.example.json'))
  expect(stdout).toBe('')
  return node(at('out/example.mjs'), ...words)
}

test('when the documented examples of the library are run, they do what they say', (context) => {
  const options = { module: 'nodenext', strict: true, target: 'es2022', types: ['node'] }
  writeFileSync(
    at('tsconfig.example.json'),
    JSON.stringify({ compilerOptions: { ...options, rootDir: '.', outDir: 'out' }, files: ['example.mts'] }),
  )
  for (const example of EXAMPLES) {
    const { status, stderr } = runExample(example)
    expect(stderr).toBe('')
    expect(status).toBe(0)
  }
  const openssl = requireOracle(context, 'openssl')
  const words = ['pkcs12', '-in', at('store/web.p12'), '-passin', 'pass:correct horse', '-nodes']
  expect(`${outputOf(openssl, words)}`.match(/BEGIN (CERTIFICATE|PRIVATE KEY)/g)).toHaveLength(3)
  const crl = ['crl', '-inform', 'der', '-in', at('store/root.crl'), '-noout', '-text']
  expect(`${outputOf(openssl, crl)}`).toContain('Superseded')
})

test('the JSON Schema can be loaded from the package', () => {
  const script = `console.log(require('certman/schema.json').$schema)`
  expect(node('-e', script).stdout.trim()).toBe('https://json-schema.org/draft/2020-12/schema')
})
