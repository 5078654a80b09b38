import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePem } from '../../src/formats/pem.ts'
import { importFiles, type ImportReport } from '../../src/operations/import-files.ts'
import { initStore } from '../../src/operations/init-store.ts'
import { openStore } from '../../src/operations/open-store.ts'
import { checkStore } from '../../src/operations/check-store.ts'
import type { Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate, makeKey } from '../support/make-certificates.ts'
import { noPassword, rowsOf, temporaryFolder } from '../support/worlds.ts'

const COUNT = 1001
const key = makeKey()
const bundle = Array.from({ length: COUNT }, (_, index) =>
  writePem('CERTIFICATE', makeCertificate({ cn: `host-${index}.example`, key }).der),
).join('')

const request = (folder: string) => ({
  reference: join(folder, 'pki'),
  settings: { stores: {} },
  ambient: frozenAmbient(),
  cwd: folder,
  dataFolder: folder,
  lockTimeoutMs: 5000,
  command: 'test',
  notice: () => undefined,
})

function take(store: Store, folder: string, dryRun: boolean): Promise<ImportReport> {
  const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }
  const paths = ['bundle.pem']
  return importFiles(store, { paths, cwd: folder, dryRun }, { dialog: { password: noPassword }, tools })
}

/** Name and bytes of every file below a folder. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path, readFileSync(path, 'base64')]
    }),
  )
}

test('when a bundle of 1,001 certificates is imported then there are 1,001, with ids in file order, and again unchanged', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'bundle.pem'), bundle)
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const store = await openStore(request(folder))
  const report = await take(store, folder, false)
  expect(report.outcomes.filter(({ what }) => what === 'created')).toHaveLength(COUNT)
  const rows = await rowsOf(store)
  expect(rows.map(({ id, subject }) => `${id} ${String(subject)}`)).toEqual(
    Array.from({ length: COUNT }, (_, index) => `${index + 1} CN=host-${index}.example,O=Example`),
  )
  expect((await take(store, folder, false)).outcomes.every(({ outcome }) => outcome === 'unchanged')).toBe(
    true,
  )
  await store.close()
  expect((await checkStore(request(folder))).findings).toEqual([])
})

test('when a bundle is imported dry then no byte of the store changes', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'bundle.pem'), bundle)
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const before = snapshot(folder)
  const store = await openStore(request(folder))
  expect((await take(store, folder, true)).outcomes).toHaveLength(COUNT)
  await store.close()
  expect(snapshot(folder)).toEqual(before)
})

test('when an import is refused then no byte of the records changes', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'bundle.pem'), `${bundle.slice(0, 200_000)}\n-----BEGIN CERTIFICATE-----\nAAAA`)
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const before = snapshot(folder)
  const store = await openStore(request(folder))
  await expect(take(store, folder, false)).rejects.toMatchObject({ code: 'pem.malformed' })
  await store.close()
  expect(snapshot(folder)).toEqual(before)
})

test('when a bundle is imported then reading and storing are counted for whoever waits', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'bundle.pem'), bundle)
  await initStore({ path: 'pki', cwd: folder, ambient: frozenAmbient() })
  const store = await openStore(request(folder))
  const told: string[] = []
  const progress = (done: number, total: number, what: string): void =>
    void told.push(`${what} ${done}/${total}`)
  const tools = { ambient: frozenAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }
  await importFiles(
    store,
    { paths: ['bundle.pem'], cwd: folder },
    { dialog: { password: noPassword, progress }, tools },
  )
  await store.close()
  const steps = (what: string): string[] => [0, 256, 512, 768].map((done) => `${what} ${done}/${COUNT}`)
  expect(told).toEqual(
    expect.arrayContaining([...steps('reading bundle.pem'), ...steps('storing certificates')]),
  )
})
