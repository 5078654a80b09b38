import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PFX } from '@peculiar/asn1-pfx'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import { beforeAll, describe, expect, test } from 'vitest'
import { DerReader, contentOf, TAG } from '../../src/asn1/reader.ts'
import { readSmallInteger } from '../../src/asn1/values.ts'
import { toHex } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/crypto/digest.ts'
import { Secret } from '../../src/base/secret.ts'
import { PKCS12_TARGETS, type Pkcs12Target } from '../../src/formats/pkcs12/targets.ts'
import { writePkcs12, type Pkcs12Content } from '../../src/formats/pkcs12/write.ts'
import { makeCertificate, type TestCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle, type OracleAnswer, type OracleName } from '../support/oracles.ts'
import { contentsOf, readGiven } from '../support/pkcs12.ts'
import { temporaryFolder } from '../support/temporary.ts'

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const PASSWORDS = { ascii: 's3cret "pw"', empty: '', cyrillic: 'пароль', emoji: '🔑pässwört' }
type PasswordKind = keyof typeof PASSWORDS
const NAME = 'Müller & Söhne 日本'

let folder: string
let root: TestCertificate
let sub: TestCertificate
let leaf: TestCertificate
let other: TestCertificate

beforeAll(() => {
  folder = temporaryFolder('p12')
  root = makeCertificate({ cn: 'Root', ca: true })
  sub = makeCertificate({ cn: 'Sub', ca: true, issuer: root })
  leaf = makeCertificate({ cn: 'leaf.example', issuer: sub })
  other = makeCertificate({ cn: 'other.example', issuer: sub })
})

const write = (content: Partial<Pkcs12Content> & { text: string }): { path: string; bytes: Uint8Array } => {
  const entries = [
    { key: leaf.pkcs8, certificate: leaf.der, chain: [sub.der, root.der], friendlyName: NAME },
    { key: other.pkcs8, certificate: other.der, chain: [sub.der, root.der], friendlyName: 'other' },
  ]
  const { text, ...rest } = content
  const bytes = writePkcs12({ entries, password: new Secret(text), ...rest }, random)
  const path = join(folder, `${randomBytes(6).toString('hex')}.p12`)
  writeFileSync(path, bytes)
  return { path, bytes }
}

const written = new Map<string, string>()

/** The path of a file for that target and password; all readers get the same one. */
function fileFor(target: Pkcs12Target, kind: PasswordKind): string {
  const key = `${target} ${kind}`
  const path = written.get(key) ?? write({ target, text: PASSWORDS[kind] }).path
  written.set(key, path)
  return path
}

const blocks = (text: string, label: string): Buffer[] =>
  [...text.matchAll(new RegExp(`-----BEGIN ${label}-----([^-]+)-----END`, 'g'))].map(([, body]) =>
    Buffer.from(body!, 'base64'),
  )
const certificatesIn = (text: string): string[] =>
  blocks(text, 'CERTIFICATE').map((der) => sha256Hex(new Uint8Array(new X509Certificate(der).raw)))
const keysIn = (text: string): string[] =>
  blocks(text, 'PRIVATE KEY').map((der) =>
    sha256Hex(
      createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ type: 'pkcs8', format: 'der' }),
    ),
  )
const keyDigest = ({ pkcs8 }: TestCertificate): string => pkcs8.use((bytes) => sha256Hex(bytes))

interface Reader {
  readonly tool: OracleName
  readonly read: (tool: string, path: string, password: string) => OracleAnswer
  /** What the answer says, to be equal for all readers that can say it. */
  readonly found: (answer: OracleAnswer) => Record<string, unknown>
  readonly expected: () => Record<string, unknown>
  /** Why this reader cannot, and the words in which it says so; undefined when it can. */
  readonly cannot: (
    target: Pkcs12Target,
    kind: PasswordKind,
  ) => readonly [reason: string, words: RegExp] | undefined
}

const all = (): string[] => [leaf, other, sub, root].map(({ fingerprint }) => fingerprint)
const isPbmac1 = (target: Pkcs12Target): boolean => PKCS12_TARGETS[target].mac === 'pbmac1'

