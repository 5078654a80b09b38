import { createPrivateKey } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { toHex } from '../../src/base/bytes.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { writePem } from '../../src/formats/pem.ts'
import { decryptPkcs8 } from '../../src/formats/pkcs8.ts'
import {
  importFiles,
  type ImportDialog,
  type ImportReport,
  type ImportRequest,
} from '../../src/operations/import-files.ts'
import type { ListedRecord, Store } from '../../src/store/store.ts'
import { csrFor } from '../contracts/authority/world.ts'
import { frozenAmbient } from '../support/ambient.ts'
import {
  makeCertificate,
  makeRequest,
  type TestCertificate,
  type TestKey,
} from '../support/make-certificates.ts'
import { countedPasswords, passwords } from '../support/password.ts'
import { memoryStore, noPassword, rowsOf, temporaryFolder } from '../support/worlds.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures')
const ca = makeCertificate({ cn: 'CA', ca: true })
const web = makeCertificate({ cn: 'web.example', issuer: ca })
const renewed = makeCertificate({ cn: 'web.example', issuer: ca, notAfter: '2028-01-01T00:00:00Z' })
const mail = makeCertificate({ cn: 'mail.example', issuer: ca })

const pem = ({ der }: TestCertificate): string => writePem('CERTIFICATE', der)
const keyPem = ({ pkcs8 }: TestKey): string => pkcs8.use((der) => writePem('PRIVATE KEY', der))

interface Wish extends Partial<ImportRequest> {
  readonly dialog?: Partial<ImportDialog>
  readonly stdin?: Uint8Array
}

function take(store: Store, cwd: string, paths: readonly string[], wish: Wish = {}): Promise<ImportReport> {
  const { dialog, stdin, ...request } = wish
  const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(stdin ?? new Uint8Array()) }
  return importFiles(
    store,
    { paths, cwd, ...request },
    { dialog: { password: noPassword, ...dialog }, tools },
  )
}

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

const what = (report: ImportReport): string[] =>
  report.outcomes.map((outcome) => `${outcome.kind} ${outcome.what}`)

