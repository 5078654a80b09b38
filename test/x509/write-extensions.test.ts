import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { DerReader, bytesOf } from '../../src/asn1/reader.ts'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { certificateExtensions, certificateParts } from '../../src/x509/certificate.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import * as crl from '../../src/x509/write-crl-extensions.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import { oracle, outputOf, requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { newSigner, write } from '../support/write-world.ts'

const folder = temporaryFolder('write-extensions')

const name = parseGeneralName
const keyFile = join(folder, 'key.pem')

beforeAll(() => {
  const openssl = oracle('openssl')
  if (openssl !== undefined) outputOf(openssl, ['genpkey', '-algorithm', 'ED25519', '-out', keyFile])
})

/** The Extension that openssl writes for these lines of a configuration. */
function ofOpenssl(openssl: string, lines: string): Uint8Array {
  const config = join(folder, 'openssl.cnf')
  writeFileSync(config, `[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=x\n[ext]\n${lines}\n`)
  const args = [
    'req',
    '-new',
    '-x509',
    '-key',
    keyFile,
    '-config',
    config,
    '-extensions',
    'ext',
    '-outform',
    'DER',
  ]
  const { extensionsTlv } = certificateParts(new Uint8Array(outputOf(openssl, args)))
  return bytesOf(DerReader.into(extensionsTlv!).read())
}

// what openssl.cnf calls each extension (x509v3_config), and the same from our writers
const SAME: readonly (readonly [title: string, config: string, ours: () => Uint8Array])[] = [
  ['CA', 'basicConstraints=critical,CA:TRUE', () => ext.basicConstraints({ ca: true })],
  [
    'CA with a path length',
    'basicConstraints=critical,CA:TRUE,pathlen:0',
    () => ext.basicConstraints({ ca: true, pathLen: 0 }),
  ],
  [
    'CA with a long path',
    'basicConstraints=critical,CA:TRUE,pathlen:200',
    () => ext.basicConstraints({ ca: true, pathLen: 200 }),
  ],
  ['no CA', 'basicConstraints=CA:FALSE', () => ext.basicConstraints({ ca: false })],
  ['no CA, critical', 'basicConstraints=critical,CA:FALSE', () => ext.basicConstraints({ ca: false }, true)],
  ['one key usage', 'keyUsage=critical,digitalSignature', () => ext.keyUsage(['digitalSignature'])],
  ['usages of a CA', 'keyUsage=critical,keyCertSign,cRLSign', () => ext.keyUsage(['cRLSign', 'keyCertSign'])],
  [
    'the ninth usage',
    'keyUsage=keyAgreement,decipherOnly',
    () => ext.keyUsage(['keyAgreement', 'decipherOnly'], false),
  ],
  [
    'every usage',
    'keyUsage=digitalSignature,nonRepudiation,keyEncipherment,dataEncipherment,keyAgreement,keyCertSign,cRLSign,encipherOnly,decipherOnly',
    () =>
      ext.keyUsage(
        [
          'digitalSignature',
          'nonRepudiation',
          'keyEncipherment',
          'dataEncipherment',
          'keyAgreement',
          'keyCertSign',
          'cRLSign',
          'encipherOnly',
          'decipherOnly',
        ],
        false,
      ),
  ],
  [
    'key purposes',
    'extendedKeyUsage=serverAuth,clientAuth,ipsecEndSystem,1.2.3.4',
    () => ext.extendedKeyUsage(['serverAuth', 'client-auth', 'ipsec-end-system', '1.2.3.4']),
  ],
  [
    'time stamping',
    'extendedKeyUsage=critical,timeStamping',
    () => ext.extendedKeyUsage(['timeStamping'], true),
  ],
  ['a key identifier', 'subjectKeyIdentifier=0102ff', () => ext.subjectKeyIdentifier(fromHex('0102ff'))],
  [
    'alternative names of every kind',
    [
      'subjectAltName=critical,DNS:a.example,IP:192.0.2.7,IP:2001:db8::1,email:u@a.example,URI:https://a.example/,RID:1.2.3.4,otherName:1.2.3.4;UTF8:text,otherName:msUPN;UTF8:u@a.example,dirName:dir',
      '[dir]\nC=DE\nCN=w',
    ].join('\n'),
    () =>
      ext.subjectAltName(
        [
          name('dns:a.example'),
          name('ip:192.0.2.7'),
          name('ip:2001:db8::1'),
          name('email:u@a.example'),
          name('uri:https://a.example/'),
          name('rid:1.2.3.4'),
          name('otherName:1.2.3.4;UTF8:text'),
          name('upn:u@a.example'),
          name('dirName:CN=w,C=DE'),
        ],
        true,
      ),
  ],
  [
    'name constraints',
    'nameConstraints=critical,permitted;DNS:example.com,permitted;IP:192.0.2.0/255.255.255.0,excluded;email:.example.com,excluded;IP:2001:db8:0:0:0:0:0:0/ffff:ffff:0:0:0:0:0:0',
    () =>
      ext.nameConstraints({
        permitted: [parseConstraintName('dns:example.com'), parseConstraintName('ip:192.0.2.0/24')],
        excluded: [parseConstraintName('email:.example.com'), parseConstraintName('ip:2001:db8::/32')],
      }),
  ],
  [
    'access',
    'authorityInfoAccess=OCSP;URI:http://ocsp.example/,caIssuers;URI:http://ca.example/ca.crt',
    () =>
      ext.authorityInfoAccess({
        ocsp: [name('uri:http://ocsp.example/')],
        caIssuers: [name('uri:http://ca.example/ca.crt')],
      }),
  ],
  ['must staple', 'tlsfeature=status_request', () => ext.tlsFeature([5])],
  ['no check of the responder', 'noCheck=ignored', () => ext.ocspNoCheck()],
  [
    'policies',
    'certificatePolicies=1.2.3.4,@pol\n[pol]\npolicyIdentifier=1.2.3.5\nCPS.1=https://cps.example/',
    () => ext.certificatePolicies([{ oid: '1.2.3.4' }, { oid: '1.2.3.5', cps: 'https://cps.example/' }]),
  ],
  [
    'where the CRL lies',
    'crlDistributionPoints=p\n[p]\nfullname=URI:http://a.example/ca.crl,URI:http://b.example/ca.crl',
    () =>
      ext.cRLDistributionPoints([name('uri:http://a.example/ca.crl'), name('uri:http://b.example/ca.crl')]),
  ],
  [
    'what a CRL covers',
    'issuingDistributionPoint=critical,@idp\n[idp]\nfullname=URI:http://a.example/ca.crl\nonlyuser=TRUE\nonlysomereasons=keyCompromise\nindirectCRL=TRUE',
    () =>
      crl.issuingDistributionPoint({
        names: [name('uri:http://a.example/ca.crl')],
        onlyContainsUserCerts: true,
        onlySomeReasons: ['keyCompromise'],
        indirectCRL: true,
      }),
  ],
]

describe('each extension', () => {
  test.for(SAME)('when %s is written then openssl writes the same octets', ([, config, ours], context) => {
    const openssl = requireOracle(context, 'openssl')
    expect(toHex(ours())).toBe(toHex(ofOpenssl(openssl, config)))
  })

  test('when a key is named then openssl writes the same', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const spki = outputOf(openssl, ['pkey', '-in', keyFile, '-pubout', '-outform', 'DER'])
    const identifier = ext.keyIdentifier(new Uint8Array(spki))
    const [subject, authority] = ['subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid:always']
    expect(toHex(ext.subjectKeyIdentifier(identifier))).toBe(toHex(ofOpenssl(openssl, subject!)))
    const both = ofOpenssl(openssl, `${authority}\n${subject}`)
    expect(toHex(ext.authorityKeyIdentifier(identifier))).toBe(toHex(both))
  })

  test('when one comes from elsewhere then its value passes through unchanged, even one that is no DER', () => {
    const value = fromHex('deadbeef')
    expect(toHex(ext.extension('1.2.3', true, value))).toBe('300d06022a030101ff0404deadbeef')
    expect(toHex(ext.extension('1.2.3', false, value))).toBe('300a06022a030404deadbeef')
  })

  test('when all stand in one certificate then each is read back, none as malformed', async () => {
    const seen = new Set<string>()
    const all = SAME.map(([, , ours]) => ours()).filter((extension) => {
      const oid = toHex(bytesOf(new DerReader(extension).enter(0x30).read()))
      return !seen.has(oid) && seen.add(oid)
    })
    const { der } = write({ subject: 'CN=x', signer: await newSigner(), extensions: all })
    const read = certificateExtensions(der)
    expect(read).toHaveLength(all.length)
    for (const extension of read) {
      expect(extension).toHaveProperty('value')
      expect(extension).not.toHaveProperty('malformed')
    }
  })
})

