import { readFileSync } from 'node:fs'
import { isIPv4, isIPv6 } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, DerReader, readTlv } from '../../src/asn1/reader.ts'
import { CertmanError } from '../../src/base/errors.ts'
import type { GeneralName } from '../../src/domain/facts.ts'
import { readGeneralName } from '../../src/x509/general-name.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import { ipText } from '../../src/x509/ip-address.ts'
import { isIpAddress, parseIp } from '../../src/x509/parse-ip.ts'
import { inRepository } from '../support/built.ts'

const shown = (der: Uint8Array, inConstraints = false): GeneralName =>
  readGeneralName(readTlv(der, 0, der.length), inConstraints)
const parsed = (text: string): GeneralName => shown(parseGeneralName(text))
const base = (text: string): GeneralName => shown(parseConstraintName(text), true)

test('what counts as an address can be written as one: a zone is no part of it', () => {
  const typed = [
    '192.0.2.1',
    '2001:DB8::1',
    '::ffff:192.0.2.1',
    'fe80::1%eth0',
    '01.2.3.4',
    '1::2::3',
    'a.example',
  ]
  expect(typed.filter(isIpAddress)).toEqual(typed.slice(0, 3))
})

describe('names of each kind', () => {
  const CASES: readonly [text: string, type: string, value: string, oid?: string][] = [
    ['dns:www.example.com', 'dns', 'www.example.com'],
    ['DNS:WWW.example.com', 'dns', 'WWW.example.com'],
    ['dns:*.example.com', 'dns', '*.example.com'],
    ['dns:localhost', 'dns', 'localhost'],
    ['dns:_dmarc.host_1.example', 'dns', '_dmarc.host_1.example'],
    // RFC 3492 section 7.1 and RFC 5891: sharp s stays itself
    ['dns:bücher.example', 'dns', 'xn--bcher-kva.example'],
    ['dns:*.faß.de', 'dns', '*.xn--fa-hia.de'],
    ['dns:例え.テスト', 'dns', 'xn--r8jz45g.xn--zckzah'],
    ['dns:xn--bcher-kva.example', 'dns', 'xn--bcher-kva.example'],
    ['ip:192.0.2.7', 'ip', '192.0.2.7'],
    ['ip:2001:DB8:0:0:0:0:0:1', 'ip', '2001:db8::1'],
    ['IP Address:::ffff:192.0.2.7', 'ip', '::ffff:192.0.2.7'],
    ['email:user+tag@example.com', 'email', 'user+tag@example.com'],
    ['email:"a b"@example.com', 'email', '"a b"@example.com'],
    ['email:user@bücher.example', 'email', 'user@xn--bcher-kva.example'],
    // RFC 9598 section 3
    ['email:用户@Bücher.example', 'otherName', '用户@xn--bcher-kva.example', '1.3.6.1.5.5.7.8.9'],
    ['uri:https://www.example.com:8443/a?b=c#d', 'uri', 'https://www.example.com:8443/a?b=c#d'],
    ['uri:https://bücher.example/ü', 'uri', 'https://xn--bcher-kva.example/%C3%BC'],
    ['uri:http://[2001:db8::1]:80/', 'uri', 'http://[2001:db8::1]:80/'],
    [
      'uri:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
      'uri',
      'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    ],
    ['uri:spiffe://trust.example/ns/a_b', 'uri', 'spiffe://trust.example/ns/a_b'],
    ['uri:ldap:///CN=x,O=y?cRL', 'uri', 'ldap:///CN=x,O=y?cRL'],
    ['uri:sip:alice@example.com', 'uri', 'sip:alice@example.com'],
    ['dirName:CN=w,O=Example\\, Inc.,C=DE', 'directoryName', 'CN=w,O=Example\\, Inc.,C=DE'],
    ['directoryName:/C=DE/CN=w', 'directoryName', 'CN=w,C=DE'],
    ['upn:jürgen@corp.example', 'otherName', 'jürgen@corp.example', '1.3.6.1.4.1.311.20.2.3'],
    ['rid:1.2.3.4', 'registeredId', '1.2.3.4'],
    ['registeredId:2.999.1', 'registeredId', '2.999.1'],
    ['srv:_ldap.example.com', 'otherName', '_ldap.example.com', '1.3.6.1.5.5.7.8.7'],
    ['xmpp:juliet@bücher.example', 'otherName', 'juliet@bücher.example', '1.3.6.1.5.5.7.8.5'],
    ['otherName:1.2.3.4;UTF8:naïve; yes', 'otherName', 'naïve; yes', '1.2.3.4'],
    ['otherName:1.2.3.4;UTF8: a ', 'otherName', ' a ', '1.2.3.4'],
    ['dirName:CN=a\\ ', 'directoryName', 'CN=a\\ '],
    [' dns:a.example ', 'dns', 'a.example'],
    ['otherName:userPrincipalName;UTF8:a@b', 'otherName', 'a@b', '1.3.6.1.4.1.311.20.2.3'],
    ['otherName:1.2.3.4;DER:04:02:00:01', 'otherName', '04020001', '1.2.3.4'],
  ]

  test.each(CASES)('when someone types %s then it is the %s %s', (text, type, value, oid) => {
    expect(parsed(text)).toEqual({ type, value, ...(oid !== undefined && { oid }) })
  })

  test.each([
    ['www.example.com', 'dns'],
    ['192.0.2.7', 'ip'],
    ['fe80::1', 'ip'],
    ['::', 'ip'],
    ['user@example.com', 'email'],
    ['https://www.example.com/', 'uri'],
  ])('when %s stands alone then it is taken for %s', (text, type) => {
    expect(parsed(text)).toMatchObject({ type, value: text })
  })
})

describe('what is no name', () => {
  test.each([
    ['dns:', 'the dns name "" is empty'],
    ['dns:a..example', 'has an empty label'],
    ['dns:www.example.com.', 'ends with a dot'],
    ['dns:-a.example', 'hyphen at its edge'],
    ['dns:a b.example', 'has the character " "'],
    ['dns:a/b', 'has the character "/"'],
    ['dns:f*.example.com', 'has a * that is not the whole first label'],
    ['dns:*', 'has a * that is not the whole first label'],
    ['dns:*.*.example.com', 'has a * that is not the whole first label'],
    ['dns:192.0.2.7', 'ends with a number like an IP address'],
    // full-width digits are mapped to ASCII ones
    ['dns:１９２.0.2.7', 'ends with a number like an IP address'],
    ['dns:0x7f.1', 'ends with a number like an IP address'],
    ['dns:xn--zzzzzz99999.example', 'no valid A-label'],
    [`dns:${'a'.repeat(64)}.example`, 'has a label of 64 octets'],
    [`dns:${'abcdefg.'.repeat(32)}example`, 'has 263 octets, 253 are allowed'],
    ['dns:a\u202eb.example', '"a\\u{202e}b.example" has characters that no domain name has'],
    ['ip:192.0.2.0/24', 'is a range'],
    ['ip:192.0.2', 'is neither IPv4'],
    ['ip:192.0.2.010', 'is neither IPv4'],
    ['ip:fe80::1%eth0', 'is neither IPv4'],
    ['email:example.com', 'has no @'],
    ['email:@example.com', 'nothing before the @'],
    ['email:a b@example.com', 'characters before the @'],
    ['email:Alice <a@example.com>', 'characters before the @'],
    ['email:a.@example.com', 'characters before the @'],
    ['email:a@b..c', 'the email address "a@b..c" has an empty label'],
    [`email:${'a'.repeat(65)}@example.com`, 'more than 64 octets'],
    ['uri:www.example.com', 'has no scheme'],
    ['uri:https:', 'has nothing after its scheme'],
    ['uri:https://a b.example/', 'has the character " "'],
    ['uri:https://a.example/a b', 'has the character " "'],
    ['uri:https://a.example/%zz', 'a % without two hex digits'],
    ['uri:https://a.example:x/', 'a port that is no number'],
    ['uri:https://[1.2.3.4]/', 'brackets around something else'],
    ['dirName:', 'is empty'],
    ['dirName:nonsense', 'directory name: not a name'],
    ['upn:nobody', 'not of the form user@domain'],
    ['rid:1', 'is no object identifier'],
    ['rid:1.40.1', 'is no object identifier'],
    ['srv:ldap.example.com', 'does not begin with _service'],
    ['srv:_ldap._tcp.example.com', 'names a protocol'],
    ['xmpp:a@b@c', 'not of the form user@domain'],
    ['otherName:1.2.3', 'not of the form OID;TYPE:value'],
    ['otherName:nonsense;UTF8:x', 'a type that is no object identifier'],
    ['otherName:1.2.3;JSON:x', 'the unknown form "JSON"'],
    ['otherName:1.2.3;DER:0c', 'a value that is not one DER value'],
    ['otherName:1.2.3;DER:xyz', 'not in hex digits'],
    ['otherName:1.2.3;IA5:ü', 'characters outside ASCII'],
    ['nonsense:x', 'no kind of name is called "nonsense"'],
    ['dns:a\u0007b', 'has the character "\\u{7}"'],
  ])('when someone types %j then the error says: %s', (text, message) => {
    expect(() => parseGeneralName(text)).toThrow(message)
    expect(() => parseGeneralName(text)).toThrow(expect.objectContaining({ code: 'input.invalid' }))
  })

  test('when any text is typed then there is a name that reads back, or an input.invalid', () => {
    const prefix = fc.constantFrom(
      '',
      'dns:',
      'ip:',
      'email:',
      'uri:',
      'uri:https://',
      'dirName:',
      'upn:',
      'srv:_a.',
      'xmpp:',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.domain(),
      fc.emailAddress(),
      fc.webUrl(),
    )
    fc.assert(
      fc.property(prefix, text, (before, after) => {
        const der = whenValid(() => parseGeneralName(before + after)) ?? parseGeneralName('dns:other')
        expect(bytesOf(new DerReader(der).read())).toEqual(der)
        expect(shown(der).type).not.toBe('')
      }),
      { numRuns: 2000 },
    )
  })

  test('when an honest address of any kind is typed then it is kept to the letter', () => {
    const honest = fc.oneof(
      fc.domain().map((value) => ['dns', value] as const),
      fc.emailAddress().map((value) => ['email', value] as const),
      fc.webUrl().map((value) => ['uri', value] as const),
    )
    fc.assert(
      fc.property(honest, ([type, value]) => {
        expect(parsed(`${type}:${value}`)).toEqual({ type, value })
      }),
    )
  })
})

function whenValid(parse: () => Uint8Array): Uint8Array | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof CertmanError && error.code === 'input.invalid') return undefined
    throw error
  }
}

