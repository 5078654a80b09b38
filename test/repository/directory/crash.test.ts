import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import { visibleState } from '../material.ts'
import { failingFiles, type Fault } from './failing-files.ts'
import { newStore, options, temporaryFolder, withStore } from './stores.ts'
import { prepareStore, STORIES } from './stories.ts'

let base: string
const unflushed = { files: failingFiles().open }

beforeAll(async () => {
  const { path, repository } = await newStore()
  await prepareStore(repository)
  await repository.close()
  base = path
})

/** A copy of the prepared store. */
function copy(): string {
  const path = join(temporaryFolder(), 'pki')
  cpSync(base, path, { recursive: true })
  return path
}

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

interface States {
  readonly before: JsonObject
  readonly after: JsonObject
  readonly calls: number
}

async function statesOf(story: string): Promise<States> {
  const before = await withStore(base, visibleState, unflushed)
  const path = copy()
  const { error, calls } = await run(path, story)
  expect(error).toBeUndefined()
  return { before, after: await withStore(path, visibleState, unflushed), calls }
}

/** The store must be as before or as after, clean, and say the same without its index. */
async function judge(path: string, states: States, allowed: readonly ('before' | 'after')[]): Promise<void> {
  const state = await withStore(
    path,
    async (repository) => {
      const seen = await visibleState(repository)
      expect(await repository.check()).toEqual([])
      return seen
    },
    unflushed,
  )
  expect(allowed.map((which) => states[which])).toContainEqual(state)
  rmSync(join(path, 'index.sqlite'))
  expect(await withStore(path, visibleState, unflushed)).toEqual(state)
}

describe.each(Object.keys(STORIES))('%s', (story) => {
  test.each(['half', 'after'] as const)(
    'killed (%s) at any call, it has happened or it has not',
    async (how) => {
      expect.hasAssertions()
      const states = await statesOf(story)
      for (let at = 1; at <= states.calls; at++) {
        const path = copy()
        const { error } = await run(path, story, { at, how })
        await judge(path, states, error === undefined ? ['after'] : ['before', 'after'])
        rmSync(path, { recursive: true })
      }
    },
  )

  test('when any call finds the disk full, it is refused and nothing has changed', async () => {
    expect.hasAssertions()
    const states = await statesOf(story)
    for (let at = 1; at <= states.calls; at++) {
      const path = copy()
      const { error } = await run(path, story, { at, how: 'full' })
      expect([undefined, 'store.full']).toContain((error as { code?: string } | undefined)?.code)
      const isRecorded = /recorded/.test(String((error as Error | undefined)?.message))
      await judge(path, states, [error === undefined || isRecorded ? 'after' : 'before'])
      rmSync(path, { recursive: true })
    }
  })
})
