import { isIPv6 } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readTlv } from '../../src/asn1/reader.ts'
import { explicit, ia5String, implicit, oid, sequence, utf8String } from '../../src/asn1/writer.ts'
import { concat } from '../../src/base/bytes.ts'
import { readGeneralName } from '../../src/x509/general-name.ts'
import { ipRangeText, ipText } from '../../src/x509/ip-address.ts'
import { parseNameText } from '../../src/x509/name-text.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(/[ :]/g, ''), 'hex'))
const read = (der: Uint8Array): unknown => readGeneralName(readTlv(der, 0, der.length))
const otherName = (type: string, value: Uint8Array): Uint8Array =>
  implicit(0, concat([oid(type), explicit(0, value)]), true)

describe('IPv6 text is canonical', () => {
  // RFC 5952: sections 1, 4.1, 4.2.1, 4.2.2, 4.2.3, 4.3, 5
  test.each([
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'],
    ['2001:0db8:0000:0001:0001:0001:0001:0001', '2001:db8:0:1:1:1:1:1'],
    ['2001:0000:0000:0001:0000:0000:0000:0001', '2001:0:0:1::1'],
    ['2001:0db8:aaaa:bbbb:cccc:dddd:eeee:aaaa', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['0000:0000:0000:0000:0000:ffff:c000:0201', '::ffff:192.0.2.1'],
    ['0000:0000:0000:0000:0000:0000:0000:0001', '::1'],
    ['0000:0000:0000:0000:0000:0000:0000:0000', '::'],
    ['0001:0000:0000:0000:0000:0000:0000:0000', '1::'],
  ])('%s is %s', (long, short) => {
    expect(ipText(bytes(long))).toBe(short)
  })

  test('when any address is written then the URL parser of Node, which follows RFC 5952, agrees', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const text = ipText(Uint8Array.from(groups.flatMap((one) => [one >> 8, one & 0xff])))!
        expect(isIPv6(text)).toBe(true)
        const canonical = new URL(
          `http://[${groups.map((one) => one.toString(16)).join(':')}]/`,
        ).hostname.slice(1, -1)
        fc.pre(!text.includes('.'))
        expect(text).toBe(canonical)
      }),
    )
  })

  test('when an address has neither 4 nor 16 octets then it has no text', () => {
    expect(ipText(bytes('c0a80101'))).toBe('192.168.1.1')
    expect([0, 1, 3, 5, 8, 15, 17].map((length) => ipText(new Uint8Array(length)))).toEqual(
      Array(7).fill(undefined),
    )
  })
})

describe('ranges of name constraints', () => {
  test.each([
    ['c0000200 ffffff00', '192.0.2.0/24'],
    ['00000000 00000000', '0.0.0.0/0'],
    ['c0000201 ffffffff', '192.0.2.1/32'],
    ['c0000200 ff00ff00', '192.0.2.0/255.0.255.0'],
    [`20010db8${'00'.repeat(12)} ffffffff${'00'.repeat(12)}`, '2001:db8::/32'],
  ])('%s is %s', (hex, text) => {
    expect(ipRangeText(bytes(hex))).toBe(text)
  })

  test('when the mask is missing then it is no range', () => {
    expect(ipRangeText(bytes('c0000200'))).toBeUndefined()
  })
})

describe('each kind of general name', () => {
  test.each([
    [implicit(1, Buffer.from('a@b.example')), { type: 'email', value: 'a@b.example' }],
    [implicit(2, Buffer.from('*.example')), { type: 'dns', value: '*.example' }],
    [implicit(6, Buffer.from('https://e.example/x')), { type: 'uri', value: 'https://e.example/x' }],
    [implicit(7, bytes('c0000201')), { type: 'ip', value: '192.0.2.1' }],
    [implicit(8, oid('1.2.3.4').subarray(2)), { type: 'registeredId', value: '1.2.3.4' }],
    [explicit(4, parseNameText('CN=a\\, b,C=DE')), { type: 'directoryName', value: 'CN=a\\, b,C=DE' }],
    [
      otherName('1.3.6.1.4.1.311.20.2.3', utf8String('user@corp.example')),
      { type: 'otherName', value: 'user@corp.example', oid: '1.3.6.1.4.1.311.20.2.3' },
    ],
    [
      otherName('1.3.6.1.5.5.7.8.7', ia5String('_imap.example')),
      { type: 'otherName', value: '_imap.example', oid: '1.3.6.1.5.5.7.8.7' },
    ],
    [otherName('1.2.3', bytes('020105')), { type: 'otherName', value: '020105', oid: '1.2.3' }],
    [
      otherName(
        '1.3.6.1.5.2.2',
        sequence(
          explicit(0, ia5String('CORP')),
          explicit(
            1,
            sequence(
              explicit(0, bytes('020101')),
              explicit(1, sequence(ia5String('host'), ia5String('web'))),
            ),
          ),
        ),
      ),
      { type: 'otherName', value: 'host/web@CORP', oid: '1.3.6.1.5.2.2' },
    ],
    [
      implicit(5, concat([explicit(0, utf8String('EDI')), explicit(1, utf8String('Party'))]), true),
      { type: 'ediPartyName', value: 'EDI/Party' },
    ],
    [implicit(3, bytes('3000'), true), { type: 'x400Address', value: '3000' }],
  ])('case %#', (der, wanted) => {
    expect(read(der)).toEqual(wanted)
  })

  test.each([
    [implicit(7, bytes('c00002')), 'an IP address of 3 octets'],
    [implicit(9, bytes('00')), 'no general name has the tag 0x89'],
    [utf8String('x'), 'no general name has the tag 0xc'],
    [otherName('1.2.3', concat([utf8String('a'), utf8String('b')])), 'more than one value'],
    [implicit(8, bytes('80')), 'object identifier'],
  ])('malformed case %# is refused', (der, why) => {
    expect(() => read(der)).toThrow(why)
  })
})
