import { expect } from 'vitest'
import { generateKeyPairSync } from 'node:crypto'
import { makeCertificate } from '../../support/make-certificates.ts'
import { expired, issuing, large, mail, renewed, root, soon, twin, unicode, web } from './material.ts'
import { scenario } from './scenario.ts'
import {
  batchOf,
  everything,
  has,
  listed,
  outcomeOf,
  refuses,
  resolve,
  rowOf,
  source,
  targetOf,
  type PortWorld,
  type Scenario,
} from './world.ts'

/** With its key and a name: what every vendor that takes certificates at all takes. */
const take = (of: typeof web, name: string) => batchOf({ of, name, keyed: true })

const stocked = ({ stock }: PortWorld): Promise<void> =>
  stock(
    { of: web, name: 'web', keyed: true },
    { of: mail, name: 'mail', keyed: true },
    { of: expired, name: 'old' },
  )

const imports: readonly Scenario[] = [
  scenario(
    'when a certificate with its key is imported then it is there, here and behind',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      const outcomes = await store.import(take(web, 'web'))
      expect(outcomeOf(outcomes)).toMatchObject({ outcome: 'changed' })
      expect(await has(store, web)).toBe(true)
      expect(await rowOf(backing, web)).toMatchObject({ fingerprint: web.fingerprint, keyId: web.id })
    },
  ),
  scenario(
    'when a certificate is imported then the id of the outcome finds it',
    ['import', 'list:certificate'],
    async ({ store }) => {
      const { id } = outcomeOf(await store.import(take(web, 'web')))
      expect((await resolve(store, id))['thumbprint']).toBe((await rowOf(store, web))['thumbprint'])
    },
  ),
  scenario(
    'when a certificate is imported with a name then the name finds it',
    ['import', 'list:certificate', 'field:name'],
    async ({ store }) => {
      await store.import(take(web, 'web'))
      expect((await resolve(store, 'web'))['thumbprint']).toBe((await rowOf(store, web))['thumbprint'])
    },
  ),
  scenario(
    'when a certificate comes without a key then it is taken all the same',
    ['import', 'import.keyless', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(batchOf({ of: web, name: 'web' }))
      expect((await rowOf(backing, web))['keyId']).toBeUndefined()
      expect(await has(store, web)).toBe(true)
    },
  ),
  scenario(
    'when the same comes again then it is unchanged',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(take(web, 'web'))
      const before = await everything(backing)
      expect(outcomeOf(await store.import(take(web, 'web')))).toMatchObject({ outcome: 'unchanged' })
      expect(await everything(backing)).toEqual(before)
    },
  ),
  scenario(
    'when several come at once then all are there',
    ['import', 'import.several', 'list:certificate'],
    async ({ store, backing }) => {
      const every = [web, mail, expired, soon, unicode]
      await store.import(batchOf(...every.map((of, at) => ({ of, name: `n${at}`, keyed: true }))))
      expect(await listed(backing)).toHaveLength(5)
      expect(await listed(store)).toHaveLength(5)
    },
  ),
  scenario(
    'when a chain comes along then its certificates are behind too',
    ['import', 'import.several', 'import.keyless', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(batchOf({ of: web, name: 'web', keyed: true }, { of: issuing }, { of: root }))
      for (const each of [web, issuing, root]) expect(await has(backing, each)).toBe(true)
    },
  ),
  scenario(
    'when the name is taken then import is refused and says so',
    ['import', 'list:certificate', 'field:name'],
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      await refuses(world, () => world.store.import(take(renewed, 'web')), 'name.taken', 'remote.refused')
    },
  ),
  scenario(
    'when the name is taken and replace is given then the new one has it',
    ['import', 'list:certificate', 'field:name', 'notion:unique-names'],
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      await world.store.import(take(renewed, 'web'), { replace: true })
      expect((await resolve(world.backing, 'web'))['fingerprint']).toBe(renewed.fingerprint)
      expect((await resolve(world.store, 'web'))['thumbprint']).toBe(
        (await rowOf(world.backing, renewed))['thumbprint'],
      )
    },
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      // our server keeps names unique all the same
      await refuses(
        world,
        () => world.store.import(take(renewed, 'web'), { replace: true }),
        'remote.refused',
      )
    },
  ),
  scenario(
    'when an import is rehearsed then it says what it would do and does nothing',
    ['import', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const before = await everything(world.backing)
      const outcomes = await world.store.import(take(soon, 'soon'), { dryRun: true })
      expect(outcomeOf(outcomes)).toMatchObject({ outcome: 'changed' })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario(
    'when a rehearsed import meets a taken name then it is refused as the real one',
    ['import', 'list:certificate', 'field:name', 'notion:unique-names'],
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      await refuses(world, () => world.store.import(take(renewed, 'web'), { dryRun: true }), 'name.taken')
    },
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      const before = await everything(world.backing)
      await world.store.import(take(renewed, 'web'), { dryRun: true })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario('when the bytes are no certificate then import is refused', ['import'], async (world) => {
    const der = web.der.slice(0, 100)
    const run = () =>
      world.store.import({
        certificates: [{ der, source, name: 'x' }],
        keys: batchOf({ of: web, keyed: true }).keys,
      })
    await refuses(world, run, 'der.malformed', 'input.invalid')
  }),
  ...['a/b', 'a*', 'a\u0007', 'x'.repeat(257)].map((name) =>
    scenario(
      `when the name is ${JSON.stringify(name.slice(0, 8))} then import is refused`,
      ['import', 'field:name'],
      async (world) => {
        await refuses(world, () => world.store.import(take(web, name)), 'name.invalid')
      },
    ),
  ),
  scenario(
    'when names are of all scripts then they arrive',
    ['import', 'import.name', 'list:certificate', 'field:name'],
    async ({ store, backing }) => {
      await store.import(take(unicode, 'Zürich 東京'))
      expect((await rowOf(backing, unicode))['name']).toBe('Zürich 東京')
      expect((await resolve(store, 'Zürich 東京'))['thumbprint']).toBe(
        (await rowOf(store, unicode))['thumbprint'],
      )
    },
  ),
  scenario(
    'when tags and a friendly name come along then they are kept',
    ['import', 'field:tags', 'field:friendlyName'],
    async ({ store, backing }) => {
      await store.import(
        batchOf({ of: web, name: 'web', keyed: true, tags: ['prod', 'b'], friendlyName: 'Web' }),
      )
      for (const each of [store, backing])
        expect(await rowOf(each, web)).toMatchObject({ tags: ['prod', 'b'], friendlyName: 'Web' })
    },
  ),
  scenario(
    'when a certificate of 18 KiB is imported then it arrives whole',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(take(large, 'large'))
      const { id } = await rowOf(backing, large)
      expect(Buffer.from((await backing.certificate(id)).der).equals(large.der)).toBe(true)
    },
  ),
  scenario(
    'when an expired certificate is imported then it is taken, and says so',
    ['import', 'list:certificate', 'field:state'],
    async ({ store }) => {
      await store.import(take(expired, 'old'))
      expect((await rowOf(store, expired))['state']).toBe('expired')
    },
  ),
  scenario(
    'when one key has two certificates then both have it',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(take(web, 'web'))
      await store.import(take(twin, 'twin'))
      expect([(await rowOf(backing, web))['keyId'], (await rowOf(backing, twin))['keyId']]).toEqual([
        web.id,
        web.id,
      ])
    },
  ),
  scenario(
    'when an RSA key is imported then it arrives',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }))
      const { Secret } = await import('../../../src/base/secret.ts')
      const { sha256Hex } = await import('../../../src/crypto/digest.ts')
      const pkcs8 = new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })))
      const id = sha256Hex(spki)
      // signed by the P-256 key of the issuer: what the certificate is about is another thing
      const of = makeCertificate({
        cn: 'rsa.example',
        issuer: issuing,
        key: { key: privateKey, spki, pkcs8, id },
      })
      await store.import(take(of, 'rsa'))
      expect(await rowOf(backing, of)).toMatchObject({ keyId: id, publicKey: { type: 'rsa', size: 2048 } })
    },
  ),
  scenario(
    'when the private key of another certificate comes then nothing of it is lost',
    ['import', 'import.key', 'list:key', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import({
        ...batchOf({ of: web, name: 'web', keyed: true }),
        keys: batchOf({ of: web, keyed: true }, { of: mail, keyed: true }).keys,
      })
      expect((await listed(backing, 'key')).map(({ id }) => id).toSorted()).toEqual(
        [web.id, mail.id].toSorted(),
      )
    },
  ),
]