describe('what lands', () => {
  test('when chain and key lie in different files then one call matches them', async () => {
    const folder = folderWith({ 'chain.pem': pem(web) + pem(ca), 'web.key': keyPem(web) })
    const store = memoryStore()
    const report = await take(store, folder, ['chain.pem', 'web.key'], { name: 'web', tags: ['t'] })
    expect(what(report)).toEqual(['key created', 'certificate created', 'certificate created'])
    expect(report).toMatchObject({ left: [], failures: [], orphanKeys: [], notes: [] })
    const [first, second] = await rowsOf(store)
    expect(first).toMatchObject({
      name: 'web',
      tags: ['t'],
      keyId: web.id,
      source: { how: 'imported', from: 'chain.pem' },
    })
    expect(second).toMatchObject({ tags: ['t'], subject: 'CN=CA,O=Example' })
    expect(second!['name']).toBeUndefined()
  })

  test('when an outcome is reported then it says where the item stood', async () => {
    const folder = folderWith({ 'chain.pem': pem(web) + pem(ca) })
    const { outcomes } = await take(memoryStore(), folder, ['chain.pem'])
    expect(outcomes.map(({ place }) => place?.file)).toEqual(['chain.pem', 'chain.pem'])
    expect(new Set(outcomes.map(({ place }) => place?.at)).size).toBe(2)
  })

  test('when the key of an ACME account lies in a folder (JWK) then it is left, and taken when its file is named', async () => {
    const jwk = createPrivateKey(keyPem(ca)).export({ format: 'jwk' })
    const x5c = [Buffer.from(web.der).toString('base64')]
    const folder = folderWith({
      'accounts/private_key.json': JSON.stringify(jwk),
      'live/web.json': JSON.stringify({
        keys: [{ ...createPrivateKey(keyPem(web)).export({ format: 'jwk' }), x5c }],
      }),
    })
    const store = memoryStore()
    const { left, orphanKeys } = await take(store, folder, ['.'])
    expect(left).toEqual([
      {
        what: 'JSON Web Key',
        place: { file: 'accounts/private_key.json', at: 'block 1 (line 1)' },
        why: 'it brings no certificate, like the key of an ACME account: name the file to take it',
      },
    ])
    expect(orphanKeys).toEqual([])
    expect(await rowsOf(store, 'key')).toHaveLength(1)
    expect((await take(store, folder, ['accounts/private_key.json'])).orphanKeys).toHaveLength(1)
    expect(await rowsOf(store, 'key')).toHaveLength(2)
  })

  test('when the extensions that a request asks for are damaged then it is no request for the queue', async () => {
    // the object identifier of subjectAltName under another tag
    const hex = toHex(csrFor(['dns:web.example'])).replace('0603551d11', '0c03551d11')
    const folder = folderWith({ 'damaged.csr': Buffer.from(hex, 'hex') })
    const store = memoryStore()
    await expect(take(store, folder, ['damaged.csr'])).rejects.toMatchObject({
      code: 'der.malformed',
      message: expect.stringContaining('damaged.csr') as string,
    })
    expect((await take(store, folder, ['.'])).failures).toMatchObject([{ file: 'damaged.csr' }])
    expect(await rowsOf(store, 'request')).toEqual([])
  })

  test('when a folder is named then everything below it lands, in name order', async () => {
    const folder = folderWith({
      'b/web.crt': pem(web),
      'a.der': web.der,
      'c/deep/er/mail.pem': pem(mail),
      'ca.cer': ca.der,
    })
    const store = memoryStore()
    await take(store, folder, ['.'])
    expect((await rowsOf(store)).map((row) => row['fingerprint'])).toEqual(
      [web, mail, ca].map(({ fingerprint }) => fingerprint),
    )
  })

  test('when standard input is named then it is read', async () => {
    const store = memoryStore()
    await take(store, '/', ['-'], { stdin: new TextEncoder().encode(pem(web)) })
    expect((await rowsOf(store))[0]).toMatchObject({ source: { from: '-' } })
  })

  test('when a request comes with a certificate for its key then it is told how to attach it', async () => {
    const folder = join(fixtures, 'requests')
    const store = memoryStore()
    const { notes } = await take(store, folder, ['web.csr', 'web-answer.pem'])
    expect(notes).toEqual([
      'request 1 came with a certificate for its key; what is the answer is attached with: certman sign 1 --certificate web-answer.pem',
    ])
    expect((await take(store, folder, ['web.csr', 'web-answer.pem'])).notes).toEqual([])
    const stdin = readFileSync(join(folder, 'web-answer.pem'))
    const piped = await take(memoryStore(), folder, ['web.csr', '-'], { stdin })
    expect(piped.notes).toEqual([expect.stringMatching(/--certificate FILE$/)])
    const apart = await take(memoryStore(), folder, ['web.csr', 'api-answer.pem'])
    expect(apart.notes).toEqual([])
  })

  test('when a request is imported by name then it is outstanding under that name', async () => {
    const request = makeRequest('new.example')
    const folder = folderWith({
      'new.csr': writePem('CERTIFICATE REQUEST', request.der),
      'new.key': keyPem(request),
    })
    const store = memoryStore()
    const report = await take(store, folder, ['new.csr', 'new.key'], { name: 'new' })
    expect(await rowsOf(store, 'request')).toMatchObject([
      { name: 'new', keyId: request.id, state: 'outstanding' },
    ])
    expect(report.orphanKeys).toEqual([])
  })

  test('when the same files come again then all is unchanged', async () => {
    const folder = folderWith({ 'chain.pem': pem(web) + pem(ca), 'web.key': keyPem(web) })
    const store = memoryStore()
    await take(store, folder, ['.'], { name: 'web' })
    const report = await take(store, folder, ['.'], { name: 'web' })
    expect(report.outcomes.every(({ outcome }) => outcome === 'unchanged')).toBe(true)
  })

  test('when a key has no certificate anywhere then it is named as an orphan, until it has', async () => {
    const folder = folderWith({ 'web.key': keyPem(web), 'web.pem': pem(web) })
    const store = memoryStore()
    expect((await take(store, folder, ['web.key'])).orphanKeys).toEqual([web.id])
    await take(store, folder, ['web.pem'])
    expect((await take(store, folder, ['web.key'])).orphanKeys).toEqual([])
  })

  test('when the PFX of a Windows server is imported then chain, key and friendly name land', async () => {
    const store = memoryStore()
    const paths = [join(fixtures, 'windows/intranet.pfx')]
    const report = await take(store, '/', paths, {
      name: 'intranet',
      dialog: { password: passwords('s3cret-Pw') },
    })
    expect(report.failures).toEqual([])
    const row = await store.resolve(parseReference('intranet'))
    expect(row['keyId']).toBeTypeOf('string')
    expect((await store.issuersOf(row.id)).length).toBe((await rowsOf(store)).length - 1)
  })

  test('when a Java keystore is imported then its entries land', async () => {
    for (const file of ['java/shop-keystore.jks', 'java/shop-keystore.p12']) {
      const store = memoryStore()
      await take(store, fixtures, [file], { dialog: { password: passwords('s3cret-Pw') } })
      expect((await rowsOf(store)).some((row) => row['keyId'] !== undefined)).toBe(true)
    }
  })
})

