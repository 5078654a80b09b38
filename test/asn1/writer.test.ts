import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, contentOf, readTlv, TAG, type Tlv } from '../../src/asn1/reader.ts'
import { readBitString, readInteger, readIntegerHex, readInstant, readOid } from '../../src/asn1/values.ts'
import * as der from '../../src/asn1/writer.ts'
import { toHex } from '../../src/base/bytes.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const whole = (bytes: Uint8Array): Tlv => readTlv(bytes, 0, bytes.length)

describe('lengths', () => {
  // X.690 section 10.1: as short as can be, on both sides of each border
  test.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65_535, '0482ffff'],
    [65_536, '0483010000'],
    [16_777_216, '048401000000'],
  ])('when the content has %i octets then the header is %s', (length, header) => {
    const value = der.octetString(new Uint8Array(length))
    expect(toHex(value.subarray(0, header.length / 2))).toBe(header)
    expect(value).toHaveLength(header.length / 2 + length)
    expect(der.sizeOfTlv(length)).toBe(value.length)
  })

  test('when values are joined then they are the content, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (parts) => {
        expect(der.constructed(TAG.sequence, parts)).toEqual(der.tlv(TAG.sequence, Buffer.concat(parts)))
      }),
    )
  })
})

describe('integers', () => {
  // X.690 section 8.3 and the RSA Layman's Guide, section 5.7
  test.each([
    [0n, '020100'],
    [127n, '02017f'],
    [128n, '02020080'],
    [256n, '02020100'],
    [-1n, '0201ff'],
    [-128n, '020180'],
    [-129n, '0202ff7f'],
    [65_535n, '020300ffff'],
  ])('%i is %s', (value, hex) => {
    expect(toHex(der.integer(value))).toBe(hex)
    expect(toHex(der.integer(Number(value)))).toBe(hex)
  })

  test('when any number is written then the reader, which refuses padding, gives it back', () => {
    const anyInteger = fc.bigInt({ min: -(1n << 200n), max: 1n << 200n })
    fc.assert(
      fc.property(anyInteger, (value) => {
        expect(readInteger(whole(der.integer(value)))).toBe(value)
      }),
    )
  })

  test('when octets are written then zeros in front do not count and the sign bit stays clear', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (bytes) => {
        expect(der.integerOfHex(toHex(bytes))).toEqual(der.integer(BigInt(`0x${toHex(bytes)}`)))
      }),
    )
  })

  test('when hex is written then it is what the reader shows of it', () => {
    const signed = fc.bigInt({ min: -(1n << 170n), max: 1n << 170n }).map((value) => value.toString(16))
    fc.assert(
      fc.property(signed, (hex) => {
        expect(readIntegerHex(whole(der.integerOfHex(hex)))).toBe(hex)
      }),
    )
    expect(toHex(der.integerOfHex('00FF'))).toBe('020200ff')
    expect(() => der.integerOfHex('')).toThrow(TypeError)
    expect(() => der.integerOfHex('0x1')).toThrow(TypeError)
  })

  test('when an ENUMERATED is written then only its tag differs', () => {
    expect(toHex(der.enumerated(1))).toBe('0a0101')
    expect(toHex(der.enumerated(200))).toBe('0a0200c8')
  })
})

describe('object identifiers', () => {
  const anyArc = fc.oneof(fc.nat(200).map(BigInt), fc.bigInt({ min: 0n, max: 1n << 130n }))
  const anyOid = fc
    .tuple(
      fc.constantFrom('0.', '1.', '2.'),
      fc.bigInt({ min: 0n, max: 39n }),
      fc.array(anyArc, { maxLength: 8 }),
    )
    .map(([root, second, rest]) => [`${root}${second}`, ...rest].join('.'))

  test('when any is written then the reader gives it back', () => {
    fc.assert(
      fc.property(anyOid, (dotted) => {
        expect(readOid(whole(der.oid(dotted)))).toBe(dotted)
      }),
    )
  })

  test('when any is written then openssl reads the same', (context) => {
    const openssl = requireOracle(context, 'openssl')
    for (const dotted of [
      '2.999.3',
      '1.39.128',
      '2.5.4.16384.1',
      '2.25.329800735698586629295641978511506172918',
    ])
      expect(runOracle(openssl, ['asn1parse', '-inform', 'DER'], der.oid(dotted)).text).toContain(
        `:${dotted}`,
      )
  })

  test.each(['', '1', '3.1', '1.40', '1.2.', '1..2', '1.2.x', '-1.2'])(
    'when it is "%s" then it is refused',
    (dotted) => {
      expect(() => der.oid(dotted)).toThrow(TypeError)
    },
  )
})

describe('named bits', () => {
  // the last octet ends with a bit that is set (X.690 section 11.2.2)
  test.each([
    [[], '030100'],
    [[0], '03020780'],
    [[5, 6], '03020106'],
    [[8], '0303070080'],
    [[0, 7], '03020081'],
  ])('%j is %s', (bits, hex) => {
    expect(toHex(der.namedBitString(bits))).toBe(hex)
  })

  test('when octets are written as a bit string then they come back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        expect(readBitString(whole(der.bitString(bytes)))).toEqual({ bytes, unused: 0 })
      }),
    )
  })
})

describe('times', () => {
  // RFC 5280 section 4.1.2.5: UTCTime until 2049
  test.each([
    ['1949-12-31T23:59:59Z', '18', '19491231235959Z'],
    ['1950-01-01T00:00:00Z', '17', '500101000000Z'],
    ['2049-12-31T23:59:59Z', '17', '491231235959Z'],
    ['2050-01-01T00:00:00Z', '18', '20500101000000Z'],
    ['9999-12-31T23:59:59Z', '18', '99991231235959Z'],
    ['2026-03-01T12:00:00.999Z', '17', '260301120000Z'],
  ])('%s is %s %s', (instant, tag, digits) => {
    const value = whole(der.time(new Date(instant)))
    expect(value.tag.toString(16)).toBe(tag)
    expect(Buffer.from(contentOf(value)).toString('latin1')).toBe(digits)
  })

  test('when any second is written then it is read back, in both forms', () => {
    const anySecond = fc.date({
      min: new Date(0),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(anySecond, (date) => {
        const seconds = new Date(Math.floor(date.getTime() / 1000) * 1000)
        expect(new Date(readInstant(whole(der.time(date))))).toEqual(seconds)
        expect(new Date(readInstant(whole(der.generalizedTime(date))))).toEqual(seconds)
      }),
    )
  })

  test('when no certificate can hold the instant then it is refused', () => {
    expect(() => der.time(new Date(Number.NaN))).toThrow(TypeError)
    expect(() => der.time(new Date('+010000-01-01T00:00:00Z'))).toThrow(TypeError)
  })
})

test('when a set is written then its members are in order (X.690 section 11.6)', () => {
  const set = der.setOf([der.integer(300), der.integer(5), der.boolean(true)])
  expect(toHex(set)).toBe('310a0101ff0201050202012c')
  expect(bytesOf(whole(set))).toEqual(set)
})
