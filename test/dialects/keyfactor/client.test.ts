import { X509Certificate } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/base/secret.ts'
import { publicKeyOfPkcs8 } from '../../../src/crypto/keys.ts'
import { sha256Hex } from '../../../src/crypto/digest.ts'
import type { Filter } from '../../../src/domain/filter.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { listFilter } from '../../../src/query/shortcuts.ts'
import { makeCertificate, makeKey } from '../../support/make-certificates.ts'
import { inRepository } from '../../support/built.ts'
import { outputOf, requireOracle } from '../../support/oracles.ts'
import { all, connected, type Connected, type Connecting } from './connect.ts'
import { scriptedServer, wire, type Script, type ScriptedServer } from './scripted.ts'
import { madeCsr } from './world.ts'

const ALL: Filter = { op: 'all' }
const TOTAL = { 'X-Total-Count': '3' }
const leaf = new X509Certificate(wire('leaf.pem'))
const source = { how: 'imported' } as const

let server: ScriptedServer
let here: Connected
afterEach(async () => {
  await here?.store.close()
  await server?.close()
})

async function against(script: Script, how: Connecting = {}): Promise<Connected> {
  server = await scriptedServer(script)
  here = await connected(server, { user: 'EXAMPLE\\certman', secret: 's3cret-Pw', ...how })
  return here
}

