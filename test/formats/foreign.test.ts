import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
  utf8String,
} from '../../src/asn1/writer.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { writePem } from '../../src/formats/pem.ts'
import { passwords } from '../support/password.ts'

const folder = join(import.meta.dirname, '../../fixtures/keys')
const pem = readFileSync(join(folder, 'web.pem'), 'utf8')

const read = (content: Uint8Array | string) =>
  readItems(Buffer.from(content), { file: 'f', password: passwords() })
const refusal = (content: Uint8Array | string): Promise<unknown> =>
  read(content).then(
    () => undefined,
    (error: unknown) => error,
  )

const hex = (text: string): Buffer => Buffer.from(text.padEnd(128, '0'), 'hex')

const sha256 = sequence(oid('2.16.840.1.101.3.4.2.1'))
const hash = octetString(new Uint8Array(32))
const name = sequence(setOf([sequence(oid('2.5.4.3'), utf8String('x'))]))
const then = Buffer.from('180f32303330303130313030303030305a', 'hex')
const ocspRequest = sequence(sequence(sequence(sequence(sequence(sha256, hash, hash, integer(1))))))
const timeStampRequest = sequence(integer(1), sequence(sha256, hash), boolean(true))
/** RFC 5755 section 4.1: version, holder, issuer, signature, serial number, validity, attributes. */
const attributeCertificate = sequence(
  sequence(
    integer(1),
    sequence(implicit(1, explicit(4, name), true)),
    implicit(0, sequence(explicit(4, name)), true),
    sha256,
    integer(10),
    sequence(then, then),
    sequence(sequence(oid('2.5.4.72'), setOf([]))),
  ),
  sha256,
  bitString(new Uint8Array(8)),
)
const bcfks = sequence(
  sequence(sequence(oid('1.2.840.113549.1.5.13'), sequence()), hash),
  sequence(sha256, sha256, hash),
)
/** RFC 4211 section 3: certReqId, and a template with a subject and a public key. */
const certReqMsg = sequence(
  sequence(integer(1), sequence(explicit(5, name), implicit(6, sequence(sha256, hash), true))),
)
/** X9.62: version, FieldID, Curve, base point, order. */
const explicitCurve = sequence(
  integer(1),
  sequence(oid('1.2.840.10045.1.1'), integer(23)),
  sequence(octetString(Uint8Array.of(1)), octetString(Uint8Array.of(1))),
  octetString(Uint8Array.of(4, 1, 2)),
  integer(29),
)

