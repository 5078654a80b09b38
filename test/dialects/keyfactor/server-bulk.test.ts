import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CertmanError } from '../../../src/base/errors.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { callsTo, stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
beforeEach(async () => {
  world = await stockedWorld()
})
afterEach(() => world.close())

const { call, post } = callsTo(() => world)

/** Certificates by `root`, called `many-0.example` and so on; their numbers begin at 5. */
async function many(count: number): Promise<void> {
  const source = { how: 'imported' } as const
  const certificates = Array.from({ length: count }, (_, i) => {
    const { der } = makeCertificate({ cn: `many-${i}.example`, issuer: world.root, serial: 0x5000 + i })
    return { der, source }
  })
  await world.store.import({ certificates, keys: [] })
}

describe('a revocation of many', () => {
  test('signs one CRL, not one for each', async () => {
    await many(5)
    const before = (await world.store.crl('root', {})).row['crl'] as { number: string } | undefined
    const order = { CertificateIds: [5, 6, 7, 8, 9], Reason: 4, Comment: 'x' }
    const { json } = await post('/Certificates/Revoke', order)
    expect(json).toEqual({ RevokedIds: [5, 6, 7, 8, 9], SuspendedCerts: [] })
    const after = (await world.store.crl('root', {})).row['crl'] as { number: string }
    expect(Number(after.number) - Number(before?.number ?? 0)).toBe(1)
  })

  test('revokes all but those that cannot be, and names these', async () => {
    await many(6)
    const numberOf = async () =>
      Number(((await world.store.crl('root', {})).row['crl'] as { number: string }).number)
    const before = await numberOf()
    const order = { CertificateIds: [5, 4, 6, 7, 8, 9, 10], Reason: 4, Comment: 'x' }
    const { status, json } = await post('/Certificates/Revoke', order)
    expect([status, json.FailedOperations]).toEqual([
      400,
      [{ Reason: expect.stringMatching(/^Certificate 4: .*revoked already/i) }],
    ])
    for (const id of ['5', '6', '10']) expect((await world.store.certificate(id)).state).toBe('revoked')
    expect(await numberOf()).toBe(before + 1)
  })

  test('by query takes what the flags and the query find', async () => {
    await many(3)
    const body = { Query: 'IssuedCN -contains "many"', Reason: 5, Comment: 'x', EffectiveDate: null }
    expect((await post('/Certificates/RevokeAll', body)).json.RevokedIds).toEqual([5, 6, 7])
    expect((await post('/Certificates/RevokeAll', body)).json.RevokedIds).toEqual([])
    const again = await post('/Certificates/RevokeAll', { ...body, IncludeRevoked: true })
    expect([again.status, again.json.FailedOperations.length]).toEqual([400, 3])
    const old = { ...body, Query: 'IssuedCN -eq "old.example"' }
    expect((await post('/Certificates/RevokeAll', old)).json.RevokedIds).toEqual([])
    expect((await post('/Certificates/RevokeAll', { ...old, IncludeExpired: true })).json.RevokedIds).toEqual(
      [3],
    )
  })

  test('by query needs a query and a comment', async () => {
    const noQuery = await post('/Certificates/RevokeAll', { Reason: 4, Comment: 'x' })
    expect([noQuery.status, noQuery.json.Message]).toEqual([400, 'The Query field is required.'])
    const noComment = await post('/Certificates/RevokeAll', { Query: 'CertId -gt 0', Reason: 4 })
    expect([noComment.status, noComment.json.Message]).toEqual([400, 'The Comment field is required.'])
  })
})

describe('a deletion of many', () => {
  test('takes all but those that a CRL needs', async () => {
    await many(3)
    const body = 'IssuedCN -contains "example"'
    expect((await call('/Certificates/Query', { method: 'DELETE', body })).status).toBe(204)
    const left = await call('/Certificates?includeRevoked=true&includeExpired=true')
    expect(left.json.map((each: { IssuedCN: string }) => each.IssuedCN)).toEqual(['Root', 'gone.example'])
  })

  test('takes all but what is damaged, and names that', async () => {
    await many(3)
    const remove = world.store.delete.bind(world.store)
    world.store.delete = async (targets, ...more) => {
      if (!targets.some(({ id }) => id === '6')) return remove(targets, ...more)
      throw new CertmanError('store.damaged', 'certificate 6 has no bytes')
    }
    const { status, json } = await call('/Certificates', { method: 'DELETE', body: [5, 6, 7] })
    const reason = 'Certificate 6: something is damaged in the store'
    expect([status, json.Message, json.FailedOperations]).toEqual([500, reason, [{ Reason: reason }]])
    const left = await call('/Certificates?pq.queryString=IssuedCN%20-contains%20%22many%22')
    expect(left.json.map((each: { Id: number }) => each.Id)).toEqual([6])
  })

  test.each([
    ['cannot be written', 'store.not-writable', 500],
    ['stays locked', 'store.locked', 503],
    ['lies on a server that cannot be reached', 'remote.unreachable', 502],
    ['lies on a server that does not know this one', 'auth.failed', 502],
  ] as const)('is not said to be done where the store %s', async (_, code, status) => {
    await many(2)
    world.store.delete = () => Promise.reject(new CertmanError(code, 'nothing is deleted'))
    expect((await call('/Certificates', { method: 'DELETE', body: [5, 6] })).status).toBe(status)
    expect((await call('/Certificates', { method: 'DELETE', body: [5] })).status).toBe(status)
  })

  test('is not for a reader, who is told so', async () => {
    const reader = { method: 'DELETE', user: 'reader' } as const
    expect((await call('/Certificates', { ...reader, body: [2, 3] })).status).toBe(403)
    expect((await call('/Certificates/Query', { ...reader, body: 'CertId -gt 0' })).status).toBe(403)
    expect(await world.store.count('certificate', { filter: { op: 'all' } })).toBe(4)
  })
})

