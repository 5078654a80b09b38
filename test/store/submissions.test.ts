import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import { csrFor, rootOrder, rows, target } from '../contracts/authority/world.ts'
import { counted } from './counted.ts'

test('when many requests come at once then they share a transaction, and each says who asked', async () => {
  const world = counted()
  const csrs = Array.from({ length: 20 }, (_, at) => csrFor([`dns:h${at}.example`]))
  const all = csrs.map((csr, at) => world.store.submit({ csr }, { actor: `user${at % 2}` }))
  const ids = (await Promise.all(all)).map(([outcome]) => outcome!.id)
  expect(new Set(ids).size).toBe(20)
  expect((await rows(world, 'request')).map((row) => row['requestedBy']).toSorted()).toEqual(
    Array.from({ length: 20 }, (_, at) => (at < 10 ? 'user0' : 'user1')),
  )
  // the first may have gone alone while the others gathered
  expect(world.count.transactions).toBeLessThanOrEqual(2)
})

test('when one of them is refused then the others are in all the same', async () => {
  const world = counted()
  await world.store.submit({ csr: csrFor(['dns:first.example']), name: 'taken' })
  const ends = await Promise.allSettled(
    ['a', 'taken', 'b'].map((name) => world.store.submit({ csr: csrFor([`dns:${name}.example`]), name })),
  )
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(ends[1]).toMatchObject({ reason: { code: 'name.taken' } })
  // the first alone, then all three: none is tried again
  expect(world.count.transactions).toBe(2)
  expect((await rows(world, 'request')).map((row) => row['name']).toSorted()).toEqual(['a', 'b', 'taken'])
})

test('when the same request comes twice at once then it is there once', async () => {
  const world = counted()
  const csr = csrFor(['dns:same.example'])
  const outcomes = await Promise.all([world.store.submit({ csr }), world.store.submit({ csr })])
  expect(outcomes.map(([outcome]) => outcome!.outcome).toSorted()).toEqual(['changed', 'unchanged'])
  expect(await rows(world, 'request')).toHaveLength(1)
})

function csrOnCurve(namedCurve: string): Uint8Array {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve })
  const signer = openSigner(new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))))
  return writeCsr({ subject: parseNameText('CN=curve'), extensions: [], signer })
}

test('when no profile has the curve of a strong key then the request waits: another authority may sign it', async () => {
  const world = counted()
  for (const curve of ['secp256k1', 'brainpoolP256r1'])
    expect(await world.store.submit({ csr: csrOnCurve(curve) })).toMatchObject([{ outcome: 'changed' }])
})

test('when a key is too weak for every profile then the request is refused at once, until one allows it', async () => {
  const world = counted()
  const csr = csrOnCurve('prime192v1')
  await expect(world.store.submit({ csr })).rejects.toMatchObject({
    code: 'policy.refused',
    message: expect.stringMatching(
      /^the request is refused, no profile would certify its key: the curve P-192/,
    ) as string,
  })
  await world.store.addProfile({ name: 'old', extends: 'server', keys: { curves: ['P-192'] } })
  expect(await world.store.submit({ csr })).toMatchObject([{ outcome: 'changed' }])
})

describe('the authority that a request has in mind', () => {
  async function withTwo() {
    const world = counted()
    for (const name of ['one', 'two']) await world.store.createAuthority(rootOrder({ name }))
    return world
  }
  const submitted = async ({ store }: ReturnType<typeof counted>, authority?: string) => {
    const csr = csrFor(['dns:a.example'])
    const [outcome] = await store.submit({ csr, ...(authority !== undefined && { authority }) })
    return outcome!
  }

  test('is kept by its id, and signs where nobody names another', async () => {
    const world = await withTwo()
    const { id, row } = await submitted(world, 'two')
    expect(row['authorityId']).toBe('2')
    const { outcomes } = await world.store.sign(target(id), {})
    expect(outcomes[0]!.row['authorityId']).toBe('2')
  })

  test('gives way to the one that is named with the signature', async () => {
    const world = await withTwo()
    const { id } = await submitted(world, '2')
    expect((await world.store.sign(target(id), { authority: 'one' })).outcomes[0]!.row['authorityId']).toBe(
      '1',
    )
  })

  test('does not pass to another one when it is disabled', async () => {
    const world = await withTwo()
    const { id } = await submitted(world, 'two')
    await world.store.editAuthority({ kind: 'authority', id: '2' }, { enabled: false })
    await expect(world.store.sign(target(id), {})).rejects.toMatchObject({ code: 'state.refused' })
  })

  test('is chosen for each of those that are signed together', async () => {
    const world = await withTwo()
    const wanted = ['one', 'two', 'one', 'two']
    const ids: string[] = []
    for (const name of wanted) ids.push((await submitted(world, name)).id)
    const signings = await Promise.all(ids.map((id) => world.store.sign(target(id), {})))
    expect(signings.map(({ outcomes }) => outcomes[0]!.row['authorityId'])).toEqual(['1', '2', '1', '2'])
  })

  test('must be there', async () => {
    const world = await withTwo()
    await expect(submitted(world, 'three')).rejects.toMatchObject({ code: 'record.not-found' })
    expect(await rows(world, 'request')).toEqual([])
  })
})