describe('reading what Keyfactor Command 25 answers', () => {
  test('a listing asks for everything that is hidden by default, and stops at the total', async () => {
    const { store } = await against({
      'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
    })
    const rows = await all(store.list('certificate', { filter: ALL, sort: [] }))
    expect(server.calls).toHaveLength(1)
    const { query, headers } = server.calls[0]!
    expect(Object.fromEntries(query)).toMatchObject({
      'pq.includeRevoked': 'true',
      'pq.includeExpired': 'true',
      includeMetadata: 'true',
      includeHasPrivateKey: 'true',
      'pq.pageReturned': '1',
    })
    expect(headers).toMatchObject({
      'x-keyfactor-requested-with': 'APIClient',
      'x-keyfactor-api-version': '1',
      authorization: `Basic ${Buffer.from('EXAMPLE\\certman:s3cret-Pw').toString('base64')}`,
    })
    expect(rows.map(({ id }) => id)).toEqual(['12', '13', '1204'])
    expect(rows[2]).toMatchObject({
      subject: 'CN=tf-acc-web.example.com,OU=IT,O=Keyexample,L=Independence,ST=Ohio,C=US',
      thumbprint: leaf.fingerprint.replaceAll(':', ''),
      serialNumber: leaf.serialNumber.toLowerCase().replace(/^0+/, ''),
      tags: ['prod', 'edge'],
      profile: '2yr TLS Server',
      authorityId: '4',
      importedAt: '2026-03-07T02:48:19.393Z',
      state: 'notYetValid',
      keyId: sha256Hex(leaf.publicKey.export({ type: 'spki', format: 'der' })),
    })
    expect(rows[0]).not.toHaveProperty('keyId')
  })

  test('what a listing leaves out by itself hinders neither its limit nor a count', async () => {
    const { store } = await against({
      'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
    })
    const filter = listFilter({}, 'certificate')
    expect(await all(store.list('certificate', { filter, sort: [], limit: 2 }))).toHaveLength(2)
    expect(await store.count('certificate', { filter })).toBe(3)
    expect(server.calls.map(({ query }) => query.get('pq.returnLimit'))).toEqual(['2', '1'])
  })

  test('answers of release 10 are read: spaced names, times without a zone, fewer members', async () => {
    const { store } = await against({ 'GET /Certificates': ['certificates-10.json'] })
    const [row] = await all(store.list('certificate', { filter: ALL, sort: [] }))
    expect(row).toMatchObject({
      id: '1204',
      issuer: 'CN=Sub-CA,OU=IT,O=Keyexample,L=Independence,ST=Ohio,C=US',
      importedAt: '2023-01-07T02:48:19.000Z',
      state: 'notYetValid',
    })
  })

  test('an entry that has no number is no certificate: something else answered', async () => {
    const { store } = await against({ 'GET /Certificates': [{ body: '[{"zzz":1}]' }] })
    await expect(all(store.list('certificate', { filter: ALL, sort: [] }))).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(
        /^Keyfactor Command: GET \S+ was answered with 200 and an entry without an Id$/,
      ),
    })
  })

  test('a server that knows no pages has given all, unless it counts more', async () => {
    const page = (from: number) => JSON.stringify(Array.from({ length: 100 }, (_, at) => ({ Id: from + at })))
    const { store } = await against({ 'GET /Certificates': [{ body: page(1) }] })
    expect(await all(store.list('certificate', { filter: ALL, sort: [] }))).toHaveLength(100)
    expect(server.calls).toHaveLength(2)
    const turning = [page(1), page(200), page(1), page(200)].map((body) => ({
      headers: { 'X-Total-Count': '500' },
      body,
    }))
    const { store: other } = await against({ 'GET /Certificates': turning })
    await expect(all(other.list('certificate', { filter: ALL, sort: [] }))).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/answered with 200 and the same page again$/),
    })
  })

  test('numbers that are texts are numbers, and the first day of .NET is no date', async () => {
    const odd = {
      Id: '7',
      CertState: 1,
      ImportDate: '0001-01-01T00:00:00',
      RevocationEffDate: '0001-01-01T00:00:00',
    }
    const { store } = await against({
      'GET /Certificates': [{ body: JSON.stringify([odd]) }],
    })
    const [row] = await all(store.list('certificate', { filter: ALL, sort: [] }))
    expect(row).toMatchObject({ id: '7' })
    expect(row).not.toHaveProperty('importedAt')
    expect(row).not.toHaveProperty('revocation')
  })

  test('a filter is narrowed by the server; one that the server does not know is done here', async () => {
    const { store } = await against({
      'GET /Certificates': ({ query }) =>
        query.has('pq.queryString')
          ? { status: 400, body: '{"ErrorCode":"0xA0110029","Message":"Invalid query"}' }
          : { headers: TOTAL, body: wire('certificates.json') },
    })
    const filter = parseFilter('cn = Sub-CA', 'certificate')
    expect((await all(store.list('certificate', { filter, sort: [] }))).map(({ id }) => id)).toEqual(['13'])
    expect(server.calls[0]?.query.get('pq.queryString')).toBe('IssuedDN -contains "CN=Sub-CA"')
    expect(server.calls[1]?.query.has('pq.queryString')).toBe(false)
  })

  test('one certificate is shown with its revocation', async () => {
    const { store } = await against({ 'GET /Certificates/1204': ['certificate-revoked.json'] })
    const { record, state, der } = await store.certificate('1204')
    expect(state).toBe('revoked')
    expect(record.revocation).toEqual({ date: '2026-03-08T10:00:00Z', reason: 'cessationOfOperation' })
    expect(Buffer.from(der).equals(leaf.raw)).toBe(true)
  })

  test('the chain comes out of BER of indefinite length, nearest issuer first', async () => {
    const { store } = await against({
      'GET /Certificates/1204': ['certificate.json'],
      'POST /Certificates/Download': ['download-p7b.json'],
      'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
    })
    const issuers = await store.issuersOf('1204')
    expect(issuers.map(({ record }) => record.id)).toEqual(['13', '12'])
    const [call] = server.of('POST /Certificates/Download')
    expect(call?.json).toEqual({ CertID: 1204, IncludeChain: true, ChainOrder: 'EndEntityFirst' })
    expect(call?.headers['x-certificateformat']).toBe('P7B')
  })

  test('a private key is recovered from a PFX of openssl under a password of one use', async (context) => {
    const openssl = requireOracle(context, 'openssl')
    const recover: Script['x'] = ({ json }) => {
      const file = (name: string): string => inRepository(`fixtures/wire/keyfactor/${name}`)
      const args = [
        'pkcs12',
        '-export',
        '-inkey',
        file('leaf.key'),
        '-in',
        file('leaf.pem'),
        '-passout',
        `pass:${json.Password}`,
      ]
      return { body: JSON.stringify({ PFX: outputOf(openssl, args).toString('base64'), FileName: 'x.pfx' }) }
    }
    const { store, trace } = await against({
      'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
      'POST /Certificates/Recover': recover,
    })
    const [row] = await all(
      store.list('certificate', { filter: parseFilter('hasKey', 'certificate'), sort: [] }),
    )
    const key = await store.key(String(row!['keyId']))
    expect(sha256Hex(publicKeyOfPkcs8(key.pkcs8))).toBe(row!['keyId'])
    const [call] = server.of('POST /Certificates/Recover')
    expect(call?.json.Password.length).toBeGreaterThanOrEqual(24)
    expect(trace.join('\n')).not.toContain(call?.json.Password)
  })

  test('a certificate without a retained key is said so', async () => {
    const { store } = await against({
      'GET /Certificates': [{ headers: TOTAL, body: wire('certificates.json') }],
      'POST /Certificates/Recover': [{ status: 400, body: wire('error-no-key.json') }],
    })
    const [row] = await all(
      store.list('certificate', { filter: parseFilter('hasKey', 'certificate'), sort: [] }),
    )
    await expect(store.key(String(row!['keyId']))).rejects.toMatchObject({
      code: 'key.missing',
      message: expect.stringContaining('No private key could be found'),
    })
  })

  test('pending requests, authorities and collections are read', async () => {
    const { store } = await against({
      'GET /Workflow/Certificates/Pending': [
        { headers: { 'X-Total-Count': '1' }, body: wire('pending.json') },
      ],
      'GET /Workflow/Certificates/Denied': [{ body: '[]' }],
      'GET /Workflow/Certificates/23': ['request.json'],
      'GET /CertificateAuthority': ['authorities.json'],
      'GET /CertificateCollections': ['collections.json'],
    })
    const list = (kind: 'request' | 'authority' | 'collection') =>
      all(store.list(kind, { filter: ALL, sort: [] }))
    expect(await list('request')).toMatchObject([
      {
        id: '23',
        state: 'outstanding',
        requestedBy: 'EXAMPLE\\alice',
        profile: '2yrTLSServer',
        requestedAt: '2026-03-07T02:48:19Z',
      },
    ])
    expect(await store.resolve({ kind: 'request', by: 'text', text: '23' })).toMatchObject({
      subjectAltName: [{ type: 'dns', value: 'tf-acc-web.example.com' }],
    })
    expect(await list('authority')).toMatchObject([{ id: '4', name: 'Sub-CA', enabled: true }])
    expect(await list('collection')).toMatchObject([
      { id: '7', name: 'Web servers', filter: 'cn ~ web' },
      { id: '8', name: 'Mine', filter: 'NetBIOSRequester -eq "%ME%"' },
    ])
    expect(server.of('GET /Workflow/Certificates/Pending')[0]?.query.get('pagedQuery.returnLimit')).toBe(
      '100',
    )
  })

  test('a probe says the product and its version', async () => {
    const headers = { 'X-Keyfactor-Product-Version': '25.4.1+0123456789012345678901234567890123456789' }
    const { store } = await against({ 'GET /Status/Endpoints': [{ headers, body: wire('endpoints.json') }] })
    expect((await store.probe()).server).toBe(`Keyfactor Command ${headers['X-Keyfactor-Product-Version']}`)
  })
})

