import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { encryptPkcs8 } from '../../src/formats/pkcs8.ts'
import { exportRecords, type ExportReport, type ExportRequest } from '../../src/operations/export-records.ts'
import type { PasswordSource } from '../../src/formats/items.ts'
import type { Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate, makeRequest, type TestCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { passwords } from '../support/password.ts'
import { memoryStore, noPassword, temporaryFolder } from '../support/worlds.ts'

const source = { how: 'imported' } as const
const root = makeCertificate({ cn: 'Root', ca: true })
const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
const web = makeCertificate({ cn: '*.web.example', issuer: issuing, dns: ['*.web.example'] })
const mail = makeCertificate({ cn: 'mail.example', issuer: issuing })
const orphan = makeCertificate({ cn: 'lost.example', issuer: makeCertificate({ cn: 'Gone', ca: true }) })
const request = makeRequest('new.example')

async function filled(): Promise<Store> {
  const store = memoryStore()
  const named = (certificate: TestCertificate, name: string) => ({ der: certificate.der, name, source })
  const key = ({ pkcs8, spki }: TestCertificate) => ({ pkcs8, spki, encrypted: false, source })
  await store.import({
    certificates: [
      named(web, 'web'),
      named(mail, 'mail'),
      named(issuing, 'issuing'),
      named(root, 'root'),
      named(orphan, 'lost'),
    ],
    keys: [key(web), key(mail), key(request)],
    requests: [{ der: request.der, name: 'new', source }],
  })
  return store
}

type Wish = Partial<Omit<ExportRequest, 'references' | 'password'>> & {
  readonly password?: string
  readonly keyPassword?: PasswordSource
  readonly newPassword?: PasswordSource
}

function send(store: Store, names: readonly string[], wish: Wish = {}): Promise<ExportReport> {
  const { password, keyPassword = noPassword, newPassword = noPassword, ...rest } = wish
  const references = names.map((name) => parseReference(name))
  return exportRecords(
    store,
    {
      references,
      format: 'pem',
      cwd: '/nowhere',
      ...rest,
      ...(password !== undefined && { password: new Secret(password) }),
    },
    { ambient: frozenAmbient(), keyPassword, newPassword },
  )
}

/** What goes to standard output. */
async function sent(names: readonly string[], wish: Wish = {}): Promise<Buffer> {
  const { stdout } = await send(await filled(), names, { ...wish, out: '-' })
  return Buffer.from(stdout!)
}

const blocks = (pem: Buffer): string[] =>
  pem.toString().match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? []
const fingerprints = (pem: Buffer): string[] =>
  blocks(pem).map((block) => new X509Certificate(block).fingerprint256.replaceAll(':', '').toLowerCase())
const prints = (...certificates: readonly TestCertificate[]): string[] =>
  certificates.map(({ fingerprint }) => fingerprint)

describe('forms', () => {
  test('when pem is asked for then it is the one certificate', async () => {
    expect(fingerprints(await sent(['web']))).toEqual(prints(web))
  })

  test('when a chain is asked for then it is leaf first with the root, or as was said', async () => {
    expect(fingerprints(await sent(['web'], { chain: true }))).toEqual(prints(web, issuing, root))
    expect(fingerprints(await sent(['web'], { chain: true, order: 'root-first' }))).toEqual(
      prints(root, issuing, web),
    )
    expect(fingerprints(await sent(['web'], { chain: true, root: false }))).toEqual(prints(web, issuing))
    expect(fingerprints(await sent(['web'], { format: 'fullchain' }))).toEqual(prints(web, issuing))
    expect(fingerprints(await sent(['web'], { format: 'fullchain', root: true }))).toEqual(
      prints(web, issuing, root),
    )
  })

  test('when two certificates share issuers then these are written once', async () => {
    expect(fingerprints(await sent(['web', 'mail', 'web'], { chain: true }))).toEqual(
      prints(web, issuing, root, mail),
    )
  })

  test('when der, cer or crt is asked for then the bytes are exactly the certificate', async () => {
    expect(await sent(['web'], { format: 'der' })).toEqual(Buffer.from(web.der))
    expect(await sent(['web'], { format: 'cer' })).toEqual(Buffer.from(web.der))
    expect(fingerprints(await sent(['web'], { format: 'crt' }))).toEqual(prints(web))
    expect(fingerprints(await sent(['web'], { format: 'cer', encoding: 'pem' }))).toEqual(prints(web))
  })

  test('when a request or a key is named then it is written in its own form', async () => {
    expect((await sent(['requests/new'])).toString()).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/)
    expect(await sent(['requests/new'], { format: 'der' })).toEqual(Buffer.from(request.der))
    const pem = await sent([`keys/${web.id.slice(0, 8)}`], { format: 'key', noPassword: true })
    expect(createPrivateKey(pem).equals(web.key)).toBe(true)
  })

  test('when header lines are asked for then OpenSSL prints the same names', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const pem = await sent(['web'], { headers: true })
    expect(pem.toString()).toMatch(
      /^subject=O=Example, CN=\*\.web\.example\nissuer=O=Example, CN=Issuing\n-----BEGIN/,
    )
    const { text } = runOracle(openssl, ['x509', '-noout', '-subject', '-issuer'], pem)
    expect(text.replaceAll(' = ', '=')).toContain(pem.toString().split('-----')[0])
  })

  test('when a name tries to forge a block then its header line is harmless', async () => {
    const evil = makeCertificate({ cn: 'a\n-----BEGIN CERTIFICATE-----\u0000\u202e' })
    const store = memoryStore()
    await store.import({ certificates: [{ der: evil.der, source }], keys: [] })
    const pem = Buffer.from((await send(store, ['1'], { headers: true, out: '-' })).stdout!)
    expect(fingerprints(pem)).toEqual(prints(evil))
    expect(pem.toString().split('-----BEGIN')).toHaveLength(2)
    expect(pem.toString().split('\n')[0]).toBe(
      String.raw`subject=O=Example, CN=a\0A\2D\2D\2D\2D\2DBEGIN CERTIFICATE\2D\2D\2D\2D\2D\00\E2\80\AE`,
    )
  })

  test('when pem takes the key along then both are there and fit', async () => {
    const [certificate, key] = blocks(await sent(['web'], { withKey: true, noPassword: true }))
    expect(new X509Certificate(certificate!).checkPrivateKey(createPrivateKey(key!))).toBe(true)
  })

  test('when an issuer is missing then a note names it', async () => {
    const { notes } = await send(await filled(), ['lost'], { chain: true, out: '-' })
    expect(notes).toEqual([expect.stringContaining('"CN=Gone,O=Example"')])
  })
})