describe('files of other formats', () => {
  const forms: Record<string, [content: Uint8Array | string, what: RegExp, hint: RegExp]> = {
    'a ZIP archive': [hex('504b030414'), /ZIP archive/, /unzip/],
    'a gzip archive': [hex('1f8b08'), /gzip/, /gunzip/],
    'a database of NSS': [Buffer.from('SQLite format 3\0....'), /SQLite/, /pk12util/],
    'a key blob of Windows': [hex('0702000000a40000525341'), /key blob/, /MSBLOB/],
    'a PVK key': [hex('1ef1b5b000000000'), /PVK/, /-inform PVK/],
    'a BKS key store': [hex('0000000200000014'), /BKS/, /keytool .*-srckeystore FILE .*-providerclass/],
    'a key of a security token': ['sk-ssh-ed25519@openssh.com AAAAGnNr x\n', /security token/, /request/],
    'a signed text of OpenPGP': [
      'hello\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nx\n',
      /OpenPGP/,
      /gpgsm/,
    ],
    'an OCSP response': [Buffer.from('30030a0103', 'hex'), /OCSP response/, /-respin/],
    'a request to an OCSP responder': [ocspRequest, /OCSP request/, /-reqin/],
    'a request for a time stamp': [timeStampRequest, /time-stamp request/, /ts -query/],
    'a refused time stamp': [Buffer.from('30053003020102', 'hex'), /time-stamp response/, /ts -reply/],
    'an attribute certificate': [attributeCertificate, /attribute certificate/, /public key certificates/],
    'a BCFKS key store': [bcfks, /BCFKS/, /BCFKS -srckeystore FILE -deststoretype PKCS12/],
    'parameters for Diffie-Hellman': [sequence(integer(23), integer(2)), /Diffie-Hellman/, /neither/],
    'parameters for DSA': [sequence(integer(23), integer(11), integer(4)), /DSA/, /neither/],
    'a curve written out': [explicitCurve, /elliptic curve/, /neither/],
    'a request of CRMF': [certReqMsg, /CRMF/, /openssl req/],
    'requests of CRMF': [sequence(certReqMsg, certReqMsg), /CRMF/, /openssl req/],
    'a message of CMP': [
      sequence(sequence(integer(2), explicit(4, name), explicit(4, name)), explicit(0, sequence(certReqMsg))),
      /CMP/,
      /openssl req/,
    ],
    'a PEM block of another tool': [
      writePem('NEBULA ED25519 PRIVATE KEY', octetString(new Uint8Array(64))),
      /NEBULA.*does not know this label/,
      /./,
    ],
    'an attribute certificate in PEM': [
      writePem('ATTRIBUTE CERTIFICATE', attributeCertificate),
      /ATTRIBUTE CERTIFICATE: certman keeps/,
      /./,
    ],
    'a PuTTY key': ['PuTTY-User-Key-File-3: ssh-ed25519\n', /PuTTY/, /puttygen/],
    'an SSH key after RFC 4716': ['---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n', /RFC 4716/, /ssh-keygen -i/],
    'an OpenSSH certificate': [
      'ssh-ed25519-cert-v01@openssh.com AAAAIHNza x\n',
      /OpenSSH certificate/,
      /ssh-keygen -L/,
    ],
    'a private key of ssh.com': [
      '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA\n',
      /private key of the SSH/,
      /puttygen/,
    ],
    'a key for version 1 of SSH': ['SSH PRIVATE KEY FILE FORMAT 1.1\n\0', /version 1/, /ssh-keygen/],
    // gpg --export, gpg --export-secret-keys, pubring.kbx
    'an OpenPGP key in binary': [hex('988d046b02ed35010400'), /OpenPGP key/, /gpgsm/],
    'a secret OpenPGP key in binary': [hex('9501d8046b02ed350104'), /OpenPGP key/, /gpgsm/],
    'a key box of GnuPG': [hex('00000020010100024b425866'), /key box/, /gpgsm/],
    'an OpenPGP key': ['-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n=abcd\n', /OpenPGP/, /gpgsm/],
    'a signed mail': [
      'MIME-Version: 1.0\nContent-Type: multipart/signed; protocol="x"\n\nhello\n',
      /S\/MIME/,
      /-pk7out/,
    ],
    'XML of SAML': ['<ds:X509Data><ds:X509Certificate>MIIB</ds:X509Certificate>', /XML/, /certman reads it/],
    'DER in hex digits': ['30:82:01:'.repeat(20), /hex digits/, /xxd -r -p FILE/],
    'DER in base64url': [`MIIB-${'x_Zz'.repeat(20)}\n`, /base64url/, /tr -- /],
    'a JSON Web Key': ['{"crv": "P-256", "kty": "EC"}', /a JSON Web Key/, /step crypto key format/],
    'a set of JSON Web Keys': ['{"keys": [{"use": "sig", "kty": "EC"}]}', /a JSON Web Key/, /step crypto/],
    'an encrypted JSON Web Key': [
      '{"protected": "eyJ", "ciphertext": "x"}',
      /encrypted JSON/,
      /step crypto key/,
    ],
    'a compact encrypted JSON Web Key': [
      'eyJhbGciOiJ.Zm9v.YmFy.YmF6.cXV4\n',
      /encrypted JSON/,
      /step crypto key/,
    ],
  }
  for (const [name, [content, what, hint]] of Object.entries(forms))
    test(`when ${name} is read then it is named, with the way out of it`, async () => {
      const error = await refusal(content)
      expect(error).toMatchObject({
        code: expect.stringMatching(/^format\.un(?:known|supported)$/) as unknown,
        message: expect.stringMatching(what) as unknown,
      })
      expect((error as CertmanError).hint).toMatch(hint)
    })
})

