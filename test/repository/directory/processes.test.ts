import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { addCertificates } from '../material.ts'
import { newStore, options, withStore } from './stores.ts'
import { startWorker } from './workers.ts'

/** Kills per store, each at another moment: 200 in all. A store that lives longer only makes its check dearer. */
const ROUNDS = 50
const STORES = ['first', 'second', 'third', 'fourth']

const liveIds = async (repository: Repository): Promise<Set<string>> => {
  const found = new Set<string>()
  for await (const { id } of repository.list('certificate', EVERYTHING)) found.add(id)
  return found
}

/** What the acknowledgements say must be live, and must be in the trash. */
function expected(acknowledged: readonly string[]): {
  readonly live: Set<string>
  readonly trash: Set<string>
} {
  const [live, trash] = [new Set<string>(), new Set<string>()]
  for (const word of acknowledged) {
    const id = word.slice(1)
    if (word.startsWith('+')) live.add(id)
    else if (live.delete(id)) trash.add(id)
  }
  return { live, trash }
}

test.each(STORES)(
  `killed ${ROUNDS} times in a stream of imports and deletes, the %s store misses nothing acknowledged and its check is clean`,
  async () => {
    const { path: store, repository: empty } = await newStore()
    await empty.close()
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const worker = await startWorker(store, 'stream')
      // at least one acknowledgement, then a moment that differs from round to round: 0 to 19 turns of the loop
      await worker.next()
      for (let turn = 0; turn < round % 20; turn++) await new Promise((resume) => setImmediate(resume))
      worker.process.kill('SIGKILL')
      expect((await worker.ended).status).toBe('SIGKILL')
      acknowledged.push(...worker.acknowledged())
      const wanted = expected(acknowledged)
      await withStore(store, async (repository) => {
        expect(await repository.check()).toEqual([])
        const live = await liveIds(repository)
        const trash = new Set((await repository.trashed()).map(({ id }) => id))
        expect([...wanted.live].filter((id) => !live.has(id) && !trash.has(id))).toEqual([])
        expect([...wanted.trash].filter((id) => !trash.has(id))).toEqual([])
      })
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
  },
  300_000,
)

test.each([8, 16])(
  'when %i processes write at once, every change lands, and no id is given twice',
  async (count) => {
    const { path, repository } = await newStore()
    await repository.close()
    const workers = await Promise.all(Array.from({ length: count }, () => startWorker(path, 'ten')))
    const ends = await Promise.all(workers.map((worker) => worker.ended))
    expect(ends.map(({ status, errors }) => `${status} ${errors}`)).toEqual(Array(count).fill('0 '))
    const given = workers.flatMap((worker) => worker.acknowledged())
    expect(new Set(given).size).toBe(count * 10)
    await withStore(path, async (reopened) => {
      expect((await liveIds(reopened)).size).toBe(count * 10)
      expect(await reopened.check()).toEqual([])
    })
  },
)

test('while another process holds the lock, readers go on and a writer is told who has it', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 2)
  const worker = await startWorker(path, 'hold')
  while (worker.acknowledged().length === 0) await worker.next()
  expect(await repository.count('certificate', EVERYTHING)).toBe(2)
  await withStore(path, async (reader) => expect(await liveIds(reader)).toEqual(new Set(['1', '2'])))
  const hasty = await openDirectory(path, options({ lockTimeoutMs: 50 }))
  const failure = await addCertificates(hasty, 1).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'store.locked' })
  expect(String(failure)).toContain(
    `process ${worker.process.pid} on host (certman test hold) has it since 20`,
  )
  await hasty.close()
  worker.process.kill('SIGKILL')
  await worker.ended
  expect(await addCertificates(repository, 1)).toEqual(['3'])
  await repository.close()
})
