import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { Files } from '../../../src/repository/directory/files.ts'
import { visibleState } from '../material.ts'
import { judgeOnce } from './disk-states.ts'
import { failingFiles } from './failing-files.ts'
import { playCut, recordingDisk } from './power-cut.ts'
import { newStore, options, temporaryFolder, withStore } from './stores.ts'
import { prepareStore, STORIES } from './stories.ts'

const unflushed = { files: failingFiles().open }
const SEEDS = [0, 1, 2]

let base: string

beforeAll(async () => {
  const { path, repository } = await newStore()
  await prepareStore(repository)
  await repository.close()
  base = path
})

function copy(): string {
  const path = join(temporaryFolder(), 'pki')
  cpSync(base, path, { recursive: true })
  return path
}

type Deeds = ReturnType<typeof recordingDisk>['deeds'][number][]

/** Runs a story and takes a picture of what is flushed after every call that changes or flushes something. */
async function record(
  story: string,
): Promise<{ readonly pictures: readonly Deeds[]; readonly path: string }> {
  const path = copy()
  const disk = recordingDisk()
  const pictures: Deeds[] = []
  const takePicture = (): void => void pictures.push(disk.deeds.map((deed) => ({ ...deed })))
  const watched = (root: string): Files => {
    const files = disk.open(root)
    const watch =
      <A extends unknown[], R>(call: (...given: A) => R) =>
      (...given: A): R => {
        const result = call(...given)
        takePicture()
        return result
      }
    const { makeFolder, write, writeAt, truncate, rename, remove, sync } = files
    return {
      ...files,
      makeFolder: watch(makeFolder),
      write: watch(write),
      writeAt: watch(writeAt),
      truncate: watch(truncate),
      rename: watch(rename),
      remove: watch(remove),
      sync: watch(sync),
    }
  }
  const repository = await openDirectory(path, options({ files: watched }))
  await STORIES[story]!(repository)
  await repository.close()
  return { pictures, path }
}

/** The store must be as at one of these moments, and clean. */
async function judge(path: string, allowed: readonly JsonObject[]): Promise<void> {
  expect(allowed).toContainEqual(await withStore(path, visibleState, unflushed))
  expect(await withStore(path, (repository) => repository.check(), unflushed)).toEqual([])
}

describe.each(Object.keys(STORIES))('%s', (story) => {
  test('when the power is cut at any moment, it has happened or it has not, and once acknowledged it has', async () => {
    expect.hasAssertions()
    const before = await withStore(base, visibleState, unflushed)
    const { pictures, path } = await record(story)
    const states = { before, after: await withStore(path, visibleState, unflushed) }
    const mustBe = judgeOnce<'before' | 'after'>((cut, moments) =>
      judge(
        cut,
        moments.map((moment) => states[moment]),
      ),
    )
    for (const [at, deeds] of pictures.entries())
      for (const seed of SEEDS) {
        const cut = copy()
        playCut(cut, deeds, seed)
        await mustBe(cut, at === pictures.length - 1 ? ['after'] : ['before', 'after'])
        rmSync(join(cut, '..'), { recursive: true })
      }
  })
})