test('when a key stands deep inside the settings of step-ca then they are no key', async () => {
  expect(await refusal('{"authority": {"provisioners": [{"key": {"kty": "EC"}}]}}')).toMatchObject({
    code: 'format.unknown',
  })
})

describe('PEM inside other text', () => {
  test('when it stands in strings of JSON, as it is or in base64, then it is read', async () => {
    const inside = Buffer.from(`${pem}${pem}`).toString('base64')
    const json = {
      success: true,
      result: { certificate: pem, chain: [pem, 7, null] },
      data: { 'tls.crt': inside },
    }
    const { items, format } = await read(`\n${JSON.stringify(json, undefined, 2)}`)
    expect([format, items.length]).toEqual(['pem', 4])
    expect(items.every(({ type }) => type === 'certificate')).toBe(true)
    const deep = await read(`${'['.repeat(100_000)}${JSON.stringify(pem)}${']'.repeat(100_000)}`)
    expect(deep.items).toHaveLength(1)
  })

  test('when the JSON begins with a byte order mark, is UTF-16 or one string alone then it is read', async () => {
    const json = JSON.stringify({ certificate: pem })
    for (const text of [`\ufeff${json}`, Buffer.from(`\ufeff${json}`, 'utf16le'), JSON.stringify(pem)])
      expect((await read(text)).items).toHaveLength(1)
  })

  test('when text stands before PEM in base64 then both are read', async () => {
    const inside = Buffer.from(`Bag Attributes\n    friendlyName: Zürich\n${pem}`).toString('base64')
    expect((await read(JSON.stringify({ inside }))).items).toMatchObject([{ friendlyName: 'Zürich' }])
  })

  test('when another string mentions PEM then that is passed over', async () => {
    const help = '-----BEGIN CERTIFICATE----- is its first line'
    expect((await read(JSON.stringify({ help, certificate: pem }))).items).toHaveLength(1)
  })

  test('when a member is called as in an encrypted JSON Web Key then the PEM is read all the same', async () => {
    const { items } = await read(JSON.stringify({ encrypted_key: pem, certificate: pem }))
    expect(items).toHaveLength(2)
  })

  test('when the PEM in JSON is of OpenPGP then that is said', async () => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n=AbCd\n-----END PGP PUBLIC KEY BLOCK-----\n'
    expect(await refusal(JSON.stringify({ key }))).toMatchObject({
      code: 'format.unsupported',
      message: expect.stringContaining('OpenPGP') as string,
    })
  })

  test('when the JSON around it is none then the message says so instead of denying the PEM', async () => {
    expect(await refusal(JSON.stringify({ certificate: pem }).slice(0, -1))).toMatchObject({
      code: 'format.unknown',
      message: expect.stringContaining('stands inside a line') as unknown,
    })
    expect(await refusal(JSON.stringify({ text: 'see -----BEGIN ' }))).toMatchObject({
      code: 'format.unknown',
    })
  })

  test('when PEM in JSON is cut short then it is damaged', async () => {
    expect(await refusal(JSON.stringify({ certificate: pem.slice(0, -40) }))).toMatchObject({
      code: 'pem.malformed',
    })
  })

  test('when it is a secret of Kubernetes as a whole then the message says where the PEM is', async () => {
    const inside = Buffer.from(pem).toString('base64')
    expect(await refusal(`kind: Secret\ndata:\n  tls.crt: ${inside}\n`)).toMatchObject({
      code: 'format.unknown',
      message: 'f: its PEM stands in base64, inside other text',
      hint: expect.stringContaining('-o json') as string,
    })
  })

  test('when a word processor changed the hyphens then the message says so', async () => {
    expect(await refusal(pem.replace('-----BEGIN', '\u2014---BEGIN'))).toMatchObject({
      code: 'format.unknown',
      message: expect.stringContaining('five hyphens') as string,
    })
  })

  test('when it stands in a mail behind headers then it is read', async () => {
    const { items } = await read(`Content-Type: multipart/signed; x\n\nhere it is:\n${pem}`)
    expect(items.map(({ type }) => type)).toContain('certificate')
  })

  test('when it is wrapped in base64 once more, as in a Kubernetes secret, then it is read', async () => {
    const { items, format } = await read(Buffer.from(pem).toString('base64'))
    expect([format, items.map(({ type }) => type)]).toEqual(['pem', ['certificate']])
  })
})

