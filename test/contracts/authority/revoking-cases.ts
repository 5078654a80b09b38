import { expect } from 'vitest'
import type { JsonObject } from '../../../src/base/json.ts'
import { describeCrl, revokedEntries } from '../../../src/x509/crl.ts'
import {
  csrFor,
  doubts,
  everything,
  password,
  row,
  rootOrder,
  rows,
  said,
  signedStore,
  signOne,
  target,
  type Cases,
  type StoreWorld,
} from './world.ts'

async function listedOn({ store }: StoreWorld): Promise<readonly string[]> {
  return [...revokedEntries((await store.crl('root')).der)].map(({ serialNumber }) => serialNumber)
}

const serialOf = async (world: StoreWorld, id: string): Promise<unknown> =>
  (await row(world, id)).serialNumber

export const revokingCases: Cases = {
  'when a revocation lost its date then no CRL is made of it, and the check names the certificate': async (
    world,
  ) => {
    const { store, repository } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.revoke([target(id!, 'certificate')], { reason: 'superseded' })
    const byHand = (revocation: JsonObject): Promise<unknown> =>
      repository.write(async (tx) => {
        const { fields, pem } = (await tx.read('certificate', id!))!
        const record = { kind: 'certificate', id: id!, fields: { ...fields, revocation }, pem: pem! } as const
        return tx.put(record, 'any', { action: 'edit', kind: 'certificate', id: id! })
      })
    await byHand({ reason: 'superseded' })
    await expect(store.crl('root', { renew: true })).rejects.toMatchObject({ code: 'store.damaged' })
    expect(await doubts(world)).toContain(`revocation: certificate ${id} is revoked without a date`)
    await byHand({ date: '2026-03-01T12:00:00Z', reason: 'boredom' })
    expect(await doubts(world)).toContain(`revocation: certificate ${id} is revoked for no known reason`)
  },
  'when a certificate is revoked then request and CRL follow at once': async (world) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    const order = { reason: 'keyCompromise', invalidityDate: new Date('2026-02-01T00:00:00Z') } as const
    const { outcomes, notes } = await store.revoke([target(id!, 'certificate')], order)
    expect(said(outcomes)).toEqual(['certificate 2 revoked', 'request 1 revoked', 'authority 1 crl signed'])
    expect(notes).toEqual([])
    expect(await row(world, id!)).toMatchObject({
      state: 'revoked',
      revocation: {
        reason: 'keyCompromise',
        date: '2026-03-01T12:00:00Z',
        invalidityDate: '2026-02-01T00:00:00Z',
      },
    })
    const { der } = await store.crl('root')
    expect(describeCrl(der)).toMatchObject({ crlNumber: '2', revokedCount: 1 })
    expect([...revokedEntries(der)]).toEqual([
      {
        serialNumber: await serialOf(world, id!),
        revocationDate: '2026-03-01T12:00:00Z',
        reason: 'keyCompromise',
        invalidityDate: '2026-02-01T00:00:00Z',
      },
    ])
    expect(await doubts(world)).toEqual([])
  },
  'a CRL learns of each revoked certificate what it was for': async (world) => {
    await world.store.createAuthority(rootOrder())
    const subjects = { server: 'CN=a.example', 'code-signing': 'CN=Code' }
    for (const [profile, subject] of Object.entries(subjects)) {
      const csr = csrFor(profile === 'server' ? ['dns:a.example'] : [], undefined, subject)
      const id = await signOne(world, { csr }, { profile })
      await world.store.revoke([target(id, 'certificate')], { reason: 'superseded' })
    }
    const revoked = await world.repository.write(async (tx) => [...(await tx.revoked('1'))])
    expect(revoked.map(({ extendedKeyUsage }) => extendedKeyUsage)).toEqual([['serverAuth'], ['codeSigning']])
  },
  'when one of many cannot be revoked then none is': async (world) => {
    const { store } = world
    const ids = await signedStore(world, ['a.example', 'b.example', 'c.example'])
    await store.revoke([target(ids[1]!, 'certificate')], { reason: 'superseded' })
    const before = await everything(world)
    const all = ids.map((id) => target(id, 'certificate'))
    await expect(store.revoke(all, { reason: 'superseded' })).rejects.toMatchObject({
      code: 'state.already-revoked',
    })
    expect(await everything(world)).toEqual(before)
  },
  'when a request is revoked then its certificate is; one without a certificate is refused': async (
    world,
  ) => {
    const { store } = world
    await signedStore(world, ['web.example'])
    await store.submit({ csr: csrFor(['dns:next.example']) })
    await expect(store.revoke([target('2')], { reason: 'superseded' })).rejects.toMatchObject({
      code: 'state.not-issued',
      message: 'cannot revoke request 2: no certificate was issued; a request can be rejected',
    })
    await store.revoke([target('1')], { reason: 'superseded' })
    expect(await row(world, '2')).toMatchObject({ state: 'revoked' })
  },
  'when a certificate is held then it can be released, or revoked for good': async (world) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    const certificate = target(id!, 'certificate')
    await expect(store.release([certificate], {})).rejects.toMatchObject({ code: 'state.not-on-hold' })
    await store.revoke([certificate], { reason: 'certificateHold' })
    expect(await listedOn(world)).toHaveLength(1)
    expect(await row(world, 'requests/1')).toMatchObject({ state: 'issued' })
    expect(said((await store.release([certificate], {})).outcomes)).toEqual([
      'certificate 2 released',
      'authority 1 crl signed',
    ])
    expect(await listedOn(world)).toEqual([])
    expect(await row(world, id!)).toMatchObject({ state: 'valid' })
    await store.revoke([certificate], { reason: 'certificateHold' })
    await store.revoke([certificate], { reason: 'keyCompromise' })
    await expect(store.release([certificate], {})).rejects.toMatchObject({ code: 'state.already-revoked' })
    expect(await doubts(world)).toEqual([])
  },
  'when a certificate of nobody here is to be revoked then it is refused': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    await expect(store.revoke([target('1', 'certificate')], { reason: 'superseded' })).rejects.toMatchObject({
      code: 'state.refused',
    })
  },
  'when a superseded certificate is revoked then the request that was signed again stays issued': async (
    world,
  ) => {
    const { store } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.renew(target(id!, 'certificate'), { reuseKey: true })
    const { outcomes } = await store.revoke([target(id!, 'certificate')], { reason: 'superseded' })
    expect(said(outcomes)).toEqual(['certificate 2 revoked', 'authority 1 crl signed'])
    expect(await row(world, 'requests/1')).toMatchObject({ state: 'issued', certificateId: '3' })
    await store.renew(target('3', 'certificate'), { reuseKey: true })
    expect(await doubts(world)).toEqual([])
  },
  'when a revocation is dated ahead, or before the certificate, then it is refused': async (world) => {
    const [id] = await signedStore(world, ['web.example'])
    const before = await everything(world)
    const revoke = (dates: { date?: Date; invalidityDate?: Date }) =>
      world.store.revoke([target(id!, 'certificate')], { reason: 'superseded', ...dates })
    await expect(revoke({ date: new Date('2026-03-01T12:00:01Z') })).rejects.toMatchObject({
      code: 'input.invalid',
      message: 'cannot revoke certificate 2 from 2026-03-01T12:00:01Z: that time is yet to come',
    })
    await expect(revoke({ date: new Date('2026-03-01T11:54:59Z') })).rejects.toMatchObject({
      code: 'input.invalid',
      message:
        'cannot revoke certificate 2 from 2026-03-01T11:54:59Z: it is valid only from 2026-03-01T11:55:00Z',
    })
    await expect(revoke({ invalidityDate: new Date('2026-03-02T00:00:00Z') })).rejects.toMatchObject({
      code: 'input.invalid',
      message:
        'the key of certificate 2 cannot have been lost on 2026-03-02T00:00:00Z: that time is yet to come',
    })
    expect(await everything(world)).toEqual(before)
    await revoke({ date: new Date('2026-03-01T11:55:00Z') })
  },
  'when the key is locked then the revocation stands, a note says so, and the next CRL has it': async (
    world,
  ) => {
    const { store } = world
    await store.createAuthority(rootOrder({ protection: { password } }))
    const id = await signOne(world, { csr: csrFor(['dns:web.example']) }, { password })
    const first = await store.crl('root')
    const { outcomes, notes } = await store.revoke([target(id, 'certificate')], { reason: 'superseded' })
    expect(said(outcomes)).toEqual(['certificate 2 revoked', 'request 1 revoked', 'authority 1 crl waiting'])
    expect(notes).toEqual([
      'the CRL of "root" is not signed yet, its key needs the password: certman ca crl root --password-file FILE',
    ])
    expect(await doubts(world)).toEqual([])
    await expect(store.crl('root')).rejects.toMatchObject({ code: 'password.required' })
    const next = await store.crl('root', { password })
    expect(next.outcome).toBe('changed')
    expect(describeCrl(next.der)).toMatchObject({ crlNumber: '2', revokedCount: 1 })
    expect(describeCrl(first.der)).toMatchObject({ crlNumber: '1', revokedCount: 0 })
    expect(await doubts(world)).toEqual([])
  },
  'when a new CRL is asked for then its number rises by one': async ({ store }) => {
    await store.createAuthority(rootOrder())
    const numbers: (string | null)[] = []
    for (let at = 0; at < 3; at++)
      numbers.push(describeCrl((await store.crl('root', { renew: true })).der).crlNumber)
    expect(numbers).toEqual(['2', '3', '4'])
    expect((await store.crl('root')).outcome).toBe('unchanged')
  },
  'when the claim is missing then nothing is revoked, signed or made': async (world) => {
    const { store, repository } = world
    const [id] = await signedStore(world, ['web.example'])
    await store.submit({ csr: csrFor(['dns:next.example']) })
    await repository.write((tx) => tx.setHead({ claims: ['read', 'import', 'export', 'delete'] }))
    const before = await everything(world)
    const tries = [
      () => store.revoke([target(id!, 'certificate')], { reason: 'superseded' }),
      () => store.sign(target('2'), {}),
      () => store.reject([target('2')], undefined),
      () => store.submit({ csr: csrFor(['dns:third.example']) }),
      () => store.createAuthority(rootOrder({ name: 'other' })),
    ]
    for (const attempt of tries) await expect(attempt()).rejects.toMatchObject({ code: 'claim.missing' })
    expect(await everything(world)).toEqual(before)
  },
  'when a certificate is renewed then the new one has its name, and the old one is superseded': async (
    world,
  ) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const { makeKey } = await import('../../support/make-certificates.ts')
    const own = makeKey()
    const key = { pkcs8: own.pkcs8, spki: own.spki, encrypted: false, source: { how: 'generated' } } as const
    const names = ['dns:web.example', 'ip:192.0.2.7', 'upn:jo@example']
    const id = await signOne(world, { csr: csrFor(names, own), key, name: 'web' }, { allowChanges: true })
    const { outcomes } = await store.renew(target(id, 'certificate'), {})
    expect(said(outcomes)).toEqual([
      'certificate 3 issued',
      'request 2 issued',
      'certificate 2 superseded',
      'key K created',
    ])
    const [old, renewed] = [await row(world, '2'), await row(world, 'web')]
    expect(renewed).toMatchObject({ id: '3', subjectAltName: old['subjectAltName'], subject: old['subject'] })
    expect(renewed['keyId']).not.toBe(old['keyId'])
    const again = await store.renew(target('3', 'certificate'), { reuseKey: true })
    expect(said(again.outcomes)).toEqual([
      'certificate 4 issued',
      'request 2 issued',
      'certificate 3 superseded',
    ])
    expect((await row(world, 'web'))['keyId']).toBe(renewed['keyId'])
    await expect(store.renew(target('3', 'certificate'), {})).rejects.toMatchObject({ code: 'state.refused' })
    expect(await doubts(world)).toEqual([])
  },
  'when a request goes to a parent elsewhere then its answer makes the authority': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder())
    const { subject, keyType, protection } = rootOrder({ subject: await subjectOf('CN=Sub') })
    const { csr, outcomes } = await store.authorityCsr({
      name: 'sub',
      wish: { subject, keyType },
      protection,
    })
    expect(said(outcomes)).toEqual(['request 1 created', 'key K created'])
    const away = await elsewhere(csr)
    await expect(store.installAuthority('sub', [away.stranger])).rejects.toMatchObject({
      code: 'policy.refused',
    })
    const made = await store.installAuthority('sub', [away.root, away.certificate])
    const again = await store.installAuthority('sub', [away.certificate, away.root])
    expect(again.outcomes.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'authority unchanged',
      'certificate unchanged',
      'request unchanged',
      'certificate unchanged',
    ])
    expect(again.notes).toEqual([])
    await expect(store.installAuthority('sub', [away.root])).rejects.toMatchObject({ code: 'state.refused' })
    expect(said(made.outcomes).slice(0, 3)).toEqual([
      'authority 2 created',
      'certificate 2 created',
      'request 1 issued',
    ])
    await signOne(world, { csr: csrFor(['dns:web.example']) }, { authority: 'sub' })
    expect(await rows(world, 'authority')).toMatchObject([{ issued: 0 }, { issued: 1 }])
    expect(await doubts(world)).toEqual([])
  },
  'when an authority has a newer certificate then an earlier answer does not bring the old one back': async (
    world,
  ) => {
    const { store } = world
    const { subject, keyType, protection } = rootOrder({ subject: await subjectOf('CN=Sub') })
    const first = await store.authorityCsr({ name: 'sub', wish: { subject, keyType }, protection })
    const earlier = await elsewhere(first.csr)
    await store.installAuthority('sub', [earlier.certificate, earlier.root])
    const second = await store.authorityCsr({ name: 'sub', protection })
    const later = await elsewhere(second.csr)
    await store.installAuthority('sub', [later.certificate, later.root])
    const [renewed] = await rows(world, 'authority')
    await expect(store.installAuthority('sub', [earlier.certificate, earlier.root])).rejects.toMatchObject({
      code: 'state.refused',
    })
    expect(await rows(world, 'authority')).toEqual([renewed])
  },
  'when a key signs the same request alike each time then each new answer of the parent renews the authority':
    async (world) => {
      const { store } = world
      const { subject, protection } = rootOrder({ subject: await subjectOf('CN=Sub') })
      const first = await store.authorityCsr({
        name: 'sub',
        wish: { subject, keyType: 'ed25519', pathLen: 0 },
        protection,
      })
      const earlier = await elsewhere(first.csr)
      await store.installAuthority('sub', [earlier.certificate, earlier.root])
      const second = await store.authorityCsr({ name: 'sub', protection })
      expect(second.csr).toEqual(first.csr)
      const later = await elsewhere(second.csr)
      const renewed = await store.installAuthority('sub', [later.certificate, later.root])
      expect(said(renewed.outcomes)).toEqual(
        expect.arrayContaining(['authority 1 renewed', 'certificate 1 superseded', 'request 1 issued']),
      )
      const [authority] = await rows(world, 'authority')
      await expect(store.installAuthority('sub', [earlier.certificate, earlier.root])).rejects.toMatchObject({
        code: 'state.refused',
      })
      expect(await rows(world, 'authority')).toEqual([authority])
      expect(authority!['certificateId']).not.toBe('1')
      expect(await doubts(world)).toEqual([])
    },
}

const subjectOf = async (text: string): Promise<Uint8Array> =>
  (await import('../../../src/x509/name-text.ts')).parseNameText(text)

/** A parent in another store, and what it answers. */
async function elsewhere(
  csr: Uint8Array,
): Promise<{ readonly root: Uint8Array; readonly certificate: Uint8Array; readonly stranger: Uint8Array }> {
  const { memoryRepository } = await import('../../support/memory-repository.ts')
  const { localStore } = await import('../../../src/store/local-store.ts')
  const { describeRecord } = await import('../../../src/store/describe.ts')
  const { frozenAmbient } = await import('../../support/ambient.ts')
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'elsewhere' })
  await store.createAuthority(rootOrder({ subject: await subjectOf('CN=Elsewhere') }))
  const [answer] = await store.issue([{ csr }], { profile: 'intermediate' })
  const [other] = await store.issue([{ csr: csrFor(['dns:x.example']) }], {})
  return { root: (await store.certificate('1')).der, certificate: answer!.der, stranger: other!.der }
}
