import 'reflect-metadata'
import { Pkcs10CertificateRequest } from '@peculiar/x509'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bmpString, constructed, implicit, integer, oid, sequence, setOf } from '../../src/asn1/writer.ts'
import { toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { KEY_TYPES, type KeyType } from '../../src/crypto/generate-key.ts'
import {
  csrExtensions,
  csrParts,
  csrSignature,
  describeCsr,
  requestedExtensions,
  takeCsrApart,
} from '../../src/x509/csr.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned } from '../../src/x509/write-certificate.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { newSigner, pem } from '../support/write-world.ts'

const subject = parseNameText('CN=w.example,O=Example\\, Inc.,C=DE')
const extensions = [
  ext.subjectAltName([parseGeneralName('dns:w.example'), parseGeneralName('ip:2001:db8::1')]),
  ext.keyUsage(['digitalSignature', 'keyEncipherment']),
  ext.extendedKeyUsage(['serverAuth']),
]

// keys of 3072 and 4096 bits take seconds and differ in nothing else
const TYPES: readonly KeyType[] = KEY_TYPES.map(([type]) => type).filter(
  (type) => !/[34]0\d\d|4096/.test(type),
)

test('a request with more extensions than a call has arguments is read', async () => {
  const signer = await newSigner()
  const noCheck = ext.ocspNoCheck()
  const many = constructed(
    0x30,
    Array.from({ length: 150_000 }, () => noCheck),
  )
  const attribute = sequence(oid('1.2.840.113549.1.9.14'), setOf([many]))
  const info = sequence(integer(0), subject, signer.spki, implicit(0, attribute, true))
  const der = assembleSigned(info, signer.algorithm, signer.sign(info))
  expect(requestedExtensions(der)).toHaveLength(150_000)
})

describe('a request', () => {
  test.for(TYPES)(
    'when %s signs it then openssl verifies it and reads every extension',
    async (type, context) => {
      const openssl = requireOracle(context, 'openssl')
      const der = writeCsr({ subject, extensions, signer: await newSigner(type) })
      const { text } = runOracle(openssl, ['req', '-inform', 'DER', '-noout', '-verify', '-text'], der)
      expect(text).toContain('Certificate request self-signature verify OK')
      expect(text).toContain('Subject: C = DE, O = "Example, Inc.", CN = w.example')
      expect(text).toContain('DNS:w.example, IP Address:2001:DB8:0:0:0:0:0:1')
      expect(text).toContain('Digital Signature, Key Encipherment')
      expect(csrSignature(der)).toBe('valid')
    },
  )

  test('when GnuTLS and another library read it then it holds for them, too', async (context) => {
    const certtool = requireOracle(context, 'certtool')
    const der = writeCsr({ subject, extensions, signer: await newSigner('ec-p384') })
    const { text } = runOracle(certtool, ['--crq-info'], pem('CERTIFICATE REQUEST', der))
    expect(text).toContain('Self signature: verified')
    expect(text).toContain('IPAddress: 2001:db8::1')
    const read = new Pkcs10CertificateRequest(der)
    expect(await read.verify()).toBe(true)
    expect(read.extensions.map(({ type }) => type)).toEqual(['2.5.29.17', '2.5.29.15', '2.5.29.37'])
  })

  test('when it asks for nothing then the field of attributes is there and empty (RFC 2986 section 4.1)', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const der = writeCsr({ subject, extensions: [], signer: await newSigner('ed25519') })
    expect(outputOf(openssl, ['asn1parse', '-inform', 'DER'], der).toString()).toMatch(
      /l= +0 cons: cont \[ 0 \]/,
    )
    expect(describeCsr(der)).toMatchObject({ version: 1, attributes: [], subjectAltName: null })
  })

  test('when it has a challenge password then both attributes are in the order of DER', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const signer = await newSigner()
    const der = writeCsr({ subject, extensions, signer, challengePassword: new Secret('pass word') })
    const { text } = runOracle(openssl, ['req', '-inform', 'DER', '-noout', '-verify', '-text'], der)
    expect(text).toContain('self-signature verify OK')
    expect(text).toMatch(/challengePassword +:pass word/)
    const parsed = outputOf(openssl, ['asn1parse', '-inform', 'DER'], der).toString()
    expect(parsed).toMatch(/PRINTABLESTRING +:pass word/)
    // X.690 section 11.6: the shorter attribute comes first, its length octet is smaller
    expect(parsed.indexOf('challengePassword')).toBeLessThan(parsed.indexOf('Extension Request'))
    expect(describeCsr(der).challengePassword).toBe(true)
  })

  test('when its password is in another script then it is UTF8String', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const challengePassword = new Secret('пароль')
    const der = writeCsr({ subject, extensions: [], signer: await newSigner(), challengePassword })
    expect(outputOf(openssl, ['asn1parse', '-inform', 'DER'], der).toString()).toMatch(/UTF8STRING/)
  })
})

