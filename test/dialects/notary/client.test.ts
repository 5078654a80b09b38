import { X509Certificate } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { readPem } from '../../../src/formats/pem.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { makeCertificate, makeKey, makeRequest } from '../../support/make-certificates.ts'
import { all, connected, type Connected, type Connecting } from './connect.ts'
import { scriptedServer, SESSION, wire, type Script, type ScriptedServer } from './scripted.ts'

const web = new X509Certificate(wire('web.pem'))
const derOf = (pem: string): Uint8Array => readPem(Buffer.from(pem)).blocks[0]!.der
const rootDer = derOf(wire('root.pem'))
const webDer = derOf(wire('web.pem'))
const csr = derOf(wire('second.csr'))
const protection = { noPassword: true, insecure: true } as const
const LIST = 'GET /certificate_requests'
const CAS = 'GET /certificate_authorities'

let server: ScriptedServer
let here: Connected
afterEach(async () => {
  await here?.store.close()
  await server?.close()
})

async function against(script: Script, how: Connecting = {}): Promise<Connected> {
  server = await scriptedServer({ 'POST /login': [SESSION], [CAS]: ['current/authorities.json'], ...script })
  here = await connected(server, {
    user: 'admin@example.com',
    secret: 's3cret-Pw',
    now: '2027-03-01T12:00:00Z',
    ...how,
  })
  return here
}

const refusal = (promise: Promise<unknown>): Promise<{ code: string; message: string; hint: string }> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => error as { code: string; message: string; hint: string },
  )

describe('reading the samples of the published page', () => {
  test('a list with `result` and without owners is read', async () => {
    const { store } = await against({ [LIST]: ['documented/list.json'] })
    const rows = await all(store.list('request', EVERYTHING))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      id: '1',
      state: 'outstanding',
      subject: 'CN=banana.com,O=Internet Widgits Pty Ltd,L=Narlidere,ST=Izmir,C=TR',
    })
    expect(rows[0]).not.toHaveProperty('requestedBy')
  })

  test('one request is read, with its bytes and its text', async () => {
    const { store } = await against({ 'GET /certificate_requests/2': ['documented/get.json'] })
    const { row, der } = await store.request('2')
    expect(row).toMatchObject({ id: '2', state: 'outstanding' })
    const sample = JSON.parse(wire('documented/get.json')).result.csr as string
    expect(row['submittedText']).toBe(sample)
    expect(Buffer.from(der).toString('base64')).toBe(sample.replace(/-----[^-]+-----|\n/g, ''))
  })

  test('a create answers with an id beside the word success, and the others with the word alone', async () => {
    const { store } = await against({
      'POST /certificate_requests': [{ status: 201, body: wire('documented/create.json') }],
      'GET /certificate_requests/1': ['documented/list.json', 'current/done.json'],
      'GET /certificate_requests/2': ['documented/get.json'],
      'POST /certificate_requests/2/reject': [{ status: 202, body: wire('documented/reject.json') }],
      'DELETE /certificate_requests/2': [{ status: 202, body: wire('documented/delete.json') }],
    })
    const [rejected] = await store.reject([{ kind: 'request', id: '2' }], undefined)
    expect(rejected).toMatchObject({ kind: 'request', id: '2', what: 'rejected', row: { state: 'rejected' } })
    const [deleted] = await store.delete([{ kind: 'request', id: '2' }])
    expect(deleted).toMatchObject({ kind: 'request', id: '2', what: 'deleted' })
  })
})

