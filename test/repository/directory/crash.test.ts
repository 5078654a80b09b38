import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { Files } from '../../../src/repository/directory/files.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { addCertificate, addCertificates, certificate, visibleState } from '../material.ts'
import { judgeOnce } from './disk-states.ts'
import { failingFiles, type Fault } from './failing-files.ts'
import { options, withStore } from './stores.ts'
import { preparedStore, STORIES } from './stories.ts'

let base: string
let copy: () => string
const unflushed = { files: failingFiles().open }

beforeAll(async () => {
  ;({ base, copy } = await preparedStore())
})

/** Runs a story under a fault; answers whether it was acknowledged, and the error if not. */
async function run(path: string, story: string, fault?: Fault): Promise<{ error: unknown; calls: number }> {
  const files = failingFiles(fault)
  let error: unknown
  try {
    const repository = await openDirectory(path, options({ files: files.open }))
    await STORIES[story]!(repository).catch((thrown: unknown) => (error = thrown))
    await repository.close()
  } catch (thrown) {
    error = thrown
  }
  return { error, calls: files.calls() }
}

type Moment = 'before' | 'after'
type States = Readonly<Record<Moment, JsonObject>> & { readonly calls: number }

/** What can be seen before and after a story without a fault, and how many calls change something in it. */
async function statesOf(story: string): Promise<States> {
  const before = await withStore(base, visibleState, unflushed)
  const path = copy()
  const { error, calls } = await run(path, story)
  expect(error).toBeUndefined()
  return { before, after: await withStore(path, visibleState, unflushed), calls }
}

/** The store must be as at one of these moments, clean, and say the same without its index. */
async function judge(path: string, allowed: readonly JsonObject[]): Promise<void> {
  const state = await withStore(
    path,
    async (repository) => {
      const seen = await visibleState(repository)
      expect(await repository.check()).toEqual([])
      return seen
    },
    unflushed,
  )
  expect(allowed).toContainEqual(state)
  rmSync(join(path, 'index.sqlite'))
  expect(await withStore(path, visibleState, unflushed)).toEqual(state)
}

describe.each(Object.keys(STORIES))('%s', (story) => {
  let states: States
  beforeAll(async () => {
    states = await statesOf(story)
  })
  const mustBe = judgeOnce<Moment>((path, moments) =>
    judge(
      path,
      moments.map((moment) => states[moment]),
    ),
  )

  test.each(['half', 'after'] as const)(
    'killed (%s) at any call, it has happened or it has not',
    async (how) => {
      expect(states.calls).toBeGreaterThan(0)
      for (let at = 1; at <= states.calls; at++) {
        const path = copy()
        const { error } = await run(path, story, { at, how })
        await mustBe(path, error === undefined ? ['after'] : ['before', 'after'])
        rmSync(path, { recursive: true })
      }
    },
  )

  test('when any call finds the disk full, it is refused and nothing has changed', async () => {
    expect(states.calls).toBeGreaterThan(0)
    for (let at = 1; at <= states.calls; at++) {
      const path = copy()
      const { error } = await run(path, story, { at, how: 'full' })
      expect([undefined, 'store.full']).toContain((error as { code?: string } | undefined)?.code)
      const isRecorded = /recorded/.test(String((error as Error | undefined)?.message))
      await mustBe(path, [error === undefined || isRecorded ? 'after' : 'before'])
      rmSync(path, { recursive: true })
    }
  })
})

test('when a new file finds no place then an edit that came before it in its transaction has not happened', async () => {
  const path = copy()
  const before = await withStore(path, visibleState, unflushed)
  const change = (action: string, id: string) => ({ action, kind: 'certificate', id }) as const
  let refused = 0
  const full = (root: string): Files => {
    const real = unflushed.files(root)
    const rename = (from: string, to: string): void => {
      if (real.facts(to) || !to.startsWith('certificates/')) return real.rename(from, to)
      refused++
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
    }
    return { ...real, rename }
  }
  const editAndAdd = (repository: Repository): Promise<unknown> =>
    repository.write(async (tx) => {
      await tx.put(certificate('1', { name: 'web' }), 'any', change('edit', '1'))
      await addCertificate(tx)
    })
  await expect(withStore(path, editAndAdd, { files: full })).rejects.toMatchObject({
    code: 'store.full',
    message: expect.not.stringContaining('recorded') as string,
  })
  expect(refused).toBe(1)
  expect(await withStore(path, visibleState, unflushed)).toEqual(before)
})

test('when a writer of thousands of records dies at its commit or behind it, the index is built anew and all are there', async () => {
  const count = 2100
  const many = (repository: Repository): Promise<unknown> => addCertificates(repository, count)
  const first = copy()
  const files = failingFiles()
  await withStore(first, many, { files: files.open })
  const after = await withStore(first, visibleState, unflushed)
  // the last calls take away the journal and the name of the holder, those before put the log and the head in place
  for (const back of [2, 4, 6]) {
    const path = copy()
    const killed = failingFiles({ at: files.calls() - back, how: 'half' })
    await withStore(path, many, { files: killed.open }).catch(() => undefined)
    const before = await withStore(base, visibleState, unflushed)
    expect([before, after]).toContainEqual(await withStore(path, visibleState, unflushed))
    expect(await withStore(path, (repository) => repository.check(), unflushed)).toEqual([])
  }
})
