import { createHash, randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  bmpString,
  explicit,
  implicit,
  integer,
  octetString,
  oid,
  sequence,
  setOf,
} from '../../src/asn1/writer.ts'
import { bytesOf, DerReader, TAG } from '../../src/asn1/reader.ts'
import { concat, fromHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { makePasswordMac } from '../../src/crypto/pbe-mac.ts'
import { NULL_PASSWORD, passwordForm, passwordForms } from '../../src/crypto/pbe-password.ts'
import { encryptWithPbes2, encryptWithPbeSha1TripleDes } from '../../src/crypto/pbe.ts'
import type { Pkcs12Protection } from '../../src/formats/pkcs12/targets.ts'
import { writePkcs12 } from '../../src/formats/pkcs12/write.ts'
import { makeCertificate, type TestCertificate } from '../support/make-certificates.ts'
import { passwords } from '../support/password.ts'
import { contentsOf, readAsked, readGiven } from '../support/pkcs12.ts'

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const P12 = '1.2.840.113549.1.12.10.1'
const DATA = '1.2.840.113549.1.7.1'
let leaf: TestCertificate
let root: TestCertificate

beforeAll(() => {
  root = makeCertificate({ cn: 'Root', ca: true })
  leaf = makeCertificate({ cn: 'leaf', issuer: root })
})

const bag = (type: string, value: Uint8Array, ...attributes: Uint8Array[]): Uint8Array =>
  sequence(oid(type), explicit(0, value), ...(attributes.length === 0 ? [] : [setOf(attributes)]))
const certificateBag = (der: Uint8Array, ...attributes: Uint8Array[]): Uint8Array =>
  bag(`${P12}.3`, sequence(oid('1.2.840.113549.1.9.22.1'), explicit(0, octetString(der))), ...attributes)
const data = (content: Uint8Array): Uint8Array => sequence(oid(DATA), explicit(0, octetString(content)))
/** A file of plain parts without a MAC. */
const file = (...parts: Uint8Array[]): Uint8Array => sequence(integer(3), data(sequence(...parts)))
const safe = (...bags: Uint8Array[]): Uint8Array => data(sequence(...bags))

const quick = (protection: Partial<Pkcs12Protection> = {}): Uint8Array =>
  writePkcs12(
    {
      entries: [{ key: leaf.pkcs8, certificate: leaf.der, chain: [root.der], friendlyName: 'web' }],
      password: new Secret('right'),
      protection: { iterations: 10, ...protection },
    },
    random,
  )

describe('asking for the password', () => {
  test('when passwords are wrong then the source is asked with growing attempts until it gives up', async () => {
    const asked: number[] = []
    const source = ({ attempt }: { attempt: number }): Promise<Secret | undefined> => {
      asked.push(attempt)
      return Promise.resolve(attempt < 4 ? new Secret('wrong') : undefined)
    }
    await expect(readAsked(quick(), source)).rejects.toMatchObject({ code: 'password.wrong' })
    expect(asked).toEqual([1, 2, 3, 4])
  })

  test('when a source answers the same wrong password for ever then it is asked ten times', async () => {
    let asked = 0
    const source = (): Promise<Secret> => {
      asked++
      return Promise.resolve(new Secret('wrong'))
    }
    await expect(readAsked(quick(), source)).rejects.toMatchObject({ code: 'password.wrong' })
    expect(asked).toBe(10)
  })

  test('when nobody knows a password then it is required, not wrong', async () => {
    await expect(readAsked(quick(), passwords())).rejects.toMatchObject({ code: 'password.required' })
  })

  test('when the password is wrong then neither it nor the right one is in the message', async () => {
    const error = await readGiven(quick(), 'wrong-one').catch((caught: Error) => caught)
    expect(String((error as Error).message)).toBe('the password does not open the PKCS#12 file')
  })

  test('when there is no MAC then the first encrypted part decides', async () => {
    const bytes = quick({ mac: 'none' })
    await expect(readGiven(bytes, 'wrong')).rejects.toMatchObject({ code: 'password.wrong' })
    expect(contentsOf(await readGiven(bytes, 'wrong', 'right')).keys).toEqual([leaf.id])
  })

  test('when a flag names a password then the empty one is not tried in its place', async () => {
    const entries = [{ key: leaf.pkcs8, certificate: leaf.der, chain: [] }]
    const bytes = writePkcs12({ entries, password: new Secret(''), protection: { iterations: 1 } }, random)
    await expect(readGiven(bytes, 'some')).rejects.toMatchObject({
      code: 'password.wrong',
      message: 'the password does not open the PKCS#12 file: it has the empty one',
    })
    expect(contentsOf(await readAsked(bytes, passwords())).keys).toEqual([leaf.id])
  })

  test('when content was changed but the password opens it then the file is called damaged', async () => {
    const bytes = quick()
    bytes[bytes.length - 4]! ^= 1 // the last byte of the salt of the MAC
    await expect(readGiven(bytes, 'right')).rejects.toMatchObject({ code: 'der.malformed' })
    await expect(readGiven(bytes, 'wrong')).rejects.toMatchObject({ code: 'password.wrong' })
  })
})

describe('passwords as other writers spell them', () => {
  const pkcs12With = (mac: ReturnType<typeof passwordForms>[number], content: Uint8Array): Uint8Array => {
    const salt = random(16)
    const { algorithm, digest } = makePasswordMac({ mac: 'sha1', iterations: 5, salt }, mac, content)
    const macData = sequence(sequence(algorithm, octetString(digest)), octetString(salt), integer(5))
    return sequence(integer(3), data(content), macData)
  }
  const encrypted = ({
    algorithm,
    ciphertext,
  }: {
    algorithm: Uint8Array
    ciphertext: Uint8Array
  }): Uint8Array => {
    const info = sequence(oid(DATA), algorithm, implicit(0, ciphertext))
    return sequence(oid('1.2.840.113549.1.7.6'), explicit(0, sequence(integer(0), info)))
  }
  const bags = (): Secret => new Secret(sequence(certificateBag(leaf.der)))

  test('when OpenSSL before 1.1 widened each UTF-8 byte then the password still opens the file', async () => {
    // as that OpenSSL did: the bytes of the UTF-8 text taken for characters
    const widened = new Secret(Buffer.from('Straße').toString('latin1'))
    const part = encryptWithPbeSha1TripleDes(bags(), widened, { random, iterations: 5 })
    const bytes = pkcs12With(passwordForm(widened), sequence(encrypted(part)))
    expect(contentsOf(await readGiven(bytes, 'Straße')).certificates).toEqual([leaf.fingerprint])
  })

  test('when NSS before 3.31 gave PBKDF2 the UTF-16 bytes then the password still opens the file', async () => {
    const utf16 = new Secret(new Uint8Array(Buffer.from('pw\0', 'utf16le').swap16()))
    const part = encryptWithPbes2(bags(), utf16, { random, iterations: 5 })
    const bytes = pkcs12With(passwordForm(new Secret('pw')), sequence(encrypted(part)))
    expect(contentsOf(await readGiven(bytes, 'pw')).certificates).toEqual([leaf.fingerprint])
  })

  test('when the bytes of the password are no UTF-8 then they are Latin-1, as OpenSSL takes them', async () => {
    const bytes = pkcs12With(passwordForm(new Secret('Straße')), sequence(safe(certificateBag(leaf.der))))
    const latin1 = new Secret(new Uint8Array(Buffer.from('Straße', 'latin1')))
    const bundle = await readAsked(bytes, ({ attempt }) =>
      Promise.resolve(attempt === 1 ? latin1 : undefined),
    )
    expect(contentsOf(bundle).certificates).toEqual([leaf.fingerprint])
  })

  test('when the password is null then it is found in silence, and by an empty one that is given', async () => {
    const bytes = pkcs12With(NULL_PASSWORD, sequence(safe(certificateBag(leaf.der))))
    expect(contentsOf(await readAsked(bytes, passwords())).certificates).toEqual([leaf.fingerprint])
    expect(contentsOf(await readGiven(bytes, '')).certificates).toEqual([leaf.fingerprint])
  })

  test('when a part has a password of its own then it is asked for, else listed as left', async () => {
    const part = encryptWithPbes2(bags(), new Secret('inner'), { random, iterations: 5 })
    const bytes = pkcs12With(
      passwordForm(new Secret('outer')),
      sequence(encrypted(part), safe(certificateBag(root.der))),
    )
    const asked: string[] = []
    const knows =
      (inner: string | undefined) =>
      ({ what, attempt }: { what: string; attempt: number }) => {
        asked.push(what)
        const answer = what.startsWith('PKCS#12') ? 'outer' : inner
        return Promise.resolve(attempt === 1 && answer !== undefined ? new Secret(answer) : undefined)
      }
    expect(contentsOf(await readAsked(bytes, knows('inner'))).certificates).toEqual([
      leaf.fingerprint,
      root.fingerprint,
    ])
    expect(asked).toEqual(['PKCS#12 file', 'encrypted part (after bag 0)'])
    const without = contentsOf(await readAsked(bytes, knows(undefined)))
    expect(without.certificates).toEqual([root.fingerprint])
    expect(without.left).toEqual(['encrypted part'])
  })

  test('when a key has a password of its own, as Java may give it one, then it is asked for by its name', async () => {
    const { algorithm, ciphertext } = encryptWithPbes2(leaf.pkcs8, new Secret('inner'), {
      random,
      iterations: 5,
    })
    const name = sequence(oid('1.2.840.113549.1.9.20'), setOf([bmpString('web')]))
    const key = bag(`${P12}.2`, sequence(algorithm, octetString(ciphertext)), name)
    const bytes = pkcs12With(passwordForm(new Secret('outer')), sequence(safe(key)))
    const asked: string[] = []
    const { left } = await readAsked(bytes, ({ what }) => {
      asked.push(what)
      return Promise.resolve(what === 'PKCS#12 file' ? new Secret('outer') : undefined)
    })
    expect(asked).toEqual(['PKCS#12 file', 'encrypted private key "web" (bag 1)'])
    expect(left).toMatchObject([
      { what: 'encrypted private key "web"', why: expect.stringContaining('terminal') as string },
    ])
  })
})

test('when something stands behind the content or the MAC then the file is malformed', async () => {
  const whole = quick()
  const [version, content, mac] = childrenOf(whole)
  const behind = (value: Uint8Array): Uint8Array => sequence(...childrenOf(value), integer(0))
  for (const file of [
    sequence(version!, behind(content!), mac!),
    sequence(version!, content!, behind(mac!)),
    sequence(version!, content!, sequence(behind(childrenOf(mac!)[0]!), ...childrenOf(mac!).slice(1))),
  ])
    await expect(readGiven(file, 'right')).rejects.toMatchObject({ code: 'der.malformed' })
  expect((await readGiven(sequence(version!, content!, mac!), 'right')).items).toHaveLength(3)
})

/** The values inside a SEQUENCE. */
function childrenOf(value: Uint8Array): Uint8Array[] {
  const children: Uint8Array[] = []
  for (const reader = new DerReader(value).enter(TAG.sequence); !reader.atEnd;)
    children.push(bytesOf(reader.read()))
  return children
}

describe('bags', () => {
  const name = sequence(oid('1.2.840.113549.1.9.20'), setOf([bmpString('n😀')]))

  test('when a bag is no certificate and no key then it is left with the reason', async () => {
    const bytes = file(
      safe(
        bag(`${P12}.4`, sequence(oid('1.2.840.113549.1.9.23.1'), explicit(0, octetString(fromHex('3000'))))),
        bag(`${P12}.5`, sequence(oid('1.2.3'), explicit(0, octetString(fromHex('00')))), name),
        bag(`${P12}.3`, sequence(oid('1.2.840.113549.1.9.22.2'), explicit(0, octetString(fromHex('00'))))),
        bag('1.2.3.4', sequence()),
        certificateBag(fromHex('30030201')),
        certificateBag(leaf.der),
      ),
      sequence(oid('1.2.840.113549.1.7.3'), explicit(0, sequence())),
    )
    const { certificates, left } = contentsOf(await readGiven(concat([bytes, fromHex('0000')])))
    expect(certificates).toEqual([leaf.fingerprint])
    expect(left).toEqual([
      'certificate revocation list',
      'secret "n😀"',
      'SDSI certificate',
      'bag of type 1.2.3.4',
      'certificate',
      'part encrypted for a certificate',
      '2 bytes after the end of the file',
    ])
  })

  test('when the bag for encrypted keys holds a plain one, as certtool can write it, then it is taken', async () => {
    const plain = leaf.pkcs8.use((bytes) => bag(`${P12}.2`, bytes))
    const { items } = await readAsked(file(safe(plain)), passwords())
    expect(items).toMatchObject([{ type: 'private-key', wasEncrypted: false }])
  })

  test('when bags are nested then they are read in place, up to a depth', async () => {
    const nest = (levels: number): Uint8Array => {
      let inner = certificateBag(leaf.der)
      for (let i = 0; i < levels; i++) inner = bag(`${P12}.6`, sequence(inner))
      return file(safe(inner))
    }
    expect(contentsOf(await readGiven(nest(5))).certificates).toEqual([leaf.fingerprint])
    await expect(readGiven(nest(17))).rejects.toMatchObject({ code: 'limit.exceeded' })
  })

  test('when attributes are empty, unknown or Java’s then they are taken for what they are', async () => {
    const localMachine = sequence(oid('1.3.6.1.4.1.311.17.2'), setOf([]))
    const provider = sequence(oid('1.3.6.1.4.1.311.17.1'), setOf([bmpString('Microsoft Software KSP')]))
    const id = sequence(oid('1.2.840.113549.1.9.21'), setOf([octetString(fromHex('01000000'))]))
    const java = sequence(oid('2.16.840.1.113894.746875.1.1'), setOf([oid('2.5.29.37.0')]))
    const bytes = file(
      safe(certificateBag(leaf.der, localMachine, provider, id, name), certificateBag(root.der, java)),
    )
    const { items } = await readGiven(bytes)
    expect(items).toMatchObject([
      { friendlyName: 'n😀', localKeyId: '01000000', place: { at: 'bag 1' } },
      { trusted: true },
    ])
    expect(items[0]).not.toHaveProperty('trusted')
  })

  test('when the outer structure is indefinite and in chunks, as NSS writes it, then all is found', async () => {
    const content = sequence(safe(certificateBag(leaf.der)))
    const chunks = Array.from({ length: Math.ceil(content.length / 100) }, (_, i) =>
      octetString(content.subarray(i * 100, i * 100 + 100)),
    )
    const indefinite = (tag: string, ...values: Uint8Array[]): Uint8Array =>
      concat([fromHex(`${tag}80`), ...values, fromHex('0000')])
    const bytes = indefinite(
      '30',
      integer(3),
      indefinite('30', oid(DATA), indefinite('a0', indefinite('24', ...chunks))),
    )
    expect(contentsOf(await readGiven(bytes)).certificates).toEqual([leaf.fingerprint])
  })

  test('when there are a thousand certificates then all of them come out', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => makeCertificate({ cn: `c${i}`, key: leaf }))
    const trusted = many.map(({ der }) => der)
    const bytes = writePkcs12({ entries: [], trusted, password: new Secret('pw') }, random)
    const { items } = await readGiven(bytes, 'pw')
    expect(items).toHaveLength(1000)
    expect(items.every((item) => item.type === 'certificate' && item.trusted)).toBe(true)
  })
})

