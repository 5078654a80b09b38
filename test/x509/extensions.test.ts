import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { integer, octetString, oid, sequence, setOf } from '../../src/asn1/writer.ts'
import { readTlv } from '../../src/asn1/reader.ts'
import { toHex } from '../../src/base/bytes.ts'
import type { Extension } from '../../src/domain/facts.ts'
import { requirePem } from '../../src/formats/pem.ts'
import { certificateExtensions } from '../../src/x509/certificate.ts'
import { decodeExtensions, readExtensions } from '../../src/x509/extensions.ts'
import { readRawExtensions } from '../../src/x509/raw-extensions.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** A certificate whose extensions OpenSSL made from its configuration language. */
function opensslExtensions(openssl: string, lines: string): ReadonlyMap<string, Extension> {
  const folder = temporaryFolder('extensions')
  const config = join(folder, 'c.cnf')
  writeFileSync(config, `[req]\ndistinguished_name=dn\n[dn]\n[ext]\n${lines}`)
  const key = `-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ${join(folder, 'k.pem')}`
  const request = `req -x509 -config ${config} -extensions ext -subj /CN=t -outform DER ${key}`
  const made = outputOf(openssl, request.split(' '))
  return new Map(certificateExtensions(made).map((extension) => [extension.name ?? extension.oid, extension]))
}

