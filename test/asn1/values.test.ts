import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTlv, type Tlv } from '../../src/asn1/reader.ts'
import {
  readBitString,
  readBoolean,
  readInstant,
  readInteger,
  readIntegerHex,
  readOid,
  readSmallInteger,
} from '../../src/asn1/values.ts'
import { bitString, boolean, integer, isOid, oid, sequence, time, tlv } from '../../src/asn1/writer.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const whole = (bytes: Uint8Array): Tlv => readTlv(bytes, 0, bytes.length)
const hex = (text: string): Tlv => whole(new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex')))
const utc = (text: string): Tlv => whole(tlv(0x17, Buffer.from(text, 'latin1')))
const generalized = (text: string): Tlv => whole(tlv(0x18, Buffer.from(text, 'latin1')))

describe('object identifiers', () => {
  // X.690 section 8.19.5, and the arcs around each border
  test.each([
    ['0603 883703', '2.999.3'],
    ['0603 550403', '2.5.4.3'],
    ['0609 2a864886f70d01010b', '1.2.840.113549.1.1.11'],
    ['0601 00', '0.0'],
    ['0601 27', '0.39'],
    ['0601 28', '1.0'],
    ['0601 4f', '1.39'],
    ['0601 50', '2.0'],
    ['0604 53818000', '2.3.16384'],
  ])('%s is %s', (bytes, text) => {
    expect(readOid(hex(bytes))).toBe(text)
  })

  test('when an arc has 128 bits (a UUID, X.667) then no digit is lost', () => {
    const uuid = '2.25.329800735698586629295641978511506172918'
    expect(readOid(whole(oid(uuid)))).toBe(uuid)
  })

  test('one that is longer than any honest one is refused: its digits would take the square of its length', () => {
    const ofOctets = (length: number): string => readOid(whole(tlv(0x06, new Uint8Array(length).fill(1))))
    expect(ofOctets(586)).toBe(`0.${'1.'.repeat(585)}1`)
    expect(() => ofOctets(587)).toThrow('an object identifier has 587 octets')
    const longest = `2.1${'.1'.repeat(585)}`
    expect(readOid(whole(oid(longest)))).toBe(longest)
    expect([longest, `${longest}.1`, `2.1${'9'.repeat(100_000)}`].map(isOid)).toEqual([true, false, false])
  })

  test.each(['0600', '0601 80', '0602 8001', '0603 2a8001', '0602 2a86'])('%s is refused', (bytes) => {
    expect(() => readOid(hex(bytes))).toThrow(/object identifier/)
  })

  test('when an identifier is written then it reads the same', () => {
    const arc = fc.bigInt({ min: 0n, max: 2n ** 70n })
    const first = fc.oneof(
      fc.tuple(fc.constantFrom(0, 1), fc.bigInt({ min: 0n, max: 39n })),
      fc.tuple(fc.constant(2), arc),
    )
    fc.assert(
      fc.property(first, fc.array(arc, { maxLength: 8 }), ([root, second], rest) => {
        const text = [root, second, ...rest].join('.')
        expect(readOid(whole(oid(text)))).toBe(text)
      }),
    )
  })
})

describe('integers', () => {
  test('when an integer is written then it reads the same, as number text and as hex', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }), (value) => {
        expect(readInteger(whole(integer(value)))).toBe(value)
        expect(readIntegerHex(whole(integer(value)))).toBe(value.toString(16))
      }),
    )
  })

  test('when a serial number is padded then its hex has no leading zeros, and arithmetic refuses it', () => {
    expect(readIntegerHex(hex('0203 000001'))).toBe('1')
    expect(() => readInteger(hex('0202 0001'))).toThrow('integer is not minimal')
    expect(() => readInteger(hex('0202 ff80'))).toThrow('integer is not minimal')
    expect(() => readInteger(hex('0200'))).toThrow('empty integer')
  })

  test('when a small number is negative or too large then it is refused by name', () => {
    expect(() => readSmallInteger(hex('0201 ff'), 'the version')).toThrow('the version out of range')
    expect(() => readSmallInteger(hex('0205 0100000000'), 'the version')).toThrow('the version out of range')
  })
})

