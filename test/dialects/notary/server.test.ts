import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { writePem } from '../../../src/formats/pem.ts'
import { makeCertificate, makeRequest } from '../../support/make-certificates.ts'
import type { ServedWorld } from '../../support/house-world.ts'
import { wire } from './scripted.ts'
import { bearing, loggedIn, madePem, notaryWorld, raw, sessionOf, type Caller } from './world.ts'

let world: ServedWorld
let admin: Caller
beforeEach(async () => {
  world = await notaryWorld()
  admin = await loggedIn(world)
})
afterEach(() => world.close())

const REQUESTS = '/certificate_requests'
const SAMPLE = JSON.parse(wire('documented/list.json')).result[0].csr as string
const issuedBy = { certificate_authority_id: '1' }

/** Puts a request into the queue; its id. */
async function ask(csr: string, caller = admin): Promise<number> {
  const { status, json } = await caller(`POST ${REQUESTS}`, { body: { csr } })
  expect(status).toBe(201)
  return json.data.id as number
}

describe('the documented calls of the published page, with a bearer token alone', () => {
  test('a request is created, shown and listed as the page says, member for member', async () => {
    const old = await bearing(world)
    const created = await old(`POST ${REQUESTS}`, { body: { csr: SAMPLE } })
    expect(created.json).toEqual({ result: { message: 'success', id: 1 } })
    expect(created.text).toBe(JSON.stringify(JSON.parse(wire('documented/create.json'))))
    const list = await old(`GET ${REQUESTS}`)
    expect(list.status).toBe(200)
    expect(list.text).toBe(JSON.stringify(JSON.parse(wire('documented/list.json'))))
    const shown = await old(`GET ${REQUESTS}/1`)
    expect(Object.keys(shown.json.result)).toEqual(['id', 'csr', 'certificate_chain', 'status'])
  })

  test('a list too long to be made as a whole is complete, and sent while it is made', async () => {
    const remarks = `remarks of 8,000 characters ${'x'.repeat(7000)}\n`
    for (let at = 0; at < 150; at++) {
      const { der } = makeRequest(`many-${at}.example`)
      const text = remarks + writePem('CERTIFICATE REQUEST', der)
      await world.store.submit({ csr: der, text, requestedBy: 'admin' })
    }
    for (const [caller, name] of [[await bearing(world), 'result'] as const, [admin, 'data'] as const]) {
      const { headers, json } = await caller(`GET ${REQUESTS}`)
      expect([headers['content-length'], headers['content-type']]).toEqual([undefined, 'application/json'])
      expect(json[name].map(({ id }: { id: number }) => id)).toEqual(
        Array.from({ length: 150 }, (_, i) => i + 1),
      )
      expect(json[name].every(({ csr }: { csr: string }) => csr.startsWith(remarks))).toBe(true)
    }
    const { status, text } = await admin(`HEAD ${REQUESTS}`)
    expect([status, text]).toEqual([200, ''])
  })

  test('everything else answers success', async () => {
    const old = await bearing(world)
    const success = JSON.stringify(JSON.parse(wire('documented/sign.json')))
    for (const csr of [SAMPLE, madePem('b.example'), madePem('c.example')])
      await old(`POST ${REQUESTS}`, { body: { csr } })
    expect((await old(`POST ${REQUESTS}/1/sign`, { body: issuedBy })).text).toBe(success)
    expect((await old(`GET ${REQUESTS}/1`)).json.result.status).toBe('Active')
    expect((await old(`POST ${REQUESTS}/1/certificate/revoke`)).text).toBe(success)
    expect((await old(`POST ${REQUESTS}/2/reject`)).text).toBe(success)
    expect((await old(`DELETE ${REQUESTS}/2`)).text).toBe(success)
    expect((await old(`POST ${REQUESTS}/3/sign`, { body: issuedBy })).status).toBe(202)
    expect((await old(`DELETE ${REQUESTS}/3/certificate`)).text).toBe(success)
  })

  test('errors stand in `error`', async () => {
    const old = await bearing(world)
    expect(await old(`GET ${REQUESTS}/9`)).toMatchObject({ status: 404, text: '{"error":"Not Found"}' })
    await old(`POST ${REQUESTS}`, { body: { csr: SAMPLE } })
    expect((await old(`POST ${REQUESTS}`, { body: { csr: SAMPLE } })).json).toEqual({
      error: 'given csr already recorded',
    })
    const wrong = await raw(world, 'GET /api/v1/certificate_requests', {
      headers: { authorization: 'Bearer x' },
    })
    expect(wrong).toMatchObject({ status: 401, text: '{"error":"Unauthorized"}' })
  })

  test('authorities have a status, and `active` enables', async () => {
    const old = await bearing(world)
    expect((await old('GET /certificate_authorities')).json.result[0]).toMatchObject({
      id: 1,
      status: 'active',
    })
    await old('PUT /certificate_authorities/1', { body: { status: 'legacy' } })
    expect((await old('GET /certificate_authorities/1')).json.result.status).toBe('legacy')
    await old('PUT /certificate_authorities/1', { body: { status: 'active' } })
    expect((await old('GET /certificate_authorities/1')).json.result.status).toBe('active')
  })

  test('a login by `username` finds its token in the body', async () => {
    const { json } = await raw(world, 'POST /login', { body: { username: 'admin', password: 'Passw0rd!x' } })
    const headers = { authorization: `Bearer ${json.result.token as string}` }
    expect((await raw(world, 'GET /api/v1/certificate_requests', { headers })).json).toEqual({ result: [] })
    const { result } = (await raw(world, 'GET /api/v1/accounts/me', { headers })).json
    expect(result).toMatchObject({ username: 'admin', email: 'admin', role_id: 0 })
    const wrong = await raw(world, 'POST /login', { body: { username: 'admin', password: 'Wr0ng!pass' } })
    expect([wrong.status, wrong.text]).toEqual([401, '{"error":"The email or password is incorrect"}'])
  })

  // the charm of 2025: first /status and the account without any token, and `result` in each answer
  test('with the switch for them, clients of 2025 find their way from the status on', async () => {
    const both = await notaryWorld({ options: { 'notary.login-token': 'body' } })
    const status = { initialized: true, version: '1.1.0', oidc_enabled: false }
    expect((await raw(both, 'GET /status')).json).toEqual({ data: status, result: status })
    const headers = { authorization: 'Bearer x' }
    expect((await raw(both, 'GET /status', { headers })).json).toEqual({ result: status })
    const login = { body: { email: 'admin', password: 'Passw0rd!x' } }
    expect((await raw(both, 'POST /login', login)).json.result.token).toBeTypeOf('string')
    await both.close()
  })
})