describe('what OpenSSL writes is read back', () => {
  const cases: Record<string, [lines: string, critical: boolean, value: unknown]> = {
    keyUsage: ['keyUsage=critical,digitalSignature,decipherOnly', true, ['digitalSignature', 'decipherOnly']],
    extKeyUsage: ['extendedKeyUsage=serverAuth,1.2.3.4', false, ['serverAuth', '1.2.3.4']],
    basicConstraints: ['basicConstraints=critical,CA:TRUE,pathlen:3', true, { ca: true, pathLen: 3 }],
    subjectKeyIdentifier: ['subjectKeyIdentifier=0102ff', false, '0102ff'],
    issuerAltName: [
      'issuerAltName=URI:https://i.example/,RID:1.2.3',
      false,
      [
        { type: 'uri', value: 'https://i.example/' },
        { type: 'registeredId', value: '1.2.3' },
      ],
    ],
    subjectAltName: [
      'subjectAltName=DNS:*.a.example,IP:2001:db8::1,email:x@b.example,dirName:d,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:u@c\n[d]\nO=A\\, B\nCN=n',
      false,
      [
        { type: 'dns', value: '*.a.example' },
        { type: 'ip', value: '2001:db8::1' },
        { type: 'email', value: 'x@b.example' },
        { type: 'directoryName', value: 'CN=n,O=A\\, B' },
        { type: 'otherName', value: 'u@c', oid: '1.3.6.1.4.1.311.20.2.3' },
      ],
    ],
    nameConstraints: [
      'nameConstraints=critical,permitted;DNS:.a.example,permitted;IP:192.0.2.0/255.255.255.0,excluded;email:b.example',
      true,
      {
        permittedSubtrees: [
          { type: 'dns', value: '.a.example' },
          { type: 'ip', value: '192.0.2.0/24' },
        ],
        excludedSubtrees: [{ type: 'email', value: 'b.example' }],
      },
    ],
    certificatePolicies: [
      'certificatePolicies=2.23.140.1.2.1,@p\n[p]\npolicyIdentifier=1.2.3\nCPS.1=https://cps.example\nuserNotice.1=@n\n[n]\nexplicitText=UTF8:Vorsicht \u00e4\norganization=Org\nnoticeNumbers=1,4',
      false,
      [
        { policyIdentifier: '2.23.140.1.2.1', name: 'domainValidated', qualifiers: [] },
        {
          policyIdentifier: '1.2.3',
          qualifiers: [
            { type: 'cps', uri: 'https://cps.example' },
            {
              type: 'userNotice',
              organization: 'Org',
              noticeNumbers: [1, 4],
              explicitText: 'Vorsicht \u00e4',
            },
          ],
        },
      ],
    ],
    policyMappings: [
      'policyMappings=1.2.3:1.2.4',
      false,
      [{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }],
    ],
    policyConstraints: [
      'policyConstraints=critical,requireExplicitPolicy:2',
      true,
      { requireExplicitPolicy: 2, inhibitPolicyMapping: null },
    ],
    inhibitAnyPolicy: ['inhibitAnyPolicy=critical,7', true, 7],
    cRLDistributionPoints: [
      'crlDistributionPoints=a,b\n[a]\nfullname=URI:http://c.example/a.crl\nreasons=keyCompromise,CACompromise\nCRLissuer=dirName:i\n[b]\nrelativename=r\n[i]\nCN=I\n[r]\nOU=U',
      false,
      [
        {
          fullName: [{ type: 'uri', value: 'http://c.example/a.crl' }],
          reasons: ['keyCompromise', 'cACompromise'],
          cRLIssuer: [{ type: 'directoryName', value: 'CN=I' }],
        },
        { nameRelativeToCRLIssuer: 'OU=U' },
      ],
    ],
    freshestCRL: [
      'freshestCRL=URI:http://c.example/d.crl',
      false,
      [{ fullName: [{ type: 'uri', value: 'http://c.example/d.crl' }] }],
    ],
    authorityInfoAccess: [
      'authorityInfoAccess=OCSP;URI:http://o.example,caIssuers;URI:http://i.example/i.cer',
      false,
      [
        { accessMethod: 'ocsp', accessLocation: { type: 'uri', value: 'http://o.example' } },
        { accessMethod: 'caIssuers', accessLocation: { type: 'uri', value: 'http://i.example/i.cer' } },
      ],
    ],
    subjectInfoAccess: [
      'subjectInfoAccess=1.2.3;DNS:s.example',
      false,
      [{ accessMethod: '1.2.3', accessLocation: { type: 'dns', value: 's.example' } }],
    ],
    issuingDistributionPoint: [
      'issuingDistributionPoint=critical,@p\n[p]\nonlyCA=TRUE\nindirectCRL=TRUE\nonlysomereasons=superseded',
      true,
      {
        onlyContainsUserCerts: false,
        onlyContainsCACerts: true,
        onlySomeReasons: ['superseded'],
        indirectCRL: true,
        onlyContainsAttributeCerts: false,
      },
    ],
    tlsFeature: ['tlsfeature=status_request,99', false, ['status_request', '99']],
    ocspNoCheck: ['noCheck=ignored', false, true],
    netscapeCertType: ['nsCertType=server,objCA', false, ['sslServer', 'objectSigningCA']],
    netscapeComment: ['nsComment="hello"', false, 'hello'],
    netscapeBaseUrl: ['nsBaseUrl=https://n.example/', false, 'https://n.example/'],
    proxyCertInfo: [
      'proxyCertInfo=critical,language:id-ppl-independent,pathlen:1',
      true,
      { pathLen: 1, policyLanguage: 'independent' },
    ],
    certificateTemplateName: ['1.3.6.1.4.1.311.20.2=ASN1:BMP:WebServer', false, 'WebServer'],
    certificateTemplate: [
      '1.3.6.1.4.1.311.21.7=ASN1:SEQUENCE:t\n[t]\na=OID:1.3.6.1.4.1.311.21.8.1\nb=INTEGER:100\nc=INTEGER:4',
      false,
      { templateId: '1.3.6.1.4.1.311.21.8.1', majorVersion: 100, minorVersion: 4 },
    ],
    applicationPolicies: [
      '1.3.6.1.4.1.311.21.10=ASN1:SEQUENCE:l\n[l]\na=SEQUENCE:p\n[p]\na=OID:1.3.6.1.5.5.7.3.2',
      false,
      [{ policyIdentifier: '1.3.6.1.5.5.7.3.2', name: 'clientAuth', qualifiers: [] }],
    ],
    caVersion: ['1.3.6.1.4.1.311.21.1=ASN1:INTEGER:131075', false, { certificateIndex: 3, keyIndex: 2 }],
    ntdsCaSecurity: [
      '1.3.6.1.4.1.311.25.2=ASN1:SEQUENCE:s\n[s]\na=IMP:0,SEQUENCE:o\n[o]\na=OID:1.3.6.1.4.1.311.25.2.1\nb=EXP:0,OCT:S-1-5-21-1',
      false,
      { objectSid: 'S-1-5-21-1' },
    ],
    privateKeyUsagePeriod: [
      '2.5.29.16=ASN1:SEQUENCE:u\n[u]\na=IMP:0,GENTIME:20200101000000Z',
      false,
      { notBefore: '2020-01-01T00:00:00Z', notAfter: null },
    ],
    qcStatements: [
      '1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:q\n[q]\na=SEQUENCE:c\nb=SEQUENCE:l\nc=SEQUENCE:r\nd=SEQUENCE:x\n[c]\na=OID:0.4.0.1862.1.1\n[l]\na=OID:0.4.0.1862.1.2\nb=SEQUENCE:m\n[m]\na=PRINTABLE:EUR\nb=INTEGER:5\nc=INTEGER:3\n[r]\na=OID:0.4.0.1862.1.6\nb=SEQUENCE:t\n[t]\na=OID:0.4.0.1862.1.6.3\n[x]\na=OID:1.2.3\nb=NULL',
      false,
      [
        { statement: 'qcCompliance' },
        { statement: 'qcLimitValue', info: { currency: 'EUR', amount: '5', exponent: '3' } },
        { statement: 'qcType', info: ['web'] },
        { statement: '1.2.3', hex: '0500' },
      ],
    ],
    smimeCapabilities: [
      '1.2.840.113549.1.9.15=ASN1:SEQUENCE:s\n[s]\na=SEQUENCE:x\nb=SEQUENCE:y\n[x]\na=OID:2.16.840.1.101.3.4.1.42\n[y]\na=OID:1.2.840.113549.3.2\nb=INTEGER:128',
      false,
      [{ capability: 'aes256-CBC' }, { capability: 'rc2-CBC', parameters: 128 }],
    ],
    subjectDirectoryAttributes: [
      '2.5.29.9=ASN1:SEQUENCE:a\n[a]\na=SEQUENCE:b\n[b]\na=OID:1.3.6.1.5.5.7.9.1\nb=SET:c\n[c]\na=GENTIME:19800229120000Z',
      false,
      [{ type: 'dateOfBirth', values: ['1980-02-29T12:00:00Z'] }],
    ],
    logotype: [
      '1.3.6.1.5.5.7.1.12=ASN1:SEQUENCE:g\n[g]\na=EXP:2,IMP:0,SEQUENCE:d\n[d]\na=SEQUENCE:is\n[is]\na=SEQUENCE:i\n[i]\na=SEQUENCE:e\n[e]\na=IA5:image/svg+xml\nb=SEQUENCE:hs\nc=SEQUENCE:us\n[hs]\na=SEQUENCE:h\n[h]\na=SEQUENCE:ha\nb=FORMAT:HEX,OCT:abcd\n[ha]\na=OID:2.16.840.1.101.3.4.2.1\n[us]\na=IA5:https://l.example/',
      false,
      {
        community: [],
        issuer: [],
        subject: [
          {
            kind: 'image',
            mediaType: 'image/svg+xml',
            digests: ['sha256:abcd'],
            uris: ['https://l.example/'],
          },
        ],
        other: [],
      },
    ],
    cRLNumber: ['2.5.29.20=ASN1:INTEGER:0x10000000000000000', false, '18446744073709551616'],
    reasonCode: ['2.5.29.21=ASN1:ENUM:4', false, 'superseded'],
    invalidityDate: ['2.5.29.24=ASN1:GENTIME:20200101000000Z', false, '2020-01-01T00:00:00Z'],
    '1.2.3.4': ['1.2.3.4=critical,DER:0101ff', true, undefined],
  }

  test.for(Object.entries(cases))('%s', ([name, [lines, critical, value]], context) => {
    const extension = opensslExtensions(requireOracle(context, 'openssl'), lines).get(name)
    const wanted = value === undefined ? { hex: '0101ff' } : { name, value }
    expect(extension).toEqual({ oid: expect.any(String), critical, ...wanted })
  })
})

