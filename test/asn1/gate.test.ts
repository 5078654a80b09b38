import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { requireOneValue } from '../../src/asn1/gate.ts'
import { bytesOf } from '../../src/asn1/reader.ts'
import { octetString, sequence, tlv } from '../../src/asn1/writer.ts'
import { isCertmanError } from '../../src/base/errors.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))

const nested = (levels: number): Uint8Array => {
  let value: Uint8Array = new Uint8Array(0)
  for (let i = 0; i < levels; i++) value = tlv(0x30, value)
  return value
}

const code = (body: () => unknown): string => {
  try {
    body()
    return 'accepted'
  } catch (error) {
    return isCertmanError(error) ? error.code : `crashed: ${String(error)}`
  }
}

describe('exactly one value', () => {
  test('when one value stands alone then it passes unchanged', () => {
    const value = sequence(octetString(hex('0102')))
    expect(bytesOf(requireOneValue(value, 'thing'))).toEqual(value)
  })

  const refused: Record<string, string> = {
    'nothing at all': '',
    'a tag without a length': '30',
    'an octet after the value': '0500 00',
    'a second value': '0500 0500',
    'an indefinite length': '3080 0000',
    'a length in more octets than needed': '048101 00',
    'a length with a leading zero': '04820001 00',
    'a length beyond the end': '0405 0000',
    'a length of four gigabytes': '0484ffffffff 00',
    'a length of nine octets': '0489 010203040506070809',
    'an inner length beyond the outer end': '3003 0405 00',
    'half a tag number': '1f80',
    zeros: '00000000',
  }
  test.each(Object.entries(refused))('when there is %s then it is refused', (_, bytes) => {
    expect(code(() => requireOneValue(hex(bytes), 'thing'))).toBe('der.malformed')
  })

  test('when something is refused then the message names the thing and the place', () => {
    expect(() => requireOneValue(hex('0500 00'), 'CRL')).toThrow(
      'the CRL ends at byte 2, but 1 more bytes follow',
    )
    expect(() => requireOneValue(hex('3003 0405 00'), 'CRL')).toThrow(
      'CRL: malformed DER at byte 2: 5 bytes announced, 1 left',
    )
  })
})

describe('budgets', () => {
  test('when values nest as deep as allowed then they pass', () => {
    expect(code(() => requireOneValue(nested(64), 'thing'))).toBe('accepted')
  })

  test('when ten thousand sequences nest then the depth is refused, without a deep call', () => {
    expect(code(() => requireOneValue(nested(10_000), 'thing'))).toBe('limit.exceeded')
    expect(code(() => requireOneValue(nested(65), 'thing'))).toBe('limit.exceeded')
  })

  test('when the input has 100 MB then the size is refused before anything is read', () => {
    const huge = new Uint8Array(100 * 1024 * 1024)
    expect(() => requireOneValue(huge, 'certificate')).toThrow(
      /certificate has 104857600 bytes, 67108864 are allowed/,
    )
  })
})

test('when any bytes come then they pass whole or are refused with a code', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const answer = code(() => {
        expect(bytesOf(requireOneValue(bytes, 'thing'))).toEqual(bytes)
      })
      expect(['accepted', 'der.malformed', 'limit.exceeded']).toContain(answer)
    }),
    { numRuns: 2000 },
  )
})