describe('reading what Notary 1.1.0 answers', () => {
  test('requests come in the order of their ids, whatever the order of the server', async () => {
    const { store } = await against({ [LIST]: ['current/list.json'] })
    const rows = await all(store.list('request', EVERYTHING))
    expect(rows.map(({ id, state, requestedBy }) => ({ id, state, requestedBy }))).toEqual([
      { id: '3', state: 'issued', requestedBy: 'admin@example.com' },
      { id: '4', state: 'outstanding', requestedBy: 'requestor@example.com' },
      { id: '5', state: 'rejected', requestedBy: 'unknown' },
    ])
    expect(rows[0]).toMatchObject({ certificateId: '3' })
  })

  test('certificates are those of issued requests, and know their authority', async () => {
    const { store } = await against({ [LIST]: ['current/list.json'] })
    const rows = await all(store.list('certificate', EVERYTHING))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      id: '3',
      requestId: '3',
      authorityId: '1',
      state: 'valid',
      serialNumber: web.serialNumber.toLowerCase(),
      thumbprint: web.fingerprint.replaceAll(':', ''),
      fingerprint: web.fingerprint256.replaceAll(':', '').toLowerCase(),
    })
  })

  test('filters are done here, since Notary has none', async () => {
    const { store } = await against({ [LIST]: ['current/list.json'] })
    const filter = parseFilter('state = outstanding', 'request')
    const rows = await all(store.list('request', { ...EVERYTHING, filter }))
    expect(rows.map(({ id }) => id)).toEqual(['4'])
    expect(await store.count('request', { filter })).toBe(1)
    expect(server.of(LIST).every(({ path }) => path === '/api/v1/certificate_requests')).toBe(true)
  })

  test('a certificate comes with its issuers, empty lines between the blocks or not', async () => {
    const { store } = await against({ 'GET /certificate_requests/3': ['current/get.json'] })
    const certificate = await store.certificate('3')
    expect(certificate.facts.fingerprint).toBe(web.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(certificate.record).toMatchObject({ requestId: '3', authorityId: '1' })
    const issuers = await store.issuersOf('3')
    expect(issuers.map(({ record, der }) => [record.id, Buffer.compare(der, rootDer)])).toEqual([['ca-1', 0]])
  })

  test('a root that is stored twice is one certificate', async () => {
    const twice = JSON.parse(wire('current/get.json'))
    twice.data.certificate_chain = `${wire('root.pem')}\n${wire('root.pem')}`
    const { store } = await against({ 'GET /certificate_requests/3': [{ body: JSON.stringify(twice) }] })
    expect(await store.issuersOf('3')).toEqual([])
  })

  test('authorities are named by their common name; one that waits says so', async () => {
    const { store } = await against({})
    const rows = await all(store.list('authority', EVERYTHING))
    expect(rows).toMatchObject([
      { id: '1', name: 'Example Notary Root', enabled: true, certificateId: 'ca-1' },
      { id: '2', name: 'Example Waiting CA', enabled: false, pending: true },
    ])
    const named = await store.resolve({ kind: 'authority', by: 'text', text: 'Example Notary Root' })
    expect(named.id).toBe('1')
    expect(await store.resolve({ kind: 'certificate', by: 'text', text: 'ca-1' })).toMatchObject({
      id: 'ca-1',
      subject: 'CN=Example Notary Root,O=Example,C=GB',
    })
  })

  test('the CRL comes out of its JSON as DER', async () => {
    const { store } = await against({
      'GET /certificate_authorities/1': ['current/authority.json'],
      'GET /certificate_authorities/1/crl': ['current/crl.json'],
    })
    const { der, row } = await store.crl('1')
    expect(Buffer.compare(der, derOf(JSON.parse(wire('current/crl.json')).data.crl as string))).toBe(0)
    expect(row).toMatchObject({ crlNumber: String(0x182417ea6990675en) })
  })

  test('when an authority has no CRL yet then there is none', async () => {
    const { store } = await against({
      'GET /certificate_authorities/2': ['current/authority-waiting.json'],
      'GET /certificate_authorities/2/crl': [{ body: '{"data":{"crl":""}}' }],
    })
    expect(await refusal(store.crl('2'))).toMatchObject({ code: 'record.not-found' })
  })

  test('while an authority waits, requests that answer 404 are found in the list', async () => {
    const { store } = await against({ [LIST]: ['current/list.json'] })
    expect(await store.resolve({ kind: 'request', by: 'text', text: '4' })).toMatchObject({ id: '4' })
    expect(server.of('GET /certificate_requests/4')).toHaveLength(1)
  })

  test('a record that cannot be read hides no other', async () => {
    const list = JSON.parse(wire('current/list.json'))
    list.data[0].csr = '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n'
    const { store } = await against({ [LIST]: [{ body: JSON.stringify(list) }] })
    expect(await all(store.list('request', EVERYTHING))).toMatchObject([
      { id: '3' },
      { id: '4' },
      { id: '5', tags: [], state: 'rejected' },
    ])
  })
})

