import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Query } from '../../../src/domain/filter.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import type { ListedRecord } from '../../../src/store/store.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { all, connected, type Connected } from './connect.ts'
import { servedWorld } from '../../support/house-world.ts'
import { rawCall, stockedWorld, type Stocked } from './world.ts'

const EVERYTHING: Query = { filter: { op: 'all' }, sort: [] }
const text = (reference: string) => ({ kind: 'certificate', by: 'text', text: reference }) as const
const source = { how: 'imported' } as const

/** What a host tells of a certificate, under our names. */
const TOLD = [
  'friendlyName',
  'subject',
  'issuer',
  'notBefore',
  'notAfter',
  'thumbprint',
  'version',
  'signatureAlgorithm',
  'extendedKeyUsage',
  'subjectAltName',
  'state',
]
const told = (row: ListedRecord): object => Object.fromEntries(TOLD.map((field) => [field, row[field]]))

let world: Stocked
let here: Connected
beforeAll(async () => {
  world = await stockedWorld()
  here = await connected(world, world.apiKeys['admin'])
})
afterAll(async () => {
  await here.store.close()
  await world.close()
})

const localRows = async (): Promise<ListedRecord[]> => [
  ...(await all(world.stores['My']!.list('certificate', EVERYTHING))),
  ...(await all(world.stores['WebHosting']!.list('certificate', EVERYTHING))),
]

describe('our client reading from our server', () => {
  test('a listing tells of every certificate what the local store tells', async () => {
    const remote = await all(here.store.list('certificate', EVERYTHING))
    const local = await localRows()
    // the handle of the store stands in for a friendly name that is not there
    const expected = local.map((row) => told({ ...row, friendlyName: row['friendlyName'] ?? row['name'] }))
    expect(remote.map(told)).toEqual(expected)
    expect(remote.map(({ keystore }) => (keystore as { name: string }).name)).toEqual([
      'My',
      'My',
      'My',
      'WebHosting',
    ])
    expect(remote.map(({ hasPrivateKey }) => hasPrivateKey)).toEqual([false, true, false, false])
  })

  test('one certificate is found by id, friendly name and thumbprint', async () => {
    const [row] = await all(here.store.list('certificate', { ...EVERYTHING, offset: 1, limit: 1 }))
    const { thumbprint } = (await localRows())[1]!
    for (const reference of [row!.id, 'Web server', String(thumbprint), String(thumbprint).slice(0, 8)])
      expect(await here.store.resolve(text(reference))).toEqual(row)
    await expect(here.store.resolve(text('nobody'))).rejects.toMatchObject({ code: 'record.not-found' })
  })

  test('filters, order, windows and counts are those of the local store', async () => {
    const list = async (query: Partial<Query>): Promise<unknown[]> =>
      (await all(here.store.list('certificate', { ...EVERYTHING, ...query }))).map(({ subject }) => subject)
    const where = (filter: string): Partial<Query> => ({ filter: parseFilter(filter, 'certificate') })
    expect(await list(where('state = expired'))).toEqual(['CN=old\\, \\"example\\",O=Example'])
    expect(await list(where('eku = serverAuth'))).toEqual(['CN=web.intranet.example,O=Example Intranet,C=DE'])
    expect(await list(where('san = dns:web.example and hasKey = true'))).toEqual(['CN=web.example,O=Example'])
    expect(await list({ sort: [{ field: 'notAfter', descending: true }], limit: 1 })).toEqual([
      'CN=web.intranet.example,O=Example Intranet,C=DE',
    ])
    expect(await here.store.count('certificate', EVERYTHING)).toBe(4)
    expect(
      await here.store.count('certificate', { filter: parseFilter('state = valid', 'certificate') }),
    ).toBe(3)
  })

  test('a store of the server is a store of ours when the settings name it', async () => {
    const { store } = await connected(world, world.apiKeys['admin'], { store: 'webhosting' })
    expect(await all(store.list('certificate', EVERYTHING))).toHaveLength(1)
    expect(await store.count('certificate', EVERYTHING)).toBe(1)
    const [first] = await all(here.store.list('certificate', EVERYTHING))
    await expect(store.resolve(text(first!.id))).rejects.toMatchObject({ code: 'record.not-found' })
    await store.close()
  })

  test('when it connects then it says who answers, the stores and their claims, and when the key ends', async () => {
    const reader = await connected(world, world.apiKeys['reader'])
    expect(await reader.store.probe()).toEqual({
      server: 'IIS Administration 6.0.0',
      facts: {
        host: 'IIS Administration API',
        stores: 'My (read), WebHosting (read)',
        'key expires': 'never',
      },
    })
    await reader.store.close()
  })

  test('a wrong key, and none at all, are failures of the credential', async () => {
    for (const token of ['wrong', undefined]) {
      const { store } = await connected(world, token)
      await expect(store.probe()).rejects.toMatchObject({ code: 'auth.failed' })
      await expect(all(store.list('certificate', EVERYTHING))).rejects.toMatchObject({ code: 'auth.failed' })
      await expect(store.count('certificate', EVERYTHING)).rejects.toMatchObject({ code: 'auth.failed' })
      await store.close()
    }
  })

  test('a long list comes in ranges, across stores, once each', async () => {
    const long = await stockedWorld()
    try {
      const many = Array.from({ length: 420 }, (_, index) => ({
        der: makeCertificate({ cn: `c${index}`, key: long.root }).der,
        source,
      }))
      await long.stores['My']!.import({ certificates: many, keys: [] })
      const { store, trace } = await connected(long, long.apiKeys['admin'])
      const rows = await all(store.list('certificate', EVERYTHING))
      expect(new Set(rows.map(({ id }) => id)).size).toBe(424)
      expect(
        trace.filter((line) => /Range: certificates=/i.test(line)).map((line) => line.split('=')[1]),
      ).toEqual(['0-199', '200-399', '400-423'])
      await store.close()
    } finally {
      await long.close()
    }
  })
})

