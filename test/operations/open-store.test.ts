import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { checkStore } from '../../src/operations/check-store.ts'
import { initStore } from '../../src/operations/init-store.ts'
import { dataFolder, locateStore, openStore, type OpenRequest } from '../../src/operations/open-store.ts'
import { reindexStore } from '../../src/operations/reindex-store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { rowsOf, temporaryFolder } from '../support/worlds.ts'

const web = makeCertificate({ cn: 'web.example' })
const batch = {
  certificates: [{ der: web.der, name: 'web', source: { how: 'imported' } as const }],
  keys: [],
}

function asking(folder: string, more: Partial<OpenRequest> = {}): OpenRequest & { readonly said: string[] } {
  const said: string[] = []
  return {
    reference: undefined,
    settings: { stores: {} },
    ambient: frozenAmbient(),
    cwd: folder,
    dataFolder: join(folder, 'data', 'certman'),
    lockTimeoutMs: 1000,
    command: 'test',
    notice: (line) => said.push(line),
    said,
    ...more,
  }
}

test('when the default store does not exist then it answers like an empty one and is not made', async () => {
  const request = asking(temporaryFolder())
  const store = await openStore(request)
  expect(await rowsOf(store)).toEqual([])
  expect(await store.count('key', EVERYTHING)).toBe(0)
  expect(await store.trash()).toEqual([])
  await expect(store.resolve({ kind: 'certificate', by: 'text', text: '1' })).rejects.toMatchObject({
    code: 'record.not-found',
  })
  expect((await store.info()).name).toBe('default')
  await store.close()
  expect(existsSync(request.dataFolder)).toBe(false)
  expect(request.said).toEqual([])
})

test('when something is imported into the default store then it is made, private, and said so once', async () => {
  const request = asking(temporaryFolder())
  const store = await openStore(request)
  await store.import(batch)
  expect(await rowsOf(store)).toMatchObject([{ id: '1', name: 'web' }])
  await store.close()
  expect(request.said).toEqual([`made the default store in ${join(request.dataFolder, 'store')}`])
  expect(statSync(join(request.dataFolder, 'store')).mode & 0o077).toBe(0)
  const again = await openStore(request)
  expect(await rowsOf(again)).toHaveLength(1)
  await again.close()
  expect(request.said).toHaveLength(1)
})

test('when a dry run is tried on the default store then it is not made', async () => {
  const request = asking(temporaryFolder())
  const store = await openStore(request)
  expect(await store.import(batch, { dryRun: true })).toHaveLength(1)
  await store.close()
  expect(existsSync(request.dataFolder)).toBe(false)
})

test('when two commands make the default store at once then both changes land', async () => {
  const folder = temporaryFolder()
  const stores = await Promise.all([openStore(asking(folder)), openStore(asking(folder))])
  const mail = makeCertificate({ cn: 'mail.example' })
  await stores[0].import(batch)
  await stores[1].import({ certificates: [{ der: mail.der, source: { how: 'imported' } }], keys: [] })
  expect(await rowsOf(stores[0])).toHaveLength(2)
  await Promise.all(stores.map((store) => store.close()))
})

test('when a reference is a path or a name then that place is meant', () => {
  const settings = { stores: { prod: { path: '/srv/pki' }, work: { path: '/home/w' } }, defaultStore: 'work' }
  const place = (reference?: string) =>
    locateStore({ reference, settings, cwd: '/here', dataFolder: '/data' })
  expect(place('./pki')).toEqual({ how: 'path', path: '/here/pki', name: 'pki' })
  expect(place('..')).toEqual({ how: 'path', path: '/', name: '' })
  expect(place('/abs/olute')).toMatchObject({ how: 'path', path: '/abs/olute' })
  expect(place('prod')).toEqual({ how: 'name', path: '/srv/pki', name: 'prod' })
  expect(place()).toMatchObject({ how: 'name', name: 'work' })
  expect(() => place('toString')).toThrow(
    expect.objectContaining({ code: 'store.not-found', hint: expect.stringContaining('prod, work') }),
  )
  expect(
    locateStore({ reference: undefined, settings: { stores: {} }, cwd: '/', dataFolder: '/data' }),
  ).toEqual({ how: 'default', path: '/data/store', name: 'default' })
})