describe('a listing as CSV', () => {
  test('has all rows, not one page of them, unless a page is asked for', async () => {
    await many(60)
    const rows = async (query: string): Promise<number> =>
      (await call(`/Certificates/CSV?${query}`)).text.trimEnd().split('\r\n').length - 1
    expect(await rows('')).toBe(62)
    expect(await rows('ReturnLimit=10&PageReturned=2')).toBe(10)
    expect(await rows('Query=IssuedCN%20-contains%20%22many-1%22&SortName=IssuedCN&SortOrder=1')).toBe(11)
    expect((await call('/Certificates/CSV?Query=nonsense')).status).toBe(400)
    const none = await call('/Certificates/CSV?Query=CertId%20-eq%2099999')
    expect(none.text).toMatch(/^Id,Thumbprint,.*\r\n$/)
  })

  test('is made of what the store lists: no certificate is opened for it', async () => {
    await many(3)
    const opened = vi.spyOn(world.store, 'certificate')
    const { text } = await call('/Certificates/CSV')
    expect(text.match(/\r\n/g)).toHaveLength(6)
    expect(opened).not.toHaveBeenCalled()
  })
})

describe('the history of a certificate', () => {
  test('has who asked for it, and comes in pages and orders', async () => {
    const body = {
      Subject: 'CN=made.example',
      CertificateAuthority: 'root',
      KeyType: 'ECC',
      Password: 'geheim',
    }
    const headers = { 'x-certificateformat': 'JKS' }
    const id = (await post('/Enrollment/PFX', body, { headers })).json.CertificateInformation.KeyfactorId
    await post('/Certificates/Revoke', { CertificateIds: [id], Reason: 1, Comment: 'x' })
    const path = `/Certificates/${id}/History`
    const whole = await call(path)
    expect(whole.headers['x-total-count']).toBe('3')
    expect(whole.json).toMatchObject([
      { Id: 1, Action: 'Requested', Username: 'admin' },
      { Id: 2, Action: 'Issued' },
      { Id: 3, Action: 'Revoked', Comment: 'keyCompromise' },
    ])
    const ids = async (query: string): Promise<number[]> =>
      (await call(`${path}?${query}`)).json.map((each: { Id: number }) => each.Id)
    expect(await ids('SortField=OperationStart&SortAscending=1')).toEqual([3, 2, 1])
    expect(await ids('ReturnLimit=2&PageReturned=2')).toEqual([3])
    expect(await ids('SortField=UserName&SortAscending=1&ReturnLimit=1')).toEqual([1])
    const wrong = await call(`${path}?SortField=Id`)
    expect([wrong.status, wrong.json.ErrorCode]).toEqual([400, '0xA011004A'])
  })
})

describe('metadata', () => {
  const put = (path: string, body: unknown): Promise<RawReply> => call(path, { method: 'PUT', body })

  test('is put in the container that is named, in the query or in the body', async () => {
    const body = { Id: 2, Metadata: { Tags: 'a' } }
    expect((await put('/Certificates/Metadata?containerId=1', body)).status).toBe(204)
    expect((await put('/Certificates/Metadata?containerId=2', body)).status).toBe(404)
    expect((await put('/Certificates/Metadata', { ...body, ContainerId: 2 })).status).toBe(404)
  })

  test('of all that a query finds is put where nothing stands, or over it', async () => {
    const change = { MetadataName: 'FriendlyName', Value: 'all' }
    const body = { Query: 'CertId -le 2', Metadata: [{ ...change, OverwriteExisting: false }] }
    expect((await put('/Certificates/Metadata/All', body)).status).toBe(204)
    const names = async (): Promise<unknown[]> =>
      Promise.all(['1', '2', '3'].map(async (id) => (await world.store.certificate(id)).record.friendlyName))
    expect(await names()).toEqual(['all', 'Web server', undefined])
    await put('/Certificates/Metadata/All', { ...body, Metadata: [{ ...change, OverwriteExisting: true }] })
    expect(await names()).toEqual(['all', 'all', undefined])
    expect((await put('/Certificates/Metadata/All', { Metadata: [] })).status).toBe(400)
  })
})
