import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { safeText } from '../../commands/render/safe.ts'
import { cut, displayWidth, pad, wrap } from '../../commands/render/width.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const text = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', ',', '/', '漢', '字', 'ｱ', '😀', 'e\u0301', 'ü', 'Ω', 'x'),
  maxLength: 60,
})

/** Where we differ from East Asian Width on purpose, or where Unicode itself has changed. */
const DIVERGENCES: readonly (readonly [from: number, to: number, reason: string])[] = [
  [0x1160, 0x11ff, 'vowels and finals of Hangul are drawn into the syllable before them'],
  [0x3248, 0x324f, 'ambiguous: terminals draw the circled numbers on black squares wide'],
  [0x4dc0, 0x4dff, 'hexagrams are wide since Unicode 16'],
  [0x1171e, 0x1171e, 'a mark by category in one version, a letter in the other'],
  [0x1f1e6, 0x1f1ff, 'regional indicators: a pair is a flag of two columns, we reserve two for each'],
]

describe('the width of', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['漢字', 4],
    ['ｶﾀｶﾅ', 4],
    ['Ｆｕｌｌ', 8],
    ['한국어', 6],
    ['e\u0301clair', 6],
    ['😀', 2],
    ['①', 1],
  ])('%j is %i columns', (value, width) => {
    expect(displayWidth(value)).toBe(width)
  })

  test('every visible character is what Unicode says, the listed divergences aside', (context) => {
    const python = requireOracle(context, 'python3')
    const program = `
import json, unicodedata as u
skip = ('Cc', 'Cf', 'Cs', 'Cn', 'Co', 'Zl', 'Zp')
width = lambda c: 0 if u.category(c) in ('Mn', 'Me') else 2 if u.east_asian_width(c) in 'WF' else 1
print(json.dumps([[i, width(chr(i))] for i in range(32, 0x110000) if u.category(chr(i)) not in skip]))`
    const rows = JSON.parse(runOracle(python, ['-c', program]).stdout.toString()) as [number, number][]
    expect(rows.length).toBeGreaterThan(100_000)
    const wrong = rows.filter(([point, width]) => {
      const char = String.fromCodePoint(point)
      if (safeText(char) !== char || DIVERGENCES.some(([from, to]) => point >= from && point <= to))
        return false
      // a character that only one of the two versions of Unicode knows says nothing
      return displayWidth(char) !== width && !/\p{Cn}/u.test(char)
    })
    expect(wrong.map(([point]) => point.toString(16))).toEqual([])
  })
})

describe('a text', () => {
  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['漢字漢字', 5, '漢字…'],
    ['漢字漢字', 6, '漢字…'],
    ['e\u0301e\u0301e\u0301', 2, 'e\u0301…'],
    ['abc', 1, '…'],
  ])('%j cut to %i columns is %j', (value, width, expected) => {
    expect(cut(value, width)).toBe(expected)
  })

  test('that is cut fits, and stays as it is when it fitted before', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (value, width) => {
        expect(displayWidth(cut(value, width))).toBeLessThanOrEqual(Math.max(width, 1))
        expect(cut(value, width) === value).toBe(displayWidth(value) <= width)
      }),
    )
  })

  test('that is padded has the width', () => {
    fc.assert(fc.property(text, (value) => displayWidth(pad(value, 130)) === 130))
  })

  test('of a million characters is wrapped at once', () => {
    expect(wrap('x'.repeat(1_000_000), 80)).toHaveLength(12_500)
  })

  test('that is wrapped fits on every line and loses only blanks', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 30 }), (value, width) => {
        const lines = wrap(value, width)
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''))
      }),
    )
  })

  test('is wrapped at blanks and separators where one is near', () => {
    expect(wrap('digitalSignature, keyEncipherment', 20)).toEqual(['digitalSignature,', 'keyEncipherment'])
    expect(wrap('http://crl.example/some/path.crl', 20)).toEqual(['http://crl.example/', 'some/path.crl'])
    expect(wrap('0123456789abcdef', 10)).toEqual(['0123456789', 'abcdef'])
  })
})
