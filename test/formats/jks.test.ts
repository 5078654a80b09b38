import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sequence, octetString, oid, integer } from '../../src/asn1/writer.ts'
import { fromHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { readJks } from '../../src/formats/jks.ts'
import type { Bundle, PasswordSource } from '../../src/formats/items.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { corpus, NO_CORPORA } from '../support/corpora.ts'
import { requireJavaSource, requireOracle, runOracle } from '../support/oracles.ts'
import { passwords } from '../support/password.ts'
import { contentsOf } from '../support/pkcs12.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('jks')

const read = (bytes: Uint8Array, password: PasswordSource): Promise<Bundle> =>
  readJks(bytes, { file: 'test.jks', password: Object.assign(password, { given: true }) })

const corpora = corpus()
const entries = corpora?.entries.filter(({ kind }) => kind === 'jks') ?? []

describe('Java key stores of the corpora', () => {
  test('when the corpora are there then they hold JKS and JCEKS', ({ skip }) => {
    skip(!corpora, NO_CORPORA)
    expect(entries.map(({ format }) => format).toSorted()).toEqual(['JCEKS', 'JKS'])
  })

  for (const entry of entries)
    test(`when ${entry.path} is opened then it holds what keytool put in, and a wrong password opens nothing`, async () => {
      const bytes = corpora!.read(entry.path)
      const bundle = await read(bytes, passwords(entry.password))
      const { certs, aliases } = entry.fields as { certs: string[]; aliases: string[] }
      const found = contentsOf(bundle)
      expect(found.certificates).toEqual(certs)
      expect([...new Set(found.names)]).toEqual(aliases)
      expect(found.keys).toHaveLength(1)
      expect(found.left).toEqual([])
      expect(bundle.format).toBe(entry.format.toLowerCase())
      await expect(read(bytes, passwords('wrong'))).rejects.toMatchObject({ code: 'password.wrong' })
    })
})

describe('what keytool writes', () => {
  for (const type of ['JKS', 'JCEKS'])
    test(`when a ${type} has keys with own passwords, trusted certificates and secrets then each is taken or listed`, async (context) => {
      const keytool = requireOracle(context, 'keytool')
      const openssl = requireOracle(context, 'openssl')
      const trusted = makeCertificate({ cn: 'trusted' })
      const [path, certificate] = [join(folder, `own.${type}`), join(folder, 'trusted.der')]
      writeFileSync(certificate, trusted.der)
      // as few iterations as Java allows; the default, twenty times as many, has a file of the corpora
      const few = '-J-Djdk.jceks.iterationCount=10000'
      const store = [few, '-storetype', type, '-keystore', path, '-storepass', 'storepass']
      const pair = (alias: string, keypass: string): string[] => [
        '-genkeypair',
        ...store,
        '-alias',
        alias,
        '-keypass',
        keypass,
        '-keyalg',
        'EC',
        '-dname',
        `CN=${alias}`,
      ]
      const runs = [
        runOracle(keytool, pair('one', 'storepass')),
        runOracle(keytool, pair('two', 'two-pass')),
        runOracle(keytool, ['-importcert', '-noprompt', ...store, '-alias', 'anchor', '-file', certificate]),
        ...(type === 'JCEKS'
          ? [
              runOracle(keytool, [
                '-genseckey',
                ...store,
                '-alias',
                'aes',
                '-keyalg',
                'AES',
                '-keysize',
                '256',
              ]),
            ]
          : []),
      ]
      for (const { status, text } of runs) expect(status, text).toBe(0)
      const bytes = new Uint8Array(readFileSync(path))
      const asked: string[] = []
      const knows =
        (own: string | undefined): PasswordSource =>
        ({ what, attempt }) => {
          asked.push(what)
          const answer = what === 'Java key store' ? 'storepass' : own
          return Promise.resolve(attempt === 1 && answer !== undefined ? new Secret(answer) : undefined)
        }
      const bundle = await read(bytes, knows('two-pass'))
      const secrets = type === 'JCEKS' ? ['secret key'] : []
      expect(asked).toEqual(['Java key store', 'private key (entry "two")'])
      expect(contentsOf(bundle).left).toEqual(secrets)
      expect(bundle.items.filter((item) => item.type === 'certificate' && item.trusted)).toMatchObject([
        { friendlyName: 'anchor', der: trusted.der },
      ])
      const listed = runOracle(keytool, ['-list', '-rfc', ...store]).text
      for (const alias of ['one', 'two']) {
        const exported = listed.slice(listed.indexOf(`Alias name: ${alias}`))
        const spki = runOracle(openssl, ['x509', '-noout', '-pubkey'], exported).text
        const key = bundle.items.find((item) => item.type === 'private-key' && item.friendlyName === alias)
        expect(key).toMatchObject({
          spki: new Uint8Array(Buffer.from(spki.replace(/-----[^-]+-----|\s/g, ''), 'base64')),
        })
      }
      const without = contentsOf(await read(bytes, knows(undefined)))
      expect(without.keys).toHaveLength(1)
      expect(without.left.toSorted()).toEqual(['private key', ...secrets].toSorted())
    })

  test('when a trust store has the well-known password then nobody is asked, and for keys somebody is', async (context) => {
    const keytool = requireOracle(context, 'keytool')
    const [certificate, trust, keys] = ['t.der', 't.jks', 'k.jks'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(certificate, makeCertificate({ cn: 'anchor' }).der)
    const common = ['-storetype', 'JKS', '-storepass', 'changeit', '-keystore']
    const importing = ['-importcert', '-noprompt', ...common, trust, '-alias', 'a', '-file', certificate]
    const making = ['-genkeypair', ...common, keys, '-alias', 'k', '-keyalg', 'EC', '-dname', 'CN=k']
    for (const args of [importing, making]) expect(runOracle(keytool, args)).toMatchObject({ status: 0 })
    const unasked = (path: string): Promise<Bundle> =>
      readJks(readFileSync(path), { file: path, password: passwords() })
    expect((await unasked(trust)).items).toMatchObject([{ type: 'certificate', trusted: true }])
    await expect(unasked(keys)).rejects.toMatchObject({ code: 'password.required' })
  })

  test('when alias and password are not ASCII then both are understood', async (context) => {
    const java = requireJavaSource(context)
    const [source, path] = [join(folder, 'Make.java'), join(folder, 'unicode.jks')]
    const { der } = makeCertificate({ cn: 'anchor' })
    writeFileSync(source, MAKE_JAVA)
    const made = runOracle(java, [source, path, Buffer.from(der).toString('base64')])
    expect(made.status, made.text).toBe(0)
    const bytes = new Uint8Array(readFileSync(path))
    const { items } = await read(bytes, passwords('пароль🔑'))
    expect(items).toMatchObject([{ friendlyName: 'ключ😀\u0000', der, trusted: true }])
    await expect(read(bytes, passwords('пароль'))).rejects.toMatchObject({ code: 'password.wrong' })
  })
})

const MAKE_JAVA = String.raw`
import java.io.*; import java.security.*; import java.security.cert.*; import java.util.*;
public class Make { public static void main(String[] a) throws Exception {
  KeyStore store = KeyStore.getInstance("JKS"); store.load(null, null);
  store.setCertificateEntry("\u043a\u043b\u044e\u0447\ud83d\ude00\u0000", CertificateFactory.getInstance("X.509")
    .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(a[1]))));
  try (OutputStream out = new FileOutputStream(a[0])) {
    store.store(out, "\u043f\u0430\u0440\u043e\u043b\u044c\ud83d\udd11".toCharArray()); } } }`

const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255])
const u32 = (n: number): Buffer => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255])
const utf = (text: string): Buffer => Buffer.concat([u16(text.length), Buffer.from(text)])
/** A file by hand, its digest right for the password `pw`. */
const made = (magic: number, count: number, ...entries: Uint8Array[]): Uint8Array => {
  const content = Buffer.concat([u32(magic), u32(2), u32(count), ...entries])
  const hash = createHash('sha1').update(Buffer.from('\0p\0w')).update('Mighty Aphrodite').update(content)
  return new Uint8Array(Buffer.concat([content, hash.digest()]))
}
const JCEKS = 0xcececece

