import { expect, test } from 'vitest'
import { describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import {
  doubts,
  OPEN,
  password,
  rootOrder,
  row,
  said,
  signedStore,
  signOne,
  csrFor,
  target,
} from '../contracts/authority/world.ts'
import { localStore } from '../../src/store/local-store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { counted } from './counted.ts'

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `h${at}.example`)
const certificates = (ids: readonly string[]) => ids.map((id) => target(id, 'certificate'))
const superseded = { reason: 'superseded' } as const

test('when many revoke at once then all are acknowledged, and few CRLs list them all', async () => {
  const world = counted()
  const ids = await signedStore(world, names(20))
  const before = Number(describeCrl((await world.store.crl('root')).der).crlNumber)
  world.count.transactions = 0
  const done = await Promise.all(
    certificates(ids).map((each, at) => world.store.revoke([each], superseded, { actor: `user${at % 2}` })),
  )
  for (const [at, { outcomes, notes }] of done.entries()) {
    expect(said(outcomes)).toEqual([
      `certificate ${ids[at]} revoked`,
      `request ${at + 1} revoked`,
      'authority 1 crl signed',
    ])
    expect(notes).toEqual([])
  }
  // the first may have gone alone while the others gathered
  expect(world.count.transactions).toBeLessThanOrEqual(2)
  const { der } = await world.store.crl('root')
  expect(Number(describeCrl(der).crlNumber)).toBe(before + world.count.transactions)
  const serials = await Promise.all(ids.map(async (id) => (await row(world, id)).serialNumber))
  expect([...revokedEntries(der)].map(({ serialNumber }) => serialNumber)).toEqual(serials)
  expect(await doubts(world)).toEqual([])
})

test('when some of those who revoke at once are refused then the others are done, and of a refused one nothing', async () => {
  const world = counted()
  const ids = await signedStore(world, names(4))
  await world.store.revoke([target(ids[3]!, 'certificate')], superseded)
  const ends = await Promise.allSettled([
    world.store.revoke([target(ids[0]!, 'certificate')], superseded),
    // the second of them is revoked already: the first stays as it is
    world.store.revoke(certificates([ids[1]!, ids[3]!]), { reason: 'keyCompromise' }),
    world.store.revoke([target('99', 'certificate')], superseded),
    world.store.release([target(ids[0]!, 'certificate')], {}),
    world.store.revoke([target(ids[2]!, 'certificate')], { reason: 'certificateHold' }),
    world.store.release([target(ids[2]!, 'certificate')], {}),
  ])
  expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([true, false, false, false, true, true])
  expect(ends.map((end) => (end.status === 'rejected' ? end.reason.code : ''))).toEqual([
    '',
    'state.already-revoked',
    'record.not-found',
    'state.already-revoked',
    '',
    '',
  ])
  expect(await Promise.all(ids.map(async (id) => (await row(world, id))['state']))).toEqual([
    'revoked',
    'valid',
    'valid',
    'revoked',
  ])
  expect(await doubts(world)).toEqual([])
})

test('when only one of those who revoke at once has the password then its CRL tells of all, and nobody has to wait', async () => {
  const world = counted()
  await world.store.createAuthority(rootOrder({ protection: { password } }))
  const ids: string[] = []
  for (const name of names(3)) ids.push(await signOne(world, { csr: csrFor([`dns:${name}`]) }, { password }))
  const done = await Promise.all(
    certificates(ids).map((each, at) =>
      world.store.revoke([each], { ...superseded, ...(at === 1 && { password }) }),
    ),
  )
  expect(done.map(({ notes }) => notes)).toEqual([[], [], []])
  expect(describeCrl((await world.store.crl('root')).der).revokedCount).toBe(3)
})

test('when they revoke certificates of several authorities at once then each hears of its own CRL', async () => {
  const world = counted()
  const [one] = await signedStore(world, ['one.example'])
  await world.store.createAuthority(rootOrder({ name: 'other', protection: OPEN }))
  const two = await signOne(world, { csr: csrFor(['dns:two.example']) }, { authority: 'other' })
  const done = await Promise.all(
    certificates([one!, two]).map((each) => world.store.revoke([each], superseded)),
  )
  expect(done.map(({ outcomes }) => said(outcomes).at(-1))).toEqual([
    'authority 1 crl signed',
    'authority 2 crl signed',
  ])
})

test('when a writer in another process has put the next CRL in place, and is not done with the rest, then a reader waits for it', async () => {
  const { repository, store } = counted()
  await store.createAuthority(rootOrder(), {})
  const { der } = await store.crl('root')
  let early = 8
  const beside = new Proxy(repository, {
    get(target, name) {
      if (name === 'readAttachment' && early-- > 0) return () => Promise.resolve(Buffer.from('the next one'))
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  const ambient = frozenAmbient()
  const reader = localStore(beside, { ambient, kind: 'memory', location: 'memory' })
  expect((await reader.crl('root')).der).toEqual(der)
})
