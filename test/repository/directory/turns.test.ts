import { expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { realFiles, type Files } from '../../../src/repository/directory/files.ts'
import { openDirectory } from '../../../src/repository/directory/open.ts'
import { JOURNAL } from '../../../src/repository/directory/paths.ts'
import { addCertificates } from '../material.ts'
import { newStore, options, withStore } from './stores.ts'

test('who writes without end makes way for others who wait', async () => {
  const { path, repository: busy } = await newStore()
  const other = await openDirectory(path, options())
  const wanted = 3
  let given = 0
  const others = { areDone: false }
  const work = async (): Promise<void> => {
    while (!others.areDone) {
      await addCertificates(busy, 1)
      given++
    }
  }
  const lanes = [work(), work()]
  try {
    for (let at = 0; at < wanted; at++) await addCertificates(other, 1)
  } finally {
    others.areDone = true
    await Promise.all(lanes)
  }
  // a turn has some dozens of changes; by luck alone it takes thousands
  expect(given).toBeLessThan(wanted * 300)
  expect(await other.count('certificate', EVERYTHING)).toBe(given + wanted)
  expect(await busy.check()).toEqual([])
  await Promise.all([busy.close(), other.close()])
})

test('a reader that finds a writer at its end, and then the next one at work, waits for neither', async () => {
  const { path, repository } = await newStore()
  await addCertificates(repository, 1)
  let letGo: () => void = () => undefined
  let writing: Promise<void> | undefined
  await new Promise<void>((begun) => {
    writing = repository.write(() => {
      begun()
      return new Promise((resolve) => (letGo = resolve))
    })
  })
  let isFirstLook = true
  const files = (root: string): Files => {
    const real = realFiles(root)
    return {
      ...real,
      facts: (name) => {
        const facts = real.facts(name)
        if (name !== JOURNAL || !isFirstLook || !facts) return facts
        isFirstLook = false
        return { ...facts, size: 1 }
      },
    }
  }
  await withStore(path, async (reader) => expect(await reader.count('certificate', EVERYTHING)).toBe(1), {
    files,
    lockTimeoutMs: 0,
  })
  expect(isFirstLook).toBe(false)
  letGo()
  await writing
  await repository.close()
})
