import 'reflect-metadata'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { X509Certificate } from '@peculiar/x509'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KeyType } from '../../src/crypto/generate-key.ts'
import type { SignatureChoice } from '../../src/crypto/signer.ts'
import { certificateParts, describeCertificate } from '../../src/x509/certificate.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { NO_WELL_DEFINED_END } from '../../src/x509/write-certificate.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { newSigner, pem, write, writeLeaf, writeRoot } from '../support/write-world.ts'

const folder = temporaryFolder('write')

let files = 0
/** Writes PEM into a file of its own. */
function file(...certificates: readonly Uint8Array[]): string {
  const path = join(folder, `${++files}.pem`)
  writeFileSync(path, certificates.map((der) => pem('CERTIFICATE', der)).join(''))
  return path
}

const KINDS: readonly [KeyType, SignatureChoice][] = [
  ['rsa-2048', {}],
  ['rsa-2048', { pss: true, digest: 'sha512' }],
  ['rsa-pss-2048', {}],
  ['ec-p256', {}],
  ['ec-p384', {}],
  ['ec-p521', {}],
  ['ed25519', {}],
  ['ed448', {}],
]

const SAN = ext.subjectAltName([parseGeneralName('dns:leaf.example'), parseGeneralName('ip:192.0.2.7')])

describe('a root and a certificate below it', () => {
  test.for(KINDS)(
    'when %s signs with %j then openssl accepts the chain, strictly',
    async ([type, choice], context) => {
      const openssl = requireOracle(context, 'openssl')
      const root = writeRoot(await newSigner(type, choice))
      const leaf = writeLeaf(root, await newSigner(type), [SAN])
      const args = [
        'verify',
        '-x509_strict',
        '-check_ss_sig',
        '-purpose',
        'sslserver',
        '-CAfile',
        file(root.der),
      ]
      expect(runOracle(openssl, [...args, file(leaf.der)]).text).toMatch(/: OK\n/)
      const other = writeRoot(await newSigner(type, choice))
      const wrong = ['verify', '-x509_strict', '-CAfile', file(other.der), file(leaf.der)]
      expect(runOracle(openssl, wrong).status).not.toBe(0)
    },
  )

  test.for(KINDS)('when %s signs with %j then GnuTLS accepts the chain', async ([type, choice], context) => {
    const certtool = requireOracle(context, 'certtool')
    const root = writeRoot(await newSigner(type, choice))
    const leaf = writeLeaf(root, await newSigner(), [SAN])
    const { text } = runOracle(certtool, ['--verify-chain', '--infile', file(leaf.der, root.der)])
    expect(text).toContain('Chain verification output: Verified. The certificate is trusted.')
  })

  test('when Java reads them then it says what was written', async (context) => {
    const keytool = requireOracle(context, 'keytool')
    const root = writeRoot(await newSigner('rsa-2048', { pss: true }))
    const leaf = writeLeaf(root, await newSigner(), [SAN])
    const { text } = runOracle(keytool, ['-printcert', '-file', file(leaf.der)])
    expect(text).toContain('Owner: CN=leaf')
    expect(text).toContain('Issuer: CN=Root, O=Example, C=DE')
    expect(text).toContain('Serial number: 7b2')
    expect(text).toContain('DNSName: leaf.example')
    expect(text).toContain('IPAddress: 192.0.2.7')
    expect(text).toContain('Signature algorithm name: RSASSA-PSS')
  })

  test('when another library takes it apart then each field is the same, and it writes the same bytes', async () => {
    const root = writeRoot(await newSigner())
    const leaf = writeLeaf(root, await newSigner('ec-p384'), [SAN])
    const read = new X509Certificate(leaf.der)
    expect(read.serialNumber).toBe('07b2')
    expect(read.issuer).toBe('C=DE, O=Example, CN=Root')
    expect(read.notAfter).toEqual(new Date('2046-01-01T00:00:00Z'))
    expect(read.extensions.map(({ type, critical }) => [type, critical])).toEqual([
      ['2.5.29.19', false],
      ['2.5.29.15', true],
      ['2.5.29.37', false],
      ['2.5.29.14', false],
      ['2.5.29.35', false],
      ['2.5.29.17', false],
    ])
    expect(
      await read.verify({ publicKey: new X509Certificate(root.der).publicKey, signatureOnly: true }),
    ).toBe(true)
  })

  test('when our own reader describes it then it says what was written', async () => {
    const root = writeRoot(await newSigner())
    const leaf = writeLeaf(root, await newSigner('ed25519'), [SAN])
    expect(describeCertificate(leaf.der)).toMatchObject({
      version: 3,
      serialNumber: '7b2',
      subject: 'CN=leaf',
      issuer: 'CN=Root,O=Example,C=DE',
      notBefore: '2026-01-01T00:00:00Z',
      notAfter: '2046-01-01T00:00:00Z',
      signatureAlgorithm: 'ecdsa-with-SHA256',
      publicKey: { type: 'ed25519' },
      basicConstraints: { ca: false, pathLen: null },
      keyUsage: ['digitalSignature'],
      extendedKeyUsage: ['serverAuth'],
      subjectAltName: [
        { type: 'dns', value: 'leaf.example' },
        { type: 'ip', value: '192.0.2.7' },
      ],
      authorityKeyIdentifier: { keyIdentifier: describeCertificate(root.der).subjectKeyIdentifier },
    })
    expect(certificateParts(leaf.der)).toMatchObject({
      signatureAlgorithmsAgree: true,
      issuerDer: certificateParts(root.der).subjectDer,
    })
  })
})