describe('what other programs read', () => {
  test('when p7b is asked for then openssl lists leaf, issuer and root', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    for (const encoding of ['pem', 'der'] as const) {
      const p7b = await sent(['web'], { format: 'p7b', encoding })
      const { status, stdout } = runOracle(openssl, ['pkcs7', '-inform', encoding, '-print_certs'], p7b)
      expect(status).toBe(0)
      expect(fingerprints(stdout)).toEqual(prints(web, issuing, root))
    }
  })

  test('when pem, der and crt are written then openssl reads each', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    for (const format of ['pem', 'fullchain', 'der', 'cer', 'crt'] as const) {
      const bytes = await sent(['web'], { format, headers: true })
      const inform = format === 'der' || format === 'cer' ? 'DER' : 'PEM'
      const { text } = runOracle(
        openssl,
        ['x509', '-inform', inform, '-noout', '-fingerprint', '-sha256'],
        bytes,
      )
      expect(text.replaceAll(':', '').toLowerCase()).toContain(web.fingerprint)
    }
  })

  test('when a key is written with a password then openssl opens it with that one only', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    for (const encoding of ['pem', 'der'] as const) {
      const key = await sent(['web'], { format: 'key', encoding, password: 'pässword' })
      const args = ['pkey', '-inform', encoding, '-pubout', '-outform', 'der', '-passin']
      expect(runOracle(openssl, [...args, 'pass:pässword'], key).stdout).toEqual(Buffer.from(web.spki))
      expect(runOracle(openssl, [...args, 'pass:wrong'], key).status).not.toBe(0)
    }
  })

  for (const target of ['modern', 'windows-2016', 'java8', 'macos', 'openssl3', 'fips'])
    test(`when p12 is written for ${target} then openssl reads chain and key`, async (context) => {
      const openssl = requireOracle(context, 'openssl')
      const p12 = await sent(['web'], { format: 'p12', target, password: 'secret-pw' })
      // OpenSSL knows PBMAC1 (RFC 9579) from 3.4 on; the tests of the writer let GnuTLS verify it
      const mac = target === 'fips' ? ['-nomacver'] : []
      const args = ['pkcs12', '-legacy', '-nodes', ...mac, '-passin', 'pass:secret-pw']
      const { status, stdout, text } = runOracle(openssl, args, p12)
      expect(status, text).toBe(0)
      const all = blocks(stdout)
      const key = all.find((block) => block.includes('PRIVATE KEY'))
      expect(createPrivateKey(key!).equals(web.key)).toBe(true)
      expect(fingerprints(Buffer.from(all.filter((block) => block !== key).join(''))).sort()).toEqual(
        prints(web, issuing, root).sort(),
      )
      expect(stdout.toString()).toContain('friendlyName: web')
    })

  test('when p12 is written for Java then keytool lists one entry with its chain', async (context) => {
    const keytool = requireOracle(context, 'keytool')
    const folder = temporaryFolder()
    await send(await filled(), ['web'], {
      format: 'p12',
      target: 'java8',
      password: 'secret-pw',
      out: 'web.p12',
      cwd: folder,
    })
    const args = ['-list', '-v', '-keystore', join(folder, 'web.p12'), '-storepass', 'secret-pw']
    const { text } = runOracle(keytool, args)
    expect(text).toMatch(/Alias name: web/)
    expect(text).toMatch(/Entry type: PrivateKeyEntry/)
    expect(text).toMatch(/Certificate chain length: 3/)
  })

  test('when p12 is written for NSS then pk12util lists key and certificates', async (context) => {
    const pk12util = requireOracle(context, 'pk12util')
    const folder = temporaryFolder()
    await send(await filled(), ['web'], { format: 'pfx', password: 'secret-pw', out: 'web.pfx', cwd: folder })
    const { text } = runOracle(pk12util, ['-l', join(folder, 'web.pfx'), '-W', 'secret-pw'])
    expect(text).toMatch(/Key\(shrouded\)/)
    expect(text.match(/Certificate\(has private key\)|Certificate:/g)?.length).toBeGreaterThanOrEqual(3)
  })

  test('when certificates are written without keys then Java takes the file for a trust store', async (context) => {
    const keytool = requireOracle(context, 'keytool')
    const folder = temporaryFolder()
    await send(await filled(), ['root', 'issuing'], {
      format: 'p12',
      withKey: false,
      chain: false,
      password: 'secret-pw',
      out: 'trust.p12',
      cwd: folder,
    })
    const { text } = runOracle(keytool, [
      '-list',
      '-keystore',
      join(folder, 'trust.p12'),
      '-storepass',
      'secret-pw',
    ])
    expect(text.match(/trustedCertEntry/g)).toHaveLength(2)
  })
})

