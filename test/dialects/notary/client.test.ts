import { X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { parseReference } from '../../../src/domain/reference.ts'
import { readPem, writePem } from '../../../src/formats/pem.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { against, CAS, LIST, refusal } from './against.ts'
import { all } from './connect.ts'
import { wire, type Script } from './scripted.ts'

const web = new X509Certificate(wire('web.pem'))
const derOf = (pem: string): Uint8Array => readPem(Buffer.from(pem)).blocks[0]!.der
const rootDer = derOf(wire('root.pem'))

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

  test('an entry that has no number is no request: something else answered', async () => {
    const { store } = await against({ [LIST]: [{ body: '{"data":[null]}' }] })
    await expect(all(store.list('request', EVERYTHING))).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/answered with 200 and an entry without an id$/) as string,
    })
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

  test('where the authorities are not to be had then it is said: of a fault always, else when they are asked for', async () => {
    const said = async (status: number, text: string): Promise<readonly string[]> => {
      const filter = parseFilter(text, 'certificate')
      const authorities = { [CAS]: [{ status, body: '{}' }] }
      const { store, notices } = await against({ [LIST]: ['current/list.json'], ...authorities })
      await all(store.list('certificate', { ...EVERYTHING, filter }))
      return notices
    }
    const line = (status: number): string =>
      `nt: Canonical Notary does not give its authorities (status ${status}): no certificate has an authorityId`
    expect(await said(403, 'cn ~ web')).toEqual([])
    expect(await said(403, 'authorityId = 1')).toEqual([line(403)])
    expect(await said(500, 'cn ~ web')).toEqual([line(500)])
  })

  test('filters are done here, since Notary has none', async () => {
    const { store, server } = await against({ [LIST]: ['current/list.json'] })
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
    const { store, server } = await against({})
    const rows = await all(store.list('authority', EVERYTHING))
    expect(rows).toMatchObject([
      { id: '1', name: 'Example Notary Root', enabled: true, certificateId: 'ca-1' },
      { id: '2', name: 'Example Waiting CA', enabled: false, pending: true },
    ])
    const named = await store.resolve({ kind: 'authority', by: 'text', text: 'Example Notary Root' })
    expect(named.id).toBe('1')
    const before = server.of(CAS).length
    expect(await store.resolve({ kind: 'certificate', by: 'text', text: 'ca-1' })).toMatchObject({
      id: 'ca-1',
      subject: 'CN=Example Notary Root,O=Example,C=GB',
    })
    // each list carries every CRL
    expect(server.of(CAS)).toHaveLength(before + 1)
  })

  test('the CRL comes out of its JSON as DER', async () => {
    const { store, server } = await against({
      'GET /certificate_authorities/1': ['current/authority.json'],
      'GET /certificate_authorities/1/crl': ['current/crl.json'],
    })
    const { der, row } = await store.crl('1')
    expect(server.of('GET /certificate_authorities/1')).toHaveLength(1)
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
    const { store, server } = await against({ [LIST]: ['current/list.json'] })
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
    const { store, trace, server } = await against({ [LIST]: ['current/list.json'] })
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
    const { store, trace, server } = await against({
      'POST /login': ['old/login.json'],
      [LIST]: ['documented/list.json'],
    })
    await all(store.list('request', EVERYTHING))
    const { token } = JSON.parse(wire('old/login.json')).result as { token: string }
    expect(server.of(LIST)[0]!.headers).toMatchObject({ authorization: `Bearer ${token}` })
    expect(trace.join('\n')).not.toContain(token)
  })

  test('when the token has run out then it logs in again, once', async () => {
    const { store, server } = await against({
      [LIST]: [{ status: 401, body: wire('current/error-unauthorized.json') }, 'current/list.json'],
    })
    expect(await all(store.list('request', EVERYTHING))).toHaveLength(3)
    expect(server.of('POST /login')).toHaveLength(2)
  })

  test('when the password is wrong then it is said, without the password', async () => {
    const { store, server } = await against({
      'POST /login': [{ status: 401, body: '{"message":"invalid credentials"}' }],
    })
    const error = await refusal(all(store.list('request', EVERYTHING)))
    expect(error).toMatchObject({ code: 'auth.failed' })
    expect(error.message).toBe(
      `Canonical Notary: POST ${server.url}/login was answered with 401: "invalid credentials"`,
    )
  })

  test('a login that is answered with no JSON changed nothing: the URL may be wrong', async () => {
    const { store, server } = await against({ 'POST /login': [{ drop: true }, { body: 'hello' }] })
    const error = await refusal(all(store.list('request', EVERYTHING)))
    expect(error).toMatchObject({
      code: 'remote.unexpected',
      hint: expect.stringMatching(/^check the URL/) as string,
    })
    expect(server.of('POST /login')).toHaveLength(2)
  })

  test('a given token is sent as it is, and not fetched anew', async () => {
    const { store, server } = await against(
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
      'GET /config': ['current/config.json'],
    })
    expect(await store.probe()).toEqual({
      server: 'Canonical Notary 1.1.0',
      user: 'admin@example.com',
      facts: { role: 'admin', 'key encryption': 'vault' },
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
    const { store, notices, server } = await against(script, { options: { 'first-account': 'create' } })
    expect(await store.probe()).toMatchObject({ user: 'admin@example.com' })
    expect(server.of('POST /accounts')[0]!.json).toMatchObject({ email: 'admin@example.com', role_id: 0 })
    expect(server.of('POST /accounts')[0]!.headers).not.toHaveProperty('authorization')
    expect(notices).toEqual(['made the first account of Canonical Notary: admin@example.com, an admin'])
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
    const { store, server } = await against({ [LIST]: [answer] })
    const error = await refusal(all(store.list('request', EVERYTHING)))
    expect(error.code).toBe(code)
    expect(error.message).toContain(`GET ${server.url}/api/v1/certificate_requests`)
    expect(error.message).not.toMatch(/\n/)
  })

  test('a certificate of which a part is damaged is no other one: its issuer does not stand for it', async () => {
    const list = JSON.parse(wire('current/list.json')) as {
      data: { id: number; certificate_chain: string }[]
    }
    const issued = list.data.find(({ id }) => id === 3)!
    issued.certificate_chain = issued.certificate_chain.replace('MII', '!!!')
    const { store, notices } = await against({
      [LIST]: [{ body: JSON.stringify(list) }],
      'GET /certificate_requests/3': [{ body: JSON.stringify({ data: issued }) }],
    })
    expect(await all(store.list('certificate', EVERYTHING))).toEqual([])
    expect(notices).toEqual([
      expect.stringContaining('the certificate of request 3 is left out: it cannot be read'),
    ])
    expect(await all(store.list('request', EVERYTHING))).toHaveLength(3)
    for (const run of [() => store.certificate('3'), () => store.resolve(parseReference('3'))])
      expect(await refusal(run())).toMatchObject({
        code: 'remote.unexpected',
        message: 'Canonical Notary: certificate "3" cannot be read as it was sent',
      })
  })

  test.each(['{}', '{"id":8}', '{"id":"8"}'])(
    'an answer of %s about request or authority 7 is none, and nothing is done to any',
    async (data) => {
      const answer = { body: `{"data":${data}}` }
      const { store, server } = await against({
        'GET /certificate_requests/7': [answer],
        'GET /certificate_authorities/7': [answer],
      })
      const runs = (['request', 'authority'] as const).map((kind) => store.delete([{ kind, id: '7' }]))
      for (const run of runs)
        expect(await refusal(run)).toMatchObject({
          code: 'remote.unexpected',
          message: expect.stringMatching(
            /\/7 was answered with 200 and another record than was asked for$/,
          ) as string,
        })
      expect(server.calls.every(({ method, path }) => method === 'GET' || path === '/login')).toBe(true)
    },
  )

  test.each(['-----BEGIN X509 CRL-----\n!', writePem('X509 CRL', Buffer.from('MA', 'ascii')), 'no PEM'])(
    'a CRL of rubbish (%j) is not the same as none',
    async (crl) => {
      const { store } = await against({
        [CAS]: ['current/authorities.json'],
        'GET /certificate_authorities/1': ['current/authority.json'],
        'GET /certificate_authorities/1/crl': [{ body: JSON.stringify({ data: { crl } }) }],
      })
      expect(await refusal(store.crl('1'))).toMatchObject({
        code: 'remote.unexpected',
        message: expect.stringContaining('the CRL of authority 1 cannot be read as it was sent') as string,
      })
    },
  )

  test('an authority whose certificate is damaged waits for none, and signs nothing', async () => {
    const { data } = JSON.parse(wire('current/authority.json')) as { data: { certificate: string } }
    const certificate = writePem('CERTIFICATE', Buffer.from([0x30, 0x00]))
    const body = JSON.stringify({ data: { ...data, certificate } })
    const { store } = await against({
      [CAS]: ['current/authorities.json'],
      'GET /certificate_authorities/1': [{ body }],
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
    })
    expect(await store.resolve({ kind: 'authority', by: 'text', text: '1' })).not.toHaveProperty('pending')
    expect(await refusal(store.sign({ kind: 'request', id: '4' }, { authority: '1' }))).toMatchObject({
      code: 'remote.unexpected',
      message: 'Canonical Notary: the certificate of authority 1 cannot be read as it was sent',
    })
  })

  test('a list of nothing may be null', async () => {
    const { store } = await against({ [LIST]: [{ body: '{"data":null}' }] })
    expect(await all(store.list('request', EVERYTHING))).toEqual([])
  })

  test('a token that would end a header is refused', async () => {
    const { store, server } = await against({}, { form: 'bearer', secret: 'a\r\nX: y' })
    expect(await refusal(all(store.list('request', EVERYTHING)))).toMatchObject({ code: 'auth.failed' })
    expect(server.calls).toEqual([])
  })
})