describe('logging in', () => {
  test('cookie and bearer token are both sent, once logged in', async () => {
    const { store, trace } = await against({ [LIST]: ['current/list.json'] })
    await all(store.list('request', EVERYTHING))
    await all(store.list('request', EVERYTHING))
    expect(server.of('POST /login')).toHaveLength(1)
    expect(server.of('POST /login')[0]!.json).toEqual({
      email: 'admin@example.com',
      username: 'admin@example.com',
      password: 's3cret-Pw',
    })
    const [call] = server.of(LIST)
    expect(call!.headers).toMatchObject({ cookie: 'user_token=a.b.c', authorization: 'Bearer a.b.c' })
    expect(trace.join('\n')).not.toMatch(/s3cret-Pw|a\.b\.c/)
  })

  test('the token of old servers is read from the body', async () => {
    const { store, trace } = await against({
      'POST /login': ['old/login.json'],
      [LIST]: ['documented/list.json'],
    })
    await all(store.list('request', EVERYTHING))
    const { token } = JSON.parse(wire('old/login.json')).result as { token: string }
    expect(server.of(LIST)[0]!.headers).toMatchObject({ authorization: `Bearer ${token}` })
    expect(trace.join('\n')).not.toContain(token)
  })

  test('when the token has run out then it logs in again, once', async () => {
    const { store } = await against({
      [LIST]: [{ status: 401, body: wire('current/error-unauthorized.json') }, 'current/list.json'],
    })
    expect(await all(store.list('request', EVERYTHING))).toHaveLength(3)
    expect(server.of('POST /login')).toHaveLength(2)
  })

  test('when the password is wrong then it is said, without the password', async () => {
    const { store } = await against({
      'POST /login': [{ status: 401, body: '{"message":"invalid credentials"}' }],
    })
    const error = await refusal(all(store.list('request', EVERYTHING)))
    expect(error).toMatchObject({ code: 'auth.failed' })
    expect(error.message).toBe(
      `Canonical Notary: POST ${server.url}/login was answered with 401: "invalid credentials"`,
    )
  })

  test('a given token is sent as it is, and not fetched anew', async () => {
    const { store } = await against(
      { [LIST]: [{ status: 401, body: wire('old/error.json') }] },
      { form: 'bearer', secret: 'x.y.z\n' },
    )
    expect(await refusal(all(store.list('request', EVERYTHING)))).toMatchObject({ code: 'auth.failed' })
    expect(server.of(LIST)[0]!.headers).toMatchObject({ authorization: 'Bearer x.y.z' })
    expect(server.of('POST /login')).toHaveLength(0)
  })

  test('the probe says who answers and as whom', async () => {
    const { store } = await against({
      'GET /status': ['current/status.json'],
      'GET /accounts/me': ['current/me.json'],
    })
    expect(await store.probe()).toEqual({
      server: 'Canonical Notary 1.1.0',
      user: 'admin@example.com',
      facts: { role: 'admin' },
    })
  })

  test('where accounts are an admin’s alone the list proves the credential', async () => {
    const { store } = await against({
      'GET /status': ['old/status.json'],
      'GET /accounts/me': [{ status: 403, body: '{"error":"forbidden"}' }],
      [LIST]: ['documented/list.json'],
    })
    expect(await store.probe()).toEqual({ server: 'Canonical Notary 0.0.3', user: 'admin@example.com' })
  })

  test('a server without accounts is told apart, and gets its first one when it is wanted', async () => {
    const script: Script = {
      'GET /status': ['current/status-empty.json'],
      'POST /accounts': [{ status: 201, body: '{"data":{"id":1}}' }],
      'GET /accounts/me': ['current/me.json'],
    }
    const first = await against(script)
    expect(await refusal(first.store.probe())).toMatchObject({
      code: 'auth.failed',
      hint: expect.stringContaining('first-account=create') as string,
    })
    await first.store.close()
    await server.close()
    const { store, notices } = await against(script, { options: { 'first-account': 'create' } })
    expect(await store.probe()).toMatchObject({ user: 'admin@example.com' })
    expect(server.of('POST /accounts')[0]!.json).toMatchObject({ email: 'admin@example.com', role_id: 0 })
    expect(server.of('POST /accounts')[0]!.headers).not.toHaveProperty('authorization')
    expect(notices).toEqual(['made the first account of Canonical Notary: admin@example.com, an admin'])
  })
})