describe('status and sessions', () => {
  test('status is open to all', async () => {
    const { status, text, headers } = await raw(world, 'GET /status')
    expect(status).toBe(200)
    expect(text).toBe('{"data":{"initialized":true,"version":"1.1.0","oidc_enabled":false}}')
    expect(headers['content-type']).toBe('application/json')
  })

  test('a login sets the cookie first, and says nothing', async () => {
    const { status, text, headers } = await raw(world, 'POST /login', {
      raw: '{"Email":"admin","password":"Passw0rd!x"} trailing',
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
    })
    expect({ status, text }).toEqual({ status: 200, text: '{}' })
    expect(headers['set-cookie']).toHaveLength(1)
    expect(headers['set-cookie']![0]).toMatch(
      /^user_token=[\w.-]+; Path=\/; Expires=Sun, 01 Mar 2026 14:00:00 GMT; HttpOnly; Secure; SameSite=Strict$/,
    )
  })

  test.each([
    ['{"email":"admin"}', 400, 'password is required'],
    ['{"password":"x"}', 400, 'email is required'],
    ['{"email":', 400, 'invalid JSON format'],
    ['{"email":1,"password":"x"}', 400, 'invalid JSON format'],
    ['', 400, 'invalid JSON format'],
    ['null', 400, 'email is required'],
    ['{"email":"admin","password":"wrong"}', 401, 'invalid credentials'],
    ['{"email":"nobody@x","password":"wrong"}', 401, 'invalid credentials'],
  ])('a login with %s is refused as Notary does', async (text, status, message) => {
    expect(await raw(world, 'POST /login', { raw: text })).toMatchObject({ status, json: { message } })
  })

  test('a logout ends the session', async () => {
    const login = await raw(world, 'POST /login', { body: { email: 'admin', password: 'Passw0rd!x' } })
    const cookie = login.headers['set-cookie']![0]!.split(';', 1)[0]!
    const out = await raw(world, 'POST /logout', { headers: { cookie } })
    expect(out).toMatchObject({ status: 200, text: '{}' })
    expect(out.headers['set-cookie']![0]).toMatch(
      /^user_token=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT/,
    )
    const after = await raw(world, 'GET /api/v1/certificate_requests', { headers: { cookie } })
    expect(after).toMatchObject({ status: 401, text: '{"message":"unauthorized"}' })
    const authorization = `Bearer ${(await sessionOf(world)).slice('user_token='.length)}`
    await raw(world, 'POST /logout', { headers: { authorization } })
    expect((await raw(world, 'GET /api/v1/config', { headers: { authorization } })).status).toBe(401)
  })

  test('a false cookie is not saved by a good token, and an empty bearer is none', async () => {
    const token = { authorization: `Bearer ${world.apiKeys['admin']}` }
    const path = 'GET /api/v1/certificate_requests'
    expect((await raw(world, path, { headers: token })).status).toBe(200)
    const both = await raw(world, path, { headers: { ...token, cookie: 'user_token=x' } })
    expect(both).toMatchObject({ status: 401, text: '{"message":"unauthorized"}' })
    const empty = await raw(world, path, { headers: { authorization: 'Bearer ' } })
    expect(empty).toMatchObject({ status: 401, text: '{"message":"unauthorized"}' })
    expect((await admin(`GET ${REQUESTS}`, { headers: { authorization: 'Bearer ' } })).text).toBe(
      '{"data":[]}',
    )
  })

  test('the configuration is shown to whoever is let in', async () => {
    const { json } = await admin('GET /config')
    expect(json.data).toMatchObject({ port: Number(new URL(world.url).port), acme_enabled: false })
  })
})

