import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Hex } from '../../../src/crypto/digest.ts'
import { EVERYTHING, fieldIs } from '../../../src/domain/filter.ts'
import { writePem } from '../../../src/formats/pem.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { openDatabase } from '../../../src/repository/directory/sqlite.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import {
  addCertificate,
  addCertificates,
  certificateDer,
  destroyCertificate,
  restoreCertificate,
  trashCertificate,
  visibleState,
} from '../material.ts'
import { newStore, withStore } from './stores.ts'

/** Octets of a page of the index. */
const PAGE = 8192

/** Files of a process that dies when it has removed `last`: what follows the files, the index first, is not done. */
const dyingAfter =
  (last: string) =>
  (root: string): Files => {
    const real = realFiles(root)
    let isDead = false
    const living = <T>(call: () => T): T => {
      if (isDead) throw new Error('killed')
      return call()
    }
    return {
      ...real,
      truncate: (path, size) => living(() => real.truncate(path, size)),
      remove: (path) => {
        living(() => real.remove(path))
        if (path !== last) return
        isDead = true
        throw new Error('killed')
      },
    }
  }

/** A store of three loose certificates whose writer died while it deleted the first: the files are done. */
async function abandonedStore(): Promise<string> {
  const { path, repository } = await newStore()
  await addCertificates(repository, 3)
  await repository.close()
  await abandon(path)
  return path
}

const abandon = (path: string): Promise<void> =>
  expect(
    withStore(path, (repository) => trashCertificate(repository, '1'), {
      files: dyingAfter('certificates/00/1.pem'),
    }),
  ).rejects.toThrow('killed')

/** Overwrites a page of a table of the index: that at its root, or the last one that has rows. */
function damageTable(path: string, table: string, part: 'root' | 'last' = 'root'): void {
  const file = join(path, 'index.sqlite')
  const database = openDatabase(file, 1000)
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  const root = database.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.['rootpage']
  database.close()
  const bytes = readFileSync(file)
  // an interior page ends its header with the number of its right-most child (https://www.sqlite.org/fileformat2.html)
  const page = part === 'root' ? Number(root) : bytes.readUInt32BE((Number(root) - 1) * PAGE + 8)
  bytes.fill(0xff, (page - 1) * PAGE, page * PAGE)
  writeFileSync(file, bytes)
}

test.each(['edited', 'taken away'])(
  'when what a dead writer left behind was %s by hand then the next command goes on all the same',
  async (how) => {
    const path = await abandonedStore()
    const file = join(path, 'trash/certificates/00/1.pem')
    if (how === 'edited') writeFileSync(file, readFileSync(file, 'utf8').replace('id: "1"', 'id: "one"'))
    else rmSync(file)
    await withStore(path, async (repository) => {
      expect(await repository.read('certificate', '1')).toBeUndefined()
      expect((await repository.read('certificate', '2'))?.id).toBe('2')
      expect(await addCertificates(repository, 1)).toEqual(['4'])
    })
    expect(readFileSync(join(path, 'journal'), 'utf8')).toBe('')
  },
)

test.each(['log', 'log/2026-03.jsonl'])(
  'when %s is taken away before a change is finished then the log begins anew with it, and that is said',
  async (taken) => {
    const path = await abandonedStore()
    expect(readdirSync(join(path, 'log'))).toEqual(['2026-03.jsonl'])
    rmSync(join(path, taken), { recursive: true })
    const said: string[] = []
    const state = await withStore(path, visibleState, { onNotice: (line) => said.push(line) })
    expect(state).toMatchObject({ live: [{ id: '2' }, { id: '3' }], trash: [{ id: '1' }] })
    expect(said[0]).toBe(
      `the change log in ${join(path, 'log')} was gone: it begins anew with the last change`,
    )
    const lines = readFileSync(join(path, 'log/2026-03.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ kind: 'certificate', id: '1' }])
    const findings = await withStore(path, (repository) => repository.check())
    expect(findings.map(({ code }) => code)).toEqual(['log-behind'])
  },
)

test('when a writer dies beside a reader that goes on then the reader finishes its change', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 3)
  await abandon(path)
  expect(await repository.read('certificate', '1')).toBeUndefined()
  expect((await repository.trashed()).map(({ id }) => id)).toEqual(['1'])
  await repository.close()
})

