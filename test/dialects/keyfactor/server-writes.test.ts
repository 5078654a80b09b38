import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writePem } from '../../../src/formats/pem.ts'
import { writePkcs7 } from '../../../src/formats/pkcs7.ts'
import { writePkcs12 } from '../../../src/formats/pkcs12/write.ts'
import { Secret } from '../../../src/base/secret.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { rootOrder } from '../../contracts/authority/world.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { outputOf, requireOracle } from '../../support/oracles.ts'
import { readGiven } from '../../support/pkcs12.ts'
import { callsTo, madeCsr, stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
beforeEach(async () => {
  world = await stockedWorld({
    users: [{ name: 'signer', role: 'manager', claims: ['read', 'create', 'sign'] }],
  })
})
afterEach(() => world.close())

const { call, post } = callsTo(() => world)
const base64 = (value: Uint8Array | string): string => Buffer.from(value).toString('base64')

describe('an import', () => {
  const forms: readonly (readonly [string, (der: Uint8Array, root: Uint8Array) => string])[] = [
    ['base64 of DER', (der) => base64(der)],
    ['base64 of DER with line breaks', (der) => base64(der).replace(/(.{40})/g, '$1\r\n')],
    ['base64 of PEM', (der) => base64(writePem('CERTIFICATE', der))],
    ['plain PEM', (der) => writePem('CERTIFICATE', der)],
    [
      'PEM whose second certificate is not taken',
      (der, root) => writePem('CERTIFICATE', der) + writePem('CERTIFICATE', root),
    ],
    ['base64 of PKCS#7', (der, root) => base64(writePkcs7({ certificates: [root, der] }))],
  ]
  test.each(forms)('takes %s', async (_name, form) => {
    const made = makeCertificate({ cn: 'imported.example', issuer: world.root })
    const { status, json } = await post('/Certificates/Import', {
      Certificate: form(made.der, world.root.der),
    })
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['ImportStatus', 'JobStatus', 'InvalidKeystores', 'Thumbprint'])
    const [row] = (await call(`/Certificates?queryString=Thumbprint%20-eq%20%22${json.Thumbprint}%22`)).json
    expect(row.IssuedCN).toBe('imported.example')
  })

  test('takes a PFX with its key and its metadata, and says when it was there', async () => {
    const made = makeCertificate({ cn: 'pfx.example', issuer: world.root })
    const entry = {
      key: made.pkcs8,
      certificate: made.der,
      chain: [world.root.der],
      friendlyName: 'From PFX',
    }
    const pfx = writePkcs12({ entries: [entry], password: new Secret('geheim') }, (n) =>
      new Uint8Array(n).fill(3),
    )
    const body = { Certificate: base64(pfx), Password: 'geheim', Metadata: { Name: 'pfx', Tags: 'x, y' } }
    expect((await post('/Certificates/Import', body)).json.ImportStatus).toBe(1)
    const { record } = await world.store.certificate('5')
    expect(record).toMatchObject({ name: 'pfx', friendlyName: 'From PFX', tags: ['x', 'y'], keyId: made.id })
    const again = await post('/Certificates/Import', { ...body, Metadata: { Name: 'pfx2' } })
    expect(again.json.ImportStatus).toBe(2)
    expect((await world.store.certificate('5')).record.name).toBe('pfx2')
    const wrong = await post('/Certificates/Import', { ...body, Password: 'falsch' })
    expect([wrong.status, wrong.text]).toEqual([400, expect.not.stringContaining('falsch')])
    expect(world.accessLog.join('\n')).not.toMatch(/geheim|falsch/)
  })

  test.each([
    [{}, 'The Certificate field is required.'],
    [{ Certificate: 'not base64 !' }, 'The Certificate is neither PEM nor base64.'],
    [{ Certificate: base64('hello') }, /Certificate/],
    [{ Certificate: 7 }, 'The Certificate field must be a string.'],
  ])('refuses %j', async (body, message) => {
    const { status, json } = await post('/Certificates/Import', body)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(json.Message).toMatch(message)
  })

  test('is not for a reader', async () => {
    const body = { Certificate: base64(world.web.der) }
    expect((await post('/Certificates/Import', body, { user: 'reader' })).status).toBe(403)
  })
})

