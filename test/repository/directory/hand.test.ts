import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { writePem } from '../../../src/formats/pem.ts'
import type { Finding, Repository } from '../../../src/repository/repository.ts'
import { localStore } from '../../../src/store/local-store.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import {
  addCertificates,
  certificate,
  certificateDer,
  destroyCertificate,
  trashCertificate,
} from '../material.ts'
import { newStore, withStore } from './stores.ts'

/** A closed store with three loose certificates, twelve in a segment, and two of them in the trash. */
async function someStore(): Promise<{ readonly path: string; readonly file: (path: string) => string }> {
  const { path, repository } = await newStore()
  await addCertificates(repository, 3)
  await addCertificates(repository, 12)
  await trashCertificate(repository, '3')
  await trashCertificate(repository, '15')
  await repository.close()
  return { path, file: (inner) => join(path, inner) }
}

const findings = async (path: string): Promise<string[]> =>
  (await withStore(path, (repository) => repository.check())).map((finding: Finding) => {
    expect(finding.message).not.toBe('')
    expect(finding.hint).not.toBe('')
    return `${finding.code} ${finding.path.slice(path.length + 1)}`
  })
const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))
/** Puts the index of one folder into another, with its log where there is one: not every Node leaves it behind. */
const bringIndex = (from: string, to: string): void => {
  for (const name of ['index.sqlite', 'index.sqlite-wal', 'index.sqlite-shm']) {
    rmSync(join(to, name), { force: true })
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name))
  }
}
const idsIn = async (repository: Repository): Promise<string[]> => {
  const found: string[] = []
  for await (const { id } of repository.list('certificate', EVERYTHING)) found.push(id)
  return found
}

test('an untouched store has no findings', async () => {
  const { path } = await someStore()
  expect(await findings(path)).toEqual([])
})

test('when the bytes in a file are no certificate any more, reading names the file, and it is the store that is damaged', async () => {
  const { path, file } = await someStore()
  const name = file('certificates/00/1.pem')
  edit(name, (text) => text.replace(/(-----BEGIN [A-Z ]+-----\n)M/, '$1N'))
  const reading = withStore(path, (repository) => repository.read('certificate', '1'))
  await expect(reading).rejects.toMatchObject({
    code: 'store.damaged',
    message: expect.stringContaining(name),
  })
  expect(await findings(path)).toEqual(['certificate-damaged certificates/00/1.pem'])
})

test('when other bytes stand in a file, reading it and the check name the file', async () => {
  const { path, file } = await someStore()
  const other = writePem('CERTIFICATE', certificateDer(99))
  edit(file('certificates/00/1.pem'), (text) => text.slice(0, text.indexOf('-----BEGIN')) + other)
  const reading = withStore(path, (repository) => repository.read('certificate', '1'))
  await expect(reading).rejects.toMatchObject({
    code: 'store.damaged',
    message: expect.stringContaining(file('certificates/00/1.pem')),
  })
  expect(await findings(path)).toEqual(['certificate-altered certificates/00/1.pem'])
})

test('when a line of base64 is damaged, reading it and the check name the file', async () => {
  const { path, file } = await someStore()
  edit(file('certificates/00/1.pem'), (text) => text.replace('MIIB', 'MI*B'))
  const reading = withStore(path, (repository) => repository.read('certificate', '1'))
  await expect(reading).rejects.toMatchObject({ code: 'store.damaged' })
  expect(await findings(path)).toEqual(['certificate-damaged certificates/00/1.pem'])
})

test('when a field was edited by hand, reading shows it, the check reports it, reindex takes it', async () => {
  const { path, file } = await someStore()
  edit(file('certificates/00/1.pem'), (text) => text.replace('tags: []', 'tags: ["by hand"]'))
  await withStore(path, async (repository) => {
    expect((await repository.read('certificate', '1'))?.fields['tags']).toEqual(['by hand'])
    const [known] = await repository.find('certificate', { by: 'id', id: '1' })
    const put = repository.write((tx) =>
      tx.put(certificate('1'), known!.revision, { action: 'edit', kind: 'certificate', id: '1' }),
    )
    await expect(put).rejects.toMatchObject({ code: 'record.changed' })
  })
  expect(await findings(path)).toEqual(['record-edited certificates/00/1.pem'])
  await withStore(path, async (repository) => {
    await repository.reindex()
    expect((await repository.find('certificate', { by: 'id', id: '1' }))[0]?.row['tags']).toEqual(['by hand'])
  })
  expect(await findings(path)).toEqual([])
})

