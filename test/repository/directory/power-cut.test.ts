import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import type { Files } from '../../../src/repository/directory/files.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { copyFolder } from '../../support/temporary.ts'
import { addCertificate, visibleState } from '../material.ts'
import { judgeOnce } from './disk-states.ts'
import { failingFiles } from './failing-files.ts'
import { playCut, recordingDisk } from './power-cut.ts'
import { newStore, options, temporaryFolder, withStore } from './stores.ts'
import { edit, preparedStore, STORIES } from './stories.ts'

const unflushed = { files: failingFiles().open }
const SEEDS = [0, 1, 2]

let copy: () => string

beforeAll(async () => {
  ;({ copy } = await preparedStore())
})

type Deeds = ReturnType<typeof recordingDisk>['deeds'][number][]

/** Runs changes one after the other, and takes a picture of what is flushed whenever something changed or was flushed. */
async function record(
  changes: readonly ((repository: Repository) => Promise<unknown>)[],
  spoil: (files: Files) => Files = (files) => files,
  place = copy,
): Promise<{
  readonly pictures: readonly Deeds[]
  /** How many pictures there were when each change was acknowledged. */
  readonly acknowledged: readonly number[]
  /** What could be seen before the first change, and after each. */
  readonly states: readonly JsonObject[]
}> {
  const path = place()
  const disk = recordingDisk()
  const pictures: Deeds[] = []
  const takePicture = (): void => void pictures.push(disk.deeds.map((deed) => ({ ...deed })))
  const watched = (root: string): Files => {
    const files = spoil(disk.open(root))
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
      sync: (paths) => sync(paths).then(takePicture),
    }
  }
  const repository = await openDirectory(path, options({ files: watched }))
  const states = [await visibleState(repository)]
  const acknowledged: number[] = []
  for (const change of changes) {
    await change(repository)
    acknowledged.push(pictures.length)
    states.push(await visibleState(repository))
  }
  await repository.close()
  return { pictures, acknowledged, states }
}

/** The store must be as at one of these moments, and clean. */
async function judge(path: string, allowed: readonly JsonObject[]): Promise<void> {
  expect(allowed).toContainEqual(await withStore(path, visibleState, unflushed))
  expect(await withStore(path, (repository) => repository.check(), unflushed)).toEqual([])
}

/** Cuts the power at each moment: what was acknowledged has to be there, and nothing by halves. */
async function cutEverywhere(changes: Parameters<typeof record>[0]): Promise<void> {
  const { pictures, acknowledged, states } = await record(changes)
  const mustBe = judgeOnce((cut, moments) =>
    judge(
      cut,
      moments.map((moment) => states[Number(moment)]!),
    ),
  )
  const moments = states.map((_, moment) => String(moment))
  for (const [at, deeds] of pictures.entries())
    for (const seed of SEEDS) {
      const cut = copy()
      playCut(cut, deeds, seed)
      await mustBe(cut, moments.slice(acknowledged.filter((count) => count <= at + 1).length))
      rmSync(join(cut, '..'), { recursive: true })
    }
}

test.each(Object.keys(STORIES))(
  '%s: when the power is cut at any moment, it has happened or it has not, and once acknowledged it has',
  async (story) => {
    expect.hasAssertions()
    await cutEverywhere([STORIES[story]!])
  },
)

test('two changes of the same files in a row: the second is never seen before it is committed', async () => {
  expect.hasAssertions()
  await cutEverywhere([
    (repository) => edit(repository, ['1']),
    (repository) => edit(repository, ['1', '2'], ['again']),
  ])
})

test('a change that is refused while it is put in place, and then a power cut: all of it is there, or nothing', async () => {
  expect.hasAssertions()
  const story = STORIES['a few new records']!
  const { states } = await record([story])
  let renames = 0
  const full = (files: Files): Files => ({
    ...files,
    rename: (from, to) => {
      if (++renames === 3) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      files.rename(from, to)
    },
  })
  const refused = (repository: Repository): Promise<void> =>
    expect(story(repository)).rejects.toMatchObject({ code: 'store.full' })
  const { pictures } = await record([refused], full)
  for (const deeds of pictures)
    for (const seed of SEEDS) {
      const cut = copy()
      playCut(cut, deeds, seed)
      await judge(cut, states)
      rmSync(join(cut, '..'), { recursive: true })
    }
})

test('a change that is given up when it has made the folder of segments, the next one, and then a power cut: that one is there', async () => {
  const { path: base, repository } = await newStore()
  await repository.close()
  const bare = (): string => {
    const path = join(temporaryFolder(), 'pki')
    copyFolder(base, path)
    return path
  }
  const givenUp = (repository: Repository): Promise<void> =>
    expect(
      repository.write(async (tx) => {
        for (let at = 0; at < 10; at++) await addCertificate(tx)
        throw new Error('given up')
      }),
    ).rejects.toThrow('given up')
  const { pictures, states } = await record([givenUp, STORIES['many new records']!], undefined, bare)
  const cut = bare()
  playCut(cut, pictures.at(-1)!, 0)
  await judge(cut, [states.at(-1)!])
})

test('a change that is refused when it has made the folder of a record, the next one, and then a power cut: that one is there', async () => {
  const { path: base, repository } = await newStore()
  await repository.close()
  const bare = (): string => {
    const path = join(temporaryFolder(), 'pki')
    copyFolder(base, path)
    return path
  }
  let isFull = true
  const full = (files: Files): Files => ({
    ...files,
    write: (path, content) => {
      if (isFull && path.startsWith('certificates/'))
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
      files.write(path, content)
    },
  })
  const add = (repository: Repository): Promise<unknown> => repository.write((tx) => addCertificate(tx))
  const refused = async (repository: Repository): Promise<void> => {
    await expect(add(repository)).rejects.toMatchObject({ code: 'store.full' })
    isFull = false
  }
  const { pictures, states } = await record([refused, add], full, bare)
  const cut = bare()
  playCut(cut, pictures.at(-1)!, 0)
  await judge(cut, [states.at(-1)!])
})