describe('what is malformed is shown, and harms nothing else', () => {
  const extension = (type: string, value: Uint8Array): Uint8Array => sequence(oid(type), octetString(value))
  const decode = (...all: readonly Uint8Array[]): readonly Extension[] => {
    const der = sequence(...all)
    const tlv = readTlv(der, 0, der.length)
    const decoded = decodeExtensions(readRawExtensions(tlv))
    // read one by one, and then as they are remembered
    for (let time = 0; time < 2; time++) expect(readExtensions(tlv)).toEqual(decoded)
    return decoded
  }
  const empty = sequence()

  test('what certificates have in common is read once, their own names and what is malformed each time', () => {
    const [common, own, malformed] = ['2.5.29.19', '2.5.29.14', '2.5.29.15']
    const all = [extension(common, empty), extension(own, octetString(empty)), extension(malformed, empty)]
    const read = (padding: number): readonly Extension[] => {
      const der = new Uint8Array([...new Uint8Array(padding), ...sequence(...all)])
      return readExtensions(readTlv(der, padding, der.length))
    }
    const [first, second] = [read(0), read(7)]
    expect(first.map((one, at) => one === second[at])).toEqual([true, false, false])
    expect(first[1]).toEqual(second[1])
    // it stands seven octets further back there
    expect(first[2]!.malformed).not.toBe(second[2]!.malformed)
  })

  test('when the value is of another type then it says so and gives the hex', () => {
    expect(decode(extension('2.5.29.15', empty), extension('2.5.29.19', empty))).toEqual([
      expect.objectContaining({
        name: 'keyUsage',
        hex: '3000',
        malformed: expect.stringContaining('expected the key usage'),
      }),
      { oid: '2.5.29.19', name: 'basicConstraints', critical: false, value: { ca: false, pathLen: null } },
    ])
  })

  test('when an extension stands twice then the second has no value', () => {
    const twice = decode(extension('2.5.29.19', empty), extension('2.5.29.19', empty))
    expect(twice.map(({ value, malformed }) => [value, malformed])).toEqual([
      [{ ca: false, pathLen: null }, undefined],
      [undefined, 'the extension stands here twice'],
    ])
  })

  test.each([
    ['a proxy', '1.3.6.1.5.5.7.1.14', sequence(sequence(oid('1.3.6.1.5.5.7.21.1')), integer(1))],
    ['capabilities', '1.2.840.113549.1.9.15', sequence(sequence(oid('1.2.3'), integer(1), integer(2)))],
    ['attributes', '2.5.29.9', sequence(sequence(oid('2.5.4.3'), setOf([]), integer(1)))],
  ])('when a value stands in %s where none belongs then it is not passed over', (_title, id, value) => {
    const [found] = decode(extension(id, value))
    expect(found).toMatchObject({ malformed: expect.stringContaining('unexpected bytes'), hex: toHex(value) })
  })

  test('when a number is larger than JSON has them then it is shown as it stands, not as null', () => {
    const large = integer(2n ** 2000n)
    const capability = sequence(oid('1.2.840.113549.3.2'), large)
    const years = sequence(oid('0.4.0.1862.1.3'), large)
    const values = [
      ...decode(extension('1.2.840.113549.1.9.15', sequence(capability))),
      ...decode(extension('1.3.6.1.5.5.7.1.3', sequence(years))),
    ].map(({ value }) => value)
    expect(values).toEqual([
      [{ capability: 'rc2-CBC', parameters: toHex(large) }],
      [{ statement: 'qcRetentionPeriod', hex: toHex(large) }],
    ])
  })

  test('when bytes follow the value then the value is shown with a remark', () => {
    const [found] = decode(extension('2.5.29.19', Uint8Array.of(0x30, 0, 0)))
    expect(found).toMatchObject({ value: { ca: false }, malformed: '1 bytes follow the value' })
  })

  test.each(['2.5.29.17', '2.5.29.37', '1.3.6.1.4.1.11129.2.4.2', '1.2.3.4'])(
    'when %s is empty then nothing crashes',
    (type) => {
      const [found] = decode(extension(type, new Uint8Array(0)))
      expect(found).toMatchObject({ oid: type, hex: '' })
    },
  )
})

