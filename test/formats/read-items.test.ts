import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/base/bytes.ts'
import { integer, octetString, oid, sequence } from '../../src/asn1/writer.ts'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { detect } from '../../src/formats/detect.ts'
import type { Bundle, ReadOptions } from '../../src/formats/items.ts'
import { readPem, writePem } from '../../src/formats/pem.ts'
import { writePkcs12 } from '../../src/formats/pkcs12/write.ts'
import { writePkcs7 } from '../../src/formats/pkcs7.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { writeJks } from '../../src/formats/write-jks.ts'
import { passwords } from '../support/password.ts'

const folder = join(import.meta.dirname, '../../fixtures')
const fixture = (path: string): Buffer => readFileSync(join(folder, path))
const derOf = (path: string): Uint8Array => readPem(fixture(path)).blocks[0]!.der

const read = (bytes: Uint8Array | string, options: Partial<ReadOptions> = {}): Promise<Bundle> =>
  readItems(Buffer.from(bytes), { file: 'some.file', password: passwords(), ...options })
const typesOf = (bundle: Bundle): string[] => bundle.items.map(({ type }) => type)
const refusal = (bytes: Uint8Array | string, options?: Partial<ReadOptions>): Promise<unknown> =>
  read(bytes, options).then(
    () => 'nothing was refused',
    (error: unknown) => error,
  )

const certificate = derOf('keys/web.pem')
const certificatePem = writePem('CERTIFICATE', certificate)
const PASSWORD = 's3cret-Pw'

