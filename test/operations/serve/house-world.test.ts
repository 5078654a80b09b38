import { request } from 'node:https'
import { afterEach, expect, test } from 'vitest'
import type { House } from '../../../src/dialects/house.ts'
import type { RouteTable } from '../../../src/http/exchange.ts'
import { OPEN, rootOrder } from '../../contracts/authority/world.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../../support/house-world.ts'

let world: ServedWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
}

function get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
  const { url, ca } = world!
  return new Promise((resolve, reject) => {
    request(`${url}${path}`, { ca, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    })
      .on('error', reject)
      .end()
  })
}

/** Says who the caller is. */
const whoami = (house: House): RouteTable => ({
  routes: [
    {
      method: 'GET',
      path: '/whoami',
      handle: async (call) => {
        const [user = '', password = ''] = Buffer.from(
          (call.header('Authorization') ?? '').replace('Basic ', ''),
          'base64',
        )
          .toString()
          .split(':')
        const access = await house.gate.password(user, password, call.remoteAddress)
        return access ? { status: 200, body: access.user.name } : { status: 401 }
      },
    },
  ],
  ignoreCase: false,
  prefixes: ['whoami'],
  missing: () => ({ status: 404 }),
  failed: () => ({ status: 500 }),
})

const basic = (user: string, password: string): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

test('when a user comes over TLS with the right password then the house knows the user', async () => {
  world = await servedWorld({ dialects: [whoami] })
  expect((await get('/whoami', basic('reader', PASSWORD))).body.toString()).toBe('reader')
  expect((await get('/whoami', basic('reader', 'wrong'))).status).toBe(401)
  expect((await get('/whoami', basic('nobody', PASSWORD))).status).toBe(401)
})

test('when an authority is in a served store then everyone may fetch its CRL, and again only when it changed', async () => {
  world = await servedWorld({ dialects: [] })
  await world.store.createAuthority(rootOrder({ name: 'root', protection: OPEN }))
  const first = await get('/crl/root.crl')
  expect(first.status).toBe(200)
  expect(first.headers['content-type']).toBe('application/pkix-crl')
  expect(first.headers['cache-control']).toBe('public, max-age=3600')
  expect(new Date(String(first.headers['last-modified']))).toEqual(frozenAmbient().now())
  expect(first.body).toEqual(Buffer.from((await world.store.crl('root')).der))
  expect((await get('/crl/pki/root.crl')).body).toEqual(first.body)
  expect((await get('/crl/root.crl', { 'If-None-Match': String(first.headers['etag']) })).status).toBe(304)
  const since = String(first.headers['last-modified'])
  expect((await get('/crl/root.crl', { 'If-Modified-Since': since })).status).toBe(304)
  expect((await get('/crl/other.crl')).status).toBe(404)
  expect((await get('/crl/other/root.crl')).status).toBe(404)
})

test('when the server has the password of an authority then a CRL that is over is signed anew', async () => {
  let now = new Date('2026-03-01T12:00:00Z')
  const ambient = { ...frozenAmbient(), now: () => now }
  world = await servedWorld({ dialects: [], ambient, authorityPassword: 'hunter2' })
  const { Secret } = await import('../../../src/base/secret.ts')
  await world.store.createAuthority(rootOrder({ protection: { password: new Secret('hunter2') } }))
  const first = await get('/crl/root.crl')
  now = new Date('2026-06-01T12:00:00Z')
  const second = await get('/crl/root.crl')
  expect(second.status).toBe(200)
  expect(second.body).not.toEqual(first.body)
})
