import { X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CertmanError } from '../../../src/base/errors.ts'
import { readPem, writePem } from '../../../src/formats/pem.ts'
import { memoryUserBook } from '../../../src/settings/user-records.ts'
import { requireNear } from '../../../src/dialects/notary/server-accounts.ts'
import { notaryServer } from '../../../src/dialects/notary/server.ts'
import { makeHouse } from '../../../src/operations/serve/house.ts'
import { emptyUserList } from '../../../src/settings/user-records.ts'
import { serveRoutes } from '../../../src/http/serve.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { knownFacts } from '../../../src/x509/known-facts.ts'
import { servedWorld, type ServedWorld } from '../../support/house-world.ts'
import { outputOf, requireOracle } from '../../support/oracles.ts'
import { filesOf, issued, caPem } from '../../support/tls-world.ts'
import { addRoot, bearing, loggedIn, madePem, notaryWorld, raw, sessionOf, type Caller } from './world.ts'
import { temporaryFolder } from '../../support/temporary.ts'

let world: ServedWorld
let admin: Caller
beforeEach(async () => {
  world = await notaryWorld()
  admin = await loggedIn(world)
})
afterEach(() => world.close())

const CAS = '/certificate_authorities'
const SUBJECT = { common_name: 'Issuing', organization_name: 'Example', country_name: 'GB' }

/** Makes an authority; its id. */
async function make(body: object): Promise<number> {
  const { status, json } = await admin(`POST ${CAS}`, { body })
  expect(status).toBe(201)
  return json.data.id as number
}

const chainOf = (pem: string): readonly Uint8Array[] => readPem(Buffer.from(pem)).blocks.map(({ der }) => der)

