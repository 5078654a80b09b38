import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTlv, TAG } from '../../src/asn1/reader.ts'
import { bmpString, oid, printableString, sequence, setOf, tlv, utf8String } from '../../src/asn1/writer.ts'
import { isCertmanError } from '../../src/base/errors.ts'
import { formatName, readName } from '../../src/x509/name.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

type Pair = readonly [type: string, value: Uint8Array]

const nameOf = (...rdns: readonly (readonly Pair[])[]): Uint8Array =>
  sequence(...rdns.map((rdn) => setOf(rdn.map(([type, value]) => sequence(oid(type), value)))))

const textOf = (der: Uint8Array): string => formatName(readName(readTlv(der, 0, der.length)))

const CN = '2.5.4.3'
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('RFC 4514', () => {
  // section 4, examples in their order
  test.each([
    [
      nameOf(
        [['0.9.2342.19200300.100.1.25', tlv(22, Buffer.from('net'))]],
        [['0.9.2342.19200300.100.1.25', tlv(22, Buffer.from('example'))]],
        [['0.9.2342.19200300.100.1.1', utf8String('jsmith')]],
      ),
      'UID=jsmith,DC=example,DC=net',
    ],
    [nameOf([[CN, utf8String('James "Jim" Smith, III')]]), 'CN=James \\"Jim\\" Smith\\, III'],
    [nameOf([[CN, utf8String('Before\rAfter')]]), 'CN=Before\\0DAfter'],
    [nameOf([['1.3.6.1.4.1.1466.0', tlv(4, Buffer.from('Hi'))]]), '1.3.6.1.4.1.1466.0=#04024869'],
    [nameOf([[CN, utf8String('Lučić')]]), 'CN=Lučić'],
  ])('example %# is written as in the RFC', (der, text) => {
    expect(textOf(der)).toBe(text)
  })

  test.each([
    [' x', '\\ x'],
    ['x ', 'x\\ '],
    [' ', '\\ '],
    ['  ', '\\ \\ '],
    ['#x', '\\#x'],
    ['a#', 'a#'],
    ['a\\b', 'a\\\\b'],
    ['a+b;c<d>e', 'a\\+b\\;c\\<d\\>e'],
    ['\u0000', '\\00'],
    ['\u001b[31m', '\\1B[31m'],
    ['\u007f', '\\7F'],
    ['\u009b', '\\C2\\9B'],
  ])('%j is escaped as %s', (value, escaped) => {
    expect(textOf(nameOf([[CN, utf8String(value)]]))).toBe(`CN=${escaped}`)
  })

  test('an attribute whose octets are no text of its type is shown as hex', () => {
    expect(textOf(nameOf([[CN, tlv(TAG.utf8String, Uint8Array.of(0xff))]]))).toBe('CN=#0C01FF')
  })

  test('an unknown type keeps its string type in the hex', () => {
    expect(textOf(nameOf([['1.2.3.4', bmpString('ü')]]))).toBe('1.2.3.4=#1E0200FC')
  })

  test('an empty name and an empty RDN are nothing', () => {
    expect(textOf(sequence())).toBe('')
    expect(textOf(nameOf([[CN, utf8String('a')]], []))).toBe('CN=a')
    expect(textOf(nameOf([], [[CN, utf8String('a')]]))).toBe('CN=a')
  })
})