describe('an enrollment', () => {
  test('with a CSR and an authority named is issued at once, leaf first', async () => {
    const csr = writePem('CERTIFICATE REQUEST', await madeCsr('now.example'))
    const body = {
      CSR: csr,
      CertificateAuthority: `${new URL(world.url).hostname}\\root`,
      Template: 'server',
      IncludeChain: true,
      Metadata: { Name: 'now' },
      SANs: { dns: ['also.example'], ip4: ['192.0.2.7'] },
      Timestamp: '2026-03-01T12:00:00Z',
    }
    const { status, json, headers } = await post('/Enrollment/CSR', body, {
      headers: { 'x-certificateformat': 'PEM' },
    })
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['CertificateInformation', 'Metadata'])
    const info = json.CertificateInformation
    expect(Object.keys(info)).toEqual(
      'SerialNumber IssuerDN Thumbprint KeyfactorID Certificates WorkflowInstanceId WorkflowReferenceId KeyfactorRequestId RequestDisposition DispositionMessage EnrollmentContext'.split(
        ' ',
      ),
    )
    expect(info).toMatchObject({
      KeyfactorID: 5,
      KeyfactorRequestId: 0,
      RequestDisposition: 'ISSUED',
      IssuerDN: 'CN=Root,O=Example',
    })
    expect(info.Certificates.map((pem: string) => pem.split('\n')[0])).toEqual([
      '#CN=now.example,O=Example',
      '#CN=Root,O=Example',
    ])
    expect(headers['x-certificatefile']).toBe('now.example.pem')
    const { facts, record } = await world.store.certificate('5')
    expect(record.name).toBe('now')
    expect(facts.subjectAltName?.map(({ value }) => value)).toEqual([
      'now.example',
      'also.example',
      '192.0.2.7',
    ])
  })

  test('without an authority waits, is listed, approved, and found by its request', async () => {
    const csr = base64(await madeCsr('later.example'))
    const { json } = await post('/Enrollment/CSR', { CSR: csr }, { user: 'requestor' })
    expect(json.CertificateInformation).toMatchObject({
      KeyfactorID: 0,
      KeyfactorRequestId: 1,
      RequestDisposition: 'PENDING',
      Certificates: [],
    })
    const pending = await call('/Workflow/Certificates/Pending?pagedQuery.returnLimit=1000')
    expect(pending.headers['x-total-count']).toBe('1')
    expect(Object.keys(pending.json[0])).toEqual(
      'Id CARequestId CommonName DistinguishedName SubmissionDate CertificateAuthority Template Requester State StateString Metadata'.split(
        ' ',
      ),
    )
    expect(pending.json[0]).toMatchObject({ Id: 1, CommonName: 'later.example', Requester: 'requestor' })
    const approved = await post('/Workflow/Certificates/Approve', [1, 45])
    expect(approved.status).toBe(200)
    expect(approved.json).toMatchObject({
      Denials: [],
      Successes: [{ CARowId: 1 }],
      Failures: [{ CARowId: 45 }],
    })
    const [row] = (await call('/Certificates?pq.queryString=CertRequestId%20-eq%201')).json
    expect(row).toMatchObject({ IssuedCN: 'later.example', CertRequestId: 1 })
  })

  test('that waits is issued by the authority that it named, though there are others', async () => {
    await world.store.createAuthority(rootOrder({ name: 'other', subject: parseNameText('CN=Other') }))
    const body = { CSR: base64(await madeCsr('later.example')), CertificateAuthority: 'HOST\\other' }
    const { json } = await post('/Enrollment/CSR', body, { user: 'requestor' })
    expect(json).toMatchObject({ CertificateInformation: { RequestDisposition: 'PENDING' } })
    const { json: pending } = await call('/Workflow/Certificates/Pending')
    expect(pending[0].CertificateAuthority).toMatch(/^[^\\]+\\other$/)
    expect((await call('/Workflow/Certificates/1')).json.CertificateAuthority).toBe(
      pending[0].CertificateAuthority,
    )
    expect((await post('/Workflow/Certificates/Approve', [1])).json.Successes).toHaveLength(1)
    const [row] = (await call('/Certificates?pq.queryString=CertRequestId%20-eq%201')).json
    expect(row.IssuerDN).toBe('CN=Other')
  })

  test('by a requestor is for a template and an authority that are there', async () => {
    const CSR = base64(await madeCsr('mine.example'))
    const requestor = { user: 'requestor' }
    const context = await call('/Enrollment/CSR/Context/My', requestor)
    expect(context.json).toMatchObject({ StandaloneCAs: [] })
    const unknown = await post('/Enrollment/CSR', { CSR, CertificateAuthority: 'none' }, requestor)
    expect([unknown.status, unknown.json.Message]).toEqual([
      400,
      "The certificate authority 'none' was not found.",
    ])
    const body = {
      CSR,
      CertificateAuthority: 'HOST\\root',
      EnrollmentPatternId: context.json.Templates[1].Id,
    }
    const { json } = await post('/Enrollment/CSR', body, requestor)
    const { KeyfactorRequestId: id } = json.CertificateInformation
    expect((await call(`/Workflow/Certificates/${id}`)).json.Template).toBe(context.json.Templates[1].Name)
  })

  test.each<readonly [string, object]>([
    ['a chain in no order', { ChainOrder: 'LeafLast' }],
    ['a chain that is neither wanted nor not', { IncludeChain: 'yes' }],
    ['a name that no alias can be', { CustomFriendlyName: 'x'.repeat(70_000) }],
    ['a name that is no text', { CustomFriendlyName: 7 }],
    ['a provider that is no text', { MicrosoftTargetCSP: [] }],
    ['an encryption that is neither old nor new', { UseLegacyEncryption: 'maybe' }],
    ['a subject line that is neither there nor not', { IncludeSubjectHeader: 1 }],
  ])('whose file is to have %s is refused before anything is issued', async (_what, more) => {
    const before = await world.store.count('certificate', { filter: { op: 'all' } })
    const body = { Subject: 'CN=never.example', Password: 'x', CertificateAuthority: 'root', ...more }
    const headers = { 'x-certificateformat': 'JKS' }
    expect((await post('/Enrollment/PFX', body, { headers })).status).toBe(400)
    expect(await world.store.count('certificate', { filter: { op: 'all' } })).toBe(before)
  })

  test('with a friendly name does not need the right to change certificates', async () => {
    const body = {
      CSR: base64(await madeCsr('label.example')),
      CertificateAuthority: 'root',
      Metadata: { FriendlyName: 'My label' },
    }
    const { json } = await post('/Enrollment/CSR', body, { user: 'signer' })
    const id = String(json.CertificateInformation.KeyfactorID)
    expect((await world.store.certificate(id)).record.friendlyName).toBe('My label')
  })

  test('that waits keeps its friendly name for the certificate', async () => {
    const body = { CSR: base64(await madeCsr('later.example')), Metadata: { FriendlyName: 'My label' } }
    await post('/Enrollment/CSR', body)
    expect((await call('/Workflow/Certificates/1')).json.Metadata).toEqual({ FriendlyName: 'My label' })
    await post('/Workflow/Certificates/Approve', [1])
    const { certificateId } = (await world.store.request('1')).row
    expect((await world.store.certificate(String(certificateId))).record.friendlyName).toBe('My label')
  })

  test('is denied with a comment, and a refusal for lack of permission stands among the denials', async () => {
    await post('/Enrollment/CSR', { CSR: base64(await madeCsr('no.example')) })
    const forbidden = await post('/Workflow/Certificates/Approve', [1], { user: 'reader' })
    expect([forbidden.status, forbidden.json.Denials.length]).toEqual([200, 1])
    await post('/Workflow/Certificates/Deny', { CertificateRequestIds: [1], Comment: 'no ticket' })
    expect((await call('/Workflow/Certificates/1')).json).toMatchObject({
      DenialComment: 'no ticket',
      SANs: ['no.example'],
      StateString: 'Denied',
    })
    expect((await call('/Workflow/Certificates/Denied')).json).toHaveLength(1)
    expect((await call('/Workflow/Certificates/9')).status).toBe(404)
  })

  test('of a PFX makes the key here, keeps it, and gives it under the password', async (context) => {
    const body = {
      Subject: 'CN=made.example,O=Example',
      Password: 'geheim',
      CertificateAuthority: 'root',
      Template: 'server',
      SANs: { dns: ['made.example'] },
      KeyType: 'ECC',
      Curve: 'P-384',
      IncludeChain: true,
    }
    const headers = { 'x-certificateformat': 'STORE', 'x-keyfactor-api-version': '2' }
    const { status, json, headers: got } = await post('/Enrollment/PFX', body, { headers })
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['SuccessfulStores', 'CertificateInformation', 'Metadata'])
    expect(got['x-privatekeystatus']).toBe('Saved')
    const { KeyfactorId, Pkcs12Blob, Password } = json.CertificateInformation
    expect([KeyfactorId, Password]).toEqual([5, null])
    const pfx = Buffer.from(Pkcs12Blob, 'base64')
    expect((await readGiven(pfx, 'geheim')).items.map(({ type }) => type)).toEqual([
      'private-key',
      'certificate',
      'certificate',
    ])
    const text = outputOf(
      requireOracle(context, 'openssl'),
      ['pkcs12', '-nokeys', '-clcerts', '-passin', 'pass:geheim'],
      pfx,
    ).toString()
    expect(text).toContain('made.example')
    expect((await world.store.certificate('5')).record.keyId).toBeDefined()
  })

  test.each([
    ['/Enrollment/CSR', { CSR: 'x' }, /not a certificate request/],
    ['/Enrollment/CSR', {}, /CSR field is required/],
    ['/Enrollment/CSR', { CSR: 'CSR', CertificateAuthority: 'nobody' }, /'nobody' was not found/],
    ['/Enrollment/PFX', { Subject: 'CN=x', KeyType: 'ML-DSA-44' }, /KeyType 'ML-DSA-44'/],
    ['/Enrollment/PFX', { Subject: 'nonsense' }, /name/],
  ])('%s of %j is refused', async (path, body, message) => {
    const csr = base64(await madeCsr('x.example'))
    const sent = Object.fromEntries(
      Object.entries(body).map(([name, value]) => [name, value === 'CSR' ? csr : value]),
    )
    const { status, json } = await post(path, sent, {
      headers: { 'x-certificateformat': path.endsWith('PFX') ? 'PFX' : 'PEM' },
    })
    expect(status).toBe(400)
    expect(json.Message).toMatch(message)
  })

  test('has its context, templates, patterns and a parser of requests', async () => {
    expect((await call('/Enrollment/CSR/Context/My')).json.StandaloneCAs).toHaveLength(1)
    const templates = (await call('/Templates')).json
    const server = templates.find((each: { CommonName: string }) => each.CommonName === 'server')
    const path = `/Templates/${server.Id}`
    expect((await call(path)).json.KeyRetention).toBe('Indefinite')
    for (const agent of ['OpenAPI-Generator/1.0.0/go', 'python-httpx/0.23.3']) {
      const generated = { headers: { 'user-agent': agent } }
      expect((await call(path, generated)).json.KeyRetention).toBe(1)
    }
    expect((await call(`/EnrollmentPatterns/${server.Id}`)).json.Template.CommonName).toBe('server')
    const parsed = await post('/Enrollment/CSR/Parse', { CSR: base64(await madeCsr('p.example')) })
    expect(parsed.json).toEqual(['Subject: CN=p.example,O=Example', 'Key: ec P-256', 'SAN: dns=p.example'])
  })
})