describe('authorities', () => {
  test('an authority has these members in this order', async () => {
    const { json } = await admin(`GET ${CAS}/1`)
    expect(Object.keys(json.data)).toEqual(['id', 'enabled', 'certificate', 'csr', 'crl'])
    expect(json.data).toMatchObject({ id: 1, enabled: true })
    expect(json.data.certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    expect(json.data.crl).toMatch(/^-----BEGIN X509 CRL-----\n/)
    expect((await admin(`GET ${CAS}`)).json.data).toEqual([json.data])
  })

  test('the state has two names, of which clients until February 2025 know the other', async () => {
    const id = await make({ ...SUBJECT, state_or_locality_name: 'Kent', self_signed: true })
    const { json } = await admin(`GET ${CAS}/${id}`)
    const { subject } = knownFacts(chainOf(json.data.certificate as string)[0]!)
    expect(subject).toBe('CN=Issuing,O=Example,ST=Kent,C=GB')
  })

  test('a root is made with the subject in the order of Notary, and ends when it is told to', async (context) => {
    const id = await make({ ...SUBJECT, self_signed: true, not_valid_after: '2030-01-01T00:00:00+01:00' })
    const { json } = await admin(`GET ${CAS}/${id}`)
    const facts = knownFacts(chainOf(json.data.certificate as string)[0]!)
    expect(facts).toMatchObject({
      subject: 'CN=Issuing,O=Example,C=GB',
      notAfter: '2029-12-31T23:00:00Z',
      basicConstraints: { ca: true, pathLen: null },
      publicKey: { type: 'ec', curve: 'P-256' },
    })
    expect(json.data.enabled).toBe(true)
    // the vendor's web page takes the name from the request, and shows nothing at all when one has none
    const read = ['req', '-noout', '-subject', '-pubkey', '-text']
    const text = String(outputOf(requireOracle(context, 'openssl'), read, json.data.csr as string))
    expect(text).toMatch(/CN\s?=\s?Issuing/)
    expect(text).toContain(
      new X509Certificate(json.data.certificate as string).publicKey.export({ type: 'spki', format: 'pem' }),
    )
    expect(text).toContain('id-alg-noSignature')
  })

  test('an authority that waits is signed by another one, keeps its id, and signs then', async () => {
    const id = await make({ ...SUBJECT, self_signed: false })
    const waiting = await admin(`GET ${CAS}/${id}`)
    expect(waiting.json.data).toMatchObject({ id, enabled: false, certificate: '', crl: '' })
    expect(waiting.json.data.csr).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/)
    expect((await admin('GET /certificate_requests')).text).toBe('{"data":[]}')
    const request = (await admin('POST /certificate_requests', { body: { csr: madePem('web.example') } }))
      .json.data.id as number
    expect((await admin(`GET /certificate_requests/${request}`)).status).toBe(200)
    const early = await admin(`POST /certificate_requests/${request}/sign`, {
      body: { certificate_authority_id: String(id) },
    })
    expect(early).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining('waits') as string },
    })
    const signed = await admin(`POST ${CAS}/${id}/sign`, { body: { certificate_authority_id: '1' } })
    expect(signed).toMatchObject({ status: 202, text: '{}' })
    const { json } = await admin(`GET ${CAS}/${id}`)
    expect(json.data).toMatchObject({ id, enabled: true })
    expect(chainOf(json.data.certificate as string)).toHaveLength(2)
    expect((await admin(`GET ${CAS}`)).json.data.map((each: { id: number }) => each.id)).toEqual([1, id])
    const body = { certificate_authority_id: String(id) }
    expect((await admin(`POST /certificate_requests/${request}/sign`, { body })).status).toBe(202)
    const leaf = (await admin(`GET /certificate_requests/${request}`)).json.data.certificate_chain as string
    const [own, issuer, root] = chainOf(leaf).map((der) => new X509Certificate(der))
    expect(own!.verify(issuer!.publicKey)).toBe(true)
    expect(issuer!.verify(root!.publicKey)).toBe(true)
  })

  test('the answer of a parent elsewhere is installed', async (context) => {
    const tool = requireOracle(context, 'openssl')
    const id = await make({ ...SUBJECT, self_signed: false })
    const { csr } = (await admin(`GET ${CAS}/${id}`)).json.data as { csr: string }
    const folder = temporaryFolder('notary')
    const at = (name: string): string => join(folder, name)
    writeFileSync(at('ca.csr'), csr)
    writeFileSync(at('ext'), 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n')
    const subject = ['-subj', '/CN=Far Root', '-days', '30']
    outputOf(tool, [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      at('key'),
      '-out',
      at('root.pem'),
      ...subject,
    ])
    const by = [
      '-CA',
      at('root.pem'),
      '-CAkey',
      at('key'),
      '-set_serial',
      '7',
      '-days',
      '20',
      '-extfile',
      at('ext'),
    ]
    const issuedPem = outputOf(tool, ['x509', '-req', '-in', at('ca.csr'), ...by])
    const root = String(outputOf(tool, ['x509', '-in', at('root.pem')]))
    const upload = (chain: unknown): ReturnType<Caller> =>
      admin(`POST ${CAS}/${id}/certificate`, { body: { certificate_chain: chain } })
    expect(await upload('')).toMatchObject({
      status: 400,
      json: { message: 'invalid request: certificate_chain is required' },
    })
    expect((await upload('x')).json.message).toBe(
      'invalid request: no valid certificate found in certificate_chain',
    )
    expect((await upload(csr)).json.message).toBe(
      'invalid request: unexpected PEM block type: expected CERTIFICATE',
    )
    const broken = writePem('CERTIFICATE', Buffer.from([0x30, 0]))
    expect((await upload(broken)).json.message).toContain('invalid request: failed to parse certificate')
    expect((await upload(root)).status).toBe(400)
    expect(await upload(`${issuedPem}\n${root}`)).toMatchObject({ status: 201, text: '{}' })
    const { json } = await admin(`GET ${CAS}/${id}`)
    expect(json.data).toMatchObject({ id, enabled: true })
    expect(chainOf(json.data.certificate as string)).toHaveLength(2)
    expect(await upload(`${issuedPem}\n${root}`)).toMatchObject({ status: 201, text: '{}' })
    const message = 'the certificate authority has its certificate already'
    expect(await upload(root)).toMatchObject({ status: 409, json: { message } })
    const body = { certificate_chain: root }
    expect(await admin(`POST ${CAS}/1/certificate`, { body })).toMatchObject({
      status: 409,
      json: { message },
    })
  })

  test.each([
    [{ ...SUBJECT, country_name: 'GBR' }, 'invalid request: country_name must be a 2-letter ISO code'],
    [
      { ...SUBJECT, not_valid_after: 'soon' },
      'invalid request: not_valid_after must be a valid RFC3339 timestamp',
    ],
    [
      { ...SUBJECT, not_valid_after: '2020-01-01T00:00:00Z' },
      'invalid request: not_valid_after must be a future time',
    ],
    [{ ...SUBJECT, self_signed: 'yes' }, 'invalid JSON format'],
    [{ self_signed: true }, 'invalid request: common_name is required'],
  ])('%j is refused', async (body, message) => {
    expect(await admin(`POST ${CAS}`, { body })).toMatchObject({ status: 400, json: { message } })
  })

  test('two authorities may have one common name', async () => {
    const [one, two] = [
      await make({ ...SUBJECT, self_signed: true }),
      await make({ ...SUBJECT, self_signed: true }),
    ]
    expect(one).not.toBe(two)
  })

  test('without `enabled` an authority is disabled, and then it signs nothing', async () => {
    expect(await admin(`PUT ${CAS}/1`, { body: { status: 'legacy' } })).toMatchObject({
      status: 200,
      text: '{}',
    })
    expect((await admin(`GET ${CAS}/1`)).json.data.enabled).toBe(false)
    await admin('POST /certificate_requests', { body: { csr: madePem('web.example') } })
    const signed = await admin('POST /certificate_requests/1/sign', {
      body: { certificate_authority_id: '1' },
    })
    expect(signed).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining('disabled') as string },
    })
    await admin(`PUT ${CAS}/1`, { body: { enabled: true } })
    expect((await admin(`GET ${CAS}/1`)).json.data.enabled).toBe(true)
  })

  test('one that waits is deleted, the key of another is not thrown away', async () => {
    const id = await make({ ...SUBJECT, self_signed: false })
    expect(await admin(`DELETE ${CAS}/${id}`)).toMatchObject({ status: 200, text: '{}' })
    expect((await admin(`GET ${CAS}/${id}`)).status).toBe(404)
    expect(await admin(`DELETE ${CAS}/1`)).toMatchObject({
      status: 409,
      json: { message: expect.stringContaining('is not deleted this way') as string },
    })
  })

  test('an intermediate is revoked, a root is not', async () => {
    const id = await make({ ...SUBJECT, self_signed: false })
    await admin(`POST ${CAS}/${id}/sign`, { body: { certificate_authority_id: '1' } })
    expect(await admin(`POST ${CAS}/${id}/revoke`)).toMatchObject({ status: 202, text: '{}' })
    expect((await admin(`GET ${CAS}/${id}`)).json.data).toMatchObject({ enabled: false, certificate: '' })
    const nothing = { status: 422, json: { message: expect.stringContaining('no certificate to') as string } }
    expect(await admin(`POST ${CAS}/${id}/revoke`)).toMatchObject(nothing)
    expect(await admin(`POST ${CAS}/${await make(SUBJECT)}/revoke`)).toMatchObject(nothing)
    expect(await admin(`POST ${CAS}/1/revoke`)).toMatchObject({ status: 422 })
  })

  test.each([
    [`GET ${CAS}/x`, 400, 'invalid ID'],
    [`GET ${CAS}/9`, 404, 'not found'],
    [`POST ${CAS}/1/sign`, 400, 'invalid JSON format'],
    ['GET /acme_servers/1', 404, 'not found'],
  ])('%s is %i', async (operation, status, message) => {
    expect(await admin(operation)).toMatchObject({ status, json: { message } })
  })

  test('there are no servers of ACME', async () => {
    expect((await admin('GET /acme_servers')).text).toBe('{"data":[]}')
  })

  test('managers make, disable and sign authorities, and neither requestors nor readers do', async () => {
    const manager = await loggedIn(world, 'manager')
    const made = await manager(`POST ${CAS}`, { body: { ...SUBJECT, self_signed: false } })
    expect(made.status).toBe(201)
    const id: number = made.json.data.id
    const body = { certificate_authority_id: '1' }
    expect((await manager(`POST ${CAS}/${id}/sign`, { body })).status).toBe(202)
    expect((await manager(`PUT ${CAS}/${id}`, { body: { enabled: false } })).status).toBe(200)
    expect((await manager(`GET ${CAS}/${id}`)).json.data.enabled).toBe(false)
    for (const name of ['requestor', 'reader']) {
      const other = await loggedIn(world, name)
      expect((await other(`POST ${CAS}`, { body: SUBJECT })).status).toBe(403)
    }
  })

  test('managers whose rights are limited make none, and their signing of one does nothing by half', async () => {
    const limits = [{ claims: ['read', 'create', 'sign', 'import'] as const }, { collections: ['mail'] }]
    const users = limits.map((limit, at) => ({ name: `m${at}`, role: 'manager', ...limit }) as const)
    const limited = await notaryWorld({ users })
    const admin = await loggedIn(limited, 'admin')
    const made = await admin(`POST ${CAS}`, { body: { ...SUBJECT, self_signed: false } })
    for (const { name } of users) {
      const call = await loggedIn(limited, name)
      expect((await call(`POST ${CAS}`, { body: SUBJECT })).status).toBe(403)
      const body = { certificate_authority_id: '1' }
      expect((await call(`POST ${CAS}/${made.json.data.id}/sign`, { body })).status).toBe(403)
    }
    expect((await admin(`GET ${CAS}/${made.json.data.id}`)).json.data.certificate).toBe('')
    await limited.close()
  })
})

