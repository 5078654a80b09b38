import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { csvLine } from '../../commands/render/csv.ts'
import { jsonText } from '../../commands/render/json.ts'
import { jsonLine } from '../../commands/render/jsonl.ts'
import { nameLine } from '../../commands/render/name.ts'
import { safeText } from '../../commands/render/safe.ts'
import { yamlText } from '../../commands/render/yaml.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

/** What a terminal obeys or hides: written here once more, independently of the source. */
const DANGEROUS: readonly (readonly [from: number, to: number])[] = [
  [0x0, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xe0000, 0xe0fff],
]

function isDangerous(text: string): boolean {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0).some((point) =>
    DANGEROUS.some(([from, to]) => point >= from && point <= to),
  )
}

const hostile = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b[31m',
      '\n',
      '\r',
      '\t',
      '\u0000',
      '\u009b',
      '\u202e',
      '\u200d',
      '\u2028',
      '\u{e0041}',
      '\ufe0f',
      '"',
      "'",
      ',',
      '=',
      '\\',
      ' ',
      '#',
      ':',
      '-',
      '漢',
    ),
    fc.string({ unit: 'binary', maxLength: 1 }),
  ),
  maxLength: 12,
})

describe('a terminal', () => {
  test.each([
    ['\u001b[31mred', '\\u{1b}[31mred'],
    ['a\nb\r\tc', 'a\\u{a}b\\u{d}\\u{9}c'],
    ['moc.\u202eelpmaxe', 'moc.\\u{202e}elpmaxe'],
    ['c1 \u009b2J', 'c1 \\u{9b}2J'],
    ['zero\u200bwidth\u{e0041}', 'zero\\u{200b}width\\u{e0041}'],
    ['Überall 漢字 😀 é', 'Überall 漢字 😀 é'],
    ['a\\u{1b}', 'a\\u{1b}'],
  ])('sees %j as %s', (text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  test('never sees anything that steers it, whatever the text', () => {
    fc.assert(fc.property(hostile, (text) => !isDangerous(safeText(text))))
  })

  test('sees every other character of the first blocks, and what certman draws, as it is', () => {
    const plain = Array.from({ length: 0x400 }, (_, point) => String.fromCodePoint(point))
    for (const char of [...plain, ...'…←─└'])
      expect(safeText(char) === char, JSON.stringify(char)).toBe(!isDangerous(char))
  })

  test('never sees it in JSON, JSON lines and YAML either, and the value stays the same', () => {
    fc.assert(
      fc.property(hostile, hostile, (key, value) => {
        const document = { [`k${key}`]: value, list: [value, { value }], n: 1, none: null }
        const texts = [jsonText(document), jsonLine(document), yamlText(document)]
        for (const text of texts) expect(isDangerous(text.replaceAll('\n', ''))).toBe(false)
        expect(JSON.parse(texts[0] ?? '')).toEqual(document)
        expect(JSON.parse(texts[1] ?? '')).toEqual(document)
        expect(parseYaml(texts[2] ?? '')).toEqual(document)
      }),
      { numRuns: 1000 },
    )
  })

  test('sees one line for each JSON line and each name', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        expect(jsonLine({ value }).split('\n')).toHaveLength(2)
        expect(nameLine('certificate', { name: value, id: '1' }).split('\n')).toHaveLength(2)
      }),
    )
  })
})

describe('CSV', () => {
  test('quotes as RFC 4180 says and ends lines with CRLF', () => {
    expect(csvLine(['a', 'b,c', 'd "e"', 'f\ng', ' h', null, undefined, 3, true, ['x', 'y']])).toBe(
      'a,"b,c","d ""e""","f\ng"," h",,,3,true,x; y\r\n',
    )
  })

  test('puts an apostrophe before what a spreadsheet would run, but not before numbers', () => {
    expect(csvLine(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', -1, 'a=b'])).toBe(
      `'=1+1,'+1,'-1,'@SUM(A1),'\t=1,-1,a=b\r\n`,
    )
    expect(csvLine(['=HYPERLINK("http://evil","x")'])).toBe(`"'=HYPERLINK(""http://evil"",""x"")"\r\n`)
  })

  test('gives back the same cells in another reader', (context) => {
    const python = requireOracle(context, 'python3')
    const cell = hostile.map((text) => text.replace(/[\u0000\p{Cs}]/gu, '').replace(/^[=+\-@\t\r]+/, ''))
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 30 })
    // many tables for each start of the other reader
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 20 }), (tables) => {
        const program = `import csv, io, json, sys
texts = json.loads(sys.stdin.buffer.read())
print(json.dumps([list(csv.reader(io.StringIO(text, newline=""))) for text in texts]))`
        const texts = tables.map((rows) => rows.map((row) => csvLine(row)).join(''))
        const answer = runOracle(python, ['-c', program], JSON.stringify(texts))
        expect(JSON.parse(answer.stdout.toString())).toEqual(tables)
      }),
      { numRuns: 4 },
    )
  })
})
