import { expect, test } from 'vitest'
import { makeKey } from '../support/make-certificates.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { csrFor, doubts, rootOrder, rows, target } from '../contracts/authority/world.ts'
import { certificateExtensions } from '../../src/x509/certificate.ts'
import { frozenAmbient } from '../support/ambient.ts'

/** A store in memory with a root. */
async function storeWithRoot(ambient = frozenAmbient()) {
  const repository = memoryRepository(describeRecord, ambient)
  const world = { repository, store: localStore(repository, { ambient, kind: 'memory', location: 'memory' }) }
  await world.store.createAuthority(rootOrder())
  return world
}

const isPlace = ({ name }: { readonly name?: string }): boolean => name === 'cRLDistributionPoints'

const requests = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ csr: csrFor([`dns:h${at}.example`]) }))

test('when more requests come than are signed together then all land in their order', async () => {
  // random numbers of the frozen world repeat after some hundred
  let drawn = 0
  const random = (length: number) => Uint8Array.from(Buffer.alloc(length, `${++drawn} `))
  const world = await storeWithRoot({ ...frozenAmbient(), random })
  const all = requests(300)
  const signings = await world.store.issue(all, {})
  const names = signings.map(({ outcomes }) => outcomes[0]!.row['subjectAltName'])
  expect(names).toEqual(all.map((_, at) => [{ type: 'dns', value: `h${at}.example` }]))
  expect(signings.map(({ outcomes }) => Number(outcomes[0]!.id))).toEqual(all.map((_, at) => at + 2))
  expect(await doubts(world)).toEqual([])
})

test('requests of a bulk are checked while somebody else writes', async () => {
  const world = await storeWithRoot()
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const writing = world.repository.write(() => held)
  const forged = Uint8Array.from(requests(1)[0]!.csr)
  // the last octet of the signature
  forged[forged.length - 1]! ^= 1
  const issuing = world.store.issue([...requests(40), { csr: forged }], {})
  await expect(issuing).rejects.toMatchObject({ code: 'input.invalid' })
  release()
  await writing
  expect(await rows(world)).toHaveLength(1)
})

test('when a request stands twice in a bulk then it is not signed twice, and nothing of the bulk is there', async () => {
  const world = await storeWithRoot()
  const all = requests(5)
  await expect(world.store.issue([...all, all[1]!], {})).rejects.toMatchObject({
    code: 'state.already-issued',
  })
  expect(await rows(world)).toHaveLength(1)
})

test('when a request stands again far behind in a bulk then nothing of the bulk is there', async () => {
  let drawn = 0
  const random = (length: number) => Uint8Array.from(Buffer.alloc(length, `${++drawn} `))
  const world = await storeWithRoot({ ...frozenAmbient(), random })
  const all = requests(200)
  await expect(world.store.issue([...all, all[1]!], {})).rejects.toMatchObject({
    code: 'state.already-issued',
  })
  await expect(world.store.issue([...all, all[199]!], {})).rejects.toMatchObject({
    code: 'state.already-issued',
  })
  expect(await rows(world)).toHaveLength(1)
})

test('when the same request is signed twice at once then only the first is, and the others are all the same', async () => {
  const world = await storeWithRoot()
  const ids: string[] = []
  for (const request of requests(6)) ids.push((await world.store.submit(request))[0]!.id)
  const ends = await Promise.allSettled([...ids, ids[2]!].map((id) => world.store.sign(target(id), {})))
  expect(ends.map(({ status }) => status)).toEqual([...ids.map(() => 'fulfilled'), 'rejected'])
  expect(ends.at(-1)).toMatchObject({ reason: { code: 'state.already-issued' } })
})

test('when a serial number is drawn a second time then the request is refused', async () => {
  const world = await storeWithRoot({
    ...frozenAmbient(),
    random: (length) => new Uint8Array(length).fill(7),
  })
  const ids: string[] = []
  for (const request of requests(2)) ids.push((await world.store.submit(request))[0]!.id)
  const ends = await Promise.allSettled(ids.map((id) => world.store.sign(target(id), {})))
  // the root has the number already: it is drawn for each of them again
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(ends[1]).toMatchObject({ reason: { message: expect.stringContaining('used the serial number') } })
})