describe('what a request asks for', () => {
  test('when what Windows tells of itself is damaged then OpenSSL reads the request, and so do we', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const signer = await newSigner()
    const client = sequence(oid('1.3.6.1.4.1.311.21.20'), setOf([sequence(Uint8Array.of(2, 0))]))
    const provider = sequence(oid('1.3.6.1.4.1.311.13.2.2'), setOf([sequence(integer(-1), bmpString('A'))]))
    const attributes = constructed(0xa0, [client, provider])
    const info = sequence(integer(0), subject, signer.spki, attributes)
    const der = assembleSigned(info, signer.algorithm, signer.sign(info))
    expect(runOracle(openssl, ['req', '-inform', 'DER', '-noout', '-verify'], der).status).toBe(0)
    expect(describeCsr(der).attributes).toEqual([
      { oid: '1.3.6.1.4.1.311.21.20', name: 'msRequestClientInfo', hex: '30020200' },
      { oid: '1.3.6.1.4.1.311.13.2.2', name: 'msEnrollmentCsp', hex: '30070201ff1e020041' },
    ])
  })

  test('when the list of extensions is damaged then all else is told, with what is wrong; OpenSSL reads the request, too', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { spki, algorithm, sign } = await newSigner()
    const list = sequence(ext.keyUsage(['digitalSignature']), sequence(integer(5)))
    const asked = sequence(oid('1.2.840.113549.1.9.14'), setOf([list]))
    const info = sequence(integer(0), subject, spki, constructed(0xa0, [asked]))
    const der = assembleSigned(info, algorithm, sign(info))
    expect(runOracle(openssl, ['req', '-inform', 'DER', '-noout', '-verify'], der).status).toBe(0)
    expect(describeCsr(der)).toMatchObject({
      subject: 'CN=w.example,O=Example\\, Inc.,C=DE',
      publicKey: { type: 'ec' },
      keyUsage: null,
      malformedExtensions: ['extensionRequest'],
      attributes: [
        {
          name: 'extensionRequest',
          hex: toHex(list),
          malformed: expect.stringContaining('the type of an extension') as string,
        },
      ],
    })
    expect(csrExtensions(der)).toEqual([])
    // nobody signs it, and nobody asks for the same again
    expect(() => takeCsrApart(der)).toThrow('the type of an extension')
    expect(() => requestedExtensions(der)).toThrow('the type of an extension')
  })

  test('when any extensions are asked for then they come back byte for byte', async () => {
    const signer = await newSigner('ed25519')
    const extension = fc.tuple(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }).map((arcs) => ['1.2', ...arcs].join('.')),
      fc.boolean(),
      fc.uint8Array({ maxLength: 300 }),
    )
    fc.assert(
      fc.property(fc.array(extension, { maxLength: 6 }), (wanted) => {
        const der = writeCsr({ subject, extensions: wanted.map((each) => ext.extension(...each)), signer })
        const read = requestedExtensions(der).map(({ oid, critical, value }) => [oid, critical, toHex(value)])
        expect(read).toEqual(wanted.map(([oid, critical, value]) => [oid, critical, toHex(value)]))
        expect(toHex(csrParts(der).subjectDer)).toBe(toHex(subject))
      }),
    )
  })

  test('when it is asked for in Microsoft’s form then it is found, too', async () => {
    const { spki, algorithm, sign } = await newSigner()
    const wanted = sequence(ext.keyUsage(['digitalSignature']))
    const attribute = sequence(oid('1.3.6.1.4.1.311.2.1.14'), setOf([wanted]))
    const info = sequence(integer(0), subject, spki, implicit(0, attribute, true))
    const bytes = assembleSigned(info, algorithm, sign(info))
    expect(requestedExtensions(bytes)).toMatchObject([{ oid: '2.5.29.15', critical: true }])
  })

  test('when the bytes are no request then they are refused', () => {
    expect(() => requestedExtensions(Uint8Array.of(0x30, 0))).toThrow(
      expect.objectContaining({ code: 'der.malformed' }),
    )
  })
})