describe('the CRL', () => {
  test('is open to all: JSON around PEM, and DER for who asks for it', async () => {
    const path = `GET /api/v1${CAS}/1/crl`
    const { status, json, headers } = await raw(world, path)
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/json')
    const { der } = await world.store.crl('root')
    expect(json).toEqual({ data: { crl: writePem('X509 CRL', der) } })
    const plain = await raw(world, path, { headers: { accept: 'application/pkix-crl' } })
    expect(plain.headers).toMatchObject({
      'content-type': 'application/pkix-crl',
      'content-length': String(der.length),
    })
    expect(await raw(world, `GET /api/v1${CAS}/9/crl`)).toMatchObject({
      status: 404,
      text: '{"message":"not found"}',
    })
  })
})

test('a CRL that there is none of yet is empty, one that cannot be had is trouble', async () => {
  const crl = vi.spyOn(world.store, 'crl')
  crl.mockRejectedValue(new CertmanError('store.damaged', 'the CRL of the authority "root" is missing'))
  expect((await admin(`GET ${CAS}/1`)).status).toBe(500)
  crl.mockRejectedValue(new CertmanError('record.not-found', 'authority 1 has no CRL'))
  expect((await admin(`GET ${CAS}/1`)).json.data.crl).toBe('')
})

test.each(['key.missing', 'password.required'] as const)(
  'an authority whose CRL has ended and cannot be signed (%s) hides no other, and its own URL says so',
  async (code) => {
    await make({ ...SUBJECT, self_signed: true })
    const crlOf = world.store.crl.bind(world.store)
    vi.spyOn(world.store, 'crl').mockImplementation(async (authority, ...rest) => {
      if (authority === '1') throw new CertmanError(code, 'its last CRL ended')
      return crlOf(authority, ...rest)
    })
    const { status, json } = await admin(`GET ${CAS}`)
    expect(status).toBe(200)
    const pem: unknown = expect.stringMatching(/^-----BEGIN X509 CRL-----/)
    expect(json.data).toMatchObject([{ id: 1, crl: '' }, { crl: pem }])
    expect((await admin(`GET ${CAS}/1`)).json.data).toMatchObject({ id: 1, crl: '' })
    expect((await admin(`GET ${CAS}/1/crl`)).status).toBeGreaterThanOrEqual(400)
  },
)