test('when the serial numbers of two in a bulk are the same then nothing of the bulk is there', async () => {
  const ambient = frozenAmbient()
  let isConstant = false
  const random = (length: number) => (isConstant ? new Uint8Array(length).fill(9) : ambient.random(length))
  const world = await storeWithRoot({ ...ambient, random })
  isConstant = true
  await expect(world.store.issue(requests(3), {})).rejects.toMatchObject({
    message: expect.stringContaining('used the serial number'),
  })
  expect(await rows(world)).toHaveLength(1)
})

test('when two of a bulk want one name then nothing of the bulk is there; with replace the name goes to the second', async () => {
  const world = await storeWithRoot()
  const named = requests(4).map((request, at) => ({ ...request, ...(at % 2 === 1 && { name: 'web' }) }))
  await expect(world.store.issue(named, {})).rejects.toMatchObject({ code: 'name.taken' })
  const ids: string[] = []
  for (const { csr } of named) ids.push((await world.store.submit({ csr }))[0]!.id)
  const order = (at: number) => (at % 2 === 1 ? { name: 'web' } : {})
  await Promise.all(ids.map((id, at) => world.store.sign(target(id), order(at), { replace: true })))
  const holders = (await rows(world)).filter(
    (row) => row['name'] === 'web' && row['supersededBy'] === undefined,
  )
  expect(holders.map((row) => row['requestId'])).toEqual([ids[3]])
})

test('when different users have requests issued at once then each request names who asked for it', async () => {
  const world = await storeWithRoot()
  const order = {}
  const users = ['ann', 'bob', 'ann']
  await Promise.all(requests(3).map((each, at) => world.store.issue([each], order, { actor: users[at]! })))
  expect((await rows(world, 'request')).map(({ requestedBy }) => requestedBy)).toEqual(users)
})

test('when servers at different addresses sign at once then each certificate points to the CRL of its own', async () => {
  const world = await storeWithRoot()
  const bases = ['http://one.example/crl', undefined, 'http://two.example/crl']
  const options = {}
  const signings = await Promise.all(
    requests(3).map((each, at) => {
      const crlBase = bases[at]
      return world.store.issue([each], crlBase === undefined ? {} : { crlBase }, options)
    }),
  )
  const places = signings.map(([signing]) => certificateExtensions(signing!.der).find(isPlace)?.value)
  expect(places).toEqual(
    bases.map((base) => base && [{ fullName: [{ type: 'uri', value: `${base}/root.crl` }] }]),
  )
})

test('when one may replace who has a name, another that comes at once and may not is refused', async () => {
  const world = await storeWithRoot()
  const ids: string[] = []
  for (const request of requests(3)) ids.push((await world.store.submit(request))[0]!.id)
  await world.store.sign(target(ids[0]!), { name: 'web' })
  const order = { name: 'web' }
  const ends = await Promise.allSettled([
    world.store.sign(target(ids[1]!), order, { replace: true }),
    world.store.sign(target(ids[2]!), order),
  ])
  expect(ends).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'name.taken' } }])
})

test('when a request of a bulk brings the key of one that waits, which is signed with it, then the key joins both', async () => {
  const world = await storeWithRoot()
  const key = makeKey()
  const csr = csrFor(['dns:waits.example'], key)
  await world.store.submit({ csr })
  const brought = {
    csr: csrFor(['dns:brings.example'], key),
    key: { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source: { how: 'generated' } as const },
  }
  await world.store.issue([brought, { csr }], {})
  expect((await rows(world, 'request')).map(({ state, keyId }) => [state, keyId])).toEqual([
    ['issued', key.id],
    ['issued', key.id],
  ])
  expect(await doubts(world)).toEqual([])
})