describe('properties', () => {
  const content = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

  test('when any name and any password are written then they read back', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const protections = fc.record({
      encryption: fc.constantFrom('aes-256-cbc', 'aes-192-cbc', 'aes-128-cbc', '3des'),
      mac: fc.constantFrom('sha256', 'sha1', 'pbmac1', 'none'),
      iterations: fc.integer({ min: 1, max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(text, text, protections, async (friendlyName, password, protection) => {
        const entries = [{ key: leaf.pkcs8, certificate: leaf.der, chain: [root.der], friendlyName }]
        const given = { entries, password: new Secret(password), protection: protection as Pkcs12Protection }
        const found = contentsOf(await readGiven(writePkcs12(given, random), password))
        expect(found.keys).toEqual([leaf.id])
        expect(found.certificates).toEqual([leaf.fingerprint, root.fingerprint])
        // a zero at the end of a name is taken for the end mark of Windows
        const name = friendlyName.replace(/\0+$/, '')
        expect(found.names).toEqual([name, name])
      }),
      { numRuns: 100 },
    )
  })

  test('when bytes of a file are changed then it is refused, or what comes out is as it was or listed', async () => {
    const bytes = quick({ mac: 'none' })
    const protectedBytes = quick()
    const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    })
    const codes = [
      'password.wrong',
      'der.malformed',
      'limit.exceeded',
      'format.unsupported',
      'password.required',
    ]
    const outcome = async (
      original: Uint8Array,
      at: readonly (readonly [number, number])[],
    ): Promise<string> => {
      const copy = original.slice()
      for (const [offset, bits] of at) copy[offset % copy.length]! ^= bits
      return readGiven(copy, 'right').then(
        ({ items, left }) => `${items.length + left.length > 0}`,
        (error: { code?: string }) => error.code ?? content(copy),
      )
    }
    await fc.assert(
      fc.asyncProperty(changes, async (at) => {
        expect([...codes, 'true', 'false']).toContain(await outcome(bytes, at))
        expect([...codes, 'true']).toContain(await outcome(protectedBytes, at))
      }),
      { numRuns: 600 },
    )
  })
})