test('when a bare word is no configured name then it is the folder of that name, if that is a store', async () => {
  const cwd = temporaryFolder()
  await initStore({ path: './pki', cwd, ambient: frozenAmbient() })
  const place = (reference: string, stores = {}) =>
    locateStore({ reference, settings: { stores }, cwd, dataFolder: '/data' })
  expect(place('pki')).toEqual({ how: 'path', path: join(cwd, 'pki'), name: 'pki' })
  expect(place('pki', { pki: { path: '/srv/pki' } })).toMatchObject({ how: 'name', path: '/srv/pki' })
  for (const word of ['data', ''])
    expect(() => place(word)).toThrow(expect.objectContaining({ code: 'store.not-found' }))
})

test('when the platform differs then so does the folder of the data', () => {
  const of = (platform: string, env = {}) => dataFolder({ platform, env, home: '/home/me' })
  expect(of('linux')).toBe('/home/me/.local/share/certman')
  expect(of('linux', { XDG_DATA_HOME: '/x' })).toBe('/x/certman')
  expect(of('linux', { XDG_DATA_HOME: '' })).toBe('/home/me/.local/share/certman')
  expect(of('darwin')).toBe('/home/me/Library/Application Support/certman')
  expect(of('win32', { LOCALAPPDATA: '/L' })).toBe('/L/certman')
})

test('when a folder is no store then opening it is refused', async () => {
  const folder = temporaryFolder()
  await expect(openStore(asking(folder, { reference: './none' }))).rejects.toMatchObject({
    code: 'store.not-found',
  })
  await expect(openStore(asking(folder, { reference: folder }))).rejects.toMatchObject({
    code: expect.stringMatching(/^store\.(invalid|not-found)$/),
  })
})

test('when a store is made dry then nothing is, and the same refusals hold', async () => {
  const folder = temporaryFolder()
  const ambient = frozenAmbient()
  const info = await initStore({ path: 'pki', cwd: folder, ambient, dryRun: true })
  expect(info).toMatchObject({ name: 'pki', location: join(folder, 'pki') })
  expect(readdirSync(folder)).toEqual([])
  writeFileSync(join(folder, 'mine.txt'), 'x')
  const mine = join(folder, 'mine.txt')
  for (const [path, what] of [
    [folder, 'is not empty'],
    [mine, 'is a file'],
  ] as const)
    for (const dryRun of [true, false])
      await expect(initStore({ path, cwd: '/', ambient, dryRun })).rejects.toMatchObject({
        code: 'store.exists',
        message: expect.stringContaining(what) as string,
      })
  expect(readdirSync(folder)).toEqual(['mine.txt'])
})

test('when a store is made with claims then it permits those only', async () => {
  const folder = temporaryFolder()
  await initStore({
    path: 'pki',
    cwd: folder,
    name: 'Lager',
    claims: ['read', 'import'],
    ambient: frozenAmbient(),
  })
  const store = await openStore(asking(folder, { reference: './pki' }))
  expect(await store.info()).toMatchObject({ name: 'Lager', claims: ['read', 'import'], kind: 'directory' })
  await store.import(batch)
  await expect(store.delete([{ kind: 'certificate', id: '1' }])).rejects.toMatchObject({
    code: 'claim.missing',
  })
  await store.close()
})

test('when a certificate file is altered by hand then check names it and show refuses it', async () => {
  const folder = temporaryFolder()
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const request = asking(folder, { reference: './pki' })
  const store = await openStore(request)
  await store.import(batch)
  expect(await checkStore(request)).toMatchObject({ ok: true, findings: [], location: join(folder, 'pki') })
  const file = readdirSync(join(folder, 'pki'), { recursive: true })
    .map(String)
    .find((name) => name.endsWith('1.pem'))!
  const other = makeCertificate({ cn: 'other' })
  const text = readFileSync(join(folder, 'pki', file), 'utf8')
  const body = Buffer.from(other.der).toString('base64').replace(/.{64}/g, '$&\n')
  writeFileSync(
    join(folder, 'pki', file),
    text.replace(/(-----BEGIN CERTIFICATE-----\n)[^-]+/, `$1${body}\n`),
  )
  await expect(store.certificate('1')).rejects.toMatchObject({
    code: 'store.damaged',
    message: expect.stringContaining(file),
  })
  await store.close()
  expect((await checkStore(request)).ok).toBe(false)
})

test('when the index is gone then the next command builds it, and reindex counts', async () => {
  const folder = temporaryFolder()
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const request = asking(folder, { reference: './pki' })
  const store = await openStore(request)
  await store.import(batch)
  await store.close()
  rmSync(join(folder, 'pki', 'index.sqlite'))
  const again = await openStore(request)
  expect(await rowsOf(again)).toMatchObject([{ id: '1', name: 'web', subject: 'CN=web.example,O=Example' }])
  await again.close()
  expect(await reindexStore(request)).toMatchObject({ records: 1, adopted: [] })
})