describe('a server over another server', () => {
  test('gives what the first one tells, in the same form, ranges and single ones too', async () => {
    const far = await connected(world, world.apiKeys['admin'])
    const second = await servedWorld({ dialects: ['iis'], stores: { Far: far.store } })
    try {
      const bare = ({ id: _id, store: _store, _links, ...rest }: Record<string, unknown>): object => rest
      const [near, first] = await Promise.all(
        [second, world].map((each) => rawCall(each, { path: '/api/certificates?fields=*' })),
      )
      expect(near!.json.certificates.map(bare)).toEqual(first!.json.certificates.map(bare))
      expect(near!.json.certificates[0].store).toMatchObject({ name: 'Far' })
      const headers = { Range: 'certificates=2-3' }
      const ranged = await rawCall(second, { path: '/api/certificates?fields=*', headers })
      expect(ranged.json.certificates).toEqual(near!.json.certificates.slice(2))
      const { id } = near!.json.certificates[3]
      const single = await rawCall(second, { path: `/api/certificates/${id}` })
      expect(single.json).toEqual(near!.json.certificates[3])
      const { json } = await rawCall(second, { path: '/api/certificates/stores?fields=*' })
      expect(json.stores[0].claims).toEqual(['read'])
    } finally {
      await second.close()
    }
  })

  test('when the one behind does not let us in, or is gone, then that is no fault of the caller’s key', async () => {
    const locked = await connected(world, 'wrong')
    const dead = await connected({ url: 'https://127.0.0.1:1', ca: world.ca }, 'any')
    const second = await servedWorld({
      dialects: ['iis'],
      stores: { Locked: locked.store, Dead: dead.store },
    })
    try {
      const { json } = await rawCall(second, { path: '/api/certificates/stores' })
      for (const { id } of json.stores as { id: string }[]) {
        const reply = await rawCall(second, { path: `/api/certificates?certificate_store.id=${id}` })
        expect(reply.status).toBe(502)
        expect(reply.json).toMatchObject({ title: 'Bad Gateway', status: 502 })
        expect(reply.headers['www-authenticate']).toBeUndefined()
        expect(reply.text).not.toContain('    at ')
      }
    } finally {
      await second.close()
    }
  })
})