describe('IP addresses', () => {
  test('when text looks like an address then Node and certman agree whether it is one', () => {
    const piece = fc.constantFrom('0', '00', '1', 'ff', 'FFFF', '10000', '', '255', '256', '192.0.2.1', 'g')
    const text = fc
      .tuple(fc.array(piece, { maxLength: 9 }), fc.constantFrom(':', '::', '.'))
      .chain(([pieces, separator]) =>
        fc.constantFrom(pieces.join(':'), pieces.join('.'), pieces.join(separator)),
      )
    fc.assert(
      fc.property(fc.oneof(text, fc.ipV4(), fc.ipV6()), (address) => {
        expect(parseIp(address)?.length).toBe(isIPv4(address) ? 4 : isIPv6(address) ? 16 : undefined)
      }),
      { numRuns: 3000 },
    )
  })

  test('when octets are shown then typing that gives the same octets', () => {
    const octets = fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    )
    fc.assert(
      fc.property(octets, (address) => {
        expect(parseIp(ipText(address)!)).toEqual(address)
      }),
    )
  })

  // RFC 4291 section 2.2
  test.each([
    ['ABCD:EF01:2345:6789:ABCD:EF01:2345:6789', 'abcd:ef01:2345:6789:abcd:ef01:2345:6789'],
    ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
    ['FF01:0:0:0:0:0:0:101', 'ff01::101'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:FFFF:129.144.52.38', '::ffff:129.144.52.38'],
    ['1::', '1::'],
  ])('%s is %s', (typed, canonical) => {
    expect(ipText(parseIp(typed)!)).toBe(canonical)
  })
})

