import { expect } from 'vitest'
import { expired, mail, web } from './material.ts'
import { scenario } from './scenario.ts'
import { everything, has, refuses, resolve, rowOf, targetOf, type PortWorld, type Scenario } from './world.ts'

const stocked = ({ stock }: PortWorld): Promise<void> =>
  stock(
    { of: web, name: 'web', keyed: true },
    { of: mail, name: 'mail', keyed: true },
    { of: expired, name: 'old' },
  )

/** What changes names, tags and what else stands beside the bytes; and two writers. */
export const editScenarios: readonly Scenario[] = [
  scenario(
    'when a name is edited then it is the new one, here and behind',
    ['edit', 'list:certificate', 'field:name'],
    async (world) => {
      await stocked(world)
      await world.store.edit(targetOf(await rowOf(world.store, web)), { name: 'new' })
      for (const each of [world.store, world.backing]) expect((await rowOf(each, web))['name']).toBe('new')
      await expect(resolve(world.store, 'web')).rejects.toMatchObject({ code: 'record.not-found' })
    },
  ),
  scenario(
    'when an edit wants a taken name then it is refused',
    ['edit', 'list:certificate', 'field:name'],
    async (world) => {
      await stocked(world)
      const target = targetOf(await rowOf(world.store, web))
      await refuses(world, () => world.store.edit(target, { name: 'mail' }), 'name.taken', 'remote.refused')
    },
  ),
  scenario(
    'when a name is removed then it is free',
    ['edit', 'list:certificate', 'field:name'],
    async (world) => {
      await stocked(world)
      await world.store.edit(targetOf(await rowOf(world.store, web)), { name: null })
      await world.store.edit(targetOf(await rowOf(world.store, mail)), { name: 'web' })
      expect((await rowOf(world.backing, mail))['name']).toBe('web')
    },
  ),
  scenario(
    'when tags are edited then they are added once and removed',
    ['edit', 'list:certificate', 'field:tags'],
    async (world) => {
      await world.stock({ of: web, name: 'web', tags: ['x', 'y'], keyed: true })
      await world.store.edit(targetOf(await rowOf(world.store, web)), {
        addTags: ['z', 'x'],
        removeTags: ['y'],
      })
      for (const each of [world.store, world.backing])
        expect((await rowOf(each, web))['tags']).toEqual(['x', 'z'])
    },
  ),
  scenario(
    'when an edit says what is so already then it is unchanged',
    ['edit', 'list:certificate', 'field:name'],
    async (world) => {
      await stocked(world)
      const before = await everything(world.backing)
      const { outcome } = await world.store.edit(targetOf(await rowOf(world.store, web)), { name: 'web' })
      expect(outcome).toBe('unchanged')
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario('when an edit is rehearsed then nothing happens', ['edit', 'list:certificate'], async (world) => {
    await stocked(world)
    const before = await everything(world.backing)
    await world.store.edit(targetOf(await rowOf(world.store, web)), { name: 'other' }, { dryRun: true })
    expect(await everything(world.backing)).toEqual(before)
  }),
  scenario(
    'when a friendly name is edited then it is the new one',
    ['edit', 'list:certificate', 'field:friendlyName'],
    async (world) => {
      await stocked(world)
      await world.store.edit(targetOf(await rowOf(world.store, web)), { friendlyName: 'Größe' })
      expect((await rowOf(world.backing, web))['friendlyName']).toBe('Größe')
    },
  ),
  scenario("when nobody's id is edited then it is not found", ['edit'], async (world) => {
    await refuses(
      world,
      () => world.store.edit({ kind: 'certificate', id: '4711' }, { name: 'x' }),
      'record.not-found',
    )
  }),
  scenario(
    'when a key is given a name then it is refused',
    ['edit', 'edit.kind', 'list:key'],
    async (world) => {
      await stocked(world)
      await refuses(
        world,
        () => world.store.edit({ kind: 'key', id: web.id }, { name: 'k' }),
        'input.invalid',
      )
    },
  ),
  scenario(
    'when a certificate is made not exportable then it is so behind',
    ['edit', 'edit.exportable', 'list:certificate'],
    async (world) => {
      await stocked(world)
      await world.store.edit(targetOf(await rowOf(world.store, web)), { exportable: false })
      expect((await rowOf(world.backing, web))['exportable']).toBe(false)
    },
  ),
  scenario(
    'when an edit names an old revision then it is refused',
    ['edit', 'notion:revision', 'exportCertificate'],
    async (world) => {
      await stocked(world)
      const { id } = await rowOf(world.store, web)
      const { revision } = await world.store.certificate(id)
      await world.backing.edit(targetOf(await rowOf(world.backing, web)), { name: 'first' })
      await refuses(
        world,
        () => world.store.edit({ kind: 'certificate', id, revision }, { name: 'second' }),
        'record.changed',
      )
    },
    async (world) => {
      await stocked(world)
      const { id } = await rowOf(world.store, web)
      const { revision } = await world.store.certificate(id)
      await world.backing.edit(targetOf(await rowOf(world.backing, web)), { name: 'first' })
      await world.store.edit({ kind: 'certificate', id, revision }, { name: 'second' })
      expect((await rowOf(world.backing, web))['name']).toBe('second')
      // bytes of another certificate are noticed all the same
      await refuses(
        world,
        () => world.store.edit({ kind: 'certificate', id, revision: 'ab'.repeat(32) }, { name: 'x' }),
        'record.changed',
      )
    },
  ),
  scenario(
    'when two writers have one revision then the second is refused',
    ['edit', 'notion:revision', 'exportCertificate'],
    async (world) => {
      await stocked(world)
      const { id } = await rowOf(world.store, web)
      const { revision } = await world.store.certificate(id)
      const ends = await Promise.allSettled(
        ['a', 'b'].map((name) => world.store.edit({ kind: 'certificate', id, revision }, { name })),
      )
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    },
    async (world) => {
      await stocked(world)
      const { id } = await rowOf(world.store, web)
      await Promise.all(['a', 'b'].map((name) => world.store.edit({ kind: 'certificate', id }, { name })))
      expect(['a', 'b']).toContain((await rowOf(world.backing, web))['name'])
    },
  ),
  scenario(
    'when a deletion names an old revision then it is refused',
    ['delete', 'notion:revision', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const row = await resolve(world.store, (await rowOf(world.store, web)).id)
      const revision =
        typeof row['revision'] === 'string'
          ? row['revision']
          : (await world.store.certificate(row.id)).revision
      await world.backing.edit(targetOf(await rowOf(world.backing, web)), { addTags: ['seen'] })
      await refuses(world, () => world.store.delete([{ ...targetOf(row), revision }]), 'record.changed')
    },
    async (world) => {
      await stocked(world)
      const row = await rowOf(world.store, web)
      const { revision } = await world.store.certificate(row.id)
      await world.backing.edit(targetOf(await rowOf(world.backing, web)), { addTags: ['seen'] })
      await world.store.delete([{ ...targetOf(row), revision }])
      expect(await has(world.backing, web)).toBe(false)
    },
  ),
]