describe('passwords and keys at rest', () => {
  test('when no password is known then the error says so and nothing lands', async () => {
    const store = memoryStore()
    await expect(take(store, fixtures, ['windows/intranet.pfx'])).rejects.toMatchObject({
      code: 'password.required',
    })
    expect(await rowsOf(store)).toEqual([])
  })

  test('when the first password is wrong then the next one is asked for', async () => {
    const store = memoryStore()
    const { password, attempts } = countedPasswords('nope', 's3cret-Pw')
    await take(store, fixtures, ['windows/intranet.pfx'], { dialog: { password } })
    expect(attempts).toEqual([1, 2])
    expect(await rowsOf(store, 'key')).toHaveLength(1)
  })

  test('when an encrypted key is kept plain then a note says so', async () => {
    const report = await take(memoryStore(), fixtures, ['keys/web.key', 'keys/web.pem'], {
      dialog: { password: passwords('s3cret-Pw') },
    })
    expect(report.notes).toEqual([expect.stringContaining('without a password')])
  })

  test('when a server takes the key and tells of none then nothing is said about how it is kept', async () => {
    const store = memoryStore()
    const taking = store.import.bind(store)
    store.import = async (...order) => (await taking(...order)).filter(({ kind }) => kind !== 'key')
    const dialog = { password: passwords('s3cret-Pw') }
    expect((await take(store, fixtures, ['keys/web.key', 'keys/web.pem'], { dialog })).notes).toEqual([])
  })

  test('when a key password is given then keys rest encrypted under it', async () => {
    const folder = folderWith({ 'web.pem': pem(web) + keyPem(web) })
    const store = memoryStore()
    await take(store, folder, ['web.pem'], { keyPassword: new Secret('at rest') })
    const kept = await store.key(web.id)
    expect(kept.encrypted).toBe(true)
    const opened = kept.pkcs8.use((der) => decryptPkcs8(der, new Secret('at rest')))
    expect(opened.use((der) => Buffer.from(der))).toEqual(web.pkcs8.use((der) => Buffer.from(der)))
  })

  test('when a plain key is there already then it comes under the key password, and one with a password keeps that', async () => {
    const folder = folderWith({ 'web.key': keyPem(web) })
    const store = memoryStore()
    await take(store, folder, ['web.key'])
    await take(store, folder, ['web.key'], { keyPassword: new Secret('at rest') })
    const { encrypted, pkcs8 } = await store.key(web.id)
    expect(encrypted).toBe(true)
    const opened = pkcs8.use((der) => decryptPkcs8(der, new Secret('at rest')))
    expect(opened.use(toHex)).toBe(web.pkcs8.use(toHex))
    const report = await take(store, folder, ['web.key'], { keyPassword: new Secret('another') })
    expect(report.notes).toEqual([expect.stringContaining('keeps the password that it has')])
  })

  test('when keys are not wanted then they are left and said so', async () => {
    const folder = folderWith({ 'web.pem': pem(web) + keyPem(web) })
    const store = memoryStore()
    const report = await take(store, folder, ['web.pem'], { keys: false })
    expect(await rowsOf(store, 'key')).toEqual([])
    expect(report.left).toMatchObject([{ what: 'private key', why: 'keys are not wanted' }])
  })

  test('when a key may not leave again then certificate and key say so, and the issuer does not', async () => {
    const folder = folderWith({ 'web.pem': pem(web) + keyPem(web) + pem(ca) })
    const store = memoryStore()
    await take(store, folder, ['web.pem'], { exportable: false })
    expect((await rowsOf(store)).map((row) => row['exportable'])).toEqual([false, true])
    expect((await rowsOf(store, 'key'))[0]).toMatchObject({ exportable: false })
  })
})

