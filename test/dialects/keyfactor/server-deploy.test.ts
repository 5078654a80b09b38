import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toBase64 } from '../../../src/base/bytes.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { callsTo, stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
/** GUIDs of both stores. */
let [one, two] = ['', '']
beforeEach(async () => {
  world = await stockedWorld({ stores: { one: 'memory', two: 'memory' } })
  ;[one, two] = (await call('/CertificateStores')).json.map((each: { Id: string }) => each.Id)
})
afterEach(() => world.close())

const { call, post } = callsTo(() => world)
const second = (): Stocked['store'] => world.stores['two']!
const web = (): ReturnType<Stocked['store']['resolve']> =>
  second().resolve({ kind: 'certificate', by: 'text', text: 'www' })
const NOTHING = '00000000-0000-0000-0000-000000000000'

describe('a certificate that is added to a certificate store', () => {
  test('is copied with key, issuers and alias, and taken away again by its alias', async () => {
    const store = { CertificateStoreId: two, Alias: 'www', Overwrite: false }
    const body = { CertificateId: 2, CertificateStores: [store], Schedule: { Immediate: true } }
    const { status, json } = await post('/CertificateStores/Certificates/Add', body)
    expect([status, json]).toEqual([200, [expect.stringMatching(/^[0-9a-f-]{36}$/)]])
    expect(await web()).toMatchObject({ subject: 'CN=web.example,O=Example', friendlyName: 'Web server' })
    expect((await second().key(String((await web())['keyId']))).encrypted).toBe(false)
    expect(await second().count('certificate', { filter: { op: 'all' } })).toBe(2)
    const removal = { CertificateStores: [{ CertificateStoreId: two, Alias: 'www' }] }
    expect((await post('/CertificateStores/Certificates/Remove', removal)).status).toBe(200)
    await expect(web()).rejects.toMatchObject({ code: 'record.not-found' })
    expect((await post('/CertificateStores/Certificates/Remove', removal)).status).toBe(404)
  })

  test('takes the alias of another one only when it may overwrite', async () => {
    const made = makeCertificate({ cn: 'other.example' })
    const source = { how: 'imported' } as const
    await second().import({ certificates: [{ der: made.der, source, name: 'www' }], keys: [] })
    const add = (Overwrite: boolean): Promise<RawReply> => {
      const store = { CertificateStoreId: two, Alias: 'www', Overwrite }
      return post('/CertificateStores/Certificates/Add', { CertificateId: 2, CertificateStores: [store] })
    }
    expect((await add(false)).status).toBe(400)
    expect((await web())['subject']).toBe('CN=other.example,O=Example')
    expect((await add(true)).status).toBe(200)
    expect((await web())['subject']).toBe('CN=web.example,O=Example')
  })

  test('goes to a thousand of them at most in one call', async () => {
    const CertificateStores = Array.from({ length: 1001 }, () => ({ CertificateStoreId: two, Alias: 'www' }))
    const { status, json } = await post('/CertificateStores/Certificates/Add', {
      CertificateId: 2,
      CertificateStores,
    })
    expect([status, json.Message]).toEqual([400, expect.stringMatching(/1000 certificate stores at most/)])
    const removal = await post('/CertificateStores/Certificates/Remove', { CertificateStores })
    expect([removal.status, removal.json.Message]).toEqual([400, expect.stringMatching(/at most/)])
  })

  test.each([
    [{ Schedule: { ExactlyOnce: { Time: '2027-01-01T00:00:00Z' } } }, 400, /cannot be scheduled/],
    [{ Schedule: { Daily: { Time: '2026-01-01T00:00:00Z' } } }, 400, /cannot be scheduled/],
    [{ CertificateStores: [] }, 400, /CertificateStores field is required/],
    [{ CertificateStores: [{ CertificateStoreId: NOTHING }] }, 404, /store was not found/],
    [{ CertificateId: 99 }, 404, /99 was not found/],
  ])('%j is refused', async (body, status, message) => {
    const whole = { CertificateId: 2, CertificateStores: [{ CertificateStoreId: two }], ...body }
    const reply = await post('/CertificateStores/Certificates/Add', whole)
    expect([reply.status, reply.json.Message]).toEqual([status, expect.stringMatching(message)])
  })
})