const deletes: readonly Scenario[] = [
  scenario(
    'when a certificate is deleted then it is gone here and behind, and the others stay',
    ['delete', 'delete.certificate', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const { store, backing } = world
      const [outcome] = await store.delete([targetOf(await rowOf(store, mail))])
      expect(outcome).toMatchObject({ outcome: 'changed' })
      for (const each of [store, backing]) {
        expect(await has(each, mail)).toBe(false)
        expect(await has(each, web)).toBe(true)
      }
    },
  ),
  scenario(
    'when a deleted certificate is deleted again then it is not found',
    ['delete', 'delete.certificate', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const target = targetOf(await rowOf(world.store, mail))
      await world.store.delete([target])
      await refuses(world, () => world.store.delete([target]), 'record.not-found')
    },
  ),
  scenario(
    "when nobody's id is deleted then it is not found",
    ['delete', 'delete.certificate'],
    async (world) => {
      await stocked(world)
      for (const id of ['4711', '../1', 'a b'])
        await refuses(world, () => world.store.delete([{ kind: 'certificate', id }]), 'record.not-found')
    },
  ),
  scenario(
    'when several are deleted then all are gone',
    ['delete', 'delete.certificate', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const targets = [targetOf(await rowOf(world.store, mail)), targetOf(await rowOf(world.store, web))]
      expect((await world.store.delete(targets)).length).toBeGreaterThanOrEqual(2)
      expect([await has(world.backing, mail), await has(world.backing, web)]).toEqual([false, false])
    },
  ),
  scenario(
    'when one of several is missing then none is deleted',
    ['delete', 'delete.certificate', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const targets = [targetOf(await rowOf(world.store, mail)), targetOf({ id: '4711' })]
      await refuses(world, () => world.store.delete(targets), 'record.not-found')
    },
  ),
  scenario(
    'when a deletion is rehearsed then nothing goes',
    ['delete', 'delete.certificate', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const before = await everything(world.backing)
      const [outcome] = await world.store.delete([targetOf(await rowOf(world.store, mail))], { dryRun: true })
      expect(outcome).toMatchObject({ outcome: 'changed' })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario(
    'when a key is deleted then its certificate stays without it',
    ['delete', 'delete.key', 'list:key'],
    async (world) => {
      await stocked(world)
      const row = (await listed(world.store, 'key')).find(({ id }) => id === web.id)!
      await world.store.delete([targetOf(row, 'key')])
      expect((await listed(world.backing, 'key')).map(({ id }) => id)).toEqual([mail.id])
    },
  ),
  scenario(
    'when what was deleted is restored then it is as before',
    ['delete', 'trash', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const target = targetOf(await rowOf(world.store, mail))
      const before = await everything(world.backing)
      await world.store.delete([target])
      await world.store.restore([target])
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario(
    'when the trash is emptied then nothing comes back',
    ['delete', 'trash', 'list:certificate'],
    async (world) => {
      await stocked(world)
      const target = targetOf(await rowOf(world.store, mail))
      await world.store.delete([target])
      await world.store.emptyTrash()
      await expect(world.store.restore([target])).rejects.toMatchObject({ code: 'record.not-found' })
    },
  ),
]

const edits: readonly Scenario[] = [
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

/** What takes in, takes out and changes. */
export const writeScenarios: readonly Scenario[] = [...imports, ...deletes, ...edits]