describe('times', () => {
  test.each([
    [utc('500101000000Z'), '1950-01-01T00:00:00Z'],
    [utc('491231235959Z'), '2049-12-31T23:59:59Z'],
    [utc('000229120000Z'), '2000-02-29T12:00:00Z'],
    [utc('0002291200Z'), '2000-02-29T12:00:00Z'],
    [utc('991231235959+0100'), '1999-12-31T22:59:59Z'],
    [generalized('20500101000000Z'), '2050-01-01T00:00:00Z'],
    [generalized('99991231235959Z'), '9999-12-31T23:59:59Z'],
    [generalized('00010101000000Z'), '0001-01-01T00:00:00Z'],
    [generalized('20200101000000.25Z'), '2020-01-01T00:00:00.250Z'],
    [generalized('20161231235960Z'), '2017-01-01T00:00:00Z'],
    [generalized('20200101000000+0100'), '2019-12-31T23:00:00Z'],
    [generalized('2020010100-0500'), undefined],
    // an offset has at most 23 hours and 59 minutes
    [generalized('20200101000000+2400'), undefined],
    [utc('991231235959-0060'), undefined],
    // local time: OpenSSL calls it a bad time value, Go and Java refuse the certificate
    [generalized('20200101000000'), undefined],
  ])('case %# reads as its instant', (value, wanted) => {
    expect(attempt(() => readInstant(value))).toBe(wanted)
  })

  test.each([
    '210229000000Z',
    '21043100000Z',
    '211301000000Z',
    '210001000000Z',
    '210100000000Z',
    '210132000000Z',
    '210101240000Z',
    '210101006000Z',
    '210101000061Z',
    '210101000000',
    'xx0101000000Z',
    '',
  ])('%j is no UTCTime', (text) => {
    expect(() => readInstant(utc(text))).toThrow(/malformed time|no such date/)
  })

  test('when an offset leads out of four-digit years then it is refused', () => {
    expect(() => readInstant(generalized('99991231235959-0100'))).toThrow('no such date')
  })

  test('when an instant is written then it reads the same', () => {
    const seconds = fc.integer({ min: -2_208_988_800, max: 253_402_300_799 })
    fc.assert(
      fc.property(seconds, (value) => {
        const instant = new Date(value * 1000)
        expect(new Date(readInstant(whole(time(instant))))).toEqual(instant)
      }),
    )
  })
})

const attempt = (body: () => string): string | undefined => {
  try {
    return body()
  } catch {
    return undefined
  }
}

describe('bits and truth', () => {
  test('when a bit string is malformed then it is refused', () => {
    expect(() => readBitString(hex('0300'))).toThrow('malformed bit string')
    expect(() => readBitString(hex('0301 01'))).toThrow('malformed bit string')
    expect(() => readBitString(hex('0302 0800'))).toThrow('malformed bit string')
    expect(readBitString(whole(bitString(Uint8Array.of(0xa0), 5)))).toEqual({
      bytes: Uint8Array.of(0xa0),
      unused: 5,
    })
  })

  test('when a boolean is not FF then any octet but zero still counts as true', () => {
    expect(readBoolean(whole(boolean(true)))).toBe(true)
    expect(readBoolean(hex('0101 01'))).toBe(true)
    expect(readBoolean(hex('0101 00'))).toBe(false)
    expect(() => readBoolean(hex('0100'))).toThrow('boolean of wrong length')
  })
})

test('what the writer makes, OpenSSL reads as the same values', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const der = sequence(integer(-129n), oid('2.999.3'), time(new Date('2050-01-01T00:00:00Z')), boolean(true))
  const { text } = runOracle(openssl, ['asn1parse', '-inform', 'DER'], der)
  expect(text).toContain('INTEGER           :-81')
  expect(text).toContain('OBJECT            :2.999.3')
  expect(text).toContain('GENERALIZEDTIME   :20500101000000Z')
  expect(text).toContain('BOOLEAN           :255')
})
