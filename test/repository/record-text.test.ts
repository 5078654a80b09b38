import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { requirePem, writePem } from '../../src/formats/pem.ts'
import { parseRecordText, safeJson, writeRecordText } from '../../src/repository/record-text.ts'

const value = fc.jsonValue() as fc.Arbitrary<Json>
const TAKEN = new Set(
  'id trashedAt toString constructor valueOf subject issuer serialNumber notBefore notAfter fingerprint'.split(
    ' ',
  ),
)
const name = fc.stringMatching(/^[a-z][A-Za-z0-9_.]{0,20}$/).filter((each) => !TAKEN.has(each))
const hostile = fc.string({
  unit: fc.constantFrom(
    '-',
    '\n',
    '\r',
    '\u202e',
    '\u0000',
    '\u2028',
    '\u009b',
    ' ',
    'BEGIN',
    '"',
    '\\',
    'ü',
    '😀',
  ),
  maxLength: 40,
})

test('whatever the fields hold, the file gives them back, and the bytes with them', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(value, hostile), { noNullPrototype: true }),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      (given, der) => {
        const fields = JSON.parse(JSON.stringify({ id: '1', ...given }))
        const record = { kind: 'certificate', id: '1', fields, pem: { label: 'CERTIFICATE', der } } as const
        const parsed = parseRecordText(
          writeRecordText(record, { subject: 'CN=x' }, '2026-03-01T12:00:00Z'),
          'file',
        )
        expect(parsed.fields).toEqual(fields)
        expect(Buffer.from(parsed.pem!.der)).toEqual(Buffer.from(der))
        expect(parsed.derived).toEqual({ subject: 'CN=x' })
        expect(parsed.trashedAt).toBe('2026-03-01T12:00:00Z')
      },
    ),
  )
})

test('a block that somebody touched is read as the reader of PEM files reads it, or refused as that refuses it', () => {
  const touched = fc.record({
    der: fc.uint8Array({ minLength: 1, maxLength: 120 }),
    at: fc.nat(),
    gone: fc.nat(2),
    put: fc.constantFrom('', '=', '\n', 'A', '-', ' ', '==', 'A\n'),
  })
  const read = (decode: () => Uint8Array | undefined): string | undefined => {
    try {
      return Buffer.from(decode() ?? []).toString('hex')
    } catch {
      return undefined
    }
  }
  fc.assert(
    fc.property(touched, ({ der, at, gone, put }) => {
      const block = writePem('CERTIFICATE', der)
      // not before it: the record's own reader wants its BEGIN at the start of a line
      const place = 1 + (at % block.length)
      const text = `${block.slice(0, place)}${put}${block.slice(place + gone)}`
      const parsed = read(() => parseRecordText(`id: "1"\n\n${text}`, 'file').pem?.der)
      const expected = read(() => {
        const [one, ...more] = requirePem(Buffer.from(text), 'file')
        if (!one || more.length > 0) throw new Error('not one')
        return one.der
      })
      expect(parsed).toBe(expected)
    }),
    { numRuns: 300 },
  )
})

test('no value can put a PEM boundary, a line end or an invisible character into the text', () => {
  fc.assert(
    fc.property(fc.oneof(value, hostile), (given) => {
      const json = safeJson(given)
      expect(json).not.toMatch(/-----|[\p{Cc}\p{Cf}\u2028\u2029]/u)
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(given)))
    }),
  )
})

test.each([
  ['without a PEM block', 'id: "1"\n', 'there is no PEM block'],
  [
    'with a field that is no JSON',
    'id: "1"\ntags: [\n\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n',
    'tags is no JSON',
  ],
  [
    'with two PEM blocks',
    '-----BEGIN A-----\nMAA=\n-----END A-----\n-----BEGIN A-----\nMAA=\n-----END A-----\n',
    '2 PEM blocks',
  ],
  ['that is broken JSON', '{"id":', 'it is no JSON'],
])('a file %s is refused by name', (_, text, why) => {
  expect(() => parseRecordText(text, '/pki/1.pem')).toThrow(
    expect.objectContaining({ code: 'store.damaged', message: expect.stringContaining(why) }),
  )
  expect(() => parseRecordText(text, '/pki/1.pem')).toThrow('/pki/1.pem is damaged')
})