describe('an enrolled PFX', () => {
  const wish = { Subject: 'CN=new.example', CertificateAuthority: 'root', KeyType: 'ECC', Password: 'geheim' }
  const headers = { 'x-certificateformat': 'JKS', 'x-keyfactor-api-version': '2' }

  test('goes into the stores that version 2 names', async () => {
    const body = { ...wish, Stores: [{ StoreId: two, Alias: 'www', Overwrite: true }] }
    const { status, json } = await post('/Enrollment/PFX', body, { headers })
    expect([status, json.SuccessfulStores]).toEqual([200, [two]])
    expect((await web())['subject']).toBe('CN=new.example')
    const waiting = await post('/Enrollment/PFX', { ...body, CertificateAuthority: '' }, { headers })
    expect([waiting.status, waiting.json.Message]).toEqual([400, expect.stringMatching(/issued at once/)])
  })

  test('is deployed later, and takes the place of another one wherever that is', async () => {
    const store = { CertificateStoreId: two, Alias: 'www' }
    await post('/CertificateStores/Certificates/Add', { CertificateId: 2, CertificateStores: [store] })
    const { json } = await post('/Enrollment/PFX', wish, { headers })
    const { KeyfactorId } = json.CertificateInformation
    const body = { ExistingCertificateId: 2, CertificateId: KeyfactorId, Password: 'geheim' }
    const replaced = await post('/Enrollment/PFX/Replace', body)
    expect([replaced.status, replaced.json]).toEqual([
      200,
      { SuccessfulStores: [one, two], FailedStores: [] },
    ])
    expect((await web())['subject']).toBe('CN=new.example')
    expect((await world.store.certificate(String(KeyfactorId))).record.name).toBe('web')
    expect((await world.store.certificate('2')).state).toBe('superseded')
    const deploy = { StoreIds: [two], StoreTypes: [{ StoreTypeId: 0, Alias: 'also', Overwrite: false }] }
    const deployed = await post('/Enrollment/PFX/Deploy', { ...deploy, CertificateId: 1, Password: 'x' })
    expect(deployed.json).toEqual({ SuccessfulStores: [two], FailedStores: [] })
    const clash = { ...deploy, CertificateId: 3, StoreTypes: [{ Alias: 'www' }] }
    const failed = await post('/Enrollment/PFX/Deploy', clash)
    expect(failed.json).toEqual({ SuccessfulStores: [], FailedStores: [two] })
  })

  test('is installed where the renewed one was', async () => {
    const store = { CertificateStoreId: two, Alias: 'www' }
    await post('/CertificateStores/Certificates/Add', { CertificateId: 2, CertificateStores: [store] })
    const body = { ...wish, RenewalCertificateId: 2, InstallIntoExistingCertificateStores: true }
    const { json } = await post('/Enrollment/PFX', body, { headers })
    expect(json.SuccessfulStores).toEqual([one, two])
    expect((await web())['subject']).toBe('CN=new.example')
  })
})

describe('an import', () => {
  const made = makeCertificate({ cn: 'imported.example' })
  const base = { Certificate: toBase64(made.der) }

  test('goes into every store that is named, under the alias, and lists those that there are not', async () => {
    const types = [{ StoreTypeId: 0, Alias: 'www', Overwrite: true, Properties: [] }]
    const body = { ...base, StoreIds: [one, two, NOTHING], StoreTypes: types }
    const { status, json } = await post('/Certificates/Import', body)
    expect([status, json.ImportStatus]).toEqual([200, 1])
    expect(json.InvalidKeystores).toMatchObject([
      { KeystoreId: NOTHING, Explanation: 'The certificate store was not found.' },
    ])
    expect((await web())['thumbprint']).toBe(json.Thumbprint)
    const here = await world.store.resolve({ kind: 'certificate', by: 'text', text: 'www' })
    expect(here['thumbprint']).toBe(json.Thumbprint)
  })

  test('goes into the first store where only unknown ones are named, and nowhere later', async () => {
    const { json } = await post('/Certificates/Import', { ...base, StoreIds: [NOTHING] })
    expect([json.ImportStatus, json.InvalidKeystores.length]).toEqual([1, 1])
    const later = await post('/Certificates/Import', { ...base, Schedule: '2027-01-01T00:00:00Z' })
    expect([later.status, later.json.Message]).toEqual([400, expect.stringMatching(/cannot be scheduled/)])
    const now = await post('/Certificates/Import', { ...base, Schedule: '2026-03-01T12:00:00Z' })
    expect(now.json.ImportStatus).toBe(2)
  })

  test('leaves metadata out when it is told to', async () => {
    const body = { ...base, Metadata: { Name: 'named' }, ImportMetadata: false }
    const { json } = await post('/Certificates/Import', body)
    const filter = {
      op: 'in',
      field: 'thumbprint',
      values: [{ type: 'text', value: json.Thumbprint }],
    } as const
    for await (const row of world.store.list('certificate', { filter, sort: [] }))
      expect(row['name']).toBeUndefined()
  })
})

test.each([
  ['POST', '/Certificates/Exclude', 400, /delete it instead/],
  ['DELETE', '/Certificates/Exclude/2', 400, /delete it instead/],
  ['GET', '/Certificates/ExcludedCertificates', 200, /^$/],
  ['PUT', '/Certificates/2/Owner', 400, /no owner role/],
  ['PUT', '/Certificates/Owner', 400, /no owner role/],
  ['GET', '/Certificates/2/Validation', 400, /no risk rules/],
  ['POST', '/CertificateAuthority/Test', 400, /certman ca/],
  ['DELETE', '/CertificateAuthority/1', 400, /certman ca/],
  ['POST', '/CertificateStores', 400, /where the server is started/],
  ['DELETE', '/CertificateStores/x', 400, /where the server is started/],
  ['POST', '/CertificateCollections/1/Permissions', 400, /certman serve user/],
  ['GET', '/Workflow/Instances', 200, /^$/],
])('%s %s is %i', async (method, path, status, message) => {
  const reply = await call(path, { method, ...(method !== 'GET' && { body: {} }) })
  expect([reply.status, reply.json.Message ?? '']).toEqual([status, expect.stringMatching(message)])
})
