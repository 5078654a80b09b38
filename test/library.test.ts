import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository, installInto, temporaryFolder } from './support/built.ts'

/** A consumer: a folder of its own with the package under node_modules, as npm puts it there. */
const consumer = temporaryFolder('library')
const at = (name: string): string => join(consumer.path, name)

function node(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, {
    cwd: consumer.path,
    env: bareEnv(consumer.path),
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
  installInto(consumer.path)
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

afterAll(() => consumer.remove())

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

test('when the documented example of the library is run, it does what it says', () => {
  const text = readFileSync(inRepository('src/index.ts'), 'utf8')
  const example = /@example[^\n]*\n \* ```ts\n([\s\S]*?)```/.exec(text)?.[1]?.replace(/^ \* ?/gm, '') ?? ''
  expect(example).toContain("from 'certman'")
  writeFileSync(at('example.mts'), example)
  writeFileSync(
    at('tsconfig.example.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        strict: true,
        target: 'es2022',
        types: ['node'],
        rootDir: '.',
        outDir: 'out',
      },
      files: ['example.mts'],
    }),
  )
  const compiled = node(inRepository('node_modules/typescript/bin/tsc'), '-p', at('tsconfig.example.json'))
  expect(compiled.stdout).toBe('')
  const { status, stderr } = node(at('out/example.mjs'), bundle)
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

test('the JSON Schema can be loaded from the package', () => {
  const script = `console.log(require('certman/schema.json').$schema)`
  expect(node('-e', script).stdout.trim()).toBe('https://json-schema.org/draft/2020-12/schema')
})
