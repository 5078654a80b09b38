import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { jsonErrorLine } from '../../src/settings/json-error.ts'

describe('the line on which a text stops being JSON', () => {
  test.each([
    ['{"a": 1,\n"b" 2}', 2],
    ['{\n  "a": 1,\n}', 3],
    ['{\n"a": [1, 2\n', 2],
    ['', 1],
    ['{"a": 1}\n{"b": 2}', 2],
    ['{\n\n  a: 1\n}', 3],
    ['{\n  "a": 01\n}', 2],
    ['{\n  "a": "x\ny"\n}', 2],
    ['{"a":\ntrue false}', 2],
  ])('when the text is %j then it is line %i', (text, line) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(jsonErrorLine(text)).toBe(line)
  })

  test('when one character of a JSON text is replaced by # outside strings then its line is found', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, seed) => {
        const text = JSON.stringify(JSON.parse(json), null, 1)
        const outside = [...text.matchAll(/"(?:[^"\\]|\\.)*"|([{}[\]:,])/g)].filter(
          (match) => match[1] !== undefined,
        )
        const chosen = outside[seed % Math.max(outside.length, 1)]
        if (!chosen) return
        const broken = `${text.slice(0, chosen.index)}#${text.slice(chosen.index + 1)}`
        expect(() => JSON.parse(broken) as unknown).toThrow(SyntaxError)
        expect(jsonErrorLine(broken)).toBe(text.slice(0, chosen.index).split('\n').length)
      }),
    )
  })
})