describe('keys and passwords', () => {
  test('when there is no key for a PKCS#12 file then the way to one without is named', async () => {
    await expect(sent(['root'], { format: 'p12', noPassword: true })).rejects.toMatchObject({
      code: 'key.missing',
      hint: expect.stringContaining('--no-key'),
    })
  })

  test('when a private key would leave without a password then that must be said', async () => {
    for (const wish of [{ format: 'key' }, { format: 'p12' }, { format: 'pem', withKey: true }] as const)
      await expect(sent(['web'], wish)).rejects.toMatchObject({
        code: 'password.required',
        hint: expect.stringContaining('--no-password'),
      })
  })

  test('when somebody can be asked then the new password is asked for once', async () => {
    const key = await sent(['web'], { format: 'key', newPassword: passwords('chosen') })
    expect(createPrivateKey({ key, passphrase: 'chosen' }).equals(web.key)).toBe(true)
  })

  test('when the key rests encrypted then its own password opens it, a wrong one is asked again', async () => {
    const store = memoryStore()
    const random = frozenAmbient().random
    const pkcs8 = new Secret(encryptPkcs8(web.pkcs8, new Secret('at rest'), { random, iterations: 1000 }))
    await store.import({
      certificates: [{ der: web.der, source }],
      keys: [{ pkcs8, spki: web.spki, encrypted: true, source }],
    })
    const wish = { format: 'key', noPassword: true, out: '-' } as const
    const { stdout } = await send(store, ['1'], { ...wish, keyPassword: passwords('nope', 'at rest') })
    expect(createPrivateKey(Buffer.from(stdout!)).equals(web.key)).toBe(true)
    await expect(send(store, ['1'], wish)).rejects.toMatchObject({
      code: 'password.required',
      hint: expect.stringContaining('--key-password-file'),
    })
    await expect(send(store, ['1'], { ...wish, keyPassword: passwords('nope') })).rejects.toMatchObject({
      code: 'password.wrong',
    })
  })

  test('when there is no key then it is missing, and the certificate alone still leaves', async () => {
    await expect(sent(['lost'], { format: 'key', noPassword: true })).rejects.toMatchObject({
      code: 'key.missing',
    })
    await expect(sent(['lost'], { format: 'p12', password: 'x' })).rejects.toMatchObject({
      code: 'key.missing',
    })
    expect(fingerprints(await sent(['lost']))).toEqual(prints(orphan))
  })

  test('when a key is marked then it stays, by whatever reference', async () => {
    const store = await filled()
    await store.edit({ kind: 'certificate', id: '1' }, { exportable: false })
    const wish = { noPassword: true, out: '-' } as const
    for (const [name, format] of [
      ['web', 'key'],
      ['web', 'p12'],
      [`keys/${web.id}`, 'key'],
    ] as const)
      await expect(send(store, [name], { ...wish, format })).rejects.toMatchObject({
        code: 'key.not-exportable',
      })
    expect(fingerprints(Buffer.from((await send(store, ['web'], { out: '-' })).stdout!))).toEqual(prints(web))
  })
})

