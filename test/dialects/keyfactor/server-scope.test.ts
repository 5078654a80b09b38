import { afterEach, describe, expect, test } from 'vitest'
import { CertmanError } from '../../../src/base/errors.ts'
import { CLAIMS } from '../../../src/domain/records.ts'
import { LOCAL_ABILITIES } from '../../../src/store/local-store.ts'
import type { ListedRecord, Store } from '../../../src/store/store.ts'
import { servedWorld, type ServedWorld } from '../../support/house-world.ts'
import { connected } from './connect.ts'
import { rawCall, stock, stockedWorld, type RawCall, type RawReply } from './world.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})
const kept = <T extends { close(): Promise<void> }>(each: T): T => {
  open.push(each)
  return each
}

const caller =
  (world: ServedWorld) =>
  (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
    rawCall(world, { path: `/KeyfactorAPI${path}`, ...more })

describe('collections', () => {
  test('are made, listed, changed and deleted as the vendor does it', async () => {
    const call = caller(kept(await stockedWorld()))
    const body = {
      Name: 'webs',
      Description: '',
      Query: 'IssuedCN -contains "web"',
      DuplicationField: 1,
      ShowOnDashboard: false,
      Favorite: false,
    }
    const made = await call('/CertificateCollections', { method: 'POST', body })
    expect(made.status).toBe(200)
    expect(made.json).toMatchObject({
      Id: 1,
      Name: 'webs',
      Content: 'IssuedCN -contains "web"',
      Query: 'IssuedCN -contains "web"',
      EstimatedCertCount: 1,
    })
    const read = await call('/CertificateCollections/1')
    expect(read.json).toMatchObject({ Id: 1, Automated: false, Content: 'IssuedCN -contains "web"' })
    expect(read.json.Query).toBeUndefined()
    expect((await call('/CertificateCollections/webs')).json.Id).toBe(1)
    const changed = await call('/CertificateCollections', {
      method: 'PUT',
      body: { ...body, Id: 1, Query: 'CertState -eq 1' },
    })
    expect(changed.status).toBe(200)
    expect((await call('/CertificateCollections')).headers['x-total-count']).toBe('1')
    expect(
      (await call('/CertificateCollections', { method: 'POST', body: { Name: 'x', Query: 'Nonsense' } }))
        .status,
    ).toBe(400)
    expect((await call('/CertificateCollections', { method: 'POST', body: { ...body } })).status).toBe(400)
    expect((await call('/CertificateCollections/1', { method: 'DELETE' })).status).toBe(204)
    expect((await call('/CertificateCollections/1')).status).toBe(404)
  })

  test.each([
    ['number', '1'],
    ['name', 'webs'],
  ])('narrow every call, and confine the users that have no more by %s', async (_by, collection) => {
    const users = [{ name: 'web-team', role: 'manager', collections: [collection] }] as const
    const world = kept(await stockedWorld({ users }))
    await world.store.addCollection({ name: 'webs', filter: 'cn ~ web' })
    await world.store.addCollection({ name: 'roots', filter: 'cn = Root' })
    const call = caller(world)
    const ids = async (path: string, user: string): Promise<unknown> => {
      const { status, json } = await call(path, { user })
      return status === 200 ? json.map((each: { Id: number }) => each.Id) : status
    }
    expect(await ids('/Certificates?collectionId=1&queryString=CertId%20-gt%200', 'admin')).toEqual([2])
    expect(await ids('/Certificates?collectionId=9', 'admin')).toBe(404)
    expect(await ids('/Certificates?collectionId=1', 'web-team')).toEqual([2])
    expect(await ids('/Certificates?collectionId=1&containerId=1', 'web-team')).toEqual([2])
    expect(await ids('/Certificates', 'web-team')).toBe(403)
    expect(await ids('/Certificates?containerId=1', 'web-team')).toBe(403)
    expect(await ids('/Certificates?collectionId=2', 'web-team')).toBe(403)
    expect(await ids('/CertificateCollections', 'web-team')).toEqual([1])
    expect((await call('/Certificates/1?collectionId=1', { user: 'web-team' })).status).toBe(404)
    expect((await call('/Certificates/2?collectionId=1', { user: 'web-team' })).status).toBe(200)
    const body = { CertID: 2 }
    const download = '/Certificates/Download?collectionId=1'
    expect((await call(download, { method: 'POST', body, user: 'web-team' })).status).toBe(200)
  })
})

describe('several stores', () => {
  test('are containers, their certificates have numbers of their own, and pages run through all', async () => {
    const world = kept(await stockedWorld({ stores: { one: 'memory', two: 'memory' } }))
    await stock(world.stores['two']!)
    const call = caller(world)
    const ids = async (query: string): Promise<number[]> =>
      (await call(`/Certificates?${query}`)).json.map((each: { Id: number }) => each.Id)
    const second = 2 ** 27
    expect(await ids('')).toEqual([1, 2, second + 1, second + 2])
    expect(await ids('returnLimit=3&pageReturned=1')).toEqual([1, 2, second + 1])
    expect(await ids('returnLimit=3&pageReturned=2')).toEqual([second + 2])
    expect(await ids('sortField=CertId&sortAscending=1&returnLimit=2')).toEqual([second + 2, second + 1])
    expect(await ids('sortField=IssuedCN&sortAscending=1&returnLimit=2')).toEqual([2, second + 2])
    expect(await ids('sortField=IssuedCN&returnLimit=2&pageReturned=2')).toEqual([2, second + 2])
    const csv = (await call('/Certificates/CSV?sortField=IssuedCN')).text.split('\r\n').slice(1, -1)
    expect(csv.map((line) => Number(line.split(',')[0]))).toEqual([1, second + 1, 2, second + 2])
    expect(await ids(`queryString=CertId%20-gt%20${second}`)).toEqual([second + 1, second + 2])
    expect(await ids(`queryString=CertId%20-eq%20${second + 2}`)).toEqual([second + 2])
    expect(await ids('containerId=2')).toEqual([second + 1, second + 2])
    expect((await call('/Certificates')).headers['x-total-count']).toBe('4')
    expect((await call(`/Certificates/${second + 2}?containerId=1`)).status).toBe(404)
    expect((await call(`/Certificates/${second + 2}`)).json.IssuedCN).toBe('web.example')
    expect(
      (await call('/CertificateStoreContainers')).json.map((each: { Name: string }) => each.Name),
    ).toEqual(['one', 'two'])
    expect((await call('/CertificateStoreContainers/3')).status).toBe(404)
  })

  test('are found by the queries of the vendor’s clients', async () => {
    const call = caller(kept(await stockedWorld({ stores: { one: 'memory', two: 'memory' } })))
    const found = async (query: string, path = 'CertificateStores'): Promise<string[]> => {
      const prefix = path === 'CertificateStores' ? 'certificateStoreQuery.' : ''
      const { json } = await call(`/${path}?${prefix}queryString=${encodeURIComponent(query)}`)
      return json.map((each: { Name?: string; DisplayName?: string }) => each.Name ?? each.DisplayName)
    }
    expect(await found('ContainerId -eq "2"')).toEqual(['two'])
    expect(await found('StorePath -eq "one" AND ClientMachine -eq "127.0.0.1"')).toEqual(['one'])
    expect(await found('(StorePath -contains "ON" OR StorePath -contains "W")')).toEqual(['one', 'two'])
    expect(await found('Approved -eq "false"')).toEqual([])
    expect(await found('NOT ContainerId -lt 2')).toEqual(['two'])
    expect(await found('StorePath -notcontains "o"')).toEqual([])
    expect(await found('AgentId -ne NULL AND Password -eq NULL AND StorePath -startswith "tw"')).toEqual([
      'two',
    ])
    expect(await found('Name -endswith "wo"', 'CertificateStoreContainers')).toEqual(['two'])
    expect((await call('/CertificateStoreContainers/two')).json.Id).toBe(2)
    const wrong = await call('/CertificateStores?queryString=Nonsense%20-eq%201')
    expect([wrong.status, wrong.json.Message]).toEqual([
      400,
      expect.stringMatching(/unknown field "Nonsense"/),
    ])
  })

  test('have inventories that end with an empty page', async () => {
    const call = caller(kept(await stockedWorld()))
    const [store] = (await call('/CertificateStores?certificateStoreQuery.pageReturned=1')).json
    expect(store).toMatchObject({ Storepath: 'pki', ContainerId: 1 })
    expect((await call('/CertificateStores?certificateStoreQuery.pageReturned=2')).json).toEqual([])
    const entries = (await call(`/CertificateStores/${store.Id}/Inventory?query.pageReturned=1`)).json
    expect(entries.map((each: { Name: string }) => each.Name)).toEqual([
      'root',
      'web',
      expect.any(String),
      expect.any(String),
    ])
    expect((await call(`/CertificateStores/${store.Id}/Inventory?query.pageReturned=2`)).json).toEqual([])
    expect((await call('/CertificateStores/none/Inventory')).status).toBe(404)
    const add = { CertificateId: 2, CertificateStores: [] }
    expect((await call('/CertificateStores/Certificates/Add', { method: 'POST', body: add })).status).toBe(
      400,
    )
  })
})

describe('authorities', () => {
  test('are listed with the members that clients read', async () => {
    const call = caller(kept(await stockedWorld()))
    const { json, headers } = await call('/CertificateAuthority')
    expect(headers['x-total-count']).toBe('1')
    expect(json[0]).toMatchObject({
      Id: 1,
      LogicalName: 'root',
      HostName: '127.0.0.1',
      UseForEnrollment: true,
      ExplicitPassword: null,
    })
    expect((await call('/CertificateAuthority/1')).json.LogicalName).toBe('root')
    expect((await call('/CertificateAuthority/2')).status).toBe(404)
    const body = { CertificateAuthorityLogicalName: 'root', CertificateAuthorityHostName: 'x' }
    expect((await call('/CertificateAuthority/PublishCRL', { method: 'POST', body })).status).toBe(204)
    expect((await call('/CertificateAuthority', { method: 'POST', body: {} })).status).toBe(400)
  })
})

describe('a remote store behind the server', () => {
  test('is served too, and what it cannot do is answered in the vendor’s form', async () => {
    const inner = kept(await stockedWorld())
    const { store } = await connected(inner)
    const outer = kept(await stockedOver(store))
    const call = caller(outer)
    expect((await call('/Certificates')).json.map((each: { Id: number }) => each.Id)).toEqual([1, 2])
    const body = { CertID: 2, IncludeChain: true }
    const headers = { 'x-certificateformat': 'P7B' }
    expect((await call('/Certificates/Download', { method: 'POST', body, headers })).status).toBe(200)
    const recovery = { CertID: 2, Password: 'geheim' }
    const reply = await call('/Certificates/Recover', {
      method: 'POST',
      body: recovery,
      headers: { 'x-certificateformat': 'PFX' },
    })
    expect(reply.status).toBe(200)
    const publish = { CertificateAuthorityLogicalName: 'root' }
    const refused = await call('/CertificateAuthority/PublishCRL', { method: 'POST', body: publish })
    expect([refused.status, refused.json.Message]).toEqual([
      400,
      expect.stringMatching(/cannot give out CRLs/),
    ])
  })
})

describe('a store behind the server that knows little', () => {
  const row: ListedRecord = {
    id: 'SMNnmbB9YhOLk/opaque',
    tags: [],
    subject: 'CN=thin.example',
    issuer: 'CN=Root',
    thumbprint: '0123456789ABCDEF0123456789ABCDEF01234567',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2027-01-01T00:00:00Z',
    state: 'valid',
    hasPrivateKey: true,
  }
  const cannot = async (): Promise<never> => {
    throw new CertmanError(
      'store.unsupported',
      'IIS Administration (store "thin") cannot give out certificates',
    )
  }
  const thin = {
    can: {
      ...LOCAL_ABILITIES,
      list: ['certificate'],
      exportCertificate: false,
      import: false,
      request: false,
      profiles: false,
    },
    info: async () => ({ kind: 'iis', name: 'thin', id: 'thin', location: 'x', claims: [...CLAIMS] }),
    async *list() {
      yield row
    },
    count: async () => 1,
    resolve: async () => row,
    certificate: cannot,
    issuersOf: cannot,
    import: cannot,
    submit: cannot,
    close: async () => undefined,
  } as unknown as Store

  test('has numbers that stay the same, and its certificates are shown without bytes', async () => {
    const numbers: number[] = []
    for (const world of [kept(await stockedOver(thin)), kept(await stockedOver(thin))]) {
      const call = caller(world)
      const [listed] = (await call('/Certificates?includeHasPrivateKey=true')).json
      expect(listed).toMatchObject({
        IssuedDN: 'CN=thin.example',
        ContentBytes: '',
        HasPrivateKey: true,
        SerialNumber: '',
      })
      numbers.push(listed.Id)
      const fresh = caller(kept(await stockedOver(thin)))
      expect((await fresh(`/Certificates/${listed.Id}`)).json.Thumbprint).toBe(row['thumbprint'])
    }
    expect(numbers[0]).toBe(numbers[1])
    expect(numbers[0]).toBeLessThan(2 ** 31)
  })

  const thumbprint = row['thumbprint']
  test.each([
    {
      path: '/Certificates/Download',
      body: { Thumbprint: thumbprint },
      status: 400,
      says: /cannot give out certificates/,
    },
    {
      path: '/Certificates/Recover',
      body: { Thumbprint: thumbprint, Password: 'x' },
      status: 400,
      says: /private key/,
    },
    { path: '/Certificates/Import', body: { Certificate: '' }, status: 400, says: /required/ },
    { path: '/Workflow/Certificates/Pending', status: 200, says: /^$/ },
    { path: '/CertificateAuthority', status: 200, says: /^$/ },
    { path: '/CertificateCollections', status: 200, says: /^$/ },
    { path: '/Templates/1', status: 404, says: /not found/ },
    { path: '/Workflow/Certificates/1', status: 404, says: /not found/ },
  ])('$path is answered with $status', async ({ path, body, status, says }) => {
    const headers = { 'x-certificateformat': 'PEM' }
    const method = body === undefined ? 'GET' : 'POST'
    const reply = await caller(kept(await stockedOver(thin)))(path, { method, body, headers })
    expect(reply.status).toBe(status)
    expect(reply.json.Message ?? '').toMatch(says)
  })
})

async function stockedOver(store: Store): Promise<ServedWorld> {
  return servedWorld({ dialects: ['keyfactor'], stores: { behind: store } })
}