test('when a field was edited by hand then no verb goes over it, and its refusal says how to take the edit in', async () => {
  const { path, file } = await someStore()
  const name = file('certificates/00/1.pem')
  edit(name, (text) => text.replace('tags: []', 'tags: ["hand"]'))
  const edited = readFileSync(name, 'utf8')
  const target = { kind: 'certificate', id: '1' } as const
  await withStore(path, async (repository) => {
    const store = localStore(repository, { ambient: frozenAmbient(), kind: 'directory', location: path })
    const refusal = {
      code: 'record.changed',
      message: expect.stringContaining(`certificate 1 was edited by hand: ${name}`),
      hint: expect.stringContaining('certman store reindex'),
    }
    await expect(store.edit(target, { addTags: ['more'] })).rejects.toMatchObject(refusal)
    await expect(store.delete([target])).rejects.toMatchObject(refusal)
    expect(readFileSync(name, 'utf8')).toBe(edited)
    await repository.reindex()
    expect((await store.edit(target, { addTags: ['more'] })).row['tags']).toEqual(['hand', 'more'])
  })
})

test('when a file is deleted, reading it and the check say which', async () => {
  const { path, file } = await someStore()
  rmSync(file('certificates/00/1.pem'))
  const reading = withStore(path, (repository) => repository.read('certificate', '1'))
  await expect(reading).rejects.toMatchObject({
    code: 'store.damaged',
    message: expect.stringContaining('is missing'),
  })
  expect(await findings(path)).toEqual(['certificate-missing certificates/00/1.pem'])
})

test('when an old copy of a file is brought back, the check says so', async () => {
  const { path, file } = await someStore()
  copyFileSync(file('certificates/00/1.pem'), file('../old.pem'))
  await withStore(path, (repository) =>
    repository.write((tx) =>
      tx.put(certificate('1', { tags: ['new'] }), 'any', { action: 'edit', kind: 'certificate', id: '1' }),
    ),
  )
  renameSync(file('../old.pem'), file('certificates/00/1.pem'))
  expect(await findings(path)).toEqual(['record-edited certificates/00/1.pem'])
})

test.each([
  ['deleted', (index: string) => rmSync(index)],
  ['cut off', (index: string) => truncateSync(index, 5000)],
  [
    'overwritten with text',
    (index: string) => writeFileSync(index, 'no database at all, but long enough to look'.repeat(200)),
  ],
  ['emptied', (index: string) => truncateSync(index, 0)],
])('when the index is %s, the next command rebuilds it and says so', async (_, damage) => {
  const { path, file } = await someStore()
  for (const suffix of ['-wal', '-shm']) rmSync(file(`index.sqlite${suffix}`), { force: true })
  damage(file('index.sqlite'))
  const notices: string[] = []
  await withStore(
    path,
    async (repository) => {
      expect(await idsIn(repository)).toEqual([
        '1',
        '2',
        '4',
        '5',
        '6',
        '7',
        '8',
        '9',
        '10',
        '11',
        '12',
        '13',
        '14',
      ])
      expect((await repository.trashed()).map(({ id }) => id).sort()).toEqual(['15', '3'])
    },
    { onNotice: (line) => notices.push(line) },
  )
  expect(notices).toEqual([expect.stringContaining('was rebuilt')])
  expect(await findings(path)).toEqual([])
})

test('when an older index is brought back, the next command rebuilds it', async () => {
  const { path, file } = await someStore()
  for (const suffix of ['-wal', '-shm']) rmSync(file(`index.sqlite${suffix}`), { force: true })
  rmSync(file('index.sqlite'))
  await withStore(path, idsIn)
  mkdirSync(file('../old'))
  bringIndex(path, file('../old'))
  await withStore(path, (repository) => addCertificates(repository, 1))
  bringIndex(file('../old'), path)
  expect(await withStore(path, idsIn)).toContain('16')
})

test('when the index of another store is put there, it is not believed', async () => {
  const [one, other] = [await someStore(), await newStore()]
  await other.repository.close()
  bringIndex(other.path, one.path)
  expect(await withStore(one.path, idsIn)).toHaveLength(13)
})

test('when store.json lags behind what is in use then no id is given twice, and it is no fault', async () => {
  const { path, file } = await someStore()
  edit(file('store.json'), (text) => text.replace(/"certificate": \d+/, '"certificate": 2'))
  expect(await findings(path)).toEqual([])
  expect(await withStore(path, (repository) => addCertificates(repository, 1))).toEqual(['16'])
})

test('when an old store.json is brought back after the newest was destroyed, the check warns and reindex corrects it', async () => {
  const { path, file } = await someStore()
  const old = readFileSync(file('store.json'), 'utf8')
  await withStore(path, (repository) => destroyCertificate(repository, '15'))
  expect(await findings(path)).toEqual([])
  writeFileSync(file('store.json'), old)
  expect(await findings(path)).toEqual(['next-id-low store.json'])
  await withStore(path, (repository) => repository.reindex())
  expect(await findings(path)).toEqual([])
  expect(await withStore(path, (repository) => addCertificates(repository, 1))).toEqual(['16'])
})