describe('certificate requests', () => {
  test('the text of a request comes back byte for byte, with or without its last newline', async () => {
    const texts = [
      madePem('a.example'),
      madePem('b.example').trimEnd(),
      madePem('c.example').replaceAll('\n', '\r\n'),
    ]
    for (const text of texts) await ask(text)
    const { json } = await admin(`GET ${REQUESTS}`)
    expect(json.data.map((each: { csr: string }) => each.csr)).toEqual(texts)
    expect((await admin(`GET ${REQUESTS}/2`)).json.data).toEqual({
      id: 2,
      csr: texts[1],
      certificate_chain: '',
      status: 'Outstanding',
      email: 'admin',
    })
  })

  test.each([
    [{}, 'invalid request: csr is required'],
    [{ csr: '' }, 'invalid request: csr is required'],
    [{ csr: ' \n' }, 'invalid request: csr is required'],
    [{ csr: 'no pem' }, 'invalid request: could not decode PEM block'],
    [{ csr: wire('root.pem') }, "invalid request: expected PEM block type 'CERTIFICATE REQUEST'"],
    [
      { csr: writePem('CERTIFICATE REQUEST', Buffer.from([0x30, 0])) },
      'invalid request: could not parse CSR',
    ],
    [{ csr: 7 }, 'invalid JSON format'],
    [
      { csr: SAMPLE.replace('A+hq8k', 'B+hq8k') },
      expect.stringMatching(/^csr validation failed|could not parse/),
    ],
  ])('what is no request is refused: %j', async (body, message) => {
    expect(await admin(`POST ${REQUESTS}`, { body })).toMatchObject({ status: 400, json: { message } })
  })

  test('the same request twice is refused', async () => {
    await ask(SAMPLE)
    const again = await admin(`POST ${REQUESTS}`, { body: { csr: SAMPLE } })
    expect(again).toMatchObject({ status: 400, text: '{"message":"given csr already recorded"}' })
  })

  test.each([
    ['GET /certificate_requests/x', 400, '{"message":"invalid ID"}'],
    ['GET /certificate_requests/99999999999999999999', 400, '{"message":"invalid ID"}'],
    ['GET /certificate_requests/-1', 404, '{"message":"not found"}'],
    ['GET /certificate_requests/7', 404, '{"message":"not found"}'],
    ['DELETE /certificate_requests/7', 404, '{"message":"not found"}'],
    ['POST /certificate_requests/7/reject', 404, '{"message":"not found"}'],
    ['GET /nothing', 404, '404 page not found\n'],
    ['PATCH /certificate_requests', 405, 'Method Not Allowed\n'],
  ])('%s is %i', async (operation, status, text) => {
    expect(await admin(operation)).toMatchObject({ status, text })
  })

  test('the router answers a wrong method with what is allowed', async () => {
    const { headers } = await admin('PATCH /certificate_requests/1')
    expect(headers['allow']).toBe('GET, DELETE, HEAD')
    expect(headers['content-type']).toBe('text/plain; charset=utf-8')
  })

  test('no identity provider is set up, so the paths of OIDC are not there', async () => {
    for (const path of ['/oauth/login', '/oauth/callback?code=a&state=b'])
      expect(await admin(`GET ${path}`)).toMatchObject({ status: 404, text: '404 page not found\n' })
  })

  test('a large body is refused readably, before the credential is looked at', async () => {
    const body = { csr: 'x'.repeat(200 * 1024) }
    const refused = { status: 413, text: '{"message":"Request Entity Too Large"}' }
    expect(await admin(`POST ${REQUESTS}`, { body })).toMatchObject(refused)
    expect(await raw(world, `POST /api/v1${REQUESTS}`, { body })).toMatchObject(refused)
    const chunked = { 'transfer-encoding': 'chunked' }
    expect(await raw(world, `POST /api/v1${REQUESTS}`, { body, headers: chunked })).toMatchObject({
      status: 413,
    })
  })

  test('a signature makes a chain with an empty line between its blocks', async () => {
    const id = await ask(madePem('web.example'))
    const signed = await admin(`POST ${REQUESTS}/${id}/sign`, { body: issuedBy })
    expect(signed).toMatchObject({ status: 202, text: '{}' })
    const { json } = await admin(`GET ${REQUESTS}/${id}`)
    expect(json.data.status).toBe('Active')
    const blocks = (json.data.certificate_chain as string).split('-----END CERTIFICATE-----\n\n')
    expect(blocks).toHaveLength(2)
    expect(blocks[1]).toMatch(/-----END CERTIFICATE-----\n$/)
    const [leaf, root] = [
      new X509Certificate(`${blocks[0]}-----END CERTIFICATE-----\n`),
      new X509Certificate(blocks[1]!),
    ]
    expect(leaf.subject).toContain('CN=web.example')
    expect(leaf.verify(root.publicKey)).toBe(true)
  })

  test.each([
    [{}, 400, 'invalid certificate authority ID'],
    [{ certificate_authority_id: 'x' }, 400, 'invalid certificate authority ID'],
    [{ certificate_authority_id: 1 }, 400, 'invalid JSON format'],
    [{ certificate_authority_id: '9' }, 404, 'not found'],
    [{ ...issuedBy, signing_method: 'dice' }, 400, "invalid signing_method: must be 'ca' or 'acme'"],
    [{ signing_method: 'acme' }, 503, 'ACME is not configured'],
  ])('a signature by %j is refused', async (body, status, message) => {
    const id = await ask(SAMPLE)
    expect(await admin(`POST ${REQUESTS}/${id}/sign`, { body })).toMatchObject({ status, json: { message } })
  })

  test('what is issued is neither signed nor rejected again, and what is rejected may be rejected twice', async () => {
    const [one, two] = [await ask(SAMPLE), await ask(madePem('b.example'))]
    await admin(`POST ${REQUESTS}/${one}/sign`, { body: issuedBy })
    expect(await admin(`POST ${REQUESTS}/${one}/sign`, { body: issuedBy })).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining('issued already') as string },
    })
    expect((await admin(`POST ${REQUESTS}/${one}/reject`)).status).toBe(409)
    expect((await admin(`POST ${REQUESTS}/${two}/reject`)).status).toBe(202)
    expect((await admin(`POST ${REQUESTS}/${two}/reject`)).status).toBe(202)
    expect((await admin(`GET ${REQUESTS}/${two}`)).json.data.status).toBe('Rejected')
  })

  test('a revocation empties the chain and enters the CRL', async () => {
    const id = await ask(SAMPLE)
    const nothing = 'invalid input: no certificate to revoke with associated CSR'
    const path = `POST ${REQUESTS}/${id}/certificate/revoke`
    expect(await admin(path)).toMatchObject({ status: 422, json: { message: nothing } })
    await admin(`POST ${REQUESTS}/${id}/sign`, { body: issuedBy })
    expect(await admin(path)).toMatchObject({ status: 202, text: '{}' })
    expect((await admin(`GET ${REQUESTS}/${id}`)).json.data).toMatchObject({
      status: 'Revoked',
      certificate_chain: '',
    })
    expect(await admin(path)).toMatchObject({ status: 422, json: { message: nothing } })
    const { row } = await world.store.crl('root')
    expect(row['crl']).toMatchObject({ entries: 1 })
  })

  test('a chain of another authority is attached, once more without harm, and cannot be revoked here', async () => {
    const ca = makeCertificate({ cn: 'Elsewhere', ca: true })
    const request = makeRequest('web.example')
    const leaf = makeCertificate({ cn: 'web.example', issuer: ca, key: request })
    const pem = (...all: { der: Uint8Array }[]): string =>
      all.map(({ der }) => writePem('CERTIFICATE', der)).join('\n')
    const id = await ask(writePem('CERTIFICATE REQUEST', request.der))
    const upload = (certificate: unknown): ReturnType<Caller> =>
      admin(`POST ${REQUESTS}/${id}/certificate`, { body: { certificate } })
    const refused = async (certificate: unknown, message: unknown): Promise<void> =>
      expect(await upload(certificate)).toMatchObject({ status: 400, json: { message } })
    await refused('', 'invalid request: certificate is required')
    await refused(' \n', 'invalid request: certificate is required')
    await refused('x', 'invalid request: could not decode PEM block')
    await refused(SAMPLE, "invalid request: expected PEM block type 'CERTIFICATE'")
    await refused(
      writePem('CERTIFICATE', Buffer.from([0x30, 0])),
      'invalid request: could not parse certificate',
    )
    await refused(pem(leaf), 'bad request')
    await refused(pem(makeCertificate({ cn: 'x' }), ca), expect.stringMatching(/^bad request: /))
    const unknown = await admin(`POST ${REQUESTS}/77/certificate`, { body: { certificate: pem(leaf, ca) } })
    expect(unknown).toMatchObject({ status: 400, json: { message: 'bad request' } })
    const done = await upload(pem(leaf, ca))
    expect(done).toMatchObject({ status: 201, json: { data: { id: expect.any(Number) as number } } })
    expect((await upload(pem(leaf, ca))).json).toEqual(done.json)
    expect((await admin(`GET ${REQUESTS}/${id}`)).json.data).toMatchObject({
      status: 'Active',
      certificate_chain: pem(leaf, ca),
    })
    expect(await admin(`POST ${REQUESTS}/${id}/certificate/revoke`)).toMatchObject({
      status: 422,
      json: { message: expect.stringContaining('notary managed certificate authority') as string },
    })
  })

  test('deletes take the request, and a store with a trash can bring it back', async () => {
    const [one, two] = [await ask(SAMPLE), await ask(madePem('b.example'))]
    await admin(`POST ${REQUESTS}/${two}/sign`, { body: issuedBy })
    expect(await admin(`DELETE ${REQUESTS}/${one}`)).toMatchObject({ status: 202, text: '{}' })
    expect(await admin(`DELETE ${REQUESTS}/${two}/certificate`)).toMatchObject({ status: 200, text: '{}' })
    expect((await admin(`GET ${REQUESTS}`)).text).toBe('{"data":[]}')
    expect((await world.store.trash()).map(({ kind }) => kind).toSorted()).toEqual([
      'certificate',
      'request',
      'request',
    ])
  })

  test('what is revoked stays for its CRL when certificate and request are deleted', async () => {
    const id = await ask(SAMPLE)
    await admin(`POST ${REQUESTS}/${id}/sign`, { body: issuedBy })
    await admin(`POST ${REQUESTS}/${id}/certificate/revoke`)
    expect(await admin(`DELETE ${REQUESTS}/${id}/certificate`)).toMatchObject({ status: 200, text: '{}' })
    expect((await admin(`GET ${REQUESTS}/${id}`)).status).toBe(404)
    expect((await world.store.trash()).map(({ kind }) => kind)).toEqual(['request'])
  })

  test('a certificate on hold is not handed out until the hold ends', async () => {
    const id = await ask(SAMPLE)
    await admin(`POST ${REQUESTS}/${id}/sign`, { body: issuedBy })
    const before = (await admin(`GET ${REQUESTS}/${id}`)).json.data
    const target = [{ kind: 'request', id: String(id) }] as const
    await world.store.revoke(target, { reason: 'certificateHold' })
    const held = (await admin(`GET ${REQUESTS}/${id}`)).json.data
    expect(held).toMatchObject({ status: 'Revoked', certificate_chain: '' })
    await world.store.release(target, {})
    expect((await admin(`GET ${REQUESTS}/${id}`)).json.data).toEqual(before)
  })

  test('characters that mean something in HTML are escaped as Go does', async () => {
    const text = `a <b> & c\n${SAMPLE}`
    await ask(text)
    const { text: body, json } = await admin(`GET ${REQUESTS}/1`)
    expect(body).toContain('a \\u003cb\\u003e \\u0026 c')
    expect(json.data.csr).toBe(text)
  })

  test('no secret is in the logs', async () => {
    await raw(world, 'POST /login', { body: { email: 'admin', password: 'Wr0ng-secret' } })
    // the line comes when the answer is out
    await vi.waitUntil(() => world.accessLog.some((line) => line.includes('/login')), { timeout: 60_000 })
    const logs = [...world.accessLog, ...world.houseLog].join('\n')
    expect(logs).not.toMatch(/Wr0ng-secret|Passw0rd|user_token/)
  })
})