describe('a file is recognised by its content', () => {
  const forms: Record<string, { bytes: Uint8Array | string; format: string; types: string[] }> = {
    'a PEM certificate': { bytes: certificatePem, format: 'pem', types: ['certificate'] },
    'a DER certificate': { bytes: certificate, format: 'der-certificate', types: ['certificate'] },
    'bare base64 of a certificate': {
      bytes: Buffer.from(certificate).toString('base64'),
      format: 'der-certificate',
      types: ['certificate'],
    },
    'bare base64 in lines, indented, with a byte order mark': {
      bytes: `\ufeff  ${Buffer.from(certificate).toString('base64').replace(/.{60}/g, '$&\r\n  ')}\r\n`,
      format: 'der-certificate',
      types: ['certificate'],
    },
    'bare base64 in UTF-16': {
      bytes: Buffer.from(`\ufeff${Buffer.from(certificate).toString('base64')}`, 'utf16le'),
      format: 'der-certificate',
      types: ['certificate'],
    },
    'a request': { bytes: fixture('mixed/api.csr'), format: 'pem', types: ['certificate-request'] },
    // cat web.der issuing.der: keytool -printcert and openssl storeutl read both
    'several DER values one behind the other': {
      bytes: Buffer.concat([certificate, derOf('mixed/issuing.crl'), certificate]),
      format: 'der-certificate',
      types: ['certificate', 'crl', 'certificate'],
    },
    'DER values with line ends behind them': {
      bytes: Buffer.concat([certificate, Buffer.from('\n'), certificate, Buffer.from('\r\n')]),
      format: 'der-certificate',
      types: ['certificate', 'certificate'],
    },
    'PEM behind DER': {
      bytes: Buffer.concat([certificate, Buffer.from(`\nsome text\n${certificatePem}${certificatePem}`)]),
      format: 'der-certificate',
      types: ['certificate', 'certificate', 'certificate'],
    },
    'DER behind PEM': {
      bytes: Buffer.concat([Buffer.from(certificatePem), certificate, derOf('mixed/issuing.crl')]),
      format: 'pem',
      types: ['certificate', 'certificate', 'crl'],
    },
    'a DER PKCS#7 before a certificate': {
      bytes: Buffer.concat([writePkcs7({ certificates: [certificate] }), certificate]),
      format: 'pkcs7',
      types: ['certificate', 'certificate'],
    },
    'bare base64 of several DER values': {
      bytes: Buffer.concat([certificate, certificate]).toString('base64'),
      format: 'der-certificate',
      types: ['certificate', 'certificate'],
    },
    'a DER CRL': { bytes: derOf('mixed/issuing.crl'), format: 'der-crl', types: ['crl'] },
    'a DER PKCS#7': {
      bytes: writePkcs7({ certificates: [certificate], crls: [derOf('mixed/issuing.crl')] }),
      format: 'pkcs7',
      types: ['certificate', 'crl'],
    },
    'a plain key': { bytes: derOf('mixed/ldap/privkey.pem'), format: 'der-key', types: ['private-key'] },
    'an OpenSSH public key': {
      bytes:
        '# two lines\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS x\n',
      format: 'openssh',
      types: ['public-key'],
    },
  }
  for (const [title, { bytes, format, types }] of Object.entries(forms))
    test(`when it is ${title} then the format is ${format}`, async () => {
      const bundle = await read(bytes)
      expect({ format: bundle.format, types: typesOf(bundle) }).toEqual({ format, types })
    })

  // keytool -delete and openssl crl2pkcs7 -nocrl leave them; keytool -list and openssl pkcs7 read them with status 0
  const random = (length: number): Uint8Array => new Uint8Array(length)
  const empty: Record<string, readonly [bytes: () => Uint8Array | string, what: string]> = {
    'a PKCS#7': [() => writePkcs7({ certificates: [] }), 'empty PKCS#7'],
    'a PKCS#7 in PEM': [() => writePem('PKCS7', writePkcs7({ certificates: [] })), 'empty PKCS#7'],
    'a PKCS#12 file': [
      () => writePkcs12({ entries: [], password: new Secret(''), protection: { iterations: 1 } }, random),
      'empty PKCS#12 file',
    ],
    'a Java key store': [
      () => writeJks({ entries: [], password: new Secret('changeit'), now: new Date(0) }, random),
      'empty Java key store',
    ],
  }
  for (const [title, [bytes, what]] of Object.entries(empty))
    test(`when ${title} holds nothing then it is read, and said to be empty`, async () => {
      const { items, left } = await read(bytes())
      expect({ items, left }).toMatchObject({ items: [], left: [{ what }] })
    })

  test('when a certificate stands in memory of a fixed size then the filling behind it is listed', async () => {
    const { items, left } = await read(Buffer.concat([certificate, Buffer.alloc(100)]))
    expect(items.map((item) => 'der' in item && toHex(item.der))).toEqual([toHex(certificate)])
    expect(left).toMatchObject([
      { what: '100 bytes of filling', place: { at: `value at byte ${certificate.length}` } },
    ])
  })

  test('when DER stands between two PEM blocks then the file is refused, for nothing is lost in silence', async () => {
    const bytes = Buffer.concat([
      Buffer.from(certificatePem),
      certificate,
      Buffer.from(`\n${certificatePem}`),
    ])
    expect(await refusal(bytes)).toMatchObject({
      code: 'pem.malformed',
      message: expect.stringMatching(/^some\.file, block 2 .*: there is DER before it$/) as string,
    })
  })

  test('when the person names the format then nothing is guessed', async () => {
    expect(await refusal(certificate, { format: 'der-crl' })).toMatchObject({ code: 'der.malformed' })
  })

  const refused: Record<string, { bytes: Uint8Array | string; code: string; message: RegExp }> = {
    empty: { bytes: '', code: 'input.empty', message: /^some\.file: the file is empty/ },
    'a text': { bytes: 'hello', code: 'format.unknown', message: /without any "-----BEGIN" line/ },
    'a picture': {
      bytes: Buffer.from('89504e470d0a1a0a', 'hex'),
      code: 'format.unknown',
      message: /no format/,
    },
    'words of four letters': { bytes: 'MIIB this that', code: 'format.unknown', message: /BEGIN/ },
    'another ASN.1 structure': {
      bytes: Buffer.from('3003060129', 'hex'),
      code: 'format.unknown',
      message: /ASN\.1/,
    },
    'a PuTTY key': {
      bytes: 'PuTTY-User-Key-File-3: ssh-rsa\n',
      code: 'format.unsupported',
      message: /PuTTY/,
    },
    'a certificate cut short': {
      bytes: certificate.subarray(0, 200),
      code: 'der.malformed',
      message: /^some\.file: /,
    },
    'a certificate with a word after it': {
      bytes: Buffer.concat([certificate, Buffer.from('end')]),
      code: 'der.malformed',
      message: /3 more bytes/,
    },
    'a certificate with half of another one after it': {
      bytes: Buffer.concat([certificate, certificate.subarray(0, 90)]),
      code: 'der.malformed',
      message: /^some\.file: the certificate ends at byte \d+, but 90 more bytes follow$/,
    },
    'a certificate with a foreign structure after it': {
      bytes: Buffer.concat([certificate, Buffer.from('3003060129', 'hex')]),
      code: 'format.unknown',
      message: /^some\.file, value at byte \d+: an ASN\.1 structure/,
    },
    'a block that holds something else': {
      bytes: writePem('X509 CRL', certificate),
      code: 'der.malformed',
      message: /^some\.file, block 1 \(line 1\): expected a CRL, found a certificate$/,
    },
    'a bundle whose second certificate is malformed': {
      bytes: certificatePem + writePem('CERTIFICATE', certificate.subarray(0, 90)),
      code: 'der.malformed',
      message: /^some\.file, block 2 \(line \d+\): /,
    },
  }
  for (const [title, { bytes, code, message }] of Object.entries(refused))
    test(`when it is ${title} then it is refused as ${code}`, async () => {
      expect(await refusal(bytes)).toMatchObject({ code, message: expect.stringMatching(message) as string })
    })

  test('when the file name has control characters then no message carries them', async () => {
    expect(await refusal('x', { file: 'a\u001b[31m\u202e.pem' })).toMatchObject({
      message: expect.stringMatching(/^a\\u\{1b\}\[31m\\u\{202e\}\.pem: /) as string,
    })
  })
})

test('when two hundred thousand things that are not read stand behind a certificate then each is told', async () => {
  const blocks = '-----BEGIN X-----\nMAA=\n-----END X-----\n'.repeat(200_000)
  const { items, left } = await read(Buffer.concat([certificate, Buffer.from(certificatePem + blocks)]))
  expect([items.length, left.length]).toEqual([2, 200_000])
})

test('when DER values stand one behind the other then each is told by its place', async () => {
  const { items } = await read(Buffer.concat([certificate, certificate]))
  expect(items.map(({ place }) => place.at)).toEqual([
    'value at byte 0',
    `value at byte ${certificate.length}`,
  ])
  expect((await read(certificate)).items[0]?.place).toEqual({ file: 'some.file' })
})

describe('encrypted keys', () => {
  const encrypted = fixture('keys/web.key')

  test('when the first passwords are wrong then the person is asked again, attempts counted', async () => {
    const attempts: number[] = []
    const source = passwords('one', 'two', PASSWORD)
    const bundle = await read(encrypted, {
      password: (need) => {
        attempts.push(need.attempt)
        expect(need).toMatchObject({ file: 'some.file', what: 'encrypted private key in block 1 (line 1)' })
        return source(need)
      },
    })
    expect(attempts).toEqual([1, 2, 3])
    expect(bundle.items[0]).toMatchObject({ type: 'private-key', wasEncrypted: true })
  })

  test('when there is no password then it is required, and after a wrong one it is wrong', async () => {
    expect(await refusal(encrypted)).toMatchObject({ code: 'password.required' })
    expect(await refusal(encrypted, { password: passwords('unlikely-word') })).toMatchObject({
      code: 'password.wrong',
      message: expect.not.stringContaining('unlikely-word') as string,
    })
  })

  test('when two keys share a password then it is asked for once', async () => {
    let asked = 0
    const bundle = await read(Buffer.concat([encrypted, certificate.subarray(0, 0), encrypted]), {
      password: () => {
        asked++
        return Promise.resolve(new Secret(PASSWORD))
      },
    })
    expect({ asked, types: typesOf(bundle) }).toEqual({ asked: 1, types: ['private-key', 'private-key'] })
  })

  test('when a source never ends then the asking does', async () => {
    let asked = 0
    const password = (): Promise<Secret> => {
      asked++
      return Promise.resolve(new Secret('wrong'))
    }
    const pem =
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899aabbccddeeff\n\nAAAAAAAAAAAAAAAAAAAAAA==\n-----END RSA PRIVATE KEY-----\n'
    expect(await refusal(pem, { password })).toMatchObject({ code: 'password.wrong' })
    expect(asked).toBe(10)
  })

  test('when a locked key may be left then the rest is taken and the key is listed', async () => {
    const file = Buffer.concat([Buffer.from(certificatePem), encrypted])
    expect(await refusal(file)).toMatchObject({ code: 'password.required' })
    const bundle = await read(file, { lockedKeys: 'leave' })
    expect(typesOf(bundle)).toEqual(['certificate'])
    expect(bundle.left).toMatchObject([
      { what: 'ENCRYPTED PRIVATE KEY', why: expect.stringContaining('no password') as string },
    ])
    expect(await refusal(encrypted, { lockedKeys: 'leave' })).toMatchObject({ code: 'password.required' })
  })
})

test('when a block has one of the labels that few tools write then its content is read', async () => {
  const pkcs7 = writePkcs7({ certificates: [certificate] })
  const cfssl = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sec1 = ec.privateKey.export({ type: 'sec1', format: 'der' })
  const spki = ec.publicKey.export({ type: 'spki', format: 'der' })
  const text =
    writePem('X.509 CERTIFICATE', certificate) +
    writePem('CERTIFICATE CHAIN', pkcs7) +
    writePem('Ed25519 PRIVATE KEY', cfssl) +
    writePem('ECDSA PRIVATE KEY', sec1) +
    writePem('ECDSA PUBLIC KEY', spki) +
    writePem('ECDSA PRIVATE KEY', spki)
  const { items, left } = await read(text)
  const keys = ['private-key', 'private-key', 'public-key']
  expect(items.map(({ type }) => type)).toEqual(['certificate', 'certificate', ...keys])
  expect(left).toMatchObject([{ what: 'ECDSA PRIVATE KEY', why: 'certman does not know this label' }])
})

describe('what is left is listed', () => {
  test('when a key beside a certificate is of a kind that cannot be computed then its place is said once', async () => {
    const strange = sequence(integer(0), sequence(oid('1.3.9999.3.6')), octetString(new Uint8Array(8)))
    const { left } = await read(certificatePem + writePem('PRIVATE KEY', strange))
    expect(left).toMatchObject([{ what: 'PRIVATE KEY', why: expect.not.stringContaining('block') as string }])
  })

  test('when a file has parameters and unknown labels then each is named with its place and reason', async () => {
    const parameters = Buffer.from('06082a8648ce3d030107', 'hex')
    const bundle = await read(
      writePem('EC PARAMETERS', parameters) + certificatePem + writePem('SOMETHING ELSE', parameters),
    )
    expect(typesOf(bundle)).toEqual(['certificate'])
    expect(bundle.left.map(({ what, place }) => `${what} at ${place.at ?? ''}`)).toEqual([
      'EC PARAMETERS at block 1 (line 1)',
      expect.stringMatching(/^SOMETHING ELSE at block 3 \(line \d+\)$/),
    ])
  })

  test('when openssl printed bag attributes then friendly name and local key id are taken over', async () => {
    const text =
      'Bag Attributes\n    localKeyID: 0A 1B 2C \n    friendlyName: web server\nsubject=CN = x\n\nissuer=CN = y\n\n'
    const bundle = await read(text + certificatePem + certificatePem)
    expect(bundle.items).toMatchObject([{ friendlyName: 'web server', localKeyId: '0a1b2c' }, {}])
    expect(bundle.items[1]).not.toHaveProperty('friendlyName')
  })
})

test('every fixture is read, or refused with its place', async () => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  )
  const outcomes = await Promise.all(
    files
      // the books that `openssl ca` keeps, and what servers say, are no certificates
      .filter((path) => !/^wire\/|\.(?:md|txt|attr)$|\/(?:serial|crlnumber)$/.test(path))
      .map(async (path) => {
        const answer = await read(fixture(path), { file: path, password: passwords(PASSWORD) }).catch(
          (e: unknown) => e,
        )
        return isCertmanError(answer) ? `${path}: ${answer.code}` : (answer as Bundle).items.length > 0
      }),
  )
  expect(outcomes.filter((outcome) => outcome !== true)).toEqual(['mixed/damaged.pem: pem.malformed'])
})

test('any octets are recognised or refused, and nothing else happens', () => {
  const start = fc.constantFrom(
    '',
    '30',
    '3080',
    '3082',
    '30820010',
    'feedfeed',
    'cececece',
    '2d2d2d2d2d424547494e20',
  )
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 60 }), (hex, rest) => {
      const bytes = Buffer.concat([Buffer.from(hex, 'hex'), rest])
      let outcome: unknown
      try {
        outcome = typeof detect(bytes).format
      } catch (error) {
        outcome = isCertmanError(error) ? 'string' : error
      }
      expect(outcome).toBe('string')
    }),
    { numRuns: 3000 },
  )
})