describe('parsing', () => {
  test.each([
    ['CN=w,O=Example\\, Inc', nameOf([['2.5.4.10', utf8String('Example, Inc')]], [[CN, utf8String('w')]])],
    ['/O=Example, Inc/CN=w', nameOf([['2.5.4.10', utf8String('Example, Inc')]], [[CN, utf8String('w')]])],
    ['/CN=a\\/b=c\\/d', nameOf([[CN, utf8String('a/b=c/d')]])],
    ['CN = w , C = DE', nameOf([['2.5.4.6', printableString('DE')]], [[CN, utf8String('w')]])],
    ['commonname=w;OID.2.5.4.10=o', nameOf([['2.5.4.10', utf8String('o')]], [[CN, utf8String('w')]])],
    [
      'CN=a+OU=b',
      nameOf([
        [CN, utf8String('a')],
        ['2.5.4.11', utf8String('b')],
      ]),
    ],
    ['CN="a, \\"b\\"+c"', nameOf([[CN, utf8String('a, "b"+c')]])],
    ['CN=Lu\\C4\\8Di\\C4\\87', nameOf([[CN, utf8String('Lučić')]])],
    ['CN=\\ x\\ ', nameOf([[CN, utf8String(' x ')]])],
    ['CN=x\\  ', nameOf([[CN, utf8String('x ')]])],
    ['CN=x\\\\  ', nameOf([[CN, utf8String('x\\')]])],
    ['1.2.3.4=#04024869', nameOf([['1.2.3.4', tlv(4, Buffer.from('Hi'))]])],
    ['E=a@b.example', nameOf([['1.2.840.113549.1.9.1', tlv(22, Buffer.from('a@b.example'))]])],
    ['', sequence()],
  ])('%s', (text, der) => {
    expect(hex(parseNameText(text))).toBe(hex(der))
  })

  test.each([
    ['w', 'not of the form type=value'],
    ['CN=w,', 'not of the form type=value'],
    ['=w', 'not of the form type=value'],
    ['CN=', 'empty value'],
    ['XYZ=w', 'attribute type "XYZ" is unknown'],
    ['C=Germany', 'no code of two letters'],
    ['CN="w', 'quotation mark is not closed'],
    ['CN=w\\', 'escapes nothing'],
    ['CN=#zz', 'the value "#zz" is not in hex digits'],
    ['CN=#0c05', 'bytes announced'],
    ['serialNumber=ä', 'outside PrintableString'],
    ['DC=ä', 'outside ASCII'],
    ['CN=a\\C3', 'no Unicode text'],
    ['CN=a\ud800', 'no Unicode text'],
    // X.660 section 7.6: below 0 and 1 the second arc ends with 39
    ['1.99.3=x', 'attribute type "1.99.3" is unknown'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseNameText(text)).toThrow(why)
  })

  test('any text parses or is refused with a code', () => {
    const answer = (text: string): string => {
      try {
        parseNameText(text)
        return 'parsed'
      } catch (error) {
        return isCertmanError(error) ? error.code : `crashed: ${String(error)}`
      }
    }
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[CNO=,+\\"#/ ;0-9a-f.]{0,40}$/)), (text) => {
        expect(['parsed', 'input.invalid']).toContain(answer(text))
      }),
    )
  })
})

// lone surrogates have no UTF-8, so no certificate can hold them
const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
const type = fc.constantFrom(CN, '2.5.4.10', '2.5.4.11', '2.5.4.7', '0.9.2342.19200300.100.1.1', '1.2.3.4.5')
const rdn = fc.uniqueArray(fc.tuple(type, value), { minLength: 1, maxLength: 3, selector: ([one]) => one })

test('whatever name is written, its text leads back to the same octets', () => {
  fc.assert(
    fc.property(fc.array(rdn, { maxLength: 4 }), (rdns) => {
      const der = nameOf(...rdns.map((one) => one.map(([key, text]): Pair => [key, utf8String(text)])))
      expect(hex(parseNameText(textOf(der)))).toBe(hex(der))
    }),
  )
})

test('OpenSSL prints the same text for the same octets', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const subject =
    '/C=DE/ST=Bayern/L=M\u00fcnchen/O=A, B + C;<d>/OU= lead\\\\#/CN=#hash "q"/emailAddress=a@b.example'
  const csr = runOracle(
    openssl,
    [
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-utf8',
      '-subj',
      subject,
      '-outform',
      'DER',
      '-multivalue-rdn',
    ].filter((flag) => flag !== '-multivalue-rdn'),
  )
  const printed = runOracle(
    openssl,
    ['req', '-inform', 'DER', '-noout', '-subject', '-nameopt', 'RFC2253,-esc_msb'],
    csr.stdout,
  )
  const printedText = printed.stdout.toString('utf8').trim().replace('subject=', '')
  expect(printed.status).toBe(0)
  const reader = readTlv(csr.stdout, 0, csr.stdout.length)
  const info = readTlv(csr.stdout, reader.contentStart, reader.end)
  const version = readTlv(csr.stdout, info.contentStart, info.end)
  expect(formatName(readName(readTlv(csr.stdout, version.end, info.end)))).toBe(printedText)
})
