import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import type { Repository } from '../../../src/repository/repository.ts'
import { addCertificates } from '../material.ts'
import { newStore, temporaryFolder, withStore } from './stores.ts'

/** Files among which somebody removes the index by hand after each call from `first` to `last`, counted from 1. */
function takingIndex(first: number, last: number) {
  let calls = 0
  const take = (root: string): void => {
    if (calls < first || calls > last) return
    for (const end of ['', '-wal', '-shm']) rmSync(join(root, `index.sqlite${end}`), { force: true })
  }
  const open = (root: string): Files =>
    new Proxy(realFiles(root), {
      get: (real, name) => {
        const call = Reflect.get(real, name) as (...given: readonly unknown[]) => unknown
        return (...given: readonly unknown[]) => {
          calls++
          // a path that SQLite asks for is opened next
          const result = call(...given)
          take(root)
          return result
        }
      },
    })
  return { open, calls: () => calls }
}

async function total(store: Repository): Promise<number> {
  let count = 0
  for await (const _ of store.list('certificate', EVERYTHING)) count++
  return count
}

/** What a command may say of an index that somebody takes away: nothing, or that it is to be run again. */
const outcomeOf = (work: Promise<number>): Promise<string | number> =>
  work.catch((error: { readonly code?: string; readonly message: string }) => error.code ?? error.message)

test.each([
  ['once', 0],
  ['again and again', Infinity],
])(
  'when the index is taken away by hand %s, whenever that begins, then nobody is told of a fault of certman, and what was acknowledged stays',
  async (_, times) => {
    const { path, repository } = await newStore()
    await addCertificates(repository, 3)
    await repository.close()
    const folder = temporaryFolder()
    const runOn = async (at: number): Promise<number> => {
      const copy = join(folder, String(at))
      cpSync(path, copy, { recursive: true })
      let acknowledged = 3
      const work = async (store: Repository): Promise<number> => {
        await total(store)
        acknowledged += (await addCertificates(store, 1)).length
        return total(store)
      }
      const { open, calls } = takingIndex(at, at + times)
      const outcome = await outcomeOf(withStore(copy, work, { files: open }))
      expect([at, outcome]).toBeOneOf([
        [at, 4],
        [at, 'store.damaged'],
      ])
      expect(await withStore(copy, (store) => store.check())).toEqual([])
      expect(await withStore(copy, total)).toBe(acknowledged)
      return calls()
    }
    const steps = await runOn(Infinity)
    for (let at = 1; at <= steps; at++) await runOn(at)
  },
)