test('when there is nothing in a structure that certman could keep then a folder may hold it', async () => {
  const dh = writePem('DH PARAMETERS', sequence(integer(23), integer(2)))
  for (const content of [attributeCertificate, ocspRequest, explicitCurve, dh])
    expect(await refusal(content)).toMatchObject({ code: 'format.unknown' })
  expect(await refusal(bcfks)).toMatchObject({ code: 'format.unsupported' })
})

test.each([
  ['PKCS7', 'a PKCS#7 structure'],
  ['PRIVATE KEY', 'a private key'],
  ['RSA PRIVATE KEY', 'a private key'],
  ['PUBLIC KEY', 'a public key'],
])(
  'when a certificate goes by the label %s then the message says what it is, and the hint why',
  async (label, wanted) => {
    expect(await refusal(pem.replaceAll('CERTIFICATE', label))).toMatchObject({
      code: 'der.malformed',
      message: expect.stringContaining(`expected ${wanted}, found a certificate`) as unknown,
      hint: expect.stringContaining('the label is wrong') as unknown,
    })
  },
)

test('when an attribute certificate calls itself a certificate then the message says what it is', async () => {
  expect(await refusal(writePem('CERTIFICATE', attributeCertificate))).toMatchObject({
    message: expect.stringContaining('expected a certificate, found an attribute certificate') as unknown,
  })
})

test('when the line ends of a PEM are written out then the hint turns them back', async () => {
  expect(await refusal(pem.replaceAll('\n', '\\n'))).toMatchObject({
    code: 'pem.malformed',
    message: expect.stringContaining('line ends') as unknown,
    hint: expect.stringContaining('printf') as unknown,
  })
})

test('when openssl has printed a friendly name in Latin-1 then it keeps its letters', async () => {
  const text = Buffer.concat([
    Buffer.from('Bag Attributes\n    friendlyName: M\u00fcller\n', 'latin1'),
    Buffer.from(pem),
  ])
  const { items } = await read(text)
  expect(items[0]).toMatchObject({ friendlyName: 'M\u00fcller' })
})

test('when a certificate carries trust settings of OpenSSL then they are listed, not lost in silence', async () => {
  const { items, left } = await read(trusted())
  expect(items).toHaveLength(1)
  expect(left).toMatchObject([{ what: 'trust settings' }])
})

/** What `openssl x509 -trustout -setalias x` writes: CertAux behind the certificate. */
function trusted(): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  return writePem('TRUSTED CERTIFICATE', Buffer.concat([der, Buffer.from('30030c0178', 'hex')]))
}

test('property: any bytes are read or refused with one of our errors', async () => {
  const starts = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  const cut = fc.tuple(fc.constantFrom(...starts), fc.nat(200)).map(([file, at]) => file.subarray(0, at))
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), cut, fc.string()), async (content) => {
      const error = await refusal(typeof content === 'string' ? content : new Uint8Array(content))
      expect(error === undefined || error instanceof CertmanError).toBe(true)
    }),
    { numRuns: 300 },
  )
})
