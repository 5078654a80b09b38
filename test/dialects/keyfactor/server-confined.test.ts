import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { API_ROUTES } from '../../../src/dialects/keyfactor/server-routes.ts'
import { rawCall, stockedWorld, type RawCall, type RawReply, type Stocked } from './world.ts'

/** Collection 1 is the team's and holds certificate 2; collection 2 holds certificate 1 and is somebody else's. */
let world: Stocked
beforeEach(async () => {
  world = await stockedWorld({ users: [{ name: 'web-team', role: 'manager', collections: ['1'] }] })
  await world.store.addCollection({ name: 'webs', filter: 'tag = prod' })
  await world.store.addCollection({ name: 'roots', filter: 'cn = Root' })
})
afterEach(() => world.close())

const call = (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
  rawCall(world, { path: `/KeyfactorAPI${path}`, user: 'web-team', ...more })

/** What such a user may call; the certificate's number stands for `#`, the rest of the query follows. */
type Open = readonly [method: string, path: string, body?: unknown, format?: string]
const revocation = { Reason: 6, Comment: 'x' }
const metadata = { Metadata: { FriendlyName: 'x' } }
const OPEN: readonly Open[] = [
  ['GET', '/Certificates/#'],
  ['GET', '/Certificates/Locations/#'],
  ['GET', '/Certificates/IdentityAudit/#'],
  ['GET', '/Certificates/#/Validate'],
  ['GET', '/Certificates/#/History'],
  ['GET', '/Certificates/#/Security'],
  ['GET', '/Certificates/Metadata/Compare?certificateId=#&metadataFieldName=Name&value=x'],
  ['GET', '/Enrollment/AvailableRenewal/Id/#'],
  ['POST', '/Enrollment/Renew', { CertificateId: '#', CertificateAuthority: 'root' }],
  ['POST', '/Certificates/Download', { CertID: '#' }, 'PEM'],
  ['POST', '/Certificates/Recover', { CertID: '#', Password: 'geheim' }, 'JKS'],
  ['PUT', '/Certificates/Metadata', { Id: '#', ...metadata }],
  [
    'PUT',
    '/Certificates/Metadata/All',
    { CertificateIds: ['#'], Metadata: [{ MetadataName: 'FriendlyName', Value: 'x' }] },
  ],
  ['POST', '/Certificates/Revoke', { CertificateIds: ['#'], ...revocation }],
  ['DELETE', '/Certificates/PrivateKey/#'],
  ['DELETE', '/Certificates/#'],
]

/** One of them, for one certificate, in one collection (0: none). */
function ask(
  [method, path, body, format]: Open,
  { id, collection }: { readonly id: number; readonly collection: number },
): Promise<RawReply> {
  const isInBody = path.endsWith('/Revoke')
  const text = JSON.stringify(body)?.replaceAll('"#"', String(id))
  const sent = isInBody && collection > 0 ? text.replace('{', `{"CollectionId":${collection},`) : text
  const query =
    collection > 0 && !isInBody ? `${path.includes('?') ? '&' : '?'}collectionId=${collection}` : ''
  return call(path.replaceAll('#', String(id)) + query, {
    method,
    ...(sent !== undefined && { raw: sent }),
    ...(format !== undefined && { headers: { 'x-certificateformat': format } }),
  })
}

describe('a user who is confined to a collection', () => {
  const named = OPEN.map((open) => ({ name: `${open[0]} ${open[1]}`, open }))
  test.each(named)('$name: names the collection, and reaches what is in it', async ({ open }) => {
    expect((await ask(open, { id: 2, collection: 0 })).status).toBe(403)
    expect((await ask(open, { id: 1, collection: 0 })).status).toBe(403)
    expect((await ask(open, { id: 1, collection: 2 })).status).toBe(403)
    expect((await ask(open, { id: 2, collection: 9 })).status).toBe(403)
    expect((await ask(open, { id: 1, collection: 1 })).status).toBe(404)
    const mine = await ask(open, { id: 2, collection: 1 })
    expect([mine.status, mine.json?.ErrorCode]).toEqual([mine.text === '' ? 204 : 200, undefined])
  })

  test('finds by a query, as CSV too, only what is in the collection', async () => {
    const all = 'CertId%20-gt%200'
    const found = await call(`/Certificates?collectionId=1&queryString=${all}`)
    expect(found.json.map((each: { Id: number }) => each.Id)).toEqual([2])
    expect(found.headers['x-total-count']).toBe('1')
    expect((await call(`/Certificates/CSV?Query=${all}`)).status).toBe(403)
    const csv = (await call(`/Certificates/CSV?Query=${all}&CollectionId=1`)).text
    expect(csv.trimEnd().split('\r\n')).toHaveLength(2)
    const byThumbprint = await call('/Certificates/Download?collectionId=1', {
      method: 'POST',
      body: { Thumbprint: (await world.store.certificate('1')).facts.thumbprint },
    })
    expect(byThumbprint.status).toBe(404)
  })

  test('changes by a query, or a list, only what is in the collection', async () => {
    const everything = 'CertId -gt 0'
    const change = { MetadataName: 'FriendlyName', Value: 'mine', OverwriteExisting: true }
    const put = await call('/Certificates/Metadata/All?collectionId=1', {
      method: 'PUT',
      body: { Query: everything, Metadata: [change] },
    })
    expect(put.status).toBe(204)
    const body = { Query: everything, ...revocation }
    expect((await call('/Certificates/RevokeAll', { method: 'POST', body })).status).toBe(403)
    const revoked = await call('/Certificates/RevokeAll?collectionId=1', { method: 'POST', body })
    expect(revoked.json.RevokedIds).toEqual([2])
    expect((await call('/Certificates/Query', { method: 'DELETE', body: everything })).status).toBe(403)
    const path = '/Certificates/PrivateKey?collectionId=1'
    expect((await call(path, { method: 'DELETE', body: [1, 2, 3] })).status).toBe(204)
    expect((await call('/Certificates?collectionId=1', { method: 'DELETE', body: [1, 3] })).status).toBe(204)
    const names = await Promise.all(
      ['1', '2', '3'].map(async (id) => {
        const { record, state } = await world.store.certificate(id)
        return [record.friendlyName, state, record.keyId === undefined]
      }),
    )
    expect(names.map(([name]) => name)).toEqual([undefined, 'mine', undefined])
    expect(names.map(([, state]) => state)).toEqual(['valid', 'revoked', 'expired'])
    expect(names[1]?.[2]).toBe(true)
    const query = '/Certificates/Query?collectionId=1'
    expect((await call(query, { method: 'DELETE', body: everything })).status).toBe(204)
    expect(await world.store.count('certificate', { filter: { op: 'all' } })).toBeGreaterThanOrEqual(3)
  })

  const isSaid = ([method, path]: readonly [string, string, ...unknown[]]): boolean =>
    OPEN.some(([verb, place]) => verb === method && place.split('?')[0] === path.replace('{id}', '#'))
  const WITHOUT = [
    'GET /Certificates/QueryParsers',
    'GET /Certificates/ExcludedCertificates',
    'GET /MetadataFields',
    'GET /MetadataFields/{id}',
    'GET /CertificateCollections',
    'GET /CertificateCollections/CollectionList',
    'GET /CertificateCollections/{id}',
    'GET /Status/HealthCheck',
  ]
  const IN_OTHER_TESTS = [
    'GET /Certificates',
    'GET /Certificates/CSV',
    'DELETE /Certificates',
    'DELETE /Certificates/Query',
    'DELETE /Certificates/PrivateKey',
    'POST /Certificates/RevokeAll',
    'GET /Enrollment/AvailableRenewal/Thumbprint/{thumbprint}',
  ]

  test('is told what is open, and gets 403 for every operation that is not', async () => {
    const { json } = await call('/Status/Endpoints')
    const open = new Set<string>(json)
    for (const route of API_ROUTES) {
      const name = `${route[0]} ${route[1]}`
      const isOpen = isSaid(route) || WITHOUT.includes(name) || IN_OTHER_TESTS.includes(name)
      expect([name, open.has(name)]).toEqual([name, isOpen])
      if (isOpen && !WITHOUT.includes(name)) continue
      const path = route[1].replace(/\{[a-z]+\}/, '1')
      const reply = await call(path, { method: route[0], ...(route[0] !== 'GET' && { body: {} }) })
      expect([name, reply.status < 300 ? 'done' : reply.status]).toEqual([name, isOpen ? 'done' : 403])
    }
    expect(open.size).toBeGreaterThan(20)
  })

  test('sees its own collections and no other, by number and by name', async () => {
    expect((await call('/CertificateCollections')).json).toMatchObject([{ Id: 1, EstimatedCertCount: 1 }])
    expect((await call('/CertificateCollections/CollectionList')).json).toMatchObject([{ Id: 1 }])
    expect((await call('/CertificateCollections/webs')).status).toBe(200)
    expect((await call('/CertificateCollections/2')).status).toBe(404)
    expect((await call('/CertificateCollections/roots')).status).toBe(404)
  })
})

describe('an answer that is remembered', () => {
  test('is the answer of one user, and of one collection', async () => {
    const paths = ['/Certificates', '/Certificates?collectionId=2', '/Certificates?collectionId=1']
    const statuses = async (user: string): Promise<number[]> => {
      const found: number[] = []
      for (const path of paths) found.push((await call(path, { user })).status)
      return found
    }
    for (let round = 0; round < 2; round++) {
      expect(await statuses('admin')).toEqual([200, 200, 200])
      expect(await statuses('web-team')).toEqual([403, 403, 200])
    }
    for (const user of ['admin', 'web-team', 'admin', 'web-team']) {
      const [one, two] = [await call('/Certificates/1', { user }), await call('/Certificates/2', { user })]
      expect([one.status, two.status]).toEqual(user === 'admin' ? [200, 200] : [403, 403])
      const scoped = await call('/Certificates/1?collectionId=1', { user })
      expect(scoped.status).toBe(404)
    }
  })

  test('is asked anew when a certificate leaves the collection, or the collection changes', async () => {
    const ids = async (): Promise<number[]> =>
      (await call('/Certificates?collectionId=1')).json.map((each: { Id: number }) => each.Id)
    const status = async (id: number): Promise<number> =>
      (await call(`/Certificates/${id}?collectionId=1`)).status
    const download = async (id: number): Promise<number> =>
      (await call('/Certificates/Download?collectionId=1', { method: 'POST', body: { CertID: id } })).status
    expect([await ids(), await status(2), await download(2)]).toEqual([[2], 200, 200])
    expect([await ids(), await status(2), await download(2)]).toEqual([[2], 200, 200])
    await world.store.edit({ kind: 'certificate', id: '2' }, { removeTags: ['prod'] })
    expect([await ids(), await status(2), await download(2)]).toEqual([[], 404, 404])
    await world.store.editCollection({ kind: 'collection', id: '1' }, { filter: 'cn = Root' })
    expect([await ids(), await status(1), await download(1)]).toEqual([[1], 200, 200])
    await world.store.delete([{ kind: 'collection', id: '1' }])
    expect([await status(1), await download(1)]).toEqual([403, 403])
  })

  test('never holds a key: a recovery is made anew each time', async () => {
    const recover = (Password: string): Promise<RawReply> =>
      call('/Certificates/Recover?collectionId=1', {
        method: 'POST',
        body: { CertID: 2, Password },
        headers: { 'x-certificateformat': 'JKS' },
      })
    const [one, two] = [await recover('geheim'), await recover('geheim')]
    expect([one.status, two.status]).toEqual([200, 200])
    await world.store.delete([{ kind: 'key', id: String((await world.store.certificate('2')).record.keyId) }])
    expect((await recover('geheim')).json.ErrorCode).toBe('0xA0110002')
  })
})
