import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServedWorld } from '../../support/house-world.ts'
import { addRoot, loggedIn, madePem, notaryWorld, raw, type Caller } from './world.ts'

let world: ServedWorld
let admin: Caller
beforeAll(async () => {
  world = await notaryWorld({ stores: { pki: 'directory' } })
  await addRoot(world.store)
  admin = await loggedIn(world)
})
afterAll(() => world.close())

const REQUESTS = '/certificate_requests'
const body = { certificate_authority_id: '1' }

describe('a directory store behind', () => {
  test('the text of a request is kept on the disk', async () => {
    const text = `# made by hand: ${'x'.repeat(5000)}\r\n${madePem('disk.example').replaceAll('\n', '\r\n')}`
    const { json } = await admin(`POST ${REQUESTS}`, { body: { csr: text } })
    const id = json.data.id as number
    expect((await admin(`GET ${REQUESTS}/${id}`)).json.data.csr).toBe(text)
    const long = `${'y'.repeat(20_000)}\n${madePem('long.example')}`
    const other = await admin(`POST ${REQUESTS}`, { body: { csr: long } })
    expect((await admin(`GET ${REQUESTS}/${other.json.data.id as number}`)).json.data.csr).toBe(
      long.slice(long.indexOf('-----BEGIN')),
    )
  })

  test('of several who sign one request at the same time one does', async () => {
    const { json } = await admin(`POST ${REQUESTS}`, { body: { csr: madePem('race.example') } })
    const path = `POST ${REQUESTS}/${json.data.id as number}/sign`
    const all = await Promise.all(Array.from({ length: 5 }, () => admin(path, { body })))
    expect(all.map(({ status }) => status).toSorted()).toEqual([202, 409, 409, 409, 409])
  })

  test('of several who ask with one request at the same time one has asked', async () => {
    const csr = madePem('twins.example')
    const all = await Promise.all(
      Array.from({ length: 5 }, () => admin(`POST ${REQUESTS}`, { body: { csr } })),
    )
    expect(all.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400])
  })
})

const OPERATIONS = [
  `POST ${REQUESTS}`,
  `POST ${REQUESTS}/1/certificate`,
  `POST ${REQUESTS}/1/sign`,
  'POST /accounts',
  'PUT /accounts/2/role',
  'POST /accounts/2/change_password',
  'PUT /certificate_authorities/1',
  'POST /certificate_authorities/1/certificate',
  'POST /certificate_authorities/1/sign',
]

const MEMBERS = [
  'csr',
  'certificate',
  'certificate_chain',
  'certificate_authority_id',
  'signing_method',
  'email',
  'password',
  'role_id',
  'enabled',
  'status',
]

test('no body whatever ends as a fault of the server, or as something else than JSON', async () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ maxLength: 40 }),
    fc.constant('9'.repeat(30)),
  )
  const object = fc.dictionary(fc.constantFrom(...MEMBERS), value)
  const text = fc.oneof(
    object.map((each) => JSON.stringify(each)),
    fc.string(),
    fc.json(),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...OPERATIONS), text, async (operation, sent) => {
      const { status, headers } = await admin(operation, { raw: sent })
      expect(status).toBeLessThan(500)
      expect(headers['content-type']).toBe('application/json')
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('no id whatever ends as a fault of the server', async () => {
  const id = fc.oneof(
    fc.integer(),
    fc.bigInt(),
    fc.string({ minLength: 1 }),
    fc.constantFrom('..', '%00', '1e3', '0x1'),
  )
  const path = fc.constantFrom(
    `GET ${REQUESTS}/`,
    'GET /certificate_authorities/',
    'GET /accounts/',
    `DELETE ${REQUESTS}/`,
  )
  await fc.assert(
    fc.asyncProperty(path, id, async (operation, given) => {
      const shown = typeof given === 'string' ? encodeURIComponent(given) : String(given)
      const { status } = await admin(`${operation}${shown === '..' ? '%2e%2e' : shown}`)
      expect(status).toBeLessThan(500)
    }),
    { numRuns: 100 },
  )
}, 60_000)

test('no cookie and no token whatever lets anybody in', async () => {
  for (const headers of [
    { cookie: 'user_token=' },
    { cookie: 'user_token=a; user_token=b' },
    { cookie: '=;;,' },
    { authorization: 'Basic YWRtaW46UGFzc3cwcmQheA==' },
    { authorization: 'Bearer' },
  ])
    expect(await raw(world, `GET /api/v1${REQUESTS}`, { headers })).toMatchObject({ status: 401 })
})
