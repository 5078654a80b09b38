import { expect } from 'vitest'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { describeCrl } from '../../../src/x509/crl.ts'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import type { Store } from '../../../src/store/store.ts'
import {
  authority,
  certificateRow,
  csrFor,
  issued,
  issuing,
  queued,
  requestRow,
  root,
  rootOrder,
  web,
} from './material.ts'
import { scenario } from './scenario.ts'
import {
  cns,
  everything,
  filtered,
  listed,
  refuses,
  resolve,
  rowOf,
  source,
  targetOf,
  type PortWorld,
  type Scenario,
} from './world.ts'

const leaf = async (world: PortWorld, cn = 'leaf.example') => {
  await issued(world.backing, cn)
  return targetOf(await certificateRow(world.store, cn))
}

const behind = (store: Store, cn = 'leaf.example') => certificateRow(store, cn)

const revokes: readonly Scenario[] = [
  scenario(
    'when a certificate is revoked then it says so, here and behind',
    ['revoke', 'list:certificate', 'notion:revoked-listed'],
    async (world) => {
      const { outcomes } = await world.store.revoke([await leaf(world)], { reason: 'keyCompromise' })
      expect(outcomes[0]).toMatchObject({ outcome: 'changed' })
      for (const each of [world.store, world.backing]) expect((await behind(each))['state']).toBe('revoked')
    },
    async (world) => {
      await world.store.revoke([await leaf(world)], { reason: 'unspecified' })
      expect((await behind(world.backing))['state']).toBe('revoked')
      expect((await listed(world.store, 'request')).map((row) => row['state'])).toContain('revoked')
    },
  ),
  scenario(
    'when a reason is named then it is kept behind',
    ['revoke', 'notion:reasons', 'list:certificate'],
    async (world) => {
      await world.store.revoke([await leaf(world)], { reason: 'superseded' })
      expect((await behind(world.backing))['revocation']).toMatchObject({ reason: 'superseded' })
    },
    async (world) => {
      await world.store.revoke([await leaf(world)], { reason: 'superseded' })
      expect((await behind(world.backing))['revocation']).toMatchObject({ reason: 'unspecified' })
    },
  ),
  scenario(
    'when a certificate was revoked then it is not revoked again',
    ['revoke', 'list:certificate'],
    async (world) => {
      const target = await leaf(world)
      await world.store.revoke([target], { reason: 'keyCompromise' })
      await refuses(
        world,
        () => world.store.revoke([target], { reason: 'keyCompromise' }),
        'state.refused',
        'remote.refused',
      )
    },
  ),
  scenario(
    'when a certificate was revoked then the CRL behind has it',
    ['revoke', 'list:certificate'],
    async (world) => {
      await world.store.revoke([await leaf(world)], { reason: 'keyCompromise' })
      expect(describeCrl((await world.backing.crl('root')).der).revokedCount).toBe(1)
    },
  ),
  scenario('when several are revoked then all are', ['revoke', 'list:certificate'], async (world) => {
    const targets = [await leaf(world, 'a.example'), await leaf(world, 'b.example')]
    await world.store.revoke(targets, { reason: 'cessationOfOperation' })
    expect(cns(await filtered(world.backing, 'state = revoked'))).toEqual(['a.example', 'b.example'])
  }),
  scenario(
    'when a revocation is rehearsed then nothing happens',
    ['revoke', 'list:certificate'],
    async (world) => {
      const target = await leaf(world)
      const before = await everything(world.backing)
      await world.store.revoke([target], { reason: 'keyCompromise' }, { dryRun: true })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario("when nobody's certificate is revoked then it is not found", ['revoke'], async (world) => {
    await authority(world.backing)
    await refuses(
      world,
      () => world.store.revoke([{ kind: 'certificate', id: '4711' }], { reason: 'keyCompromise' }),
      'record.not-found',
    )
  }),
  scenario(
    'when no authority here issued it then it is not revoked',
    ['revoke', 'list:certificate'],
    async (world) => {
      await authority(world.backing)
      await world.stock({ of: web })
      const target = targetOf(await rowOf(world.store, web))
      await refuses(
        world,
        () => world.store.revoke([target], { reason: 'keyCompromise' }),
        'state.refused',
        'remote.refused',
      )
    },
  ),
  scenario(
    'when a certificate is held and released then it is valid again',
    ['revoke', 'revoke.hold', 'verb:release', 'list:certificate'],
    async (world) => {
      const target = await leaf(world)
      await world.store.revoke([target], { reason: 'certificateHold' })
      expect((await behind(world.store))['state']).toBe('revoked')
      await world.store.release([target], {})
      for (const each of [world.store, world.backing]) expect((await behind(each))['state']).toBe('valid')
    },
  ),
  scenario(
    'when what is not on hold is released then it is refused',
    ['revoke', 'revoke.hold', 'verb:release', 'list:certificate'],
    async (world) => {
      const target = await leaf(world)
      await refuses(world, () => world.store.release([target], {}), 'state.refused', 'remote.refused')
    },
  ),
  scenario(
    'when a date is named then it is kept behind',
    ['revoke', 'revoke.date', 'list:certificate'],
    async (world) => {
      const date = new Date('2026-03-01T11:58:00Z')
      await world.store.revoke([await leaf(world)], { reason: 'keyCompromise', date })
      expect((await behind(world.backing))['revocation']).toMatchObject({ date: '2026-03-01T11:58:00Z' })
    },
  ),
  scenario(
    'when a revoked certificate is listed then it is not among the valid ones',
    ['list:certificate', 'field:state', 'notion:revoked-listed'],
    async (world) => {
      const { id } = await leaf(world).then(() => certificateRow(world.backing, 'leaf.example'))
      await world.backing.revoke([{ kind: 'certificate', id }], { reason: 'keyCompromise' })
      expect(cns(await filtered(world.store, 'state = revoked'))).toEqual(['leaf.example'])
      expect(cns(await filtered(world.store, 'state = valid'))).not.toContain('leaf.example')
    },
    async (world) => {
      await leaf(world)
      await world.backing.revoke([targetOf(await behind(world.backing))], { reason: 'keyCompromise' })
      expect(cns(await filtered(world.store, 'state = revoked'))).toEqual([])
    },
  ),
  scenario(
    'when serial numbers without a record are revoked then the CRL has them',
    ['revoke', 'verb:revokeSerials'],
    async (world) => {
      await authority(world.backing)
      await world.store.revokeSerials('root', ['2a', '2b'], { reason: 'keyCompromise' })
      expect(describeCrl((await world.backing.crl('root')).der).revokedCount).toBe(2)
    },
  ),
]

const authorities: readonly Scenario[] = [
  scenario(
    'when authorities are listed then each is there with its subject',
    ['list:authority'],
    async (world) => {
      await world.backing.createAuthority(rootOrder())
      await world.backing.createAuthority(
        rootOrder({ name: 'second', subject: parseNameText('CN=Second,O=Example') }),
      )
      const rows = await listed(world.store, 'authority')
      expect(rows).toHaveLength(2)
      expect(await world.store.count('authority', EVERYTHING)).toBe(2)
    },
  ),
  scenario(
    'when an authority is resolved by its id then it is that one',
    ['list:authority'],
    async (world) => {
      await world.backing.createAuthority(rootOrder())
      const [row] = await listed(world.store, 'authority')
      expect((await resolve(world.store, `authorities/${row!.id}`)).id).toBe(row!.id)
    },
  ),
  scenario("when nobody's authority is asked for then it is not found", ['list:authority'], async (world) => {
    await expect(resolve(world.store, 'authorities/4711')).rejects.toMatchObject({ code: 'record.not-found' })
  }),
  scenario(
    'when a root is made then it is there, here and behind, and can sign',
    ['createAuthority', 'list:authority', 'sign'],
    async (world) => {
      await world.store.createAuthority(rootOrder({ subject: parseNameText('CN=Made,O=Example') }))
      for (const each of [world.store, world.backing]) expect(await listed(each, 'authority')).toHaveLength(1)
      await queued(world.backing, 'leaf.example')
      await world.store.sign(targetOf(await requestRow(world.store, 'leaf.example'), 'request'), {})
      expect((await behind(world.backing))['issuer']).toContain('CN=Made')
    },
  ),
  scenario(
    'when making a root is rehearsed then there is none',
    ['createAuthority', 'list:authority'],
    async (world) => {
      await world.store.createAuthority(rootOrder(), { dryRun: true })
      expect(await listed(world.backing, 'authority')).toEqual([])
    },
  ),
  scenario(
    'when an authority is disabled and enabled then it is so behind',
    ['editAuthority', 'list:authority'],
    async (world) => {
      await authority(world.backing)
      const [row] = await listed(world.store, 'authority')
      for (const enabled of [false, true]) {
        await world.store.editAuthority(targetOf(row!, 'authority'), { enabled })
        expect((await listed(world.backing, 'authority'))[0]!['enabled']).toBe(enabled)
        expect((await listed(world.store, 'authority'))[0]!['enabled']).toBe(enabled)
      }
    },
  ),
  scenario(
    'when an authority is disabled then it signs nothing',
    ['editAuthority', 'sign', 'list:request'],
    async (world) => {
      await authority(world.backing)
      await queued(world.backing, 'new.example')
      const [row] = await listed(world.store, 'authority')
      await world.store.editAuthority(targetOf(row!, 'authority'), { enabled: false })
      const target = targetOf(await requestRow(world.store, 'new.example'), 'request')
      await refuses(
        world,
        () => world.store.sign(target, { authority: row!.id }),
        'state.refused',
        'remote.refused',
      )
    },
  ),
  scenario(
    'when the CRL is asked for then it is that of the store behind',
    ['crl', 'list:authority'],
    async (world) => {
      await authority(world.backing)
      const [row] = await listed(world.store, 'authority')
      const { der } = await world.store.crl(row!.id)
      expect(Buffer.from(der).equals(Buffer.from((await world.backing.crl('root')).der))).toBe(true)
    },
  ),
  scenario('when a certificate was revoked then the CRL has it', ['crl', 'list:authority'], async (world) => {
    await issued(world.backing, 'leaf.example')
    await world.backing.revoke([targetOf(await behind(world.backing))], { reason: 'keyCompromise' })
    const [row] = await listed(world.store, 'authority')
    expect(describeCrl((await world.store.crl(row!.id)).der).revokedCount).toBe(1)
  }),
  scenario("when nobody's CRL is asked for then it is not found", ['crl'], async (world) => {
    await expect(world.store.crl('4711')).rejects.toMatchObject({ code: 'record.not-found' })
  }),
  scenario(
    'when an authority is taken in then it issues',
    ['createAuthority', 'verb:importAuthority', 'list:authority', 'sign'],
    async (world) => {
      const key = { pkcs8: root.pkcs8, spki: root.spki, encrypted: false, source }
      await world.store.importAuthority({ name: 'taken', certificate: root.der, key, insecure: true, source })
      expect(await listed(world.backing, 'authority')).toHaveLength(1)
    },
  ),
  scenario(
    'when there is no authority then nothing is signed',
    ['sign', 'request', 'list:request'],
    async (world) => {
      await world.backing.submit({ csr: csrFor('new.example') })
      const target = targetOf(await requestRow(world.store, 'new.example'), 'request')
      await refuses(
        world,
        () => world.store.sign(target, {}),
        'record.not-found',
        'state.refused',
        'remote.refused',
      )
    },
  ),
]

const others: readonly Scenario[] = [
  scenario('when collections are listed then each has its filter', ['list:collection'], async (world) => {
    await world.backing.addCollection({ name: 'webs', filter: 'cn ~ web', description: 'Öffentlich' })
    expect(await listed(world.store, 'collection')).toMatchObject([{ name: 'webs', filter: 'cn ~ web' }])
  }),
  scenario(
    'when a collection is added then it is there behind',
    ['list:collection', 'verb:addCollection'],
    async (world) => {
      await world.store.addCollection({ name: 'webs', filter: 'cn ~ web' })
      expect(await listed(world.backing, 'collection')).toMatchObject([{ name: 'webs', filter: 'cn ~ web' }])
    },
  ),
  scenario(
    "when a collection's name is taken then it is refused",
    ['list:collection', 'verb:addCollection'],
    async (world) => {
      await world.backing.addCollection({ name: 'webs', filter: 'cn ~ web' })
      await refuses(
        world,
        () => world.store.addCollection({ name: 'webs', filter: 'cn ~ mail' }),
        'name.taken',
        'remote.refused',
      )
    },
  ),
  scenario(
    'when a collection is edited then it is so behind',
    ['list:collection', 'verb:editCollection'],
    async (world) => {
      await world.backing.addCollection({ name: 'webs', filter: 'cn ~ web' })
      const [row] = await listed(world.store, 'collection')
      await world.store.editCollection(targetOf(row!, 'collection'), { filter: 'cn ~ mail' })
      expect((await listed(world.backing, 'collection'))[0]!['filter']).toBe('cn ~ mail')
    },
  ),
  scenario(
    'when a collection is deleted then it is gone, and its certificates stay',
    ['list:collection', 'delete', 'delete.collection'],
    async (world) => {
      await world.stock({ of: web, keyed: true })
      await world.backing.addCollection({ name: 'webs', filter: 'cn ~ web' })
      const [row] = await listed(world.store, 'collection')
      await world.store.delete([targetOf(row!, 'collection')])
      expect([await listed(world.backing, 'collection'), (await listed(world.backing)).length]).toEqual([
        [],
        1,
      ])
    },
  ),
  scenario('when profiles are listed then the usual ones are there', ['profiles'], async ({ store }) => {
    expect((await store.profiles()).map(({ profile }) => profile.name)).toContain('server')
  }),
  scenario(
    'when an issuer is in the store then it heads the chain of what it issued',
    ['list:certificate', 'exportCertificate'],
    async (world) => {
      await world.stock({ of: issuing }, { of: web })
      const chain = await world.store.issuersOf((await rowOf(world.store, web)).id)
      expect(chain.map(({ facts }) => facts.fingerprint)).toEqual([issuing.fingerprint])
    },
  ),
]

/** Revocation, authorities, collections, profiles. */
export const authorityScenarios: readonly Scenario[] = [...revokes, ...authorities, ...others]
