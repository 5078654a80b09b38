import { describe, expect, test } from 'vitest'
import { readTlv, TAG, type Tlv } from '../../src/asn1/reader.ts'
import { asciiText, readString } from '../../src/asn1/strings.ts'
import { tlv } from '../../src/asn1/writer.ts'

const value = (tag: number, hex: string): Tlv => {
  const bytes = tlv(tag, Buffer.from(hex, 'hex'))
  return readTlv(bytes, 0, bytes.length)
}

describe('every string type is read as text', () => {
  // "Zü" in each type that has a ü; the octets are those of ISO 8859-1, ISO 10646 and RFC 3629
  test.each([
    [TAG.utf8String, '5ac3bc', 'Zü', 'utf8'],
    [TAG.bmpString, '005a00fc', 'Zü', 'bmp'],
    [TAG.universalString, '0000005a000000fc', 'Zü', 'universal'],
    [TAG.teletexString, '5afc', 'Zü', 'teletex'],
    [TAG.printableString, '5a75', 'Zu', 'printable'],
    [TAG.ia5String, '406e', '@n', 'ia5'],
    [TAG.numericString, '3132', '12', 'numeric'],
    [TAG.visibleString, '7e', '~', 'visible'],
    [TAG.utf8String, 'f09f9492', '🔒', 'utf8'],
    [TAG.universalString, '0001f512', '🔒', 'universal'],
    [TAG.bmpString, 'd83ddd12', '🔒', 'bmp'],
    [TAG.utf8String, 'efbfbd', '\uFFFD', 'utf8'],
    [TAG.utf8String, '', '', 'utf8'],
  ])('tag %i of %s is %j', (tag, hex, text, encoding) => {
    expect(readString(value(tag, hex))).toEqual({ text, encoding })
  })
})

describe('what is no text is kept as hex, not guessed', () => {
  test.each([
    ['an invalid octet in UTF-8', TAG.utf8String, 'c328'],
    ['a truncated character in UTF-8', TAG.utf8String, 'e282'],
    ['a surrogate in UTF-8', TAG.utf8String, 'eda080'],
    ['half a BMP character', TAG.bmpString, '005a00'],
    ['a lone surrogate in a BMPString', TAG.bmpString, 'd800005a'],
    ['half a universal character', TAG.universalString, '00005a'],
    ['a universal character beyond Unicode', TAG.universalString, '00110000'],
    ['a surrogate in a UniversalString', TAG.universalString, '0000d800'],
    ['an octet string', TAG.octetString, '5a'],
    ['a sequence', TAG.sequence, ''],
  ])('%s', (_, tag, hex) => {
    const whole = Buffer.from(tlv(tag, Buffer.from(hex, 'hex')))
      .toString('hex')
      .toUpperCase()
    expect(readString(value(tag, hex))).toEqual({ text: `#${whole}`, encoding: 'other' })
  })

  test('an octet beyond ASCII in an IA5String of a general name', () => {
    expect(asciiText(value(0x82, 'c0a8'))).toBe('#c0a8')
    expect(asciiText(value(0x82, '612e62'))).toBe('a.b')
  })
})
