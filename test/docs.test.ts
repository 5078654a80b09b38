import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ERRORS } from '../src/base/errors.ts'
import { inRepository } from './support/built.ts'

const read = (path: string): string => readFileSync(inRepository(path), 'utf8')

interface PackageFacts {
  readonly scripts: Readonly<Record<string, string>>
  readonly engines: { readonly node: string }
  readonly dependencies: Readonly<Record<string, string>>
  readonly optionalDependencies: Readonly<Record<string, string>>
}
const facts = JSON.parse(read('package.json')) as PackageFacts

/** First cells of the rows of a Markdown table. */
const cells = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, cell]) => cell!)

test('docs/errors.md lists exactly the codes of the error table', () => {
  expect(cells(read('docs/errors.md'), /^\| `([a-z.-]+)`/gm)).toEqual(Object.keys(ERRORS))
})

test('docs/exit-status.md explains every exit status of the error table', () => {
  const explained = new Set(cells(read('docs/exit-status.md'), /^\| (\d+) +\| [^`]/gm).map(Number))
  const used = new Set(Object.values(ERRORS).map(({ exit }) => exit))
  expect([...used].filter((status) => !explained.has(status))).toEqual([])
})

test('every runtime dependency has a decision page', () => {
  const folder = inRepository('docs/decisions')
  const pages = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  const heads = pages.join('\n').replaceAll('\\*', '*')
  const names = Object.keys({ ...facts.dependencies, ...facts.optionalDependencies })
  const missing = names.filter(
    (name) =>
      !heads.includes(name) && !(name.startsWith('@peculiar/asn1-') && heads.includes('@peculiar/asn1-*')),
  )
  expect(missing).toEqual([])
})

test('every script that README and CONTRIBUTING name exists', () => {
  const named = cells(read('README.md') + read('CONTRIBUTING.md'), /npm run ([\w:-]+)/g)
  expect(named.length).toBeGreaterThan(3)
  expect(named.filter((name) => !(name in facts.scripts))).toEqual([])
})

test('README begins with the two commands', () => {
  const commands = cells(read('README.md'), /^(npm ci && npm [a-z ]+?) +#/gm)
  expect(commands).toEqual(['npm ci && npm run tour', 'npm ci && npm test'])
})

/** Pages and the relative links in them. */
function links(): { page: string; target: string }[] {
  const pages = ['.', 'docs', 'docs/decisions', 'docs/dialects', 'docs/verbs', 'fixtures'].flatMap((folder) =>
    readdirSync(inRepository(folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  )
  return pages.flatMap((page) =>
    cells(read(page), /\]\(([^)\s]+)\)/g)
      .filter((target) => !/^(https?:|#|mailto:)/.test(target))
      .map((target) => ({ page, target: target.replace(/#.*$/, '') })),
  )
}

test('examples in the manual pages fit a terminal of 80 columns, of which man takes 14', () => {
  const pages = readdirSync(inRepository('docs/man')).map((name) => read(`docs/man/${name}`))
  const lines = pages
    .flatMap((page) => [...page.matchAll(/^\.nf\n(.*?)\n\.fi$/gms)])
    .flatMap(([, example = '']) => example.replace(/\\([-e&])/g, '$1').split('\n'))
  expect(lines.length).toBeGreaterThan(100)
  expect(lines.filter((line) => line.length > 66)).toEqual([])
})

test('every link between the pages leads somewhere', () => {
  const all = links()
  expect(all.length).toBeGreaterThan(20)
  const dead = all.filter(({ page, target }) => !existsSync(resolve(inRepository(dirname(page)), target)))
  expect(dead).toEqual([])
})

test('no page or source names a path or a tool of one machine', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'docs/json.md',
    'docs/errors.md',
  ]
  const found = pages.filter((page) => /\/(?:work|root|home\/\w+)\//.test(read(page)))
  expect(found).toEqual([])
})

test.each(['iis', 'azure-apim', 'keyfactor', 'notary', 'd9tready'])(
  'docs/dialects/%s.md names for each documented operation the tests that show it',
  (vendor) => {
    const [, table] = /^## Operations\n[^|]*((?:\|.*\n)+)/m.exec(read(`docs/dialects/${vendor}.md`))!
    const rows = table!.trimEnd().split('\n').slice(2)
    expect(rows.length).toBeGreaterThan(10)
    const named = rows.map((row) =>
      row
        .split('|')
        .at(-2)!
        .replaceAll(/\([^)]*\)|`/g, ''),
    )
    const files = named.flatMap((cell) => cell.split(',').map((name) => name.trim()))
    const paths = files.map(
      (name) => `${name.includes('/') ? '' : `test/dialects/${vendor}/`}${name}.test.ts`,
    )
    expect(paths.filter((path) => !existsSync(inRepository(path)))).toEqual([])
  },
)