test('signed certificate timestamps are those that OpenSSL prints', (context) => {
  const files = corpus()
  context.skip(files === undefined, NO_CORPORA)
  const openssl = requireOracle(context, 'openssl')
  const withTimestamps = files!.entries.filter(
    ({ kind, expect, format, fields }) =>
      kind === 'cert' &&
      expect === 'accept' &&
      format === 'PEM' &&
      JSON.stringify(fields?.['extensions'] ?? []).includes('1.3.6.1.4.1.11129.2.4.2'),
  )
  const compared = withTimestamps.map(({ path }) => {
    const { der } = requirePem(files!.read(path), path)[0]!
    const { stdout } = runOracle(
      openssl,
      ['x509', '-inform', 'DER', '-noout', '-ext', 'ct_precert_scts'],
      der,
    )
    const text = stdout.toString('latin1')
    const ids = [...text.matchAll(/Log ID {4}: ((?:[0-9A-F:]+\s*)+)/g)].map(([, id]) =>
      id!.replaceAll(/[\s:]/g, '').toLowerCase(),
    )
    const times = [...text.matchAll(/Timestamp : (.+) GMT/g)].map(([, time]) =>
      new Date(`${time!.replace(/(\.\d+)/, '')} UTC`).getTime(),
    )
    const list = certificateExtensions(der).find(({ name }) => name === 'signedCertificateTimestampList')!
    const ours = list.value as readonly { logId: string; timestamp: string }[]
    return {
      path,
      same:
        JSON.stringify(ours.map(({ logId }) => logId)) === JSON.stringify(ids) &&
        ours.every(({ timestamp }, i) => Math.floor(Date.parse(timestamp) / 1000) * 1000 === times[i]),
    }
  })
  expect(compared.length).toBeGreaterThan(3)
  expect(compared.filter(({ same }) => !same)).toEqual([])
})