const READERS: Record<string, Reader> = {
  openssl: {
    tool: 'openssl',
    read: (tool, path, password) =>
      runOracle(tool, ['pkcs12', '-in', path, '-passin', `pass:${password}`, '-nodes']),
    found: ({ text }) => ({ certificates: certificatesIn(text), keys: keysIn(text) }),
    expected: () => ({ certificates: all(), keys: [leaf, other].map(keyDigest) }),
    cannot: (target) =>
      isPbmac1(target) ? ['OpenSSL reads PBMAC1 from 3.4 on', /Mac verify error|PBMAC1/] : undefined,
  },
  certtool: {
    tool: 'certtool',
    read: (tool, path, password) => {
      const how = password === '' ? ['--empty-password', '--password', ''] : ['--password', password]
      return runOracle(tool, ['--p12-info', '--inder', '--infile', path, ...how])
    },
    found: ({ text }) => ({
      certificates: certificatesIn(text),
      keys: blocks(text, 'ENCRYPTED PRIVATE KEY').length,
    }),
    expected: () => ({ certificates: all(), keys: 2 }),
    cannot: (target) =>
      isPbmac1(target)
        ? ['GnuTLS reads PBMAC1 from 3.8 on', /hash algorithm is unknown|unknown hash/i]
        : undefined,
  },
  NSS: {
    tool: 'pk12util',
    read: (tool, path, password) => runOracle(tool, ['-l', path, '-W', password]),
    found: ({ text }) => ({
      certificates: text.match(/^Certificate/gm)?.length,
      keys: text.match(/^Key\(shrouded\)/gm)?.length,
      named: Buffer.from(text, 'latin1').toString('utf8').includes(NAME),
    }),
    expected: () => ({ certificates: 4, keys: 2, named: true }),
    cannot: (target) =>
      isPbmac1(target) ? ['NSS 3.87 has no PBMAC1', /SEC_ERROR|failed|not verified/] : undefined,
  },
  keytool: {
    tool: 'keytool',
    read: (tool, path, password) =>
      runOracle(tool, [
        '-J-Dfile.encoding=UTF-8',
        '-list',
        '-rfc',
        '-keystore',
        path,
        '-storepass',
        password,
      ]),
    found: ({ text }) => ({
      certificates: certificatesIn(text).toSorted(),
      keys: text.match(/^Entry type: PrivateKeyEntry/gm)?.length,
    }),
    // Java lists the chain of each entry
    expected: () => ({ certificates: [...all(), sub.fingerprint, root.fingerprint].toSorted(), keys: 2 }),
    cannot: (target, kind) => {
      if (kind === 'cyrillic' || kind === 'emoji')
        return ['Java takes ASCII passwords only', /not ASCII|password was incorrect/]
      if (isPbmac1(target))
        return ['Java reads PBMAC1 from 24 on', /1\.2\.840\.113549\.1\.5\.14|NoSuchAlgorithm/]
      return undefined
    },
  },
}

const TARGETS = Object.keys(PKCS12_TARGETS) as Pkcs12Target[]
/** One target for each kind of protection; the others differ in name only, but for what `asciiPassword` says. */
const DISTINCT: readonly Pkcs12Target[] = ['modern', 'windows-2016', 'fips']

const protectionOf = (target: Pkcs12Target): string => {
  const { encryption, mac, iterations } = PKCS12_TARGETS[target]
  return `${encryption} ${mac} ${iterations}`
}

test('when other programs read one target of each kind then every kind of protection was read', () => {
  expect(new Set(TARGETS.map(protectionOf))).toEqual(new Set(DISTINCT.map(protectionOf)))
})