describe('changing things on Keyfactor Command', () => {
  const listed = { headers: TOTAL, body: wire('certificates.json') }
  const none = { headers: { 'X-Total-Count': '0' }, body: '[]' }

  test('a certificate is imported as base64 of DER and looked up by its thumbprint', async () => {
    const { store, notices } = await against({
      'GET /Certificates': [none, listed],
      'GET /MetadataFields': ['metadata-fields.json'],
      'POST /Certificates/Import': ['import.json'],
    })
    const certificate = { der: new Uint8Array(leaf.raw), friendlyName: 'Web', tags: ['edge'], source }
    const [outcome] = await store.import({ certificates: [certificate], keys: [] })
    expect(outcome).toMatchObject({ id: '1204', outcome: 'changed', what: 'created' })
    expect(server.of('POST /Certificates/Import')[0]?.json).toEqual({
      Certificate: leaf.raw.toString('base64'),
      Metadata: { Tags: 'edge' },
    })
    expect(notices).toEqual([expect.stringContaining('no metadata field "FriendlyName"')])
  })

  test('what a known certificate has as metadata is not lost when tags join it', async () => {
    const { store } = await against({
      'GET /Certificates': [listed],
      'GET /Certificates/1204': ['certificate.json'],
      'GET /MetadataFields': ['metadata-fields.json'],
      'PUT /Certificates/Metadata': [{ status: 204 }],
    })
    const certificate = { der: new Uint8Array(leaf.raw), tags: ['new'], source }
    const [outcome] = await store.import({ certificates: [certificate], keys: [] })
    expect(outcome).toMatchObject({ id: '1204', outcome: 'changed', what: 'edited' })
    expect(server.of('POST /Certificates/Import')).toEqual([])
    expect(server.of('PUT /Certificates/Metadata')[0]?.json).toEqual({
      Id: 1204,
      Metadata: { 'Email-Contact': 'ops@example.com', Tags: 'prod,edge,new' },
    })
  })

  test('a name without a field for it is refused before anything is sent', async () => {
    const { store } = await against({
      'GET /Certificates': [none],
      'GET /MetadataFields': ['metadata-fields.json'],
    })
    const certificate = { der: new Uint8Array(leaf.raw), name: 'web', source }
    await expect(store.import({ certificates: [certificate], keys: [] })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
    expect(server.of('POST /Certificates/Import')).toEqual([])
  })

  test('a key goes as PFX under a password of one use, never as it is', async () => {
    const made = makeCertificate({ cn: 'x' })
    const { store } = await against({
      'GET /Certificates': [none],
      'POST /Certificates/Import': [{ status: 403, body: wire('error-permission.json') }],
    })
    const batch = {
      certificates: [{ der: made.der, source }],
      keys: [{ pkcs8: made.pkcs8, encrypted: false, spki: made.spki, source }],
    }
    await expect(store.import(batch)).rejects.toMatchObject({
      code: 'auth.forbidden',
      message: expect.stringContaining("doesn't have the required permission"),
    })
    const { json, text } = server.of('POST /Certificates/Import')[0]!
    expect(Object.keys(json)).toEqual(['Certificate', 'Password'])
    expect(text).not.toContain(made.pkcs8.use((bytes) => Buffer.from(bytes).toString('base64')).slice(20, 60))
  })

  test('a request that is issued at once and one that waits are told apart', async () => {
    const csr = await madeCsr('x.example')
    const script = {
      'POST /Enrollment/CSR': ['enrollment-csr.json', 'enrollment-csr-pending.json'],
      'GET /Certificates/1204': ['certificate.json'],
    }
    const options = { 'certificate-authority': 'ejbca.example.com\\Sub-CA', template: '2yrTLSServer' }
    const { store } = await against(script, { options })
    const issued = await store.submit({ csr })
    expect(issued.map(({ kind, id, what }) => [kind, id, what])).toEqual([
      ['request', 'certificate-1204', 'created'],
      ['certificate', '1204', 'issued'],
    ])
    const [waiting] = await store.submit({ csr })
    expect(waiting).toMatchObject({ id: '23', row: { state: 'outstanding' } })
    const [call] = server.of('POST /Enrollment/CSR')
    expect(call?.headers['x-certificateformat']).toBe('PEM')
    expect(call?.json).toMatchObject({
      CertificateAuthority: 'ejbca.example.com\\Sub-CA',
      Template: '2yrTLSServer',
      IncludeChain: true,
      Metadata: {},
      Timestamp: '2026-03-01T12:00:00.000Z',
    })
    expect(call?.json.CSR).toMatch(
      /^-----BEGIN CERTIFICATE REQUEST-----\n[\s\S]+\n-----END CERTIFICATE REQUEST-----\n$/,
    )
    expect(call?.json).not.toHaveProperty('RenewalCertificateId')
  })

  test('an approval that is refused inside a 200 is an error', async () => {
    const { store } = await against({
      'GET /Workflow/Certificates/23': ['request.json'],
      'POST /Workflow/Certificates/Approve': ['approve-denied.json', 'approve-failed.json', 'approve.json'],
      'GET /Certificates': [{ body: '[{"Id":1204}]' }],
      'GET /Certificates/1204': ['certificate.json'],
    })
    const target = { kind: 'request', id: '23' } as const
    await expect(store.sign(target, {})).rejects.toMatchObject({ code: 'auth.forbidden' })
    await expect(store.sign(target, {})).rejects.toMatchObject({
      code: 'remote.refused',
      message: expect.stringContaining('The RPC server is unavailable'),
    })
    const { outcomes } = await store.sign(target, {})
    expect(outcomes[0]).toMatchObject({ kind: 'certificate', id: '1204' })
    expect(server.of('POST /Workflow/Certificates/Approve')[0]?.text).toBe('[23]')
    expect(server.of('GET /Certificates')[0]?.query.get('pq.queryString')).toBe('CertRequestId -eq 23')
  })

  test('a revocation that waits for a workflow is a note, one that failed is an error with the reasons', async () => {
    const { store } = await against({
      'GET /Certificates/1204': ['certificate.json'],
      'POST /Certificates/Revoke': [
        'revoke-suspended.json',
        'revoke.json',
        { status: 204 },
        { status: 400, body: wire('error-revoke.json') },
      ],
    })
    const target = { kind: 'certificate', id: '1204' } as const
    const revoke = () => store.revoke([target], { reason: 'superseded' })
    expect((await revoke()).notes).toEqual([expect.stringContaining('awaiting approval')])
    expect((await revoke()).notes).toEqual([])
    expect((await revoke()).notes).toEqual([])
    await expect(revoke()).rejects.toThrow(/Unable to revoke certificates.*The CA is offline/)
    expect(server.of('POST /Certificates/Revoke')[0]?.json).toEqual({
      CertificateIds: [1204],
      Reason: 4,
      Comment: expect.stringContaining('certman'),
      EffectiveDate: '2026-03-01T12:00:00.000Z',
    })
  })

  test('a collection of the settings goes with every call that knows it', async () => {
    const { store } = await against(
      { 'GET /Certificates/1204': ['certificate.json'], 'DELETE /Certificates/1204': [{ status: 204 }] },
      { options: { collection: '7' } },
    )
    await store.delete([{ kind: 'certificate', id: '1204' }])
    expect(server.calls.map(({ query }) => query.get('collectionId'))).toEqual(['7', '7'])
  })
})

describe('a server in trouble', () => {
  const list = () => all(here.store.list('certificate', { filter: ALL, sort: [] }))

  test.each([
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>login</html>' }, 'remote.unexpected'],
    ['a 500 with {}', { status: 500, body: '{}' }, 'remote.failed'],
    ['a 401', { status: 401, body: 'denied' }, 'auth.failed'],
    ['a 403', { status: 403, body: wire('error-permission.json') }, 'auth.forbidden'],
    ['half an answer', { body: wire('certificates.json'), cut: true }, 'remote.'],
    ['an object instead of an array', { body: '{"a":1}' }, 'remote.unexpected'],
    ['a sort refusal', { status: 400, body: wire('error-sort.json') }, 'remote.refused'],
  ])('that answers with %s is one clear error', async (_what, answer, code) => {
    await against({ 'GET /Certificates': [answer] }, { http: { retries: 0 } })
    await expect(list()).rejects.toMatchObject({ code: expect.stringContaining(code) })
  })

  test('busy for a moment is asked again, but an enrollment is not', async () => {
    const busy = { status: 503, headers: { 'retry-after': '1' }, body: '{}' }
    const { store } = await against({
      'GET /Certificates': [busy, { headers: TOTAL, body: wire('certificates.json') }],
      'POST /Enrollment/CSR': [busy, 'enrollment-csr.json'],
    })
    expect(await list()).toHaveLength(3)
    await expect(store.submit({ csr: await madeCsr('x') })).rejects.toMatchObject({ code: 'remote.failed' })
    expect(server.of('POST /Enrollment/CSR')).toHaveLength(1)
  })

  test('an expired token is fetched once more', async () => {
    let tokens = 0
    const script: Script = {
      'POST /token': ({ headers, text }) => {
        tokens++
        expect(headers.authorization).toBe(`Basic ${Buffer.from('id%3A1:s3cret-Pw').toString('base64')}`)
        expect(text).toBe('grant_type=client_credentials&scope=a+b&audience=kf')
        return 'token.json'
      },
      'GET /Status/Endpoints': [{ status: 401, body: '' }, 'endpoints.json'],
    }
    server = await scriptedServer(script)
    const options = { 'token-url': `${server.url}/token`, scope: 'a b', audience: 'kf' }
    here = await connected(server, { form: 'client-credentials', user: 'id:1', secret: 's3cret-Pw', options })
    await here.store.probe()
    expect(tokens).toBe(2)
    expect(server.of('GET /Status/Endpoints')[1]?.headers.authorization).toBe(
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    )
  })
})

test('a token that could not be had, and fields that could not be asked for, are asked for anew', async () => {
  server = await scriptedServer({
    'POST /token': [{ status: 500, body: '{}' }, 'token.json'],
    'GET /MetadataFields': [{ status: 500, body: '{}' }, 'metadata-fields.json'],
    'POST /Enrollment/CSR': ['enrollment-csr.json'],
    'GET /Certificates/1204': ['certificate.json'],
    'GET /Status/Endpoints': ['endpoints.json'],
  })
  const options = { 'token-url': `${server.url}/token`, 'name-field': 'Email-Contact' }
  here = await connected(server, { form: 'client-credentials', user: 'id', secret: 's3cret-Pw', options })
  await expect(here.store.probe()).rejects.toMatchObject({ code: 'remote.failed' })
  expect(await here.store.probe()).toMatchObject({ user: expect.any(String) })
  const request = { csr: await madeCsr('x'), name: 'web' }
  await expect(here.store.submit(request)).rejects.toMatchObject({ code: 'remote.failed' })
  expect(await here.store.submit(request)).toHaveLength(2)
})

describe('what Keyfactor Command cannot do', () => {
  test('is refused before anything is sent, with what to do instead', async () => {
    const { store } = await against({})
    const target = { kind: 'request', id: '1' } as const
    const key = makeKey()
    const kept = { pkcs8: key.pkcs8, encrypted: false, spki: key.spki, source }
    const refused: readonly (() => Promise<unknown>)[] = [
      () => all(store.list('key', { filter: ALL, sort: [] })),
      () => store.request('1'),
      () => store.attach(target, []),
      () => store.crl('1'),
      () => store.trash(),
      () => store.profiles(),
      () => store.createAuthority({} as never),
      () => store.delete([target]),
      () => store.revoke([{ kind: 'certificate', id: '1' }], { reason: 'aACompromise' }),
      () => store.import({ certificates: [], keys: [kept] }),
      () => store.edit({ kind: 'certificate', id: '1' }, { exportable: false }),
      () => store.sign(target, { password: new Secret('x'), profile: 'server' }),
    ]
    for (const each of refused)
      await expect(each()).rejects.toMatchObject({
        code: 'store.unsupported',
        hint: expect.stringMatching(/\w/),
      })
    expect(server.calls).toEqual([])
  })
})