describe('what no certificate may say', () => {
  test.each<[string, () => unknown]>([
    ['no alternative name', () => ext.subjectAltName([])],
    ['no key usage (RFC 5280 section 4.2.1.3)', () => ext.keyUsage([])],
    ['no key purpose', () => ext.extendedKeyUsage([])],
    [
      'a path length without CA (RFC 5280 section 4.2.1.9)',
      () => ext.basicConstraints({ ca: false, pathLen: 1 }),
    ],
    ['a negative path length', () => ext.basicConstraints({ ca: true, pathLen: -1 })],
    ['empty name constraints (RFC 5280 section 4.2.1.10)', () => ext.nameConstraints({})],
    ['no access location', () => ext.authorityInfoAccess({})],
    ['no policy', () => ext.certificatePolicies([])],
    [
      'a policy twice (RFC 5280 section 4.2.1.4)',
      () => ext.certificatePolicies([{ oid: '1.2.3' }, { oid: '1.2.3' }]),
    ],
    ['a distribution point without a name', () => ext.cRLDistributionPoints([])],
    ['an empty issuing distribution point (RFC 5280 section 5.2.5)', () => crl.issuingDistributionPoint({})],
    [
      'a CRL for users only and authorities only',
      () => crl.issuingDistributionPoint({ onlyContainsUserCerts: true, onlyContainsCACerts: true }),
    ],
    ['a CRL number of 21 octets (RFC 5280 section 5.2.3)', () => crl.cRLNumber(1n << 160n)],
  ])('when it is %s then our own code is told so', (_title, make) => {
    expect(make).toThrow(TypeError)
  })

  test('when a purpose has no such name then the error says so', () => {
    expect(() => ext.extendedKeyUsage(['serverauth', 'tea'])).toThrow('no key purpose is called "tea"')
  })
})