describe('names and choices', () => {
  test('when several certificates have no key then the name is for the only end entity', async () => {
    const store = memoryStore()
    await take(store, folderWith({ 'c.pem': pem(ca) + pem(web) }), ['c.pem'], { name: 'web' })
    expect((await store.resolve(parseReference('web')))['subject']).toContain('web.example')
  })

  test('when two certificates could bear the name then the error lists them', async () => {
    const store = memoryStore()
    const run = take(store, folderWith({ 'c.pem': pem(mail) + pem(web) }), ['c.pem'], { name: 'web' })
    await expect(run).rejects.toMatchObject({
      code: 'input.invalid',
      field: 'name',
      message: expect.stringMatching(/CN=mail\.example.*CN=web\.example/),
    })
    expect(await rowsOf(store)).toEqual([])
  })

  test('when one of two is chosen then it bears the name and the other is left', async () => {
    const store = memoryStore()
    const folder = folderWith({ 'c.pem': pem(mail) + pem(web) + keyPem(mail) })
    const report = await take(store, folder, ['c.pem'], { name: 'web', only: ['2'] })
    expect(await rowsOf(store)).toMatchObject([{ name: 'web', subject: 'CN=web.example,O=Example' }])
    expect(report.left.map(({ why }) => why)).toEqual(['not chosen', 'its certificate was not chosen'])
  })

  test('when certificates are chosen by fingerprint then those land', async () => {
    const store = memoryStore()
    await take(store, folderWith({ 'c.pem': pem(mail) + pem(web) }), ['c.pem'], {
      only: [web.fingerprint.slice(0, 10)],
    })
    expect(await rowsOf(store)).toMatchObject([{ fingerprint: web.fingerprint }])
  })

  test('when what is chosen is not there then it is refused', async () => {
    const folder = folderWith({ 'c.pem': pem(mail) + pem(web) })
    for (const only of ['3', '0', 'deadbeef', 'web'])
      await expect(take(memoryStore(), folder, ['c.pem'], { only: [only] })).rejects.toMatchObject({
        code: 'input.invalid',
      })
  })

  test('when somebody can be asked then the checklist shows what is there and decides', async () => {
    const store = memoryStore()
    const folder = folderWith({ 'c.pem': pem(mail) + pem(web) + keyPem(web) + pem(ca) })
    await take(store, folder, ['c.pem'], {
      dialog: {
        choose: (candidates) => {
          expect(candidates).toMatchObject([
            { subject: 'CN=mail.example,O=Example', hasKey: false, ca: false },
            { subject: 'CN=web.example,O=Example', hasKey: true, ca: false },
            { subject: 'CN=CA,O=Example', hasKey: false, ca: true },
          ])
          return Promise.resolve([1, 2])
        },
      },
    })
    expect((await rowsOf(store)).map((row) => row['fingerprint'])).toEqual([web.fingerprint, ca.fingerprint])
  })

  test('when a name is taken and nobody can be asked then nothing lands', async () => {
    const store = memoryStore()
    const folder = folderWith({ 'a.pem': pem(web), 'b.pem': pem(renewed) + keyPem(renewed) })
    await take(store, folder, ['a.pem'], { name: 'web' })
    await expect(take(store, folder, ['b.pem'], { name: 'web' })).rejects.toMatchObject({
      code: 'name.taken',
    })
    expect(await rowsOf(store, 'key')).toEqual([])
  })

  test('when a name is taken then the person may replace, rename or stop', async () => {
    const codes: string[] = []
    const folder = folderWith({ 'a.pem': pem(web), 'b.pem': pem(renewed) })
    const answer = async (
      given: Awaited<ReturnType<NonNullable<ImportDialog['nameTaken']>>>,
    ): Promise<readonly ListedRecord[]> => {
      const store = memoryStore()
      await take(store, folder, ['a.pem'], { name: 'web' })
      const nameTaken: ImportDialog['nameTaken'] = (name, holder) => {
        expect([name, holder.id]).toEqual(['web', '1'])
        return Promise.resolve(given)
      }
      const taken = take(store, folder, ['b.pem'], { name: 'web', dialog: { nameTaken } })
      await taken.catch(({ code }: CertmanError) => codes.push(code))
      return rowsOf(store)
    }
    expect(await answer({ replace: true })).toMatchObject([{ supersededBy: '2' }, { name: 'web' }])
    expect(await answer({ name: 'web2' })).toMatchObject([{ name: 'web' }, { name: 'web2' }])
    expect(codes).toEqual([])
    expect(await answer(undefined)).toHaveLength(1)
    expect(codes).toEqual(['name.taken'])
  })

  test('when two PKCS#12 entries share a friendly name then both land, and no name is made up', async () => {
    const store = memoryStore()
    const dialog = { password: passwords('s3cret-Pw') }
    await take(store, fixtures, ['windows/intranet.pfx', 'java/shop-keystore.p12'], { dialog })
    expect((await rowsOf(store)).every((row) => row['name'] === undefined)).toBe(true)
    expect((await rowsOf(store)).some((row) => typeof row['friendlyName'] === 'string')).toBe(true)
  })
})

