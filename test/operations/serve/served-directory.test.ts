import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { csrFor, OPEN, rootOrder, target } from '../../contracts/authority/world.ts'
import { batch, certificate, web } from '../../contracts/store/world.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../../support/house-world.ts'

let world: ServedWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

/** Who did what, as the change log of the store has it. */
async function logged(): Promise<readonly string[]> {
  const { location } = await world!.store.info()
  const folder = join(location, 'log')
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trim().split('\n'),
  )
  return lines
    .map((line) => JSON.parse(line) as Record<string, string>)
    .map(({ actor, action, kind }) => `${actor} ${action} ${kind ?? 'store'}`)
}

test('when users of a server change a directory store then its log names each of them', async () => {
  world = await servedWorld({ dialects: [], stores: { pki: 'directory' } })
  await world.store.createAuthority(rootOrder({ protection: OPEN }))
  const before = (await logged()).length
  const of = async (name: string) => {
    const access = await world!.house.gate.password(name, PASSWORD)
    return access!.stores[0]!.store
  }
  const [requestor, manager] = [await of('requestor'), await of('manager')]
  await requestor.submit({ csr: csrFor(['dns:a.example']), name: 'a' })
  await Promise.all([
    manager.sign(target('1'), {}),
    (await of('admin')).import(batch([certificate(web, { name: 'web' })])),
  ])
  await manager.edit(target('2', 'certificate'), { addTags: ['x'] })
  const after = (await logged()).slice(before)
  expect(after.filter((line) => line.includes('request')).at(0)).toBe('requestor request request')
  expect(after).toContain('admin import certificate')
  expect(after).toContain('manager sign certificate')
  expect(after).toContain('manager edit certificate')
  expect(after.filter((line) => line.startsWith('tester'))).toEqual([])
})