describe('a revocation', () => {
  test('answers what was revoked; hold and release by the numbers of the vendor', async () => {
    const order = { CertificateIds: [2], Comment: 'Terraform destroy', EffectiveDate: '2026-02-20T00:00:00Z' }
    expect((await post('/Certificates/Revoke', { ...order, Reason: 6 })).json).toEqual({
      RevokedIds: [2],
      SuspendedCerts: [],
    })
    expect((await world.store.certificate('2')).record.revocation?.reason).toBe('certificateHold')
    expect((await post('/Certificates/Revoke', { ...order, Reason: -1 })).status).toBe(200)
    expect((await post('/Certificates/Revoke', { ...order, Reason: 5 })).status).toBe(200)
    expect((await world.store.certificate('2')).record.revocation).toMatchObject({
      reason: 'cessationOfOperation',
      date: '2026-02-20T00:00:00Z',
    })
    const again = await post('/Certificates/Revoke', { ...order, Reason: 5 })
    expect(again.status).toBe(400)
    expect(again.json.FailedOperations).toEqual([
      { Reason: expect.stringMatching(/Certificate 2: .*revoked already/i) },
    ])
  })

  test('of several of which one is not there revokes none', async () => {
    const { status } = await post('/Certificates/Revoke', {
      CertificateIds: [2, 99],
      Comment: 'x',
      Reason: 0,
    })
    expect(status).toBe(404)
    expect((await world.store.certificate('2')).record.revocation).toBeUndefined()
  })

  test.each([
    [{ CertificateIds: [2], Reason: 0 }, /Comment field is required/],
    [{ CertificateIds: [], Comment: 'x' }, /CertificateIds field is required/],
    [{ CertificateIds: ['2'], Comment: 'x' }, /no id/],
    [{ CertificateIds: [2], Comment: 'x', Reason: 8 }, /Reason 8 is not known/],
    [{ CertificateIds: [2], Comment: 'x', EffectiveDate: 'soon' }, /EffectiveDate/],
  ])('of %j is refused', async (body, message) => {
    const { status, json } = await post('/Certificates/Revoke', body)
    expect([status, json.Message]).toEqual([400, expect.stringMatching(message)])
  })

  test('by query takes what the query finds', async () => {
    const body = { Query: 'IssuedCN -eq "web.example"', Reason: 4, Comment: 'x' }
    expect((await post('/Certificates/RevokeAll', body)).json.RevokedIds).toEqual([2])
  })
})