describe('the fields', () => {
  test('when the end is not defined then openssl reads 9999-12-31 (RFC 5280 section 4.1.2.5)', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const signer = await newSigner()
    const { der } = write({ subject: 'CN=x', signer, notAfter: NO_WELL_DEFINED_END, extensions: [] })
    const text = outputOf(openssl, ['x509', '-inform', 'DER', '-noout', '-enddate'], der).toString()
    expect(text).toBe('notAfter=Dec 31 23:59:59 9999 GMT\n')
    const parsed = outputOf(openssl, ['asn1parse', '-inform', 'DER'], der).toString()
    expect(parsed).toMatch(/GENERALIZEDTIME +:99991231235959Z/)
    expect(parsed).toMatch(/UTCTIME +:260101000000Z/)
  })

  test('when there are no extensions then the field is left out', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { der } = write({ subject: '', signer: await newSigner(), extensions: [] })
    expect(outputOf(openssl, ['asn1parse', '-inform', 'DER'], der).toString()).not.toContain('cont [ 3 ]')
    expect(describeCertificate(der)).toMatchObject({ version: 3, subject: '', selfIssued: true })
  })

  test('when a serial number is as long as can be then openssl reads it as a positive one', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const signer = await newSigner()
    for (const serialNumber of ['1', '80', `7${'f'.repeat(39)}`, '00000000abcdef']) {
      const { der } = write({ subject: 'CN=x', signer, serialNumber, extensions: [] })
      const text = outputOf(openssl, ['x509', '-inform', 'DER', '-noout', '-serial'], der).toString()
      expect(
        text
          .toLowerCase()
          .replace(/^serial=0*/, '')
          .trim(),
      ).toBe(serialNumber.replace(/^0+/, ''))
    }
  })

  test.each([
    ['', 'has other characters than hex digits'],
    ['-1', 'has other characters than hex digits'],
    ['0x10', 'has other characters than hex digits'],
    ['0', 'is zero'],
    ['0000', 'is zero'],
    [`8${'0'.repeat(39)}`, 'has more than 20 octets'],
    ['1'.repeat(41), 'has more than 20 octets'],
  ])(
    'when the serial number is "%s" then it is refused: it %s (RFC 5280 section 4.1.2.2)',
    async (serialNumber, why) => {
      const signer = await newSigner('ed25519')
      expect(() => write({ subject: 'CN=x', signer, serialNumber, extensions: [] })).toThrow(
        expect.objectContaining({ code: 'input.invalid', message: expect.stringContaining(why) as string }),
      )
    },
  )

  test('when any allowed serial number is written then describing gives it back', async () => {
    const signer = await newSigner('ed25519')
    const anySerial = fc.bigInt({ min: 1n, max: (1n << 159n) - 1n }).map((value) => value.toString(16))
    fc.assert(
      fc.property(anySerial, (serialNumber) => {
        const { der } = write({ subject: 'CN=x', signer, serialNumber, extensions: [] })
        expect(describeCertificate(der).serialNumber).toBe(serialNumber)
      }),
    )
  })

  test('when any names are asked for then all are there, in order, to the letter', async () => {
    const signer = await newSigner('ed25519')
    const name = fc.oneof(
      fc.domain().map((value) => `dns:${value}`),
      fc.ipV4().map((value) => `ip:${value}`),
      fc.ipV6().map((value) => `ip:${value}`),
      fc.emailAddress().map((value) => `email:${value}`),
      fc.webUrl().map((value) => `uri:${value}`),
      fc.string({ minLength: 1 }).map((value) => `otherName:1.2.3.4;UTF8:${value}`),
      fc.nat().map((value) => `rid:1.2.${value}`),
    )
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
        const extensions = [ext.subjectAltName(names.map(parseGeneralName), true)]
        const { der } = write({ subject: '', signer, extensions })
        const facts = describeCertificate(der)
        const read = facts.subjectAltName ?? []
        expect(facts.malformedExtensions).toBeUndefined()
        expect(read).toHaveLength(names.length)
        // addresses and identifiers are shown in another form than they were typed in
        const kept = names.map((text, i) => [text.replace(/^.*?[:]/, ''), read[i]!.value] as const)
        for (const [i, [typed, shown]] of kept.entries())
          expect(/^(?:ip|rid)/.test(names[i]!) || typed.replace('1.2.3.4;UTF8:', '') === shown).toBe(true)
      }),
    )
  })
})
