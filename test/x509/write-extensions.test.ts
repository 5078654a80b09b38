import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DerReader, bytesOf, contextTag } from '../../src/asn1/reader.ts'
import { fromHex, toHex } from '../../src/base/bytes.ts'
import { certificateExtensions, certificateParts } from '../../src/x509/certificate.ts'
import { parseConstraintName, parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import * as crl from '../../src/x509/write-crl-extensions.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import * as policy from '../../src/x509/write-policies.ts'
import { temporaryFolder } from '../support/built.ts'
import { oracle, outputOf, requireOracle } from '../support/oracles.ts'
import { newSigner, write } from '../support/write-world.ts'

const folder = temporaryFolder('write-extensions')
afterAll(folder.remove)

const name = parseGeneralName
const keyFile = join(folder.path, 'key.pem')

beforeAll(() => {
  const openssl = oracle('openssl')
  if (openssl !== undefined) outputOf(openssl, ['genpkey', '-algorithm', 'ED25519', '-out', keyFile])
})

/** The Extension that openssl writes for these lines of a configuration. */
function ofOpenssl(openssl: string, lines: string): Uint8Array {
  const config = join(folder.path, 'openssl.cnf')
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
    'extendedKeyUsage=serverAuth,clientAuth,1.2.3.4',
    () => ext.extendedKeyUsage(['serverAuth', 'client-auth', '1.2.3.4']),
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
    'an issuer’s other name',
    'issuerAltName=DNS:ca.example',
    () => ext.issuerAltName([name('dns:ca.example')]),
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
    'certificatePolicies=1.2.3.4,@pol\n[pol]\npolicyIdentifier=1.2.3.5\nCPS.1=https://cps.example/\nuserNotice.1=@notice\n[notice]\nexplicitText=UTF8:read it',
    () =>
      policy.certificatePolicies([
        { policyIdentifier: '1.2.3.4' },
        { policyIdentifier: '1.2.3.5', cps: 'https://cps.example/', notice: 'read it' },
      ]),
  ],
  [
    'a mapping of policies',
    'policyMappings=critical,1.2.3:1.2.4',
    () => policy.policyMappings([['1.2.3', '1.2.4']]),
  ],
  [
    'policy constraints',
    'policyConstraints=critical,requireExplicitPolicy:3,inhibitPolicyMapping:0',
    () => policy.policyConstraints({ requireExplicitPolicy: 3, inhibitPolicyMapping: 0 }),
  ],
  ['no anyPolicy', 'inhibitAnyPolicy=critical,2', () => policy.inhibitAnyPolicy(2)],
  [
    'where the CRL lies',
    'crlDistributionPoints=URI:http://a.example/ca.crl,URI:http://b.example/ca.crl',
    () =>
      crl.cRLDistributionPoints([
        { names: [name('uri:http://a.example/ca.crl')] },
        { names: [name('uri:http://b.example/ca.crl')] },
      ]),
  ],
  [
    'a CRL of another issuer for some reasons',
    'crlDistributionPoints=p\n[p]\nfullname=URI:http://a.example/ca.crl\nCRLissuer=dirName:d\nreasons=keyCompromise,CACompromise,AACompromise\n[d]\nCN=other',
    () =>
      crl.cRLDistributionPoints([
        {
          names: [name('uri:http://a.example/ca.crl')],
          reasons: ['keyCompromise', 'cACompromise', 'aACompromise'],
          crlIssuer: [name('dirName:CN=other')],
        },
      ]),
  ],
  [
    'where the delta CRL lies',
    'freshestCRL=URI:http://a.example/d.crl',
    () => crl.freshestCRL([{ names: [name('uri:http://a.example/d.crl')] }]),
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

  test('when an authority key is named in every way then openssl writes the same', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    // openssl takes issuer and serial number from the certificate itself when it signs itself
    const theirs = ofOpenssl(
      openssl,
      'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always,issuer:always',
    )
    expect(toHex(theirs)).toMatch(/^301d0603551d0e/)
    const config = join(folder.path, 'openssl.cnf')
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
    const parts = certificateParts(new Uint8Array(outputOf(openssl, args)))
    const identifier = ext.keyIdentifier(parts.spki)
    const serialNumber = toHex(parts.serialNumberDer.subarray(2))
    const ours = [
      ext.subjectKeyIdentifier(identifier),
      ext.authorityKeyIdentifier({ identifier, certificate: { issuer: parts.issuerDer, serialNumber } }),
    ]
    const reader = DerReader.into(parts.extensionsTlv!)
    for (const extension of ours) expect(toHex(extension)).toBe(toHex(bytesOf(reader.read())))
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
    ['an authority key that is none', () => ext.authorityKeyIdentifier({})],
    ['empty name constraints (RFC 5280 section 4.2.1.10)', () => ext.nameConstraints({})],
    ['no access location', () => ext.authorityInfoAccess({})],
    ['no policy', () => policy.certificatePolicies([])],
    [
      'a policy twice (RFC 5280 section 4.2.1.4)',
      () => policy.certificatePolicies([{ policyIdentifier: '1.2.3' }, { policyIdentifier: '1.2.3' }]),
    ],
    ['empty policy constraints (RFC 5280 section 4.2.1.11)', () => policy.policyConstraints({})],
    [
      'a distribution point of reasons alone',
      () => crl.cRLDistributionPoints([{ reasons: ['keyCompromise'] }]),
    ],
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

test('when the issuer and serial number alone name an authority then the key identifier is absent', () => {
  const issuer = parseNameText('CN=Root')
  const extension = ext.authorityKeyIdentifier({ certificate: { issuer, serialNumber: 'ff' } })
  expect(toHex(extension)).toContain(`${contextTag(2, false).toString(16)}0200ff`)
  expect(toHex(extension)).not.toContain('8014')
})
