import { expect } from 'vitest'
import { parseFilter } from '../../../src/query/parse.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import type { ListedRecord, Store } from '../../../src/store/store.ts'
import { makeCertificate, makeKey, makeRequest } from '../../support/make-certificates.ts'
import {
  authority,
  certificateRow,
  csrFor,
  issuing,
  keyOf,
  queued,
  requestRow,
  root,
  rootOrder,
} from './material.ts'
import { scenario } from './scenario.ts'
import {
  cnOf,
  everything,
  listed,
  outcomeOf,
  refuses,
  resolve,
  source,
  targetOf,
  type PortWorld,
  type Scenario,
} from './world.ts'

const stateOf = async (store: Store, cn: string): Promise<unknown> => (await requestRow(store, cn))['state']

const request = (row: ListedRecord) => targetOf(row, 'request')

/** An authority, and requests for these names. */
const withQueue = async ({ backing }: PortWorld, ...names: readonly string[]): Promise<void> => {
  await authority(backing)
  for (const name of names) await queued(backing, name)
}

/** Where the server makes requests itself: what others asked for is not there, and a request of another key is refused. */
async function noQueue(world: PortWorld): Promise<void> {
  await withQueue(world, 'one.example')
  expect((await listed(world.store, 'request')).map(cnOf)).not.toContain('one.example')
  await refuses(
    world,
    () => world.store.submit({ csr: csrFor('new.example') }),
    'key.missing',
    'store.unsupported',
  )
}