describe('bases of name constraints', () => {
  test.each([
    ['dns:example.com', 'dns', 'example.com'],
    ['dns:', 'dns', ''],
    ['example.com', 'dns', 'example.com'],
    ['ip:192.0.2.0/24', 'ip', '192.0.2.0/24'],
    ['10.0.0.0/8', 'ip', '10.0.0.0/8'],
    ['ip:10.0.0.0/255.0.0.0', 'ip', '10.0.0.0/8'],
    ['ip:192.0.2.7', 'ip', '192.0.2.7/32'],
    ['ip:2001:db8::/33', 'ip', '2001:db8::/33'],
    ['ip:::/0', 'ip', '::/0'],
    ['email:user@example.com', 'email', 'user@example.com'],
    ['email:example.com', 'email', 'example.com'],
    ['email:.example.com', 'email', '.example.com'],
    ['uri:.example.com', 'uri', '.example.com'],
    ['dirName:O=Example,C=DE', 'directoryName', 'O=Example,C=DE'],
    ['dirName:', 'directoryName', ''],
  ])('when someone types %s then it is the %s %s', (text, type, value) => {
    expect(base(text)).toEqual({ type, value })
  })

  test.each([
    ['dns:.example.com', 'begins with a dot'],
    ['dns:*.example.com', 'has a * that'],
    ['ip:192.0.2.7/24', 'has bits set beyond its prefix'],
    ['ip:192.0.2.0/33', 'a prefix that is neither a number from 0 to 32 nor a mask'],
    ['ip:2001:db8::/129', 'from 0 to 128'],
    ['ip:192.0.2.0/ffff::', 'a prefix that is neither'],
    ['ip:nonsense', 'is no IP address or range'],
    ['uri:https://example.com/', 'is no host'],
  ])('when someone types %s then the error says: %s', (text, message) => {
    expect(() => parseConstraintName(text)).toThrow(message)
  })
})

describe('docs/names.md', () => {
  const [names, constraints] = readFileSync(inRepository('docs/names.md'), 'utf8').split(
    '## Name constraints',
  )
  const rows = (text: string): readonly string[] => text.match(/^\| `.*$/gm) ?? []
  const examples = (row: string): readonly string[] =>
    [...row.matchAll(/`([a-zA-Z]+:[^`]*)`/g)]
      .map(([, example]) => example!)
      .filter((example) => example !== 'IA5:')

  test('when the table lists the kinds then it lists them all', () => {
    const documented = rows(names!).map((row) => /`(.*?)`/.exec(row)![1])
    let hint = ''
    try {
      parseGeneralName('none:x')
    } catch (error) {
      hint = (error as CertmanError).hint
    }
    expect(documented.toSorted()).toEqual(/kinds are (.*)$/.exec(hint)?.[1]?.split(', ').toSorted())
  })

  test('when someone types an example then it works', () => {
    expect(
      rows(names!)
        .flatMap(examples)
        .map((example) => parsed(example).value),
    ).not.toContain('')
    expect(
      rows(constraints!)
        .flatMap(examples)
        .map((example) => base(example).type),
    ).toHaveLength(11)
  })
})
