import { afterEach, describe, expect, test } from 'vitest'
import type { RenewalOrder } from '../../../src/store/authority-orders.ts'
import { all, connected, type Connected, type Connecting } from './connect.ts'
import { scriptedServer, wire, type Script, type ScriptedServer } from './scripted.ts'

let server: ScriptedServer
let here: Connected
afterEach(async () => {
  await here?.store.close()
  await server?.close()
})

async function against(script: Script, how: Connecting = {}): Promise<Connected['store']> {
  server = await scriptedServer(script)
  here = await connected(server, how)
  return here.store
}

const old = { kind: 'certificate', id: '1203' } as const
const AVAILABLE = 'GET /Enrollment/AvailableRenewal/Id/1203'
const CERTIFICATES = {
  'GET /Certificates/1203': [{ body: wire('certificate.json').replace('"Id": 1204', '"Id": 1203') }],
  'GET /Certificates/1204': ['certificate.json'],
}

describe('a renewal', () => {
  test('asks whether it is possible, renews, and gives the new certificate', async () => {
    const store = await against({
      ...CERTIFICATES,
      [AVAILABLE]: ['available-renewal.json'],
      'POST /Enrollment/Renew': ['renewal.json'],
    })
    const { outcomes, der } = await store.renew(old, { authority: 'Sub-CA', profile: '2yrTLSServer' })
    expect(outcomes).toMatchObject([{ kind: 'certificate', id: '1204', what: 'issued' }])
    expect(der.length).toBeGreaterThan(0)
    expect(server.of('POST /Enrollment/Renew').map(({ json }) => json)).toEqual([
      {
        CertificateId: 1203,
        CertificateAuthority: 'Sub-CA',
        Template: '2yrTLSServer',
        Timestamp: '2026-03-01T12:00:00.000Z',
      },
    ])
  })

  test('is rehearsed without being sent, and refused where the server renews it in no way', async () => {
    const store = await against({
      ...CERTIFICATES,
      [AVAILABLE]: ['available-renewal.json', 'available-renewal-none.json'],
    })
    const { outcomes } = await store.renew(old, {}, { dryRun: true })
    expect(outcomes).toMatchObject([{ kind: 'certificate', what: 'issued' }])
    await expect(store.renew(old, {})).rejects.toMatchObject({
      code: 'state.refused',
      message: 'Keyfactor Command does not renew certificate 1203: The certificate is revoked',
      hint: expect.stringContaining('certman request --like 1203'),
    })
    expect(server.calls.every(({ method }) => method === 'GET')).toBe(true)
  })

  test('that waits for an approval says which request waits, and is not sent again', async () => {
    const busy = { status: 503, headers: { 'retry-after': '1' }, body: '{}' }
    const store = await against({
      ...CERTIFICATES,
      // a server that does not know the question is asked for the renewal itself
      [AVAILABLE]: [{ status: 404, body: '{"ErrorCode":"0xA0110004","Message":"No resource was found."}' }],
      'POST /Enrollment/Renew': ['renewal-pending.json', busy],
    })
    await expect(store.renew(old, {})).rejects.toMatchObject({
      code: 'remote.refused',
      message: expect.stringContaining('"PENDING"'),
      hint: 'it waits for an approval: certman sign 23',
    })
    await expect(store.renew(old, {})).rejects.toMatchObject({ code: 'remote.failed' })
    expect(server.of('POST /Enrollment/Renew')).toHaveLength(2)
  })

  test.each<[RenewalOrder, string]>([
    [{ reuseKey: true }, 'reuseKey'],
    [{ days: 30 }, 'days'],
    [{ serialNumber: '2a' }, 'serialNumber'],
  ])('with %j is refused before anything is sent', async (order, what) => {
    const store = await against({})
    await expect(store.renew(old, order)).rejects.toMatchObject({
      code: 'store.unsupported',
      message: expect.stringContaining(`${what} cannot be chosen`),
    })
    expect(server.calls).toEqual([])
  })

  test('is due after two thirds of the life, the first to end in front', async () => {
    const bare = (Id: number, NotBefore: string, NotAfter: string, more = {}): object => ({
      Id,
      NotBefore,
      NotAfter,
      IssuedDN: `CN=${Id}`,
      ...more,
    })
    const list = [
      bare(1, '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
      bare(2, '2025-01-01T00:00:00Z', '2026-06-01T00:00:00Z'),
      bare(3, '2025-01-01T00:00:00Z', '2026-04-01T00:00:00Z'),
      bare(4, '2025-01-01T00:00:00Z', '2026-04-01T00:00:00Z', { CertState: 2 }),
    ]
    const store = await against({ 'GET /Certificates': [{ body: JSON.stringify(list) }] })
    expect((await all(store.due())).map(({ id }) => id)).toEqual(['3', '2'])
  })
})

describe('a container of the settings', () => {
  test('goes with every call that knows it, and not beside a collection', async () => {
    const script = {
      'GET /Certificates/1204': ['certificate.json'],
      'POST /Certificates/Revoke': ['revoke.json'],
    }
    const target = { kind: 'certificate', id: '1204' } as const
    const ids = (): (string | null)[][] =>
      server
        .of('GET /Certificates/1204')
        .map(({ query }) => [query.get('collectionId'), query.get('containerId')])
    const first = await against(script, { options: { container: '3' } })
    await first.revoke([target], { reason: 'superseded' })
    expect(ids()[0]).toEqual([null, '3'])
    expect(server.of('POST /Certificates/Revoke')[0]?.json).toMatchObject({ ContainerId: 3 })
    await first.close()
    await server.close()
    const second = await against(script, { options: { container: '3', collection: '7' } })
    await second.revoke([target], { reason: 'superseded' })
    expect(ids()[0]).toEqual(['7', null])
    const { json } = server.of('POST /Certificates/Revoke')[0]!
    expect([json.CollectionId, json.ContainerId]).toEqual([7, undefined])
  })

  test('that is no number is a fault of the settings', async () => {
    const store = await against({}, { options: { container: 'three' } })
    const target = { kind: 'certificate', id: '1' } as const
    await expect(store.delete([target])).rejects.toMatchObject({ code: 'settings.invalid' })
  })
})