test('what nobody can take in by hand hinders no reindexing and stays where it lies', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 2)
  await repository.close()
  mkdirSync(join(path, 'certificates/old.d'), { mode: 0o700 })
  const broken = join(path, 'certificates/broken.pem')
  writeFileSync(broken, writePem('CERTIFICATE', certificateDer(9).subarray(0, 40)), { mode: 0o600 })
  writeFileSync(join(path, 'certificates/good.pem'), writePem('CERTIFICATE', certificateDer(8)))
  expect((await withStore(path, (store) => store.reindex())).adopted).toEqual(['3'])
  expect(readdirSync(join(path, 'certificates')).sort()).toEqual(['00', 'broken.pem', 'old.d'])
})

test('when a record in the trash was edited by hand then reindexing does not bring it back to life', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 2)
  await trashCertificate(repository, '2')
  await repository.close()
  const file = join(path, 'trash/certificates/00/2.pem')
  writeFileSync(file, readFileSync(file, 'utf8').replace('id: "2"', 'id: "two"'))
  expect(await withStore(path, (store) => store.reindex())).toEqual({ records: 1, adopted: [] })
  expect(readFileSync(file, 'utf8')).toContain('id: "two"')
})

test.each([
  ['meta', 'made'],
  ['certificate_row', 'store.damaged'],
  ['certificate_young', 'store.damaged'],
])(
  'when the table %s of the index is damaged beside a writer then its change is %s, and the next one is made',
  async (table, outcome) => {
    const { path, repository } = await newStore()
    await addCertificates(repository, 200)
    await repository.close()
    damageTable(path, table)
    await withStore(path, async (store) => {
      const told = addCertificates(store, 9).then(
        () => 'made',
        ({ code }) => code,
      )
      expect(await told).toBe(outcome)
      expect(await addCertificates(store, 1)).toHaveLength(1)
      expect(await store.check()).toEqual([])
    })
  },
)

test.each(['certificate', 'certificate_row', 'certificate_settled'])(
  'when the table %s of the index is damaged then a record is found and listed all the same',
  async (table) => {
    const { path, repository } = await newStore()
    await addCertificates(repository, 3)
    await repository.reindex()
    const fingerprint = sha256Hex(certificateDer(2))
    const questions = [
      async (store: Repository) =>
        (await store.find('certificate', { by: 'fingerprint', fingerprint })).map(({ id }) => id),
      async (store: Repository) => {
        const ids: string[] = []
        const query = { filter: fieldIs('fingerprint', fingerprint), sort: [] }
        for await (const { id } of store.list('certificate', query)) ids.push(id)
        return ids
      },
    ]
    await repository.close()
    for (const question of questions) {
      damageTable(path, table)
      expect(await withStore(path, question)).toEqual(['2'])
    }
    expect(await withStore(path, (store) => store.check())).toEqual([])
  },
)

test('when a listing comes upon damage in its midst then it says so, and the next one is whole', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 200)
  await repository.close()
  damageTable(path, 'certificate_row', 'last')
  await withStore(path, async (store) => {
    const ids: string[] = []
    const listed = async (): Promise<void> => {
      for await (const { id } of store.list('certificate', EVERYTHING)) ids.push(id)
    }
    await expect(listed()).rejects.toMatchObject({ code: 'store.damaged' })
    expect(ids.length).toBeGreaterThan(0)
    ids.length = 0
    await listed()
    expect(ids).toHaveLength(200)
  })
})

test('a transaction that destroys records of a segment and goes on writing to it is refused, nothing is lost', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 20)
  await trashCertificate(repository, '5')
  const both = repository.write(async (tx) => {
    await tx.destroy('certificate', '5', { action: 'destroy', kind: 'certificate', id: '5' })
    for (let count = 0; count < 20; count++) await addCertificate(tx)
  })
  await expect(both).rejects.toThrow('certificates/segments/1.pem')
  await restoreCertificate(repository, '5')
  await trashCertificate(repository, '5')
  await destroyCertificate(repository, '5')
  expect(await repository.check()).toEqual([])
  await repository.close()
  expect(await withStore(path, (store) => store.count('certificate', { filter: { op: 'all' } }))).toBe(19)
})

test('when another version of certman made the index then it is built anew, and the notice says what may have been', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 3)
  await repository.close()
  const database = openDatabase(join(path, 'index.sqlite'), 1000)
  database.exec('PRAGMA user_version = 7; DROP VIEW certificate_terms; DROP TABLE certificate_young')
  database.close()
  const notices: string[] = []
  const onNotice = (line: string): void => void notices.push(line)
  const fingerprint = sha256Hex(certificateDer(2))
  const found = await withStore(
    path,
    (reopened) => reopened.find('certificate', { by: 'fingerprint', fingerprint }),
    { onNotice },
  )
  expect(found.map(({ id }) => id)).toEqual(['2'])
  expect(notices).toEqual([
    `the index of ${path} was rebuilt from 3 records: it was missing, damaged or made by another version of certman`,
  ])
})
