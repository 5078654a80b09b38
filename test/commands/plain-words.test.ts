import { array, assert, constantFrom, property } from 'fast-check'
import { expect, test } from 'vitest'
import type { Verb } from '../../commands/declare.ts'
import { verb as exportVerb } from '../../commands/export.ts'
import { verb as list } from '../../commands/list.ts'
import { parseVerb } from '../../commands/parse.ts'
import { readPlainly } from '../../commands/plain-words.ts'
import { verb as show } from '../../commands/show.ts'

const VERBS: readonly Verb[] = [list, show, exportVerb] as readonly unknown[] as readonly Verb[]

/** Words that people write and mistype: whole flags, short ones, values, arguments, oddities. */
const WORD = constantFrom(
  ...(
    '--json --no-input --has-key --no-key -y -n -s --store --limit --tag --out --output -o --filter --pem --file ' +
    '--format --lock-timeout --dry-run --state json tabel p12 5 web ./pki requests valid a=b ' +
    '5x 1e3 -5 - -- -x -sq -s./pki --limit=5 --jso --input --dryRun --constructor --proto__'
  ).split(' '),
  '',
)

test('when plain words are read, then commander reads the same from them', () => {
  let plain = 0
  assert(
    property(constantFrom(...VERBS), array(WORD, { maxLength: 6 }), (verb, words) => {
      const read = readPlainly(verb, words)
      if (!read) return
      plain++
      expect(read).toEqual(parseVerb(verb, words))
    }),
    { numRuns: 4000 },
  )
  expect(plain).toBeGreaterThan(200)
})

test.each([
  ['-s ./pki --json', {}],
  ['--filter x --limit 5 --tag a --tag b --no-key', { limit: 5, tag: ['a', 'b'], noKey: true, filter: 'x' }],
])('list %s is plain', (line, options) => {
  expect(readPlainly(list as unknown as Verb, line.split(' '))?.input.options).toMatchObject(options)
})

test.each([
  '--jso',
  '--limit 5x',
  '--limit',
  '--output tabel',
  '--limit=5',
  '-sx',
  '--',
  'a b',
  '--store -x',
  '-undefined',
])('list %s is left to commander', (line) =>
  expect(readPlainly(list as unknown as Verb, line.split(' '))).toBeUndefined(),
)