describe('malformed and hostile key stores', () => {
  const secret = (...object: Uint8Array[]): Uint8Array =>
    Buffer.concat([u32(3), utf('s'), Buffer.alloc(8), fromHex('aced0005'), ...object])
  const cases: Record<string, readonly [() => Uint8Array, string]> = {
    'no entries although four billion are announced': [() => made(JCEKS, 0xffffffff), 'der.malformed'],
    'another magic': [() => made(0x12345678, 0), 'der.malformed'],
    'an unknown kind of entry': [() => made(JCEKS, 1, u32(9), utf('x'), Buffer.alloc(8)), 'der.malformed'],
    'a secret key of thousands of nested objects': [
      () =>
        made(
          JCEKS,
          1,
          secret(
            Buffer.concat(
              Array<Uint8Array>(5000).fill(
                fromHex('75720001005b000000000000000002000078700000 0001'.replace(' ', '')),
              ),
            ),
          ),
        ),
      'limit.exceeded|der.malformed',
    ],
    'an array of four billion bytes': [
      () =>
        made(
          JCEKS,
          1,
          secret(fromHex('75720002'), Buffer.from('[B'), Buffer.alloc(8), fromHex('0200007870ffffffff')),
        ),
      'der.malformed',
    ],
    'a reference to nothing': [() => made(JCEKS, 1, secret(fromHex('7371007e0005'))), 'der.malformed'],
    'no object where a secret should be': [() => made(JCEKS, 1, secret(fromHex('99'))), 'der.malformed'],
  }
  for (const [title, [bytes, code]] of Object.entries(cases))
    test(`when there is ${title} then it is refused`, async () => {
      await expect(read(bytes(), passwords('pw'))).rejects.toMatchObject({
        code: expect.stringMatching(code) as string,
      })
    })

  test('when a key wants five million and one iterations then it is refused', async () => {
    const parameters = sequence(octetString(new Uint8Array(8)), integer(5_000_001))
    const encrypted = sequence(
      sequence(oid('1.3.6.1.4.1.42.2.19.1'), parameters),
      octetString(new Uint8Array(8)),
    )
    const entry = [u32(1), utf('k'), Buffer.alloc(8), u32(encrypted.length), encrypted, u32(0)]
    await expect(read(made(JCEKS, 1, ...entry), passwords('pw'))).rejects.toMatchObject({
      code: 'limit.exceeded',
    })
  })

  test('when an alias is plain UTF-8, as pyjks writes it, then its emoji is one', async () => {
    const { der } = makeCertificate({ cn: 'anchor' })
    const alias = Buffer.from('schlüssel🔑')
    const entry = [u32(2), u16(alias.length), alias, Buffer.alloc(8), utf('X.509'), u32(der.length), der]
    const { items } = await read(made(0xfeedfeed, 1, ...entry), passwords('pw'))
    expect(items).toMatchObject([{ friendlyName: 'schlüssel🔑' }])
  })

  test('when a certificate is of another type or broken then it is left with its alias', async () => {
    const certificate = (type: string, bytes: Uint8Array): Uint8Array =>
      Buffer.concat([u32(2), utf('a\u0007b'), Buffer.alloc(8), utf(type), u32(bytes.length), bytes])
    const bytes = made(
      0xfeedfeed,
      2,
      certificate('PGP', fromHex('00')),
      certificate('X.509', fromHex('3000')),
    )
    const { items, left } = await read(bytes, passwords('pw'))
    expect(items).toEqual([])
    expect(left).toMatchObject([
      { what: 'certificate of type PGP', place: { at: 'entry "a\\u{7}b"' } },
      { what: 'certificate' },
    ])
  })

  test('when bytes of a file change then it is refused, and never by a crash', async () => {
    const { der } = makeCertificate({ cn: 'x' })
    const entry = Buffer.concat([u32(2), utf('x'), Buffer.alloc(8), utf('X.509'), u32(der.length), der])
    const whole = made(0xfeedfeed, 1, entry)
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const copy = whole.slice()
        copy[at]! ^= bits
        await expect(read(copy, passwords('pw'))).rejects.toMatchObject({
          code: expect.stringMatching(/^(password\.wrong|der\.malformed|format\.unsupported)$/) as string,
        })
        const noise = new Uint8Array(randomBytes(40))
        noise.set(fromHex('cececece0000000200000001'))
        await expect(read(noise, passwords('pw'))).rejects.toHaveProperty('code')
      }),
      { numRuns: 300 },
    )
  })
})