const submits: readonly Scenario[] = [
  scenario(
    'when a request brings its key along then both are there, here and behind',
    ['request', 'request.key', 'list:request', 'list:key'],
    async (world) => {
      await authority(world.backing)
      const key = makeKey()
      const csr = csrFor('new.example', key)
      await world.store.submit({ csr, key: keyOf(key), name: 'new' })
      expect(await stateOf(world.store, 'new.example')).toBe('outstanding')
      expect((await listed(world.backing, 'key')).map(({ id }) => id)).toContain(key.id)
    },
  ),
  scenario(
    'when a request brings its key along then it is refused or kept, never lost',
    ['request', 'list:request'],
    async (world) => {
      await authority(world.backing)
      const key = makeKey()
      const run = world.store.submit({ csr: csrFor('new.example', key), key: keyOf(key) })
      const refusal = await run.then(
        () => undefined,
        (error: unknown) => error as { readonly code: string },
      )
      const keys = (await listed(world.backing, 'key')).map(({ id }) => id)
      expect([refusal?.code, keys.includes(key.id)]).toEqual(
        refusal ? ['store.unsupported', false] : [undefined, true],
      )
    },
  ),

  scenario(
    'when a request is made then it is outstanding, here and behind',
    ['request', 'list:request'],
    async (world) => {
      await authority(world.backing)
      const outcomes = await world.store.submit({ csr: csrFor('new.example') })
      expect(outcomeOf(outcomes, 'request')).toMatchObject({ outcome: 'changed' })
      for (const each of [world.store, world.backing])
        expect(await stateOf(each, 'new.example')).toBe('outstanding')
    },
  ),
  scenario(
    'when a request is made then the id of the outcome finds it',
    ['request', 'list:request'],
    async (world) => {
      await authority(world.backing)
      const { id } = outcomeOf(await world.store.submit({ csr: csrFor('new.example') }), 'request')
      expect((await resolve(world.store, id, 'request'))['subject']).toBe('CN=new.example,O=Example')
    },
  ),
  scenario(
    'when a request is made then its bytes arrive as they are',
    ['request', 'exportRequest', 'list:request'],
    async (world) => {
      await authority(world.backing)
      const csr = csrFor('new.example')
      await world.store.submit({ csr })
      const { der } = await world.backing.request((await requestRow(world.backing, 'new.example')).id)
      expect(Buffer.from(der).equals(csr)).toBe(true)
    },
  ),
  scenario('when a request is not signed by its key then it is refused', ['request'], async (world) => {
    await authority(world.backing)
    const csr = Uint8Array.from(makeRequest('web.example').der)
    csr[csr.length - 5]! ^= 1
    await refuses(
      world,
      () => world.store.submit({ csr }),
      'input.invalid',
      'policy.refused',
      'remote.refused',
      'der.malformed',
    )
  }),
  scenario('when the bytes are no request then it is refused', ['request'], async (world) => {
    await authority(world.backing)
    await refuses(
      world,
      () => world.store.submit({ csr: Uint8Array.of(0x30, 1, 2) }),
      'der.malformed',
      'input.invalid',
    )
  }),
  scenario('when a request is rehearsed then nothing is queued', ['request'], async (world) => {
    await authority(world.backing)
    const before = await everything(world.backing)
    const outcomes = await world.store.submit({ csr: csrFor('new.example') }, { dryRun: true })
    expect(outcomeOf(outcomes, 'request')).toMatchObject({ outcome: 'changed' })
    expect(await everything(world.backing)).toEqual(before)
  }),
  scenario('when a request has 200 names then they arrive', ['request', 'list:request'], async (world) => {
    await authority(world.backing)
    const names = Array.from({ length: 200 }, (_, at) => `host-${at}.many.example`)
    await world.store.submit({ csr: csrFor('many.example', makeKey(), names) })
    expect((await requestRow(world.backing, 'many.example'))['subjectAltName']).toHaveLength(200)
  }),
  scenario(
    'when a subject is of several scripts then the request arrives whole',
    ['request', 'list:request'],
    async (world) => {
      await authority(world.backing)
      await world.store.submit({ csr: csrFor('Zürich 東京', makeKey(), ['z.example']) })
      for (const each of [world.store, world.backing])
        expect(await stateOf(each, 'Zürich 東京')).toBe('outstanding')
    },
  ),
  scenario(
    'when many requests are made at once then each lands once',
    ['request', 'list:request'],
    async (world) => {
      await authority(world.backing)
      const names = Array.from({ length: 8 }, (_, at) => `host-${at}.example`)
      await Promise.all(names.map((name) => world.store.submit({ csr: csrFor(name) })))
      expect((await listed(world.backing, 'request')).map(cnOf).toSorted()).toEqual(names)
    },
  ),
  scenario('when requests are listed then each says its state', ['list:request'], async (world) => {
    await withQueue(world, 'one.example', 'two.example')
    await world.backing.reject([request(await requestRow(world.backing, 'two.example'))], 'no')
    expect([await stateOf(world.store, 'one.example'), await stateOf(world.store, 'two.example')]).toEqual([
      'outstanding',
      'rejected',
    ])
  }),
  scenario('when outstanding requests are asked for then no other comes', ['list:request'], async (world) => {
    await withQueue(world, 'one.example', 'two.example')
    await world.backing.reject([request(await requestRow(world.backing, 'two.example'))], 'no')
    const filter = parseFilter('state = outstanding', 'request')
    expect((await listed(world.store, 'request', { filter, sort: [] })).map(cnOf)).toEqual(['one.example'])
    expect(await world.store.count('request', { filter })).toBe(1)
  }),
  scenario('when requests are filtered by subject then only those come', ['list:request'], async (world) => {
    await withQueue(world, 'one.example', 'two.example')
    const filter = parseFilter('cn = two.example', 'request')
    expect((await listed(world.store, 'request', { filter, sort: [] })).map(cnOf)).toEqual(['two.example'])
  }),
  scenario('when requests are limited then so many come', ['list:request'], async (world) => {
    await withQueue(world, 'one.example', 'two.example', 'three.example')
    expect(await listed(world.store, 'request', { filter: { op: 'all' }, sort: [], limit: 2 })).toHaveLength(
      2,
    )
  }),
  scenario(
    'when a request is deleted then it is gone here and behind',
    ['delete', 'delete.request', 'list:request'],
    async (world) => {
      await withQueue(world, 'one.example', 'two.example')
      await world.store.delete([request(await requestRow(world.store, 'one.example'))])
      for (const each of [world.store, world.backing])
        expect((await listed(each, 'request')).map(cnOf)).toEqual(['two.example'])
    },
  ),
  scenario(
    'when a request is imported then it is outstanding',
    ['import', 'import.request', 'list:request'],
    async (world) => {
      await world.store.import({
        certificates: [],
        keys: [],
        requests: [{ der: csrFor('new.example'), source }],
      })
      expect(await stateOf(world.backing, 'new.example')).toBe('outstanding')
    },
  ),
]