describe('deleting and describing', () => {
  test('a deletion is 204 and does not revoke', async () => {
    expect((await call('/Certificates/3', { method: 'DELETE' })).status).toBe(204)
    expect((await call('/Certificates/3')).status).toBe(404)
    expect((await call('/Certificates/3', { method: 'DELETE' })).status).toBe(404)
  })

  test('several go by their ids, by a query, and one failure stops nothing', async () => {
    expect((await call('/Certificates', { method: 'DELETE', body: [99, 3] })).status).toBe(204)
    expect((await call('/Certificates/3')).status).toBe(404)
    expect(
      (await call('/Certificates/Query', { method: 'DELETE', body: 'IssuedCN -eq "web.example"' })).status,
    ).toBe(204)
    expect((await call('/Certificates/2')).status).toBe(404)
    expect((await call('/Certificates', { method: 'DELETE', body: {} })).status).toBe(400)
    expect((await call('/Certificates/Query', { method: 'DELETE', body: '' })).status).toBe(400)
  })

  test('a private key goes alone', async () => {
    expect((await call('/Certificates/PrivateKey/2', { method: 'DELETE' })).status).toBe(204)
    expect((await world.store.certificate('2')).record.keyId).toBeUndefined()
    expect((await call('/Certificates/PrivateKey/2', { method: 'DELETE' })).json.ErrorCode).toBe('0xA0110002')
  })

  test('metadata is put with 204; empty values take away', async () => {
    const put = (body: unknown): Promise<RawReply> =>
      call('/Certificates/Metadata?collectionId=0', { method: 'PUT', body })
    const reply = await put({
      Id: 2,
      Metadata: { Name: 'www', FriendlyName: '', Tags: 'a,b' },
      CollectionId: 0,
    })
    expect([reply.status, reply.text]).toEqual([204, ''])
    const { record } = await world.store.certificate('2')
    expect([record.name, record.friendlyName, record.tags]).toEqual(['www', undefined, ['a', 'b']])
    expect((await put({ Id: 2, Metadata: { Nothing: 'x' } })).status).toBe(400)
    expect((await put({ Id: 2 })).status).toBe(400)
    expect((await call('/MetadataFields')).json.map((each: { Name: string }) => each.Name)).toEqual([
      'Name',
      'FriendlyName',
      'Tags',
    ])
    expect(
      (await call('/Certificates/Metadata/Compare?certificateId=2&metadataFieldName=Name&value=www')).text,
    ).toBe('true')
    const all = {
      CertificateIds: [1, 2],
      Metadata: [{ MetadataName: 'FriendlyName', Value: 'both', OverwriteExisting: false }],
    }
    expect((await call('/Certificates/Metadata/All', { method: 'PUT', body: all })).status).toBe(204)
    expect((await world.store.certificate('1')).record.friendlyName).toBe('both')
  })

  test('a file is analyzed without being taken', async () => {
    const { json } = await post('/Certificates/Analyze', { Certificate: base64(world.root.der) })
    expect(json).toMatchObject([{ IssuedDN: 'CN=Root,O=Example', IsEndEntity: false }])
  })
})