for (const [readerName, reader] of Object.entries(READERS))
  describe(`what certman writes, read by ${readerName}`, () => {
    for (const target of [...DISTINCT, 'java8'] as const)
      for (const kind of Object.keys(PASSWORDS) as PasswordKind[]) {
        if (kind !== 'ascii' && !DISTINCT.includes(target)) continue
        // Java refuses the password before it looks at the file: once is enough
        if (readerName === 'keytool' && kind === 'emoji') continue
        if (readerName === 'keytool' && kind === 'cyrillic' && target !== 'modern') continue
        const cannot = reader.cannot(target, kind)
        const outcome = cannot ? `it cannot: ${cannot[0]}` : 'it has the same certificates and keys'
        test(`when the target is ${target} and the password is ${kind} then ${outcome}`, (context) => {
          const tool = requireOracle(context, reader.tool)
          const path = fileFor(target, kind)
          const answer = reader.read(tool, path, PASSWORDS[kind])
          const refused = cannot?.[1].test(answer.text) === true
          // a newer tool may have learned it meanwhile; then it must have learned it well
          const found = refused ? cannot?.[0] : reader.found(answer)
          expect(found, answer.text).toEqual(refused ? cannot?.[0] : reader.expected())
        })
      }
  })

/** The parts of a PBMAC1 file, the outer ones read by asn1-pfx. */
function pbmac1Of(bytes: Uint8Array): Record<'salt' | 'digest', string> & {
  readonly content: Uint8Array
  readonly iterations: number
  readonly keyLength: number
} {
  const { authSafe, macData } = AsnConvert.parse(bytes, PFX)
  const parameters = new DerReader(new Uint8Array(macData!.mac.digestAlgorithm.parameters!))
  const kdf = parameters.enter(TAG.sequence).enter(TAG.sequence)
  kdf.read(TAG.oid)
  const pbkdf2 = kdf.enter(TAG.sequence)
  return {
    content: new Uint8Array(AsnConvert.parse(authSafe.content, OctetString).buffer),
    digest: toHex(new Uint8Array(macData!.mac.digest.buffer)),
    salt: toHex(contentOf(pbkdf2.read(TAG.octetString))),
    iterations: readSmallInteger(pbkdf2.read(TAG.integer)),
    keyLength: readSmallInteger(pbkdf2.read(TAG.integer)),
  }
}

