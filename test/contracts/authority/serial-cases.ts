import { expect } from 'vitest'
import { describeCrl, revokedEntries } from '../../../src/x509/crl.ts'
import { memoryStore } from '../../support/worlds.ts'
import {
  csrFor,
  doubts,
  everything,
  password,
  row,
  rootOrder,
  said,
  signedStore,
  target,
  type Cases,
} from './world.ts'

const order = { reason: 'keyCompromise' } as const

export const serialCases: Cases = {
  'when an authority got another subject from its parent then what it issued before keeps its serial numbers':
    async (world) => {
      const { store, repository } = world
      const [id] = await signedStore(world, ['a.example'])
      await repository.write(async (tx) => {
        const { fields } = (await tx.read('authority', '1'))!
        const record = { kind: 'authority', id: '1', fields: { ...fields, subject: 'CN=Other' } } as const
        return tx.put(record, 'any', { action: 'edit', kind: 'authority', id: '1' })
      })
      const serial = String((await row(world, id!))['serialNumber'])
      await expect(store.revokeSerials('root', [serial], order)).rejects.toMatchObject({
        code: 'state.refused',
        hint: expect.stringContaining(`certman revoke ${id}`) as string,
      })
    },
  'when a certificate was destroyed then its serial number is revoked, and every CRL lists it': async (
    world,
  ) => {
    const { store } = world
    const [id] = await signedStore(world, ['a.example', 'b.example'])
    const serial = String((await row(world, id!))['serialNumber'])
    await expect(store.revokeSerials('root', [serial], order)).rejects.toMatchObject({
      code: 'state.refused',
    })
    await store.delete([target(id!, 'certificate')])
    await expect(store.revokeSerials('root', [serial], order)).rejects.toMatchObject({
      code: 'state.refused',
      hint: expect.stringContaining(`certman restore ${id}`) as string,
    })
    await store.emptyTrash()
    const { outcomes, notes } = await store.revokeSerials('root', [serial, serial], order)
    expect([said(outcomes), notes]).toEqual([['authority 1 crl signed'], []])
    const [other] = await store.revoke([target('3', 'certificate')], order).then((done) => done.outcomes)
    for (const renew of [false, true]) {
      const { der } = await store.crl('root', { renew })
      const listed = [...revokedEntries(der)].map(({ serialNumber }) => serialNumber)
      expect(listed).toEqual([serial, other!.row['serialNumber']])
    }
    const [queued] = await store.submit({ csr: csrFor(['dns:c.example']) })
    const signing = store.sign(target(queued!.id), { serialNumber: serial })
    await expect(signing).rejects.toMatchObject({ code: 'state.refused', field: 'serialNumber' })
    expect(await doubts(world)).toEqual([])
  },
  'when a certificate comes back whose serial number was revoked then it is revoked, and stands in the CRL once':
    async (world) => {
      const { store } = world
      const ids = await signedStore(world, ['a.example', 'b.example'])
      const serial = String((await row(world, ids[0]!))['serialNumber'])
      const ders = await Promise.all(ids.map(async (id) => (await store.certificate(id)).der))
      await store.delete(ids.map((id) => target(id, 'certificate')))
      await store.emptyTrash()
      const date = new Date('2026-03-01T11:57:00Z')
      await store.revokeSerials('root', [serial], { ...order, date })
      const certificates = ders.map((der) => ({ der, source: { how: 'imported' } as const }))
      const back = await store.import({ certificates, keys: [] })
      expect(said(back)).toEqual(['certificate 4 created', 'certificate 5 created'])
      const [revoked, valid] = [await row(world, '4'), await row(world, '5')]
      expect(revoked).toMatchObject({
        state: 'revoked',
        authorityId: '1',
        revocation: { reason: 'keyCompromise', date: '2026-03-01T11:57:00Z' },
      })
      expect(valid).toMatchObject({ state: 'valid', authorityId: '1' })
      await expect(store.revoke([target('4', 'certificate')], order)).rejects.toMatchObject({
        code: 'state.already-revoked',
      })
      await expect(store.delete([target('4', 'certificate')])).rejects.toMatchObject({
        code: 'state.refused',
      })
      await store.revoke([target('5', 'certificate')], { reason: 'superseded' })
      const listed = [...revokedEntries((await store.crl('root', { renew: true })).der)]
      expect(listed.map(({ serialNumber }) => serialNumber)).toEqual([serial, valid['serialNumber']])
      expect(said(await store.import({ certificates, keys: [] }))).toEqual([
        'certificate 4 present',
        'certificate 5 present',
      ])
      expect(await doubts(world)).toEqual([])
    },
  'when a certificate that an older CRL holds comes in and is released, or revoked, then the CRLs follow its record':
    async (world) => {
      const elsewhere = { ...world, store: memoryStore() }
      const ids = await signedStore(elsewhere, ['a.example', 'b.example', 'c.example'])
      await elsewhere.store.revoke(
        ids.map((id) => target(id, 'certificate')),
        { reason: 'certificateHold' },
      )
      const [ca, ...held] = await Promise.all(['1', ...ids].map((id) => elsewhere.store.certificate(id)))
      const source = { how: 'imported' } as const
      const key = { ...(await elsewhere.store.key(String(ca!.record.keyId))), source }
      const { der: crl } = await elsewhere.store.crl('root', {})
      const { store } = world
      await store.importAuthority({ name: 'root', certificate: ca!.der, key, insecure: true, crl, source })
      await store.import({ certificates: held.map(({ der }) => ({ der, source })), keys: [] })
      await store.release([target('2', 'certificate')], {})
      await store.revoke([target('3', 'certificate')], order)
      const listed = [...revokedEntries((await store.crl('root', { renew: true })).der)]
      expect(listed.map(({ serialNumber, reason }) => [serialNumber, reason])).toEqual([
        [held[2]!.facts.serialNumber, 'certificateHold'],
        [held[1]!.facts.serialNumber, 'keyCompromise'],
      ])
      expect(await doubts(world)).toEqual([])
    },
  'when a serial number cannot be revoked then nothing changes': async (world) => {
    const { store } = world
    await store.createAuthority(rootOrder({ protection: { password } }))
    const { notes } = await store.revokeSerials('root', ['a1'], order)
    expect(notes).toHaveLength(1)
    const before = await everything(world)
    const refused = (serials: readonly string[], wish: Parameters<typeof store.revokeSerials>[2]) =>
      store.revokeSerials('root', serials, wish).then(
        () => 'done',
        (error: { code: string }) => error.code,
      )
    expect(await refused(['b2', 'a1'], order)).toBe('state.already-revoked')
    expect(await refused(['b2'], { reason: 'certificateHold' })).toBe('input.invalid')
    expect(await refused(['b2'], { ...order, date: new Date('2030-01-01T00:00:00Z') })).toBe('input.invalid')
    expect(await everything(world)).toEqual(before)
    expect(describeCrl((await store.crl('root', { password })).der)).toMatchObject({ revokedCount: 1 })
    expect(await doubts(world)).toEqual([])
  },
}
