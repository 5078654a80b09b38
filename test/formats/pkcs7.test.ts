import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { contentOf, readTlv } from '../../src/asn1/reader.ts'
import { explicit, integer, nullValue, octetString, oid, sequence, setOf } from '../../src/asn1/writer.ts'
import { concat } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/crypto/digest.ts'
import { readPem, writePem } from '../../src/formats/pem.ts'
import { readPkcs7, writePkcs7 } from '../../src/formats/pkcs7.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { passwords } from '../support/password.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const fixture = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures', path)))
const derOf = (path: string): Uint8Array[] => readPem(fixture(path)).blocks.map(({ der }) => der)
const certificates = derOf('bundle/example-ca-bundle.pem')
const crls = derOf('mixed/issuing.crl')
const hashes = (list: readonly Uint8Array[]): string[] => list.map(sha256Hex)

const folder = temporaryFolder('pkcs7')

describe('a certs-only message of certman', () => {
  const der = writePkcs7({ certificates, crls })
  const file = join(folder, 'chain.p7b')
  writeFileSync(file, der)

  test('when openssl reads it then certificates and CRL come out, the certificates in the given order', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const stdout = outputOf(openssl, ['pkcs7', '-inform', 'DER', '-print_certs', '-in', file])
    const { blocks } = readPem(stdout)
    const of = (label: string): Uint8Array[] => blocks.filter((b) => b.label === label).map((b) => b.der)
    expect(hashes(of('CERTIFICATE'))).toEqual(hashes(certificates))
    expect(hashes(of('X509 CRL'))).toEqual(hashes(crls))
  })

  test('when openssl reads it as CMS then version and content type are those of RFC 8551 section 3.8', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { text } = runOracle(openssl, ['cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', file])
    expect(text).toMatch(
      /version: 1\s+digestAlgorithms:\s+<EMPTY>\s+encapContentInfo:\s+eContentType: pkcs7-data/,
    )
    expect(text).toMatch(/eContent: <ABSENT>/)
    expect(text).toMatch(/signerInfos:\s+<EMPTY>/)
  })

  test('when certtool reads its PEM form then it sees every certificate', (context) => {
    const certtool = requireOracle(context, 'certtool')
    const pem = join(folder, 'chain.pem')
    writeFileSync(pem, writePem('PKCS7', der))
    const { text } = runOracle(certtool, ['--p7-info', '--infile', pem])
    expect(text).toContain(`Number of certificates: ${certificates.length}`)
  })

  test('when keytool reads it then it sees every certificate', (context) => {
    const keytool = requireOracle(context, 'keytool')
    const { text } = runOracle(keytool, ['-printcert', '-file', file])
    expect(text.match(/SHA256: /g)).toHaveLength(certificates.length)
  })

  const ber = concat([Uint8Array.of(0x30, 0x80), contentOf(readTlv(der, 0, der.length)), Uint8Array.of(0, 0)])
  test.for([
    ['DER', der],
    ['BER', ber],
  ] as const)(
    'when it is called CERTIFICATE, as by certutil -encode, in %s, then openssl, keytool and certman read it',
    async ([, form], context) => {
      const [openssl, keytool] = [requireOracle(context, 'openssl'), requireOracle(context, 'keytool')]
      const encoded = writePem('CERTIFICATE', form)
      const path = join(folder, 'certnew.cer')
      writeFileSync(path, encoded)
      const printed = outputOf(openssl, ['pkcs7', '-in', path, '-print_certs']).toString()
      expect(printed.match(/BEGIN CERTIFICATE/g)).toHaveLength(certificates.length)
      const { text } = runOracle(keytool, ['-printcert', '-file', path])
      expect(text.match(/SHA256: /g)).toHaveLength(certificates.length)
      const bytes = new TextEncoder().encode(encoded)
      const { items, left } = await readItems(bytes, { file: path, password: passwords() })
      expect(items.flatMap((item) => (item.type === 'certificate' ? [sha256Hex(item.der)] : []))).toEqual(
        hashes(certificates),
      )
      expect({ crls: items.length - certificates.length, left }).toEqual({ crls: crls.length, left: [] })
    },
  )

  test('when certman reads it then the same comes out and nothing is left', () => {
    const content = readPkcs7(der)
    expect(hashes(content.certificates)).toEqual(hashes(certificates))
    expect(hashes(content.crls)).toEqual(hashes(crls))
    expect(content.left).toEqual([])
  })

  test('when there are no CRLs then the field is absent', () => {
    const content = readPkcs7(writePkcs7({ certificates: certificates.slice(0, 1) }))
    expect(hashes(content.certificates)).toEqual(hashes(certificates.slice(0, 1)))
    expect(content.crls).toEqual([])
  })
})

describe('messages of openssl', () => {
  const key = join(import.meta.dirname, '../../fixtures/tls/leaf.key')
  const leaf = join(import.meta.dirname, '../../fixtures/tls/leaf.pem')

  test('when a message is signed then its certificates are taken, and content and signature are listed', (context) => {
    const openssl = requireOracle(context, 'openssl')
    expect(existsSync(key)).toBe(true)
    // -stream writes BER with indefinite lengths
    const args = [
      'cms',
      '-sign',
      '-stream',
      '-nodetach',
      '-binary',
      '-signer',
      leaf,
      '-inkey',
      key,
      '-outform',
      'DER',
    ]
    const stdout = outputOf(openssl, args, 'a message')
    expect(stdout.subarray(0, 2).toString('hex')).toBe('3080')
    const content = readPkcs7(new Uint8Array(stdout))
    expect(hashes(content.certificates)).toEqual(hashes(derOf('tls/leaf.pem').slice(0, 1)))
    expect(content.left.map(({ what }) => what)).toEqual(['signed content', 'one signature'])
  })

  test('when a message is encrypted then the refusal names its type', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const stdout = outputOf(openssl, ['cms', '-encrypt', '-aes256', '-outform', 'DER', leaf], 'a message')
    expect(() => readPkcs7(new Uint8Array(stdout))).toThrow(
      expect.objectContaining({
        code: 'format.unsupported',
        message: expect.stringContaining('EnvelopedData') as string,
      }) as Error,
    )
  })
})

test('when a message is cut anywhere then it is refused', () => {
  const der = writePkcs7({ certificates: certificates.slice(0, 1), crls })
  for (let length = 0; length < der.length; length += 7)
    expect(() => readPkcs7(der.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'der.malformed' }) as Error,
    )
})

test('when something stands in the content that no message has then it is refused, and an empty content is not', () => {
  const message = (...content: Uint8Array[]): Uint8Array => {
    const signed = sequence(
      integer(1),
      setOf([]),
      sequence(oid('1.2.840.113549.1.7.1'), ...content),
      setOf([]),
    )
    return sequence(oid('1.2.840.113549.1.7.2'), explicit(0, signed))
  }
  expect(readPkcs7(message()).left).toEqual([])
  expect(readPkcs7(message(explicit(0, octetString(new Uint8Array())))).left).toHaveLength(1)
  expect(() => readPkcs7(message(nullValue()))).toThrow(
    expect.objectContaining({ code: 'der.malformed' }) as Error,
  )
})