describe('changing something', () => {
  test('a request is sent as PEM, and as the text that it came as where there is one', async () => {
    const { store } = await against({
      'POST /certificate_requests': [{ status: 201, body: wire('current/create.json') }],
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
    })
    const outcomes = await store.submit({ csr })
    expect(outcomes).toMatchObject([{ kind: 'request', id: '4', outcome: 'changed', what: 'created' }])
    expect(server.of('POST /certificate_requests')[0]!.json).toEqual({ csr: wire('second.csr') })
    await store.submit({ csr, text: wire('second.csr').trim() })
    expect(server.of('POST /certificate_requests')[1]!.json).toEqual({ csr: wire('second.csr').trim() })
  })

  test('the same request twice is unchanged', async () => {
    const { store } = await against({
      'POST /certificate_requests': [{ status: 400, body: wire('current/error-known.json') }],
      [LIST]: ['current/list.json'],
    })
    expect(await store.submit({ csr })).toMatchObject([{ id: '4', outcome: 'unchanged', what: 'present' }])
  })

  test('a private key is refused before anything is sent', async () => {
    const { store } = await against({})
    const key = { ...makeKey(), encrypted: false, source: { how: 'generated' } } as const
    expect(await refusal(store.submit({ csr, key }))).toMatchObject({ code: 'store.unsupported' })
    expect(server.calls).toEqual([])
  })

  test('signing sends the id of the authority as text', async () => {
    const { store } = await against({
      'GET /certificate_requests/4': ['current/get-outstanding.json', 'current/get.json'],
      'GET /certificate_authorities/1': ['current/authority.json'],
      'POST /certificate_requests/4/sign': [{ status: 202 }],
    })
    const { outcomes, der } = await store.sign(
      { kind: 'request', id: '4' },
      { authority: 'Example Notary Root' },
    )
    expect(server.of('POST /certificate_requests/4/sign')[0]!.text).toBe('{"certificate_authority_id":"1"}')
    expect(outcomes.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'certificate issued',
      'request issued',
    ])
    expect(Buffer.compare(der, webDer)).toBe(0)
  })

  test('a dry run sends nothing that changes', async () => {
    const { store } = await against({ 'GET /certificate_requests/4': ['current/get-outstanding.json'] })
    await store.sign({ kind: 'request', id: '4' }, {}, { dryRun: true })
    await store.reject([{ kind: 'request', id: '4' }], 'no ticket', { dryRun: true })
    await store.delete([{ kind: 'request', id: '4' }], { dryRun: true })
    await store.submit({ csr }, { dryRun: true })
    expect(server.calls.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual(['/login'])
  })

  test('what Notary decides by itself is refused', async () => {
    const { store } = await against({})
    const target = { kind: 'request', id: '4' } as const
    expect(await refusal(store.sign(target, { days: 30 }))).toMatchObject({
      code: 'store.unsupported',
      message: expect.stringContaining('days cannot be chosen') as string,
    })
    const hold = store.revoke([{ kind: 'certificate', id: '3' }], { reason: 'certificateHold' })
    expect(await refusal(hold)).toMatchObject({ code: 'store.unsupported' })
    expect(server.calls).toEqual([])
  })

  test('an issued request is not signed again, nor rejected: Notary would forget its certificate', async () => {
    const { store } = await against({ 'GET /certificate_requests/3': ['current/get.json'] })
    const target = { kind: 'request', id: '3' } as const
    expect(await refusal(store.sign(target, {}))).toMatchObject({ code: 'state.refused' })
    expect(await refusal(store.reject([target], undefined))).toMatchObject({ code: 'state.refused' })
    expect(server.calls.every(({ method, path }) => method === 'GET' || path === '/login')).toBe(true)
  })

  test('an authority that waits is not asked to sign', async () => {
    const { store } = await against({
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
      'GET /certificate_authorities/2': ['current/authority-waiting.json'],
    })
    const error = await refusal(store.sign({ kind: 'request', id: '4' }, { authority: '2' }))
    expect(error).toMatchObject({ code: 'state.refused' })
    expect(error.message).toBe('authority 2 cannot sign: it waits for its own certificate')
  })

  test('revoking says what is left out, and shows the certificate as it was', async () => {
    const { store } = await against({
      'GET /certificate_requests/3': ['current/get.json'],
      'POST /certificate_requests/3/certificate/revoke': [{ status: 202 }],
    })
    const { outcomes, notes } = await store.revoke([{ kind: 'certificate', id: '3' }], {
      reason: 'keyCompromise',
    })
    expect(outcomes).toMatchObject([
      { kind: 'certificate', id: '3', what: 'revoked', row: { state: 'revoked' } },
      { kind: 'request', id: '3', what: 'revoked', row: { state: 'revoked' } },
    ])
    expect(notes).toEqual(['Canonical Notary keeps no reason of a revocation: keyCompromise is left out'])
  })

  test('a root is not asked to be revoked: Notary would drop the connection', async () => {
    const { store } = await against({ 'GET /certificate_authorities/1': ['current/authority.json'] })
    const error = await refusal(
      store.revoke([{ kind: 'certificate', id: 'ca-1' }], { reason: 'unspecified' }),
    )
    expect(error).toMatchObject({ code: 'state.refused', hint: 'disable it: certman ca disable NAME' })
  })

  test('a chain is attached leaf first, whatever its order, with the issuer that the server knows', async () => {
    const outstanding = JSON.parse(wire('current/get.json'))
    Object.assign(outstanding.data, { certificate_chain: '', status: 'Outstanding' })
    const before = { body: JSON.stringify(outstanding) }
    const { store } = await against({
      'GET /certificate_requests/3': [before, 'current/get.json', before, 'current/get.json'],
      'POST /certificate_requests/3/certificate': [{ status: 201, body: '{"data":{"id":7}}' }],
    })
    const target = { kind: 'request', id: '3' } as const
    const { outcomes } = await store.attach(target, [rootDer, webDer])
    await store.attach(target, [webDer])
    const sent = server.of('POST /certificate_requests/3/certificate').map(({ json }) => json as object)
    expect(sent).toEqual([
      { certificate: `${wire('web.pem')}\n${wire('root.pem')}` },
      { certificate: `${wire('web.pem')}\n${wire('root.pem')}` },
    ])
    expect(outcomes[0]).toMatchObject({ kind: 'certificate', id: '3', what: 'attached' })
  })

  test('a chain of another key is refused here: Notary would answer 500 and nothing else', async () => {
    const { store } = await against({ 'GET /certificate_requests/4': ['current/get-outstanding.json'] })
    const stranger = makeCertificate({ cn: 'stranger' })
    const error = await refusal(store.attach({ kind: 'request', id: '4' }, [stranger.der, rootDer]))
    expect(error).toMatchObject({ code: 'policy.refused' })
  })

  test('when the server drops the connection over a key that is no RSA key then the hint says why', async () => {
    const request = makeRequest('curve.example')
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(request.der).toString('base64')}\n-----END CERTIFICATE REQUEST-----`
    const body = JSON.stringify({ data: { id: 4, csr: pem, certificate_chain: '', status: 'Outstanding' } })
    const { store } = await against({
      'GET /certificate_requests/4': [{ body }],
      'GET /certificate_authorities/1': ['current/authority.json'],
      'POST /certificate_requests/4/sign': [{ drop: true }],
    })
    const error = await refusal(store.sign({ kind: 'request', id: '4' }, { authority: '1' }))
    expect(error.hint).toContain('knows RSA keys only')
    expect(server.of('POST /certificate_requests/4/sign')).toHaveLength(1)
  })

  test('deleting a certificate tells that its request is gone too', async () => {
    const { store } = await against({
      'GET /certificate_requests/3': ['current/get.json', 'current/get.json', { status: 404 }],
      [LIST]: [{ body: '{"data":[]}' }],
      'DELETE /certificate_requests/3/certificate': [{ status: 200 }],
    })
    const outcomes = await store.delete([{ kind: 'certificate', id: '3' }])
    expect(outcomes.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'certificate deleted',
      'request deleted',
    ])
  })

  test('a root is made of what Notary knows, and notes say the rest', async () => {
    const { store } = await against({
      'POST /certificate_authorities': [{ status: 201, body: '{"data":{"id":1}}' }],
      'GET /certificate_authorities/1': ['current/authority.json'],
    })
    const subject = parseNameText('CN=Example Notary Root,O=Example,C=GB')
    const order = { name: 'root', subject, keyType: 'ec-p256', days: 365, protection }
    const { outcomes, notes } = await store.createAuthority(order)
    expect(server.of('POST /certificate_authorities')[0]!.json).toEqual({
      self_signed: true,
      country_name: 'GB',
      organization_name: 'Example',
      common_name: 'Example Notary Root',
      not_valid_after: '2028-02-29T12:00:00Z',
    })
    expect(outcomes[0]).toMatchObject({ kind: 'authority', id: '1', what: 'created' })
    expect(notes).toHaveLength(3)
  })

  test('an authority is switched on and off with `enabled`', async () => {
    const off = wire('current/authority.json').replace('"enabled": true', '"enabled": false')
    const { store } = await against({
      'GET /certificate_authorities/1': ['current/authority.json', 'current/authority.json', { body: off }],
      'PUT /certificate_authorities/1': [{ status: 200 }],
    })
    const outcome = await store.editAuthority({ kind: 'authority', id: '1' }, { enabled: false })
    expect(server.of('PUT /certificate_authorities/1')[0]!.json).toEqual({ enabled: false })
    expect(outcome).toMatchObject({ what: 'disabled', row: { enabled: false } })
  })
})

describe('bad answers', () => {
  test.each([
    [
      'a web page',
      { headers: { 'content-type': 'text/html' }, body: '<!doctype html>' },
      'remote.unexpected',
    ],
    ['half a page', { body: '{"data":[{"id"' }, 'remote.unexpected'],
    ['no list', { body: '{"data":{"id":1}}' }, 'remote.unexpected'],
    ['500 and nothing else', { status: 500, body: '{}' }, 'remote.failed'],
    ['403', { status: 403, body: '{"message":"forbidden: insufficient permissions"}' }, 'auth.forbidden'],
    ['503 for good', { status: 503, headers: { 'retry-after': '10' }, body: '{}' }, 'remote.failed'],
  ])('%s is one clear line', async (_what, answer, code) => {
    const { store } = await against({ [LIST]: [answer] })
    const error = await refusal(all(store.list('request', EVERYTHING)))
    expect(error.code).toBe(code)
    expect(error.message).toContain(`GET ${server.url}/api/v1/certificate_requests`)
    expect(error.message).not.toMatch(/\n/)
  })

  test('a list of nothing may be null', async () => {
    const { store } = await against({ [LIST]: [{ body: '{"data":null}' }] })
    expect(await all(store.list('request', EVERYTHING))).toEqual([])
  })

  test('a token that would end a header is refused', async () => {
    const { store } = await against({}, { form: 'bearer', secret: 'a\r\nX: y' })
    expect(await refusal(all(store.list('request', EVERYTHING)))).toMatchObject({ code: 'auth.failed' })
    expect(server.calls).toEqual([])
  })
})
