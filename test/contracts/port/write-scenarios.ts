import { expect } from 'vitest'
import { generateKeyPairSync } from 'node:crypto'
import type { MutationOptions } from '../../../src/store/store.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import {
  expired,
  issuing,
  large,
  mail,
  password,
  renewed,
  root,
  rootOrder,
  soon,
  twin,
  unicode,
  web,
} from './material.ts'
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

/** Where names are not unique: both have it, or the server refuses it all the same, and then nothing changes. */
async function sharesOrRefuses(world: PortWorld, options: MutationOptions): Promise<void> {
  const before = await everything(world.backing)
  const refusal = await world.store.import(take(renewed, 'web'), options).then(
    () => undefined,
    (error: unknown) => error as { readonly code: string },
  )
  if (refusal === undefined) expect(await listed(world.backing)).toHaveLength(2)
  else expect([refusal.code, await everything(world.backing)]).toEqual(['remote.refused', before])
}

/** Where a certificate stands under its key. */
const refusesKeyless = async (world: PortWorld): Promise<void> =>
  refuses(world, () => world.store.import(batchOf({ of: web, name: 'web' })), 'store.unsupported')

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
    'when the key of an authority behind is locked then listing and import go on',
    ['import', 'list:certificate'],
    async ({ store, backing }) => {
      await backing.createAuthority(rootOrder({ protection: { password } }))
      await store.import(take(web, 'web'))
      expect(await has(store, web)).toBe(true)
      expect(await has(backing, web)).toBe(true)
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
    ['import', 'import.keyless', 'notion:keyless', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(batchOf({ of: web, name: 'web' }))
      expect((await rowOf(backing, web))['keyId']).toBeUndefined()
      expect(await has(store, web)).toBe(true)
    },
    refusesKeyless,
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
    ['import', 'import.several', 'import.keyless', 'notion:keyless', 'list:certificate'],
    async ({ store, backing }) => {
      await store.import(batchOf({ of: web, name: 'web', keyed: true }, { of: issuing }, { of: root }))
      for (const each of [web, issuing, root]) expect(await has(backing, each)).toBe(true)
    },
    refusesKeyless,
  ),
  scenario(
    'when the name is taken then import is refused and says so',
    ['import', 'list:certificate', 'field:name', 'notion:unique-names'],
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      await refuses(world, () => world.store.import(take(renewed, 'web')), 'name.taken', 'remote.refused')
    },
    async (world) => {
      await world.stock({ of: web, name: 'web', keyed: true })
      await sharesOrRefuses(world, {})
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
      await sharesOrRefuses(world, { replace: true })
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
    ['delete', 'delete.key', 'list:key', 'notion:keyless'],
    async (world) => {
      await stocked(world)
      const { keyId } = await rowOf(world.store, web)
      await world.store.delete([{ kind: 'key', id: String(keyId) }])
      expect((await listed(world.backing, 'key')).map(({ id }) => id)).toEqual([mail.id])
      expect(await has(world.backing, web)).toBe(true)
    },
    async (world) => {
      await stocked(world)
      const { keyId } = await rowOf(world.store, web)
      // its certificates would go with it
      const run = () => world.store.delete([{ kind: 'key', id: String(keyId) }])
      await refuses(world, run, 'state.refused', 'store.unsupported')
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

/** What takes in and takes out. */
export const writeScenarios: readonly Scenario[] = [...imports, ...deletes]