describe('the shape of what certman writes', () => {
  test('when the file is dumped by openssl then the order is that of openssl and localKeyId pairs key and certificate', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { path } = write({ text: 'pw' })
    const { text } = runOracle(openssl, ['pkcs12', '-in', path, '-passin', 'pass:pw', '-nodes', '-info'])
    const parts = text.match(/PKCS7 Encrypted data|PKCS7 Data|Certificate bag|Shrouded Keybag/g)
    expect(parts).toEqual([
      'PKCS7 Encrypted data',
      ...Array<string>(4).fill('Certificate bag'),
      'PKCS7 Data',
      'Shrouded Keybag',
      'Shrouded Keybag',
    ])
    const ids = [leaf, other].map(({ der }) => new X509Certificate(der).fingerprint.replaceAll(':', ' '))
    const found = [...text.matchAll(/localKeyID: ([0-9A-F ]+)/g)].map(([, id]) => id!.trim())
    expect(found).toEqual([...ids, ...ids])
    expect(text).toMatch(/MAC: sha256, Iteration 100000/)
  })

  test('when a certificate is in several chains then it is written once', async () => {
    const { bytes } = write({ text: 'pw' })
    const { certificates, keys, left } = contentsOf(await readGiven(bytes, 'pw'))
    expect(certificates).toEqual(all())
    expect(keys).toEqual([leaf.id, other.id])
    expect(left).toEqual([])
  })

  test('when there are certificates only then keytool lists each of them as trusted', (context) => {
    const keytool = requireOracle(context, 'keytool')
    const entries = [
      { certificate: leaf.der, chain: [sub.der], friendlyName: 'web' },
      { certificate: root.der, chain: [] },
    ]
    const { path } = write({ text: 'changeit', entries, trusted: [other.der] })
    const listed = runOracle(keytool, ['-list', '-rfc', '-keystore', path, '-storepass', 'changeit'])
    expect(listed.text).toContain('Alias name: web')
    expect(listed.text.match(/trustedCertEntry/g)).toHaveLength(4)
    expect(certificatesIn(listed.text).toSorted()).toEqual(all().toSorted())
  })

  test('when the same file is written twice then no salt, no IV and no ciphertext is the same', () => {
    const [once, again] = [write({ text: 'pw' }), write({ text: 'pw' })]
    expect(once.bytes.length).toBe(again.bytes.length)
    expect(sha256Hex(once.bytes)).not.toBe(sha256Hex(again.bytes))
  })

  test('when randomness is asked for then each encrypted piece and the MAC have their own', () => {
    const asked: number[] = []
    const counting = (length: number): Uint8Array => {
      asked.push(length)
      return random(length)
    }
    const entries = [{ key: leaf.pkcs8, certificate: leaf.der, chain: [] }]
    writePkcs12({ entries, password: new Secret('pw') }, counting)
    expect(asked).toEqual([16, 16, 16, 16, 16])
  })

  test('when more than six hundred keys are written then the file still opens: one derivation is for all, an IV for each', async () => {
    const entries = Array.from({ length: 610 }, () => ({ key: leaf.pkcs8, certificate: leaf.der, chain: [] }))
    const ivs = new Set<string>()
    const noting = (length: number): Uint8Array => {
      const bytes = random(length)
      ivs.add(toHex(bytes))
      return bytes
    }
    const bytes = writePkcs12({ entries, password: new Secret('pw') }, noting)
    // besides: the salt and the IV of the certificates, the salt of the keys, that of the MAC
    expect(ivs.size).toBe(610 + 4)
    expect(contentsOf(await readGiven(bytes, 'pw')).keys).toHaveLength(610)
  })

  test('when choices of the target are replaced then openssl sees the replacement', (context) => {
    const openssl = requireOracle(context, 'openssl')
    const protection = { encryption: 'aes-128-cbc', mac: 'sha1', iterations: 1234 } as const
    const { path } = write({ text: 'pw', protection })
    const { text } = runOracle(openssl, ['pkcs12', '-in', path, '-passin', 'pass:pw', '-noout', '-info'])
    expect(text).toMatch(/MAC: sha1, Iteration 1234/)
    expect(text).toMatch(/AES-128-CBC, Iteration 1234, PRF hmacWithSHA256/)
  })

  test('when nothing is encrypted and there is no MAC then it opens without a password', async () => {
    const { bytes } = write({ text: 'pw', protection: { encryption: 'none', mac: 'none' } })
    expect(contentsOf(await readGiven(bytes)).keys).toEqual([leaf.id, other.id])
  })

  test('when the MAC is PBMAC1 then openssl computes the same with its own PBKDF2 and HMAC', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const { bytes } = write({ text: 'пароль', target: 'fips' })
    const { content, salt, digest, iterations, keyLength } = pbmac1Of(bytes)
    const options = ['digest:SHA256', 'pass:пароль', `hexsalt:${salt}`, `iter:${iterations}`]
    const kdf = [
      'kdf',
      '-keylen',
      String(keyLength),
      '-binary',
      ...options.flatMap((each) => ['-kdfopt', each]),
    ]
    const key = runOracle(openssl, [...kdf, 'PBKDF2']).stdout.toString('hex')
    const mac = runOracle(openssl, ['mac', '-digest', 'SHA256', '-macopt', `hexkey:${key}`, 'HMAC'], content)
    expect(mac.stdout.toString().trim().toLowerCase(), mac.text).toBe(digest)
    // MacData ends with its salt: a count of 1 is the default, and strict readers of DER (pyca) refuse to see it written
    expect(Buffer.from(bytes.subarray(-10)).toString('latin1')).toBe('\x04\bNOT USED')
    expect(contentsOf(await readGiven(bytes, 'пароль')).keys).toEqual([leaf.id, other.id])
  })

  test('when the target is unknown or cannot take the password then it is refused before anything is written', () => {
    expect(() => write({ text: 'pw', target: 'windows-95' })).toThrow(
      expect.objectContaining({ code: 'input.invalid' }),
    )
    expect(() => write({ text: 'pässword', target: 'java8' })).toThrow(
      expect.objectContaining({ code: 'input.invalid' }),
    )
  })
})
