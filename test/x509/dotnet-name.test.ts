import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NameAttributes } from '../../src/domain/facts.ts'
import { formatDotnetName, parseDotnetName } from '../../src/x509/dotnet-name.ts'
import { formatName, readName } from '../../src/x509/name.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { DerReader } from '../../src/asn1/reader.ts'

/** A name from RFC 4514 text, as a certificate would have it. */
const named = (text: string): NameAttributes => readName(new DerReader(parseNameText(text)).read())

const rfc = (text: string): string | undefined => {
  const name = parseDotnetName(text)
  return name && formatName(name)
}

describe('a name as Windows shows it', () => {
  // as the documents of the vendors and certificates in the Windows dialog show them
  test.each([
    [
      'CN=www.example.com, O="Example, Inc.", S=Bavaria, C=DE',
      'CN=www.example.com,O=Example\\, Inc.,ST=Bavaria,C=DE',
    ],
    ['CN=*.msitesting.net', 'CN=*.msitesting.net'],
    ['E=a@example.com, CN=A', 'emailAddress=a@example.com,CN=A'],
    ['CN="a ""b"" c"', 'CN=a \\"b\\" c'],
    ['OID.1.3.6.1.4.1.311.60.2.1.3=US, SERIALNUMBER=7, CN=x', 'jurisdictionC=US,serialNumber=7,CN=x'],
    ['OID.2.5.4.15=Private Organization, CN=x', 'businessCategory=Private Organization,CN=x'],
    ['CN=a + OU=b, O=c', 'OU=b+CN=a,O=c'],
    ['CN=a, b, O=c', 'CN=a\\, b,O=c'],
    ['', ''],
  ])('when it is %s then RFC 4514 says %s', (dotnet, text) => {
    expect(rfc(dotnet)).toBe(text)
  })

  test.each(['nonsense', 'CN="open', 'XX=1', '=x', `CN=${'x'.repeat(9000)}`])(
    'when it is %.20s then it is no name',
    (text) => {
      expect(parseDotnetName(text)).toBeUndefined()
    },
  )

  test('when there is very much of nothing then the answer comes at once', () => {
    expect(parseDotnetName(`CN=${' '.repeat(8000)}a`)).toBeDefined()
    expect(parseDotnetName(' ,'.repeat(4000))).toBeUndefined()
  })

  test.each([
    ['CN=web,O=Example\\, Inc.,ST=Bavaria,C=DE', 'CN=web, O="Example, Inc.", S=Bavaria, C=DE'],
    ['emailAddress=a@example.com,CN=\\ x', 'E=a@example.com, CN=" x"'],
    ['businessCategory=Private,CN=x', 'OID.2.5.4.15=Private, CN=x'],
    ['CN=a=b', 'CN="a=b"'],
    ['', ''],
  ])('when RFC 4514 says %s then Windows shows %s', (text, dotnet) => {
    expect(formatDotnetName(named(text))).toBe(dotnet)
  })

  test('whatever the values are, a name that was written is read as the same', () => {
    const value = fc
      .string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })
      .filter((text) => !text.startsWith('#'))
    const type = fc.constantFrom('CN', 'O', 'OU', 'ST', 'L', 'emailAddress', 'businessCategory')
    const attribute = fc.tuple(type, value)
    const oids: Readonly<Record<string, string>> = {
      CN: '2.5.4.3',
      O: '2.5.4.10',
      OU: '2.5.4.11',
      ST: '2.5.4.8',
      L: '2.5.4.7',
      emailAddress: '1.2.840.113549.1.9.1',
      businessCategory: '2.5.4.15',
    }
    fc.assert(
      fc.property(
        fc.array(fc.array(attribute, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 4 }),
        (rdns) => {
          const name = rdns.map((rdn) =>
            rdn.map(([short, text]) => ({ type: short, oid: oids[short]!, value: text, encoding: 'utf8' })),
          )
          expect(parseDotnetName(formatDotnetName(name))).toEqual(name)
        },
      ),
    )
  })
})