describe('a reader who writes', () => {
  type Write = readonly [method: string, path: string, body: (id: number) => unknown]
  const writes: readonly Write[] = [
    ['POST', '/Certificates/Revoke', (id) => ({ CertificateIds: [id], Comment: 'x' })],
    ['POST', '/Certificates/RevokeAll', (id) => ({ Query: `CertId -eq ${id}`, Reason: 0, Comment: 'x' })],
    ['DELETE', '/Certificates/ID', () => undefined],
    ['DELETE', '/Certificates', (id) => [id]],
    ['DELETE', '/Certificates/Query', (id) => `CertId -eq ${id}`],
    ['DELETE', '/Certificates/PrivateKey/ID', () => undefined],
    ['DELETE', '/Certificates/PrivateKey', (id) => [id]],
    ['PUT', '/Certificates/Metadata', (id) => ({ Id: id, Metadata: { Name: 'x' } })],
    [
      'PUT',
      '/Certificates/Metadata/All',
      (id) => ({ CertificateIds: [id], Metadata: [{ MetadataName: 'Name', Value: 'x' }] }),
    ],
  ]
  test.each<Write>(writes)(
    'by %s %s gets the same 403 for what is there and what is not',
    async (method, path, body) => {
      const answers: unknown[] = []
      for (const id of [2, 99]) {
        const more = { method, user: 'reader', body: body(id) }
        const { status, json } = await call(path.replace('ID', String(id)), more)
        answers.push([status, json])
      }
      expect(answers[1]).toEqual([403, expect.objectContaining({ ErrorCode: '0xA0140002' })])
      expect(answers[0]).toEqual(answers[1])
    },
  )
})
