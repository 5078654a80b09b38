import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCertificate } from '../../support/make-certificates.ts'
import { callsTo, madeCsr, stockedWorld, type Stocked } from './world.ts'

/** What the client that the vendor generates from the API's definition (release 25) insists on. */

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld()
})
afterAll(() => world.close())

const { call, post } = callsTo(() => world)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

test('the length of the key of a request, and the types of its names, are texts', async () => {
  await post('/Enrollment/CSR', { CSR: base64(await madeCsr('waits.example')) })
  expect((await call('/Workflow/Certificates/1')).json).toMatchObject({
    KeyLength: '256',
    SubjectAltNames: [{ Value: 'waits.example', Type: '2' }],
  })
})

test('a job that had nothing to do is done, and one that found no store failed', async () => {
  const status = async (more: object) => {
    const Certificate = base64(makeCertificate({ cn: 'imported' }).der)
    return (await post('/Certificates/Import', { Certificate, ...more })).json.JobStatus as number
  }
  const [own] = (await call('/CertificateStores')).json as readonly { readonly Id: string }[]
  const unknown = '00000000-0000-4000-8000-000000000000'
  expect(await status({})).toBe(1)
  expect(await status({ StoreIds: [own!.Id, unknown] })).toBe(2)
})

test('a generated CSR has the members of both definitions, also when it is asked for again', async () => {
  const { json } = await post('/CSRGeneration/Generate', { Subject: 'CN=gen.example', KeyType: 'ECC' })
  expect(json).toEqual({
    CSRFilePath: 'gen.example.csr',
    CSRText: json.CSR,
    CSR: expect.stringMatching(/^-----BEGIN/),
  })
  const [{ Id }] = (await call('/CSRGeneration/Pending')).json as [{ readonly Id: number }]
  expect((await call(`/CSRGeneration/Pending/${Id}`)).json).toMatchObject({
    Id,
    ...json,
    Subject: ['CN=gen.example'],
  })
})

test('a query in a body may stand there as it is', async () => {
  const der = makeCertificate({ cn: 'goes.example' }).der
  await post('/Certificates/Import', { Certificate: base64(der) })
  const remove = (raw: string) => call('/Certificates/Query', { method: 'DELETE', raw })
  expect((await remove('IssuedCN -eq "goes.example"')).status).toBe(204)
  expect((await call('/Certificates?QueryString=IssuedCN%20-eq%20%22goes.example%22')).json).toEqual([])
  expect((await remove('IssuedCN -nonsense')).status).toBe(400)
  expect((await remove('')).status).toBe(400)
})

test('version 2 of an identity audit says who the caller is as a claim', async () => {
  const second = { headers: { 'x-keyfactor-api-version': '2' } }
  expect((await call('/Certificates/IdentityAudit/2', second)).json).toEqual([
    {
      Identity: {
        Id: 1,
        Description: 'admin',
        ClaimType: 'User',
        ClaimValue: 'admin',
        Provider: { Id: expect.stringMatching(/^[0-9a-f-]{36}$/), Name: 'certman' },
      },
      Permissions: expect.arrayContaining([{ Name: 'export', GrantedBy: ['admin'] }]),
    },
  ])
})

test('containers are there under their new name too', async () => {
  const application = { Id: 1, Name: 'pki', Schedule: null, CertStoreType: -1 }
  expect((await call('/Applications')).json).toEqual([application])
  expect((await call('/Applications/1')).json).toMatchObject({
    ...application,
    CertificateStores: [{ DisplayName: 'pki', ContainerId: 1 }],
  })
  expect((await call('/Applications/9')).status).toBe(404)
})

test('small questions have small answers', async () => {
  expect((await call('/CertificateAuthority/SourceCount')).json).toBe(1)
  expect((await call('/CertificateAuthority/AvailableForests')).json).toEqual([])
  await post('/CertificateCollections', { Name: 'webs', Query: 'IssuedCN -contains "web"' })
  expect((await call('/CertificateCollections/CollectionList')).json).toMatchObject([
    { Name: 'webs', DuplicationField: null, HasQueryPermissions: true },
  ])
  expect((await call('/Workflow/Definitions')).json).toEqual([])
  expect((await call('/Templates/SubjectParts')).json[0]).toEqual({
    SubjectPart: 'CN',
    SubjectPartName: 'Common Name',
  })
})