test.each(['index.sqlite', 'no file at all'])(
  'when the newest record and %s are taken away by hand then its id is not given again',
  async (other) => {
    const { path, file } = await someStore()
    expect(await withStore(path, (repository) => addCertificates(repository, 1))).toEqual(['16'])
    rmSync(file('certificates/00/16.pem'))
    rmSync(file(other), { force: true })
    expect(await withStore(path, (repository) => addCertificates(repository, 1))).toEqual(['17'])
  },
)

test('when a certificate is dropped into the folder, reindex takes it in under its number or the next', async () => {
  const { path, file } = await someStore()
  writeFileSync(file('certificates/web server.pem'), `hello\n${writePem('CERTIFICATE', certificateDer(50))}`)
  writeFileSync(file('certificates/00/77.pem'), writePem('CERTIFICATE', certificateDer(51)))
  expect(await findings(path)).toEqual(
    expect.arrayContaining([
      'certificate-damaged certificates/00/77.pem',
      'stray-file certificates/web server.pem',
    ]),
  )
  const { adopted } = await withStore(path, (repository) => repository.reindex())
  expect([...adopted].sort()).toEqual(['77', '78'])
  expect(await findings(path)).toEqual([])
  await withStore(path, async (repository) => {
    expect((await repository.read('certificate', '78'))?.fields['source']).toEqual({
      how: 'imported',
      from: 'web server.pem',
    })
    expect(Buffer.from((await repository.read('certificate', '77'))!.pem!.der)).toEqual(
      Buffer.from(certificateDer(51)),
    )
    expect(await addCertificates(repository, 1)).toEqual(['79'])
  })
})

test('when a copy of a record lies in another folder, the check names it and reindex leaves it alone', async () => {
  const { path, file } = await someStore()
  mkdirSync(file('certificates/07'), { mode: 0o700 })
  copyFileSync(file('certificates/00/1.pem'), file('certificates/07/1.pem'))
  expect(await findings(path)).toEqual(['stray-file certificates/07/1.pem'])
  expect((await withStore(path, (repository) => repository.reindex())).adopted).toEqual([])
})

test('when a segment loses its end, the check names segment and records, and the rest stays in use', async () => {
  const { path, file } = await someStore()
  await withStore(path, (repository) => addCertificates(repository, 12))
  const segment = file('certificates/segments/1.pem')
  truncateSync(segment, readFileSync(segment).length - 1500)
  const found = await findings(path)
  expect(found).toContain('segment-torn certificates/segments/1.pem')
  expect(found.filter((line) => line.startsWith('certificate-missing'))).toHaveLength(2)
  await withStore(path, async (repository) => {
    expect((await repository.read('certificate', '5'))?.id).toBe('5')
    expect(await addCertificates(repository, 20)).toHaveLength(20)
  })
  expect(readFileSync(segment).length).toBeGreaterThan(10_000)
})

test('when permissions let others in, the check names each file', async () => {
  const { path, file } = await someStore()
  chmodSync(file('certificates/00/1.pem'), 0o644)
  chmodSync(path, 0o755)
  expect(await findings(path)).toEqual(['mode-open ', 'mode-open certificates/00/1.pem'])
})

test('when the store is reached by a link then the check looks at the store', async () => {
  const { path } = await someStore()
  const link = `${path}-link`
  symlinkSync(path, link)
  expect(await findings(link)).toEqual([])
  chmodSync(path, 0o755)
  expect(await findings(link)).toEqual(['mode-open '])
})

test('when files lie about that do not belong there, the check names them; left-overs of writers are swept', async () => {
  const { path, file } = await someStore()
  writeFileSync(file('notes.txt'), '', { mode: 0o600 })
  writeFileSync(file('certificates/00/.1.pem.new'), 'half', { mode: 0o600 })
  expect(await findings(path)).toEqual(['stray-file notes.txt'])
  expect(() => readFileSync(file('certificates/00/.1.pem.new'))).toThrow('ENOENT')
})

test('when the log is damaged or lacks lines, the check says so', async () => {
  const { path, file } = await someStore()
  edit(file('log/2026-03.jsonl'), (text) => text.replace(/^.*"id":"5".*\n/m, '').replace('{"time"', '{time'))
  expect(await findings(path)).toEqual(['log-behind log', 'log-damaged log/2026-03.jsonl'])
})

test('a store of a newer format is refused, a folder that is no store too', async () => {
  const { path, file } = await someStore()
  edit(file('store.json'), (text) => text.replace('"format": 1', '"format": 2'))
  await expect(withStore(path, idsIn)).rejects.toMatchObject({ code: 'store.newer-format' })
  rmSync(file('store.json'))
  await expect(withStore(path, idsIn)).rejects.toMatchObject({ code: 'store.invalid' })
  await expect(withStore(`${path}-not`, idsIn)).rejects.toMatchObject({ code: 'store.not-found' })
})
