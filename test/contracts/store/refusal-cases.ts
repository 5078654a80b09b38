import { expect } from 'vitest'
import type { Claim } from '../../../src/domain/records.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import {
  batch,
  certificate,
  everything,
  key,
  mail,
  renewed,
  resolve,
  web,
  type Cases,
  type StoreWorld,
} from './world.ts'

const permit = ({ repository }: StoreWorld, claims: readonly Claim[]): Promise<void> =>
  repository.write((tx) => tx.setHead({ claims }))

/** Runs what must be refused, and shows that it changed nothing. */
async function refused(
  world: StoreWorld,
  run: () => Promise<unknown>,
  error: Record<string, unknown>,
): Promise<void> {
  const before = await everything(world.store)
  await expect(run()).rejects.toMatchObject(error)
  expect(await everything(world.store)).toEqual(before)
}

const taken = {
  code: 'name.taken',
  message: expect.stringContaining('certificate 1 ("CN=web.example,O=Example")'),
}

/** What is refused, how, and that nothing changed. */
export const refusalCases: Cases = {
  'when a name is taken then import is refused naming the holder': async (world) => {
    await world.store.import(batch([certificate(web, { name: 'web' })]))
    await refused(world, () => world.store.import(batch([certificate(renewed, { name: 'web' })])), taken)
  },
  'when a name is taken then nothing of the batch goes in': async (world) => {
    await world.store.import(batch([certificate(web, { name: 'web' })]))
    const run = () =>
      world.store.import(batch([certificate(mail), certificate(renewed, { name: 'web' })], [key(mail)]))
    await refused(world, run, taken)
  },
  'when two of one batch want one name then the batch is refused': async (world) => {
    const run = () =>
      world.store.import(batch([certificate(web, { name: 'x' }), certificate(mail, { name: 'x' })]))
    await refused(world, run, { code: 'name.taken' })
  },
  'when a dry import meets a taken name then it is refused as the real one would be': async (world) => {
    await world.store.import(batch([certificate(web, { name: 'web' })]))
    const run = () => world.store.import(batch([certificate(renewed, { name: 'web' })]), { dryRun: true })
    await refused(world, run, taken)
    const both = batch([certificate(mail, { name: 'x' }), certificate(renewed, { name: 'x' })])
    await refused(world, () => world.store.import(both, { dryRun: true }), { code: 'name.taken' })
  },
  'when a name is no name then import is refused': async (world) => {
    for (const name of ['', 'a*', 'a/b', 'a:b', 'a\u0007', 'a\u202eb', 'x'.repeat(257)])
      await refused(world, () => world.store.import(batch([certificate(web, { name })])), {
        code: 'name.invalid',
      })
  },
  'when a certificate is no DER then import is refused': async (world) => {
    const der = web.der.slice(0, 100)
    const run = () => world.store.import(batch([certificate(mail), { der, source: { how: 'imported' } }]))
    await refused(world, run, { code: 'der.malformed' })
  },
  'when edit wants a taken name then it is refused': async (world) => {
    await world.store.import(batch([certificate(web, { name: 'web' }), certificate(mail)]))
    await refused(world, () => world.store.edit({ kind: 'certificate', id: '2' }, { name: 'web' }), taken)
  },
  'when edit names an old revision then it is refused': async (world) => {
    await world.store.import(batch([certificate(web)]))
    const { revision } = await world.store.certificate('1')
    await world.store.edit({ kind: 'certificate', id: '1', revision }, { name: 'a' })
    const run = () => world.store.edit({ kind: 'certificate', id: '1', revision }, { name: 'b' })
    await refused(world, run, { code: 'record.changed' })
  },
  'when delete names an old revision then it is refused': async (world) => {
    await world.store.import(batch([certificate(web)]))
    const { revision } = await world.store.certificate('1')
    await world.store.edit({ kind: 'certificate', id: '1' }, { name: 'a' })
    const run = () => world.store.delete([{ kind: 'certificate', id: '1', revision }])
    await refused(world, run, { code: 'record.changed' })
  },
  'when a key is given a name then it is refused': async (world) => {
    await world.store.import(batch([], [key(web)]))
    const run = () => world.store.edit({ kind: 'key', id: web.id }, { name: 'k' })
    await refused(world, run, { code: 'input.invalid', field: 'name' })
  },
  'when one of several to be deleted is missing then none is deleted': async (world) => {
    await world.store.import(batch([certificate(web), certificate(mail)]))
    const targets = ['1', '2', '9'].map((id) => ({ kind: 'certificate', id }) as const)
    await refused(world, () => world.store.delete(targets), { code: 'record.not-found' })
  },
  'when a reference fits nothing then it is not found': async ({ store }) => {
    for (const text of ['7', 'nobody', 'deadbeef', 'serial:99', 'requests/1', 'keys/deadbeef'])
      await expect(resolve(store, text)).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'when seven digits of a fingerprint are given then they are no reference': async ({ store }) => {
    await store.import(batch([certificate(web)]))
    await expect(resolve(store, web.fingerprint.slice(0, 7))).rejects.toMatchObject({
      code: 'record.not-found',
    })
  },
  'when a serial number fits two certificates then the candidates are listed': async ({ store }) => {
    const two = ['a', 'b'].map((cn) => certificate(makeCertificate({ cn, serial: 5 }), { name: `n-${cn}` }))
    await store.import(batch(two))
    await expect(resolve(store, 'serial:05')).rejects.toMatchObject({
      code: 'reference.ambiguous',
      message: expect.stringMatching(/1 "n-a" \("CN=a,O=Example"\), 2 "n-b" \("CN=b,O=Example"\)/),
    })
  },
  'when a key id fits two certificates then the reference is ambiguous': async ({ store }) => {
    const two = ['a', 'b'].map((cn) => certificate(makeCertificate({ cn, key: web })))
    await store.import(batch(two, [key(web)]))
    await expect(resolve(store, web.id)).rejects.toMatchObject({ code: 'reference.ambiguous' })
  },
  'when restore meets a taken name then it is refused': async (world) => {
    await world.store.import(batch([certificate(mail, { name: 'web' })]))
    await world.store.delete([{ kind: 'certificate', id: '1' }])
    await world.store.import(batch([certificate(web, { name: 'web' })]))
    const run = () => world.store.restore([{ kind: 'certificate', id: '1' }])
    await refused(world, run, { code: 'name.taken', message: expect.stringContaining('certificate 2') })
  },
  'when the same certificate was imported again then restore is refused': async (world) => {
    await world.store.import(batch([certificate(web)]))
    await world.store.delete([{ kind: 'certificate', id: '1' }])
    await world.store.import(batch([certificate(web)]))
    const run = () => world.store.restore([{ kind: 'certificate', id: '1' }])
    await refused(world, run, { code: 'state.refused', message: expect.stringContaining('lives as 2') })
  },
  'when a record that never was is opened then it is not found': async ({ store }) => {
    for (const run of [
      () => store.certificate('5'),
      () => store.request('5'),
      () => store.key('ab'.repeat(32)),
      () => store.issuersOf('5'),
    ])
      await expect(run()).rejects.toMatchObject({ code: 'record.not-found' })
  },
  'when import is not permitted then import and edit are refused': async (world) => {
    await world.store.import(batch([certificate(web)]))
    await permit(world, ['read', 'export', 'delete'])
    await refused(world, () => world.store.import(batch([certificate(mail)])), { code: 'claim.missing' })
    const edit = () => world.store.edit({ kind: 'certificate', id: '1' }, { name: 'x' })
    await refused(world, edit, { code: 'claim.missing' })
  },
  'when delete is not permitted then delete, restore and emptying are refused': async (world) => {
    await world.store.import(batch([certificate(web), certificate(mail)]))
    await world.store.delete([{ kind: 'certificate', id: '2' }])
    await permit(world, ['read', 'import', 'export'])
    await refused(world, () => world.store.delete([{ kind: 'certificate', id: '1' }]), {
      code: 'claim.missing',
    })
    await refused(world, () => world.store.restore([{ kind: 'certificate', id: '2' }]), {
      code: 'claim.missing',
    })
    await refused(world, () => world.store.emptyTrash(), { code: 'claim.missing' })
  },
  'when export is not permitted then private keys stay': async (world) => {
    await world.store.import(batch([certificate(web)], [key(web)]))
    await permit(world, ['read', 'import'])
    await expect(world.store.key(web.id)).rejects.toMatchObject({ code: 'claim.missing' })
    expect((await world.store.certificate('1')).der).toEqual(web.der)
  },
  'when reading is not permitted then listing, counting, resolving and opening are refused': async (
    world,
  ) => {
    const { store } = world
    await store.import(batch([certificate(web)]))
    await permit(world, ['import'])
    const runs = [
      () => everything(store),
      () => store.count('certificate', { filter: { op: 'all' } }),
      () => resolve(store, '1'),
      () => store.certificate('1'),
      () => store.issuersOf('1'),
      () => store.trash(),
    ]
    for (const run of runs) await expect(run()).rejects.toMatchObject({ code: 'claim.missing' })
  },
}