describe('several stores', () => {
  test('their ids lie apart, and an authority signs in its own store only', async () => {
    const other = await notaryWorld({ stores: { one: 'memory', two: 'memory' } })
    for (const store of Object.values(other.stores)) await addRoot(store)
    const caller = await loggedIn(other)
    const { json } = await caller(`GET ${CAS}`)
    expect(json.data.map(({ id }: { id: number }) => id)).toEqual([1, 2 ** 32 + 1])
    await caller('POST /certificate_requests', { body: { csr: madePem('a.example') } })
    const far = { body: { certificate_authority_id: String(2 ** 32 + 1) } }
    expect((await caller('POST /certificate_requests/1/sign', far)).status).toBe(404)
    await other.close()
  })

  test('a store that cannot is said to be unable, in the form of Notary', async () => {
    const bare = new Proxy(world.store, {
      get: (target, name) =>
        name === 'can'
          ? { ...target.can, list: ['certificate'], request: false, createAuthority: false }
          : (Reflect.get(target, name, target) as unknown),
    })
    const other = await notaryWorld({ stores: { bare } })
    const caller = await loggedIn(other)
    for (const operation of ['GET /certificate_requests', 'GET /certificate_requests/1', `POST ${CAS}`])
      expect(await caller(operation, operation.startsWith('POST') ? { body: SUBJECT } : {})).toMatchObject({
        status: 501,
        json: { message: expect.stringMatching(/^no store here/) as string },
      })
    const csr = { body: { csr: madePem('a.example') } }
    expect((await caller('POST /certificate_requests', csr)).status).toBe(501)
    expect((await caller(`GET ${CAS}`)).text).toBe('{"data":[]}')
    await other.close()
  })
})

