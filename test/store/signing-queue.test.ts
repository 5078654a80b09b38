import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import { GroupQueue } from '../../src/store/signing-queue.ts'

/** A queue of names that answers each in capitals, and the groups that it made. */
function queueOf(work: () => Promise<void> = () => Promise.resolve()) {
  const groups: (readonly string[])[] = []
  const queue = new GroupQueue<string, string>(async (jobs) => {
    groups.push(jobs)
    await work()
    return jobs.map((job) => (job === 'bad' ? new Error('refused') : job.toUpperCase()))
  })
  return { queue, groups }
}

test('when calls are made in the same turn then they are one group, and a refused one is its caller’s alone', async () => {
  const { queue, groups } = queueOf()
  const answers = await Promise.allSettled(['a', 'bad', 'b'].map((job) => queue.add(job)))
  expect(groups).toEqual([['a', 'bad', 'b']])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})

test('when a caller comes again after its answer then those who came meanwhile have waited for it', async () => {
  let release = (): void => undefined
  const { queue, groups } = queueOf(() => new Promise((resolve) => (release = resolve)))
  const first = queue.add('first').then(async () => {
    await turn()
    return queue.add('again')
  })
  await expect.poll(() => groups.length).toBe(1)
  const second = queue.add('second')
  release()
  await expect.poll(() => groups.length).toBe(2)
  release()
  expect(await Promise.all([first, second])).toEqual(['AGAIN', 'SECOND'])
  expect(groups).toEqual([['first'], ['second', 'again']])
})

test('when nobody comes again then those who wait have their turn', async () => {
  let release = (): void => undefined
  const { queue, groups } = queueOf(() => new Promise((resolve) => (release = resolve)))
  const first = queue.add('first')
  await expect.poll(() => groups.length).toBe(1)
  const second = queue.add('second')
  release()
  await first
  await expect.poll(() => groups.length).toBe(2)
  release()
  expect(await second).toBe('SECOND')
})

test('when the store stays locked then all of a group hear it at once, and nobody waits once more', async () => {
  const locked = new CertmanError('store.locked', 'the store is still locked')
  const { queue, groups } = queueOf(() => Promise.reject(locked))
  const answers = await Promise.allSettled(['a', 'b', 'c'].map((job) => queue.add(job)))
  expect(groups).toEqual([['a', 'b', 'c']])
  expect(answers).toEqual(answers.map(() => ({ status: 'rejected', reason: locked })))
})

test('when a group fails for another reason then each of it is tried alone', async () => {
  let isFirst = true
  const { queue, groups } = queueOf(async () => {
    if (!isFirst) return
    isFirst = false
    throw new CertmanError('store.damaged', 'something of it')
  })
  expect(await Promise.all(['a', 'b'].map((job) => queue.add(job)))).toEqual(['A', 'B'])
  expect(groups).toEqual([['a', 'b'], ['a'], ['b']])
})