const signs: readonly Scenario[] = [
  scenario(
    'when a request is signed then its certificate is there and it is issued',
    ['sign', 'list:request', 'list:certificate'],
    async (world) => {
      await withQueue(world, 'new.example')
      const { outcomes, der } = await world.store.sign(
        request(await requestRow(world.store, 'new.example')),
        {},
      )
      expect(outcomeOf(outcomes).row['subject']).toBe('CN=new.example,O=Example')
      expect(der.length).toBeGreaterThan(300)
      expect(await stateOf(world.backing, 'new.example')).toBe('issued')
      expect((await certificateRow(world.store, 'new.example'))['state']).toBe('valid')
    },
  ),
  scenario(
    'when a request is signed then the bytes are those of the store behind',
    ['sign', 'list:request', 'exportCertificate'],
    async (world) => {
      await withQueue(world, 'new.example')
      const { der } = await world.store.sign(request(await requestRow(world.store, 'new.example')), {})
      const behind = await world.backing.certificate((await certificateRow(world.backing, 'new.example')).id)
      expect(Buffer.from(der).equals(Buffer.from(behind.der))).toBe(true)
    },
  ),
  scenario(
    'when a request was signed then it is not signed again',
    ['sign', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      const target = request(await requestRow(world.store, 'new.example'))
      await world.store.sign(target, {})
      await refuses(world, () => world.store.sign(target, {}), 'state.refused', 'record.not-found')
    },
  ),
  scenario("when nobody's request is signed then it is not found", ['sign'], async (world) => {
    await authority(world.backing)
    await refuses(world, () => world.store.sign({ kind: 'request', id: '4711' }, {}), 'record.not-found')
  }),
  scenario(
    'when a signature is rehearsed then nothing is issued',
    ['sign', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      const before = await everything(world.backing)
      await world.store.sign(request(await requestRow(world.store, 'new.example')), {}, { dryRun: true })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario(
    'when several requests are signed one after the other then each has a serial number of its own',
    ['sign', 'list:request'],
    async (world) => {
      const names = ['one.example', 'two.example', 'three.example']
      await withQueue(world, ...names)
      for (const name of names) await world.store.sign(request(await requestRow(world.store, name)), {})
      const serials = (await listed(world.backing)).map((row) => row['serialNumber'])
      expect(new Set(serials).size).toBe(4)
    },
  ),
  scenario(
    'when the same request is signed twice at once then one certificate comes of it',
    ['sign', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      const target = request(await requestRow(world.store, 'new.example'))
      const ends = await Promise.allSettled([world.store.sign(target, {}), world.store.sign(target, {})])
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect((await listed(world.backing)).filter((row) => cnOf(row) === 'new.example')).toHaveLength(1)
    },
  ),
  scenario(
    'when an authority is named then it signs',
    ['sign', 'sign.authority', 'list:request', 'list:authority'],
    async (world) => {
      await withQueue(world, 'new.example')
      await world.backing.createAuthority(
        rootOrder({ name: 'second', subject: parseNameText('CN=Second,O=Example') }),
      )
      const { id } = (await listed(world.store, 'authority')).find((row) => cnOf(row) === 'Second')!
      await world.store.sign(request(await requestRow(world.store, 'new.example')), { authority: id })
      const { authorityId } = await certificateRow(world.backing, 'new.example')
      expect(authorityId).toBe((await resolve(world.backing, 'second', 'authority')).id)
    },
  ),
  scenario(
    'when the days are named then the certificate is valid for so long',
    ['sign', 'sign.order', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      await world.store.sign(request(await requestRow(world.store, 'new.example')), { days: 30 })
      expect((await certificateRow(world.backing, 'new.example'))['notAfter']).toBe('2026-03-31T11:59:59Z')
    },
  ),
  scenario(
    'when requests are issued at once then all are',
    ['request', 'sign', 'list:certificate'],
    async (world) => {
      await authority(world.backing)
      const signings = await world.store.issue(
        ['a.example', 'b.example'].map((name) => ({ csr: csrFor(name) })),
        {},
      )
      expect(signings).toHaveLength(2)
      for (const name of ['a.example', 'b.example'])
        expect((await certificateRow(world.store, name))['state']).toBe('valid')
    },
  ),
]

const answers: readonly Scenario[] = [
  scenario(
    'when a request is rejected then it says so, here and behind',
    ['reject', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example', 'other.example')
      const [outcome] = await world.store.reject(
        [request(await requestRow(world.store, 'new.example'))],
        undefined,
      )
      expect(outcome).toMatchObject({ outcome: 'changed' })
      for (const each of [world.store, world.backing]) {
        expect(await stateOf(each, 'new.example')).toBe('rejected')
        expect(await stateOf(each, 'other.example')).toBe('outstanding')
      }
    },
  ),
  scenario(
    'when a reason is given then it is kept behind',
    ['reject', 'notion:reasons', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      await world.store.reject([request(await requestRow(world.store, 'new.example'))], 'no ticket — später')
      expect((await requestRow(world.backing, 'new.example'))['rejectionReason']).toBe('no ticket — später')
    },
    async (world) => {
      await withQueue(world, 'new.example')
      await world.store.reject([request(await requestRow(world.store, 'new.example'))], 'no ticket')
      expect(await requestRow(world.backing, 'new.example')).toMatchObject({ state: 'rejected' })
    },
  ),
  scenario(
    'when a request was rejected then it is neither signed nor rejected',
    ['reject', 'sign', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      const target = request(await requestRow(world.store, 'new.example'))
      await world.store.reject([target], undefined)
      await refuses(world, () => world.store.sign(target, {}), 'state.refused', 'record.not-found')
      await refuses(world, () => world.store.reject([target], undefined), 'state.refused', 'record.not-found')
    },
  ),
  scenario('when a request was signed then it is not rejected', ['reject', 'list:request'], async (world) => {
    await withQueue(world, 'new.example')
    const target = request(await requestRow(world.store, 'new.example'))
    await world.backing.sign(request(await requestRow(world.backing, 'new.example')), {})
    await refuses(world, () => world.store.reject([target], undefined), 'state.refused', 'record.not-found')
  }),
  scenario(
    'when a rejection is rehearsed then nothing happens',
    ['reject', 'list:request'],
    async (world) => {
      await withQueue(world, 'new.example')
      const before = await everything(world.backing)
      await world.store.reject([request(await requestRow(world.store, 'new.example'))], undefined, {
        dryRun: true,
      })
      expect(await everything(world.backing)).toEqual(before)
    },
  ),
  scenario("when nobody's request is rejected then it is not found", ['reject'], async (world) => {
    await refuses(
      world,
      () => world.store.reject([{ kind: 'request', id: '4711' }], undefined),
      'record.not-found',
    )
  }),
  scenario(
    'when a chain from elsewhere is attached then the request is issued',
    ['attach', 'list:request', 'list:certificate'],
    async (world) => {
      const leaf = makeCertificate({ cn: 'new.example', issuer: issuing })
      await world.backing.submit({ csr: makeRequest('new.example', leaf).der })
      const target = request(await requestRow(world.store, 'new.example'))
      await world.store.attach(target, [leaf.der, issuing.der, root.der])
      expect(await stateOf(world.backing, 'new.example')).toBe('issued')
      expect((await certificateRow(world.store, 'new.example'))['thumbprint']).toBe(
        (await certificateRow(world.backing, 'new.example'))['thumbprint'],
      )
    },
  ),
  scenario(
    'when the chain is for another key then it is refused',
    ['attach', 'list:request'],
    async (world) => {
      await world.backing.submit({ csr: csrFor('new.example') })
      const stranger = makeCertificate({ cn: 'new.example', issuer: issuing })
      const target = request(await requestRow(world.store, 'new.example'))
      await refuses(
        world,
        () => world.store.attach(target, [stranger.der, issuing.der, root.der]),
        'policy.refused',
        'remote.refused',
        'input.invalid',
      )
    },
  ),
  scenario('when attaching is rehearsed then nothing happens', ['attach', 'list:request'], async (world) => {
    const leaf = makeCertificate({ cn: 'new.example', issuer: issuing })
    await world.backing.submit({ csr: makeRequest('new.example', leaf).der })
    const before = await everything(world.backing)
    const target = request(await requestRow(world.store, 'new.example'))
    await world.store.attach(target, [leaf.der, issuing.der, root.der], { dryRun: true })
    expect(await everything(world.backing)).toEqual(before)
  }),
  scenario(
    'when a certificate is renewed then the new one takes its name, and the old one is superseded',
    ['renew', 'list:certificate', 'field:name', 'notion:superseded'],
    async (world) => {
      const { old, now } = await renewed(world)
      expect(now['fingerprint']).not.toBe(old['fingerprint'])
      expect((await resolve(world.store, old.id))['state']).toBe('superseded')
    },
    async (world) => {
      const { old, now } = await renewed(world)
      expect(now['fingerprint']).not.toBe(old['fingerprint'])
      expect((await resolve(world.store, old.id))['fingerprint']).toBe(old['fingerprint'])
    },
  ),
]

/** A certificate called `new` that is renewed: its row before, and that of what has the name after. */
async function renewed(world: PortWorld): Promise<{ old: ListedRecord; now: ListedRecord }> {
  await authority(world.backing)
  const { pkcs8, spki, ...rest } = makeKey()
  const key = { pkcs8, spki, encrypted: false, source }
  const csr = csrFor('new.example', { pkcs8, spki, ...rest })
  const { id } = outcomeOf(await world.backing.submit({ csr, key, name: 'new' }), 'request')
  await world.backing.sign({ kind: 'request', id }, { days: 10 })
  const old = await certificateRow(world.store, 'new.example')
  await world.store.renew(targetOf(old), {})
  return { old, now: await resolve(world.store, 'new') }
}

/** The queue of requests. */
export const requestScenarios: readonly Scenario[] = [...submits, ...signs, ...answers].map((each) =>
  (each.needs.includes('list:request') || each.needs.includes('request')) &&
  !each.title.includes('brings its key') &&
  !each.otherwise
    ? { ...each, needs: [...each.needs, 'notion:queue'], otherwise: noQueue }
    : each,
)