describe('files', () => {
  test('when no file is named then it is called after the common name', async () => {
    const folder = temporaryFolder()
    const { files } = await send(await filled(), ['web'], { cwd: folder })
    expect(files).toMatchObject([
      { path: join(folder, '_.web.example.pem'), ids: ['1'], privateKey: false, outcome: 'changed' },
    ])
    expect(fingerprints(readFileSync(files[0]!.path))).toEqual(prints(web))
  })

  test('when each gets a file of its own then a folder takes them', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'out'))
    await send(await filled(), ['web', 'mail'], { cwd: folder, out: 'out', separate: true, format: 'crt' })
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['_.web.example.crt', 'mail.example.crt'])
  })

  test('when a folder with a slash at its end does not exist then it is made, and not left behind by a failure', async () => {
    const folder = temporaryFolder()
    await send(await filled(), ['web'], { cwd: folder, out: 'a/b/' })
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['_.web.example.pem'])
    await expect(send(await filled(), ['web'], { cwd: folder, out: '/proc/none/' })).rejects.toMatchObject({
      code: 'file.not-writable',
    })
  })

  test('when the disk is full then the error says so', async () => {
    const run = send(await filled(), ['web'], { out: '/dev/full' })
    await expect(run).rejects.toMatchObject({ message: expect.stringContaining('the disk is full') })
  })

  test('when several files would go to one place then it is refused', async () => {
    for (const out of ['one.pem', '-'])
      await expect(send(await filled(), ['web', 'mail'], { out, separate: true })).rejects.toMatchObject({
        field: 'out',
      })
  })

  test('when a DER file would have to hold two then it is refused', async () => {
    await expect(sent(['web', 'mail'], { format: 'der' })).rejects.toMatchObject({ code: 'input.invalid' })
    await expect(sent(['web'], { format: 'der', chain: true })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })

  test('when a form cannot hold a kind then it is refused', async () => {
    await expect(sent(['requests/new'], { format: 'p7b' })).rejects.toMatchObject({
      code: 'input.invalid',
      field: 'format',
    })
    await expect(sent([`keys/${web.id}`])).rejects.toMatchObject({ code: 'input.invalid' })
  })

  test('when the file exists then it stays as it is, until force is given', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.pem'), 'mine')
    const run = send(await filled(), ['web'], { cwd: folder, out: 'a.pem' })
    await expect(run).rejects.toMatchObject({
      code: 'file.exists',
      message: expect.stringContaining('a.pem'),
    })
    expect(readFileSync(join(folder, 'a.pem'), 'utf8')).toBe('mine')
    await send(await filled(), ['web'], { cwd: folder, out: 'a.pem', force: true })
    expect(fingerprints(readFileSync(join(folder, 'a.pem')))).toEqual(prints(web))
  })

  test('when the file holds the same bytes already then forcing it is unchanged', async () => {
    const folder = temporaryFolder()
    const wish = { cwd: folder, out: 'a.pem', force: true }
    await send(await filled(), ['web'], wish)
    expect((await send(await filled(), ['web'], wish)).files).toMatchObject([{ outcome: 'unchanged' }])
  })

  test('when the file holds the same bytes already then no force is needed, and a dry run knows it', async () => {
    const folder = temporaryFolder()
    const wish = { cwd: folder, out: 'a.pem' }
    await send(await filled(), ['web'], wish)
    const before = statSync(join(folder, 'a.pem')).mtimeMs
    for (const dryRun of [true, false]) {
      const { files } = await send(await filled(), ['web'], { ...wish, dryRun })
      expect(files).toMatchObject([{ outcome: 'unchanged' }])
    }
    expect(statSync(join(folder, 'a.pem')).mtimeMs).toBe(before)
    const other = send(await filled(), ['mail'], { ...wish, dryRun: true })
    await expect(other).rejects.toMatchObject({ code: 'file.exists' })
  })

  test('when a plain key lies there but others may read it then it is not unchanged', async () => {
    const folder = temporaryFolder()
    const wish = { cwd: folder, out: 'a.key', format: 'key', noPassword: true } as const
    await send(await filled(), ['web'], wish)
    expect((await send(await filled(), ['web'], wish)).files).toMatchObject([{ outcome: 'unchanged' }])
    chmodSync(join(folder, 'a.key'), 0o644)
    await expect(send(await filled(), ['web'], wish)).rejects.toMatchObject({ code: 'file.exists' })
    await send(await filled(), ['web'], { ...wish, force: true })
    expect(statSync(join(folder, 'a.key')).mode & 0o777).toBe(0o600)
  })

  test('when a PKCS#12 file lies there then it is refused before anybody is asked for a password', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.p12'), 'mine')
    const asked = { newPassword: () => Promise.reject(new Error('somebody was asked')) }
    const run = send(await filled(), ['web'], { cwd: folder, out: 'a.p12', format: 'p12', ...asked })
    await expect(run).rejects.toMatchObject({ code: 'file.exists' })
  })

  test('when one of several files exists then none is written', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'mail.example.pem'), 'mine')
    await expect(
      send(await filled(), ['web', 'mail'], { cwd: folder, separate: true }),
    ).rejects.toMatchObject({ code: 'file.exists' })
    expect(readdirSync(folder)).toEqual(['mail.example.pem'])
  })

  test('when a private key is written then only its owner may read the file, over an older one too', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'web.key'), 'old', { mode: 0o644 })
    const wish = { cwd: folder, format: 'key', noPassword: true, force: true } as const
    await send(await filled(), ['web'], { ...wish, out: 'web.key' })
    await send(await filled(), ['web'], { cwd: folder, format: 'p12', password: 'x', out: 'web.p12' })
    await send(await filled(), ['web'], { cwd: folder, out: 'web.pem' })
    const modes = ['web.key', 'web.p12', 'web.pem'].map((name) => statSync(join(folder, name)).mode & 0o077)
    expect(modes.slice(0, 2)).toEqual([0, 0])
    expect(modes[2]! & 0o044).toBe(0o044)
  })

  test('when the folder is not there then nothing is left behind', async () => {
    const folder = temporaryFolder()
    await expect(
      send(await filled(), ['web'], { cwd: folder, out: 'no/such/web.pem' }),
    ).rejects.toMatchObject({ code: 'file.not-writable' })
    expect(readdirSync(folder)).toEqual([])
  })

  test('when writing fails halfway then no file and no temporary one is there', async () => {
    const folder = temporaryFolder()
    symlinkSync('/proc/self', join(folder, 'proc'))
    await expect(send(await filled(), ['web'], { cwd: folder, out: 'proc/web.pem' })).rejects.toMatchObject({
      code: 'file.not-writable',
    })
    expect(readdirSync(folder)).toEqual(['proc'])
  })

  test('when a dry run is asked for then files are named and none is made', async () => {
    const folder = temporaryFolder()
    const report = await send(await filled(), ['web'], { cwd: folder, format: 'p12', dryRun: true })
    expect(report).toMatchObject({
      dryRun: true,
      files: [{ path: join(folder, '_.web.example.p12'), privateKey: true }],
    })
    expect(existsSync(report.files[0]!.path)).toBe(false)
  })

  test('when export is not permitted then nothing leaves', async () => {
    const store = await filled()
    const closed = { ...store, info: async () => ({ ...(await store.info()), claims: ['read'] as const }) }
    await expect(send(closed as unknown as Store, ['web'], { out: '-' })).rejects.toMatchObject({
      code: 'claim.missing',
    })
  })
})

test('when a file has mode 000 then force replaces it all the same', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.pem'), 'old')
  chmodSync(join(folder, 'a.pem'), 0)
  await send(await filled(), ['web'], { cwd: folder, out: 'a.pem', force: true })
  expect(statSync(join(folder, 'a.pem')).mode & 0o400).toBe(0o400)
})