describe('roles', () => {
  test.each([
    ['reader', `POST ${REQUESTS}`, 403],
    ['reader', `GET ${REQUESTS}`, 200],
    ['reader', 'GET /certificate_authorities', 200],
    ['reader', 'GET /accounts', 403],
    ['reader', 'GET /accounts/me', 200],
    ['requestor', 'GET /certificate_authorities', 403],
    ['requestor', `POST ${REQUESTS}/1/sign`, 403],
    ['requestor', `DELETE ${REQUESTS}/1`, 403],
    ['manager', 'GET /accounts', 403],
    ['manager', 'GET /config', 200],
    ['manager', `POST ${REQUESTS}/1/reject`, 404],
  ])('a %s who calls %s gets %i', async (role, operation, status) => {
    const caller = await loggedIn(world, role)
    const reply = await caller(operation, operation.startsWith('GET') ? {} : { raw: 'no json' })
    expect(reply.status).toBe(status)
    const isRefused = reply.text === '{"message":"forbidden: insufficient permissions"}'
    expect(isRefused).toBe(status === 403)
    // who is refused is named in the access log too
    const logged = new RegExp(`"status":${status},.*"user":"${role}"`)
    await vi.waitUntil(() => world.accessLog.some((line) => logged.test(line)), { timeout: 5_000 })
  })

  test('a requestor sees its own requests only', async () => {
    await ask(SAMPLE)
    const requestor = await loggedIn(world, 'requestor')
    const own = await ask(madePem('mine.example'), requestor)
    const { json } = await requestor(`GET ${REQUESTS}`)
    expect(json.data).toMatchObject([{ id: own, email: 'requestor' }])
    expect((await requestor(`GET ${REQUESTS}/1`)).status).toBe(404)
    const twin = await requestor(`POST ${REQUESTS}`, { body: { csr: SAMPLE } })
    expect(twin).toMatchObject({ status: 400, json: { message: 'given csr already recorded' } })
  })
})