describe('bad input', () => {
  test('when a named file is damaged then nothing of the others lands', async () => {
    const folder = folderWith({ 'a.pem': pem(web), 'b.pem': pem(mail).replace(/\n[A-Z]/, '\n!') })
    const store = memoryStore()
    await expect(take(store, folder, ['a.pem', 'b.pem'])).rejects.toMatchObject({ code: 'pem.malformed' })
    expect(await rowsOf(store)).toEqual([])
  })

  test('when a file in a folder is damaged then it is named and the others land', async () => {
    const folder = folderWith({
      'd/a.pem': pem(web),
      'd/b.pem': pem(mail).replace(/\n[A-Z]/, '\n!'),
      'd/notes.txt': 'hello',
    })
    const store = memoryStore()
    const report = await take(store, folder, ['d'])
    expect(await rowsOf(store)).toHaveLength(1)
    expect(report.failures).toMatchObject([{ file: 'd/b.pem', code: 'pem.malformed' }])
    expect(report.left).toMatchObject([{ what: 'file', place: { file: 'd/notes.txt' } }])
  })

  test('when a folder has loops, dead links, hidden folders and doubles then each file is read once', async () => {
    const folder = folderWith({ 'd/web.pem': pem(web), 'd/.git/config': 'x' })
    symlinkSync('..', join(folder, 'd', 'loop'))
    symlinkSync('web.pem', join(folder, 'd', 'a1b2c3d4.0'))
    symlinkSync('nowhere', join(folder, 'd', 'dead.pem'))
    const report = await take(memoryStore(), folder, ['d'])
    expect(what(report)).toEqual(['certificate created'])
    expect(report.left.map(({ place, why }) => `${place.file}: ${why}`)).toEqual([
      'd/.git: hidden folders are not looked into',
      'd/dead.pem: a link that leads nowhere',
    ])
  })

  test('when a folder holds a store then its records are read and its other files are not', async () => {
    const folder = folderWith({
      'd/pki/store.json': '{"format":1}',
      'd/pki/index.sqlite': 'SQLite format 3\0',
      'd/pki/certificates/00/1.pem': pem(web),
      'd/pki/trash/certificates/00/2.pem': pem(mail),
      // one that has no record yet
      'd/new/store.json': '{"format":1}',
      'd/new/index.sqlite': 'SQLite format 3\0',
    })
    const report = await take(memoryStore(), folder, ['d'])
    expect(what(report)).toEqual(['certificate created'])
    expect(report.failures).toEqual([])
    const why = 'only its certificates, requests and keys are read, without their names and tags'
    expect(report.left.map(({ what: of, place, why: told }) => `${of} ${place.file}: ${told}`)).toEqual([
      `rest of the store d/new: ${why}`,
      `rest of the store d/pki: ${why}`,
    ])
  })

  test('when a file does not exist then the error names it', async () => {
    await expect(take(memoryStore(), '/', ['no/such.pem'])).rejects.toMatchObject({
      code: 'file.not-found',
      message: expect.stringContaining('no/such.pem'),
    })
  })

  test('when a file cannot be read then the error names it', async () => {
    const folder = temporaryFolder()
    symlinkSync('a.pem', join(folder, 'a.pem'))
    await expect(take(memoryStore(), folder, ['a.pem'])).rejects.toMatchObject({
      code: 'file.not-readable',
      message: expect.stringContaining('a.pem'),
    })
  })

  test('when a file is larger than any honest one then it is refused unread', async () => {
    const folder = folderWith({ 'big.pem': new Uint8Array(64 * 1024 * 1024 + 1) })
    await expect(take(memoryStore(), folder, ['big.pem'])).rejects.toMatchObject({
      code: 'limit.exceeded',
      message: 'big.pem is larger than 64 MiB',
    })
  })

  test('when there is nothing to import then the error says what was left and why', async () => {
    const run = take(memoryStore(), fixtures, ['mixed/issuing.crl'])
    await expect(run).rejects.toMatchObject({
      code: 'input.empty',
      message: expect.stringContaining('revocation list'),
    })
    await expect(take(memoryStore(), folderWith({ 'a/readme.txt': 'x' }), ['a'])).rejects.toMatchObject({
      code: 'input.empty',
    })
  })

  test('when a dry run is asked for then it reports and nothing lands', async () => {
    const folder = folderWith({ 'web.pem': pem(web) + keyPem(web) })
    const store = memoryStore()
    const report = await take(store, folder, ['web.pem'], {
      dryRun: true,
      name: 'web',
      keyPassword: new Secret('x'),
    })
    expect(report).toMatchObject({ dryRun: true, orphanKeys: [] })
    expect(what(report)).toEqual(['key created', 'certificate created'])
    expect(await rowsOf(store)).toEqual([])
  })

  test('when a folder lies about as it does on a server then what can land does, and the rest is told', async () => {
    const store = memoryStore()
    const report = await take(store, fixtures, ['mixed'])
    expect(report.failures.map(({ file }) => file)).toEqual(['mixed/damaged.pem'])
    expect(report.left.map(({ place }) => place.file)).toEqual(
      expect.arrayContaining(['mixed/README.md', 'mixed/notes.txt', 'mixed/issuing.crl']),
    )
    expect((await rowsOf(store)).length).toBeGreaterThanOrEqual(4)
    expect(await rowsOf(store, 'request')).toHaveLength(1)
  })
})