describe('accounts', () => {
  test('an admin whose own rights have a limit manages nobody: it could make an admin without one', async () => {
    const limited = [
      { name: 'of-store', role: 'admin', stores: ['pki'] },
      { name: 'of-collection', role: 'admin', collections: ['web'] },
      { name: 'of-claims', role: 'admin', claims: ['read', 'create'] },
    ] as const
    const other = await servedWorld({ dialects: ['notary'], users: limited })
    for (const { name } of limited) {
      const call = await loggedIn(other, name)
      const made = { email: 'new@example.com', password: 'Secret12', role_id: 0 }
      expect((await call('POST /accounts', { body: made })).status).toBe(403)
      const theirs = { body: { password: 'Another1!' } }
      expect((await call('POST /accounts/1/change_password', theirs)).status).toBe(403)
      expect((await call('PUT /accounts/5/role', { body: { role_id: 0 } })).status).toBe(403)
      expect((await call('DELETE /accounts/2')).status).toBe(403)
      expect((await call('GET /accounts')).status).toBe(403)
      expect((await call('GET /accounts/me')).status).toBe(200)
    }
    expect(
      other.book
        .read()
        .users.map(({ role }) => role)
        .filter((role) => role === 'admin').length,
    ).toBe(4)
    await other.close()
  })
})

describe('the first account', () => {
  const first = { email: 'admin@example.com', password: 'Secret12', role_id: 3 }

  test('is made without a session, is an admin’s, and is the last made so', async () => {
    const ambient = frozenAmbient()
    const book = memoryUserBook(emptyUserList(ambient.random(16)))
    const house = makeHouse({ book, places: [], ambient, version: '0', options: {}, log: () => undefined })
    const tls = filesOf(issued({ ip: ['127.0.0.1'] }))
    const listen = { host: '127.0.0.1', port: 0 }
    const tables = [{ dialect: 'notary', table: notaryServer(house) }]
    const served = await serveRoutes({ tables, listen, tls: () => tls, ambient })
    const server = { url: served.url, ca: caPem }
    expect((await raw(server, 'GET /status')).json.data.initialized).toBe(false)
    expect(await raw(server, 'POST /api/v1/accounts', { body: first })).toMatchObject({
      status: 201,
      text: '{"data":{"id":1}}',
    })
    expect(book.read().users).toMatchObject([{ name: 'admin@example.com', role: 'admin' }])
    expect((await raw(server, 'POST /api/v1/accounts', { body: first })).status).toBe(401)
    expect((await raw(server, 'GET /status')).json.data.initialized).toBe(true)
    await served.stop(0)
  })

  test('made by a `username`, as clients of before July 2025 do, it is answered in their form', async () => {
    const old = await bearing(world)
    const made = await old('POST /accounts', {
      body: { username: 'charm', password: 'Secret12', role_id: 3 },
    })
    expect([made.status, made.json]).toEqual([201, { result: { message: 'success', id: 5 } }])
    const bare = await raw(world, 'POST /api/v1/accounts', {
      headers: { cookie: await sessionOf(world) },
      body: { username: 'other', password: 'short' },
    })
    expect([bare.status, Object.keys(bare.json)]).toEqual([400, ['error']])
  })

  test('from elsewhere it is not made, unless that is wanted', () => {
    const from = (remoteAddress: string, ...sent: string[]) =>
      ({
        remoteAddress,
        header: (name) => (sent.includes(name) ? '192.0.2.7' : undefined),
      }) as Parameters<typeof requireNear>[1]
    const far = from('192.0.2.7')
    const house = (options: Record<string, string>) => ({ ...world.house, options })
    expect(() => requireNear(house({}), far)).toThrow('forbidden: insufficient permissions')
    expect(() => requireNear(house({ 'notary.first-account': 'anyone' }), far)).not.toThrow()
    expect(() => requireNear(house({}), from('::ffff:127.0.0.1'))).not.toThrow()
    // a proxy on this machine passes on who is elsewhere
    for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])
      expect(() => requireNear(house({}), from('127.0.0.1', name))).toThrow('forbidden')
  })
})
