import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { implicitOctets, toDefinite } from '../../src/asn1/ber.ts'
import { DerReader } from '../../src/asn1/reader.ts'
import { integer, octetString, sequence, tlv } from '../../src/asn1/writer.ts'
import { concat, fromHex, toHex } from '../../src/base/bytes.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const definite = (hex: string): string => toHex(toDefinite(fromHex(hex.replaceAll(' ', ''))))
const refused = (code: string): Error => expect.objectContaining({ code }) as Error

/** The error code, or whether what came out needs no further change. */
function outcomeOf(input: Uint8Array): string | boolean | undefined {
  try {
    const once = toDefinite(input)
    return toDefinite(once) === once
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('BER as DER readers want it', () => {
  const cases: Record<string, readonly [string, string]> = {
    'an indefinite SEQUENCE': ['3080 0201 05 0000', '3003020105'],
    'indefinite inside indefinite': ['3080 3080 0201 05 0000 0000', '30053003020105'],
    'definite inside indefinite': ['3080 3003 020105 0000', '30053003020105'],
    'indefinite inside definite': ['3007 3080 020105 0000', '30053003020105'],
    'a length in more octets than needed': ['30 840000000 3 020105', '3003020105'],
    'a long form where the short one is enough': ['04 8101 ff', '0401ff'],
    'an octet string in chunks (X.690 section 8.7.3.2)': ['2480 0401 aa 0402 bbcc 0000', '0403aabbcc'],
    'an octet string in chunks of definite length': ['2407 0401 aa 0402 bbcc', '0403aabbcc'],
    'chunks in chunks': ['2480 2480 0401 aa 0000 0401 bb 0000', '0402aabb'],
    'no chunks': ['2480 0000', '0400'],
    'a bit string in chunks (X.690 section 8.6.4.2)': [
      '2380 0303 000a3b 0305 045f291cd0 0000',
      '0307040a3b5f291cd0',
    ],
    'a UTF8String in chunks': ['2c80 0c01 61 0401 62 0000', '0c026162'],
    'a context tag in chunks, which no reader can know to be a string': ['a080 0401 aa 0000', 'a0030401aa'],
    'a high tag number': ['bf8f7f80 0201 05 0000', 'bf8f7f03020105'],
    'bytes after the value': ['3080 0201 05 0000 beef', '3003020105beef'],
  }
  for (const [title, [ber, der]] of Object.entries(cases))
    test(`when there is ${title} then it becomes definite, minimal and whole`, () => {
      expect(definite(ber)).toBe(der)
    })

  const damages: Record<string, readonly [string, string]> = {
    'an end that never comes': ['3080 0201 05', 'der.malformed'],
    'half an end': ['3080 0201 05 00', 'der.malformed'],
    'an indefinite primitive': ['3080 0480 aa 0000 0000', 'der.malformed'],
    'a child beyond its parent': ['3080 3003 0205 05 0000', 'der.malformed'],
    'a length beyond the input': ['3084ffffffff', 'der.malformed'],
    'a length of 126 octets': ['30fe00', 'der.malformed'],
    'nothing at all': ['', 'der.malformed'],
    'a chunk that is no string': ['2480 0201 05 0000', 'der.malformed'],
    'unused bits before the last chunk': ['2380 0302 04f0 0302 00ff 0000', 'der.malformed'],
  }
  for (const [title, [ber, code]] of Object.entries(damages))
    test(`when there is ${title} then it is refused as ${code}`, () => {
      expect(() => definite(ber)).toThrow(refused(code))
    })

  test('when DER comes in then the very same array comes out', () => {
    const value = sequence(integer(5), octetString(fromHex('3080')), sequence())
    expect(toDefinite(value)).toBe(value)
  })

  test('when values nest a million deep then it is refused, definite or not', () => {
    const indefinite = new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80))
    expect(() => toDefinite(indefinite)).toThrow(refused('limit.exceeded'))
    let nested: Uint8Array = integer(1)
    for (let i = 0; i < 101; i++) nested = tlv(0x30, nested)
    expect(() => toDefinite(nested)).toThrow(refused('limit.exceeded'))
  })

  test('when two million values hide in one then it is refused', () => {
    const many = new Uint8Array(4_000_004)
    many.set([0x30, 0x80])
    for (let at = 2; at < many.length - 2; at += 2) many[at] = 0x05
    expect(() => toDefinite(many)).toThrow(refused('limit.exceeded'))
  })

  test('when bytes are random then they are refused cleanly or become definite for good', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, wrapped) => {
        const input = wrapped ? concat([fromHex('3080'), bytes, fromHex('00000000')]) : bytes
        expect([true, 'der.malformed', 'limit.exceeded']).toContain(outcomeOf(input))
      }),
      { numRuns: 3000 },
    )
  })

  test('when openssl streams a CMS structure then openssl reads the rewritten one as the same content', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const content = randomBytes(100_000).toString('base64')
    const cms = ['cms', '-data_create', '-stream', '-outform', 'DER', '-binary']
    const streamed = runOracle(openssl, cms, content).stdout
    const rewritten = toDefinite(streamed)
    expect(streamed[1]).toBe(0x80)
    expect(rewritten[1]).not.toBe(0x80)
    const read = runOracle(openssl, ['cms', '-data_out', '-inform', 'DER', '-binary'], rewritten)
    expect(read.stdout.toString(), read.text).toBe(content)
  })

  test('when an implicitly tagged string is in chunks then its octets are joined', () => {
    expect(toHex(implicitOctets(new DerReader(fromHex('a0070401aa0402bbcc')).read()))).toBe('aabbcc')
    expect(toHex(implicitOctets(new DerReader(fromHex('8003aabbcc')).read()))).toBe('aabbcc')
  })
})
