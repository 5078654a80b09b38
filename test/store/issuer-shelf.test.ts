import { expect, test } from 'vitest'
import type { Repository, StoredRecord } from '../../src/repository/repository.ts'
import { IssuerShelf } from '../../src/store/issuer-shelf.ts'

const stored = (id: string, bytes = 700): StoredRecord => ({
  kind: 'certificate',
  id,
  revision: '1',
  row: {},
  fields: {},
  pem: { label: 'CERTIFICATE', der: new Uint8Array(bytes) },
})

/** A shelf over a repository that counts what it is asked. */
function shelf(bytes?: number) {
  const world = { version: 'a', time: 0, asked: [] as string[] }
  const repository = {
    version: async () => world.version,
    read: async (_: string, id: string) => {
      world.asked.push(id)
      return id === 'none' ? undefined : stored(id, bytes)
    },
    find: async (_: string, lookUp: { readonly by: string }) => {
      world.asked.push(lookUp.by)
      return []
    },
  } as unknown as Repository
  return { world, shelf: new IssuerShelf(repository, () => new Date(world.time)) }
}

test('an issuer is looked for once while nothing changes, and again after a change or a second', async () => {
  const { world, shelf: issuers } = shelf()
  const look = async (): Promise<void> => {
    await issuers.find('certificate', { by: 'subject', subject: 'CN=Root' })
    expect((await issuers.read('certificate', '1'))?.id).toBe('1')
  }
  await look()
  await look()
  world.time = 999
  await look()
  expect(world.asked).toEqual(['subject', '1'])
  world.version = 'b'
  await look()
  expect(world.asked.splice(0)).toEqual(['subject', '1', 'subject', '1'])
  world.time = 1999
  await look()
  // a clock that was put back
  world.time = 0
  await look()
  expect(world.asked).toEqual(['subject', '1', 'subject', '1'])
})

test('what is not there is looked for every time, and so is what the shelf has no room for', async () => {
  const { world, shelf: issuers } = shelf(2 ** 20)
  await issuers.read('certificate', 'none')
  await issuers.read('certificate', 'none')
  for (const id of ['1', '2', '1', '2']) await issuers.read('certificate', id)
  expect(world.asked).toEqual(['none', 'none', '1', '2', '2'])
})
