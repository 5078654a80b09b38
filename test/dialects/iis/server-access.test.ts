import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { requireCurl } from '../../support/curl.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD } from '../../support/house-world.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { basic, rawCall, stockedWorld, type RawCall, type RawReply, type Stocked } from './world.ts'

const ORIGIN = 'https://manage.iis.net'
const NO_TOKEN = '{"title":"Unauthorized","authentication_scheme":"Bearer","status":403}'

let world: Stocked
beforeAll(async () => {
  world = await stockedWorld({
    options: { 'iis.cors': `${ORIGIN}, https://other.example` },
    users: [
      { name: 'confined', role: 'reader', stores: ['WebHosting'] },
      { name: 'blind', role: 'reader', claims: ['export'] },
    ],
  })
})
afterAll(() => world.close())

describe('API keys', () => {
  test('without one, or with one that is unknown, everything below /api is 403 with the challenge that clients look for', async () => {
    const paths = [
      '/api',
      '/api/certificates',
      '/api/certificates/x',
      '/api/certificates/stores',
      '/api/webserver',
    ]
    for (const path of paths)
      for (const headers of [
        {},
        { 'Access-Token': 'Bearer wrong' },
        { 'Access-Token': 'kaputt' },
        basic('admin'),
      ]) {
        const reply = await world.call(path, { user: null, headers: headers as Record<string, string> })
        expect([path, reply.status, reply.text]).toEqual([path, 403, NO_TOKEN])
        expect(reply.headers['www-authenticate']).toBe('Bearer')
        expect(reply.headers['content-type']).toBe('application/problem+json')
      }
    const head = await world.call('/api/certificates/', { method: 'HEAD', user: null })
    expect([head.status, head.text]).toEqual([403, ''])
    // what there is and what not is nothing for callers without one
    for (const call of [{ path: '/api/sites' }, { path: '/api/certificates', method: 'POST', body: {} }]) {
      const reply = await rawCall(world, { ...call, user: null })
      expect([call.path, reply.status, reply.text]).toEqual([call.path, 403, NO_TOKEN])
    }
  })

  test('the scheme has no case, and Authorization counts only where Access-Token is absent', async () => {
    const token = world.apiKeys['admin']
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await world.call('/api', { user: null, headers })).status
    expect(await status({ 'access-token': `bearer ${token}` })).toBe(200)
    expect(await status({ Authorization: `Bearer ${token}` })).toBe(200)
    expect(await status({ 'Access-Token': 'Bearer wrong', Authorization: `Bearer ${token}` })).toBe(403)
    expect(await status({ 'Access-Token': `Bearer ${token}`, Authorization: 'Negotiate abc' })).toBe(200)
  })

  test('a user sees the stores that are open to it, and nothing of the others', async () => {
    const stores = await world.call('/api/certificates/stores', { user: 'confined' })
    expect(stores.json.stores.map(({ name }: { name: string }) => name)).toEqual(['WebHosting'])
    expect((await world.call('/api/certificates', { user: 'confined' })).json.certificates).toHaveLength(1)
    const { json } = await world.call('/api/certificates')
    const reply = await world.call(`/api/certificates/${json.certificates[0].id}`, { user: 'confined' })
    expect(reply.json).toMatchObject({ title: 'Not Found', status: 404 })
  })

  test('stores without the claim "read" are left out of lists, and refused where they are meant', async () => {
    const blind = (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
      world.call(path, { user: 'blind', ...more })
    expect((await blind('/api/certificates')).text).toBe('{"certificates":[]}')
    expect((await blind('/api/certificates', { method: 'HEAD' })).headers['x-total-count']).toBe('0')
    const stores = await blind('/api/certificates/stores?fields=*')
    expect(stores.json.stores[0].claims).toEqual(['export'])
    const body = '{"title":"Forbidden","name":"certificate_store","certificate_store":"My","status":403}'
    const { id } = stores.json.stores[0]
    const certificate = (await world.call('/api/certificates')).json.certificates[0].id
    for (const reply of [
      await blind(`/api/certificates?certificate_store.id=${id}`),
      await blind('/api/certificates', { headers: { Range: 'certificates=0-1' } }),
      await blind(`/api/certificates/${certificate}`),
    ])
      expect([reply.status, reply.text]).toEqual([403, body])
  })

  test('a requestor, who has no claim to read, sees the certificates that are its own: none', async () => {
    const reply = await world.call('/api/certificates', { user: 'requestor' })
    expect([reply.status, reply.text]).toEqual([200, '{"certificates":[]}'])
  })

  test('the log says who called, and no key', async () => {
    await world.call('/api/certificates', { user: 'reader' })
    // the line comes when the answer is out; those of earlier calls may stand before it
    const called = ['"user":"reader"', '"path":"/api/certificates"']
    const line = await vi.waitUntil(
      () => world.accessLog.findLast((each) => called.every((part) => each.includes(part))),
      { timeout: 60_000 },
    )
    expect(JSON.parse(line)).toMatchObject({ status: 200, dialect: 'iis' })
    const everything = [...world.accessLog, ...world.houseLog].join('\n')
    for (const token of Object.values(world.apiKeys)) expect(everything).not.toContain(token)
  })
})

describe('what clients discover', () => {
  test('the root links to what is served, sorted, without itself', async () => {
    const reply = await world.call('/api')
    expect(reply.text).toBe(
      '{"host_name":"IIS Administration API","_links":{"access_token":{"href":"/api/access-token"},"certificates":{"href":"/api/certificates"},"webserver":{"href":"/api/webserver"}}}',
    )
    expect(reply.headers['content-type']).toBe(
      'application/vnd.Microsoft.WebServer.Api.6.0.0.hal+json; charset=utf-8',
    )
  })

  test('the page of the web server has links, an empty page answers pings', async () => {
    const { json } = await world.call('/api/webserver')
    expect(json).toMatchObject({ id: expect.any(String), _links: {} })
    const ping = await world.call('/ping', { user: null })
    expect([ping.status, ping.text]).toEqual([200, ''])
  })

  test('central certificates are not installed', async () => {
    for (const method of ['GET', 'POST', 'DELETE'])
      expect((await world.call('/api/webserver/centralized-certificates', { method })).text).toBe(
        '{"title":"Not found","detail":"IIS feature not installed","name":"IIS Central Certificate Store","status":404}',
      )
  })

  test('what has no route, or another verb, is an empty 404 without Allow', async () => {
    const wrong: Omit<RawCall, 'user'>[] = [
      { path: '/api/sites' },
      { path: '/api/certificates', method: 'POST', body: {} },
      { path: '/api/certificates/x', method: 'DELETE' },
      { path: '/api/certificates/x/y' },
      { path: '/security/other' },
    ]
    for (const call of wrong) {
      const reply = await rawCall(world, call)
      expect([call.path, reply.status, reply.text]).toEqual([call.path, 404, ''])
      expect(reply.headers['allow']).toBeUndefined()
      expect(reply.headers['cache-control']).toBe('public, max-age=0')
    }
  })

  test('a path below /api that has no route tells nothing to who has no key, or a wrong one', async () => {
    for (const headers of [{}, { 'access-token': 'Bearer wrong' }]) {
      const reply = await world.call('/api/sites', { user: null, headers })
      expect([reply.status, reply.headers['www-authenticate']]).toEqual([403, 'Bearer'])
    }
  })
})

describe('browsers', () => {
  test('are asked beforehand without a key, and let in from origins that are allowed', async () => {
    const preflight = (origin: string, path = '/api/certificates/'): Promise<RawReply> =>
      world.call(path, {
        method: 'OPTIONS',
        user: null,
        headers: {
          Origin: origin,
          'Access-Control-Request-Method': 'GET',
          'Access-Control-Request-Headers': 'access-token,range',
        },
      })
    const allowed = await preflight(ORIGIN)
    expect(allowed.status).toBe(204)
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS,DEBUG',
      'access-control-allow-headers': 'access-token,range',
      vary: 'Origin',
    })
    for (const bare of [
      await preflight('https://evil.example'),
      await preflight(ORIGIN, '/security/api-keys'),
    ]) {
      expect(bare.status).toBe(204)
      expect(bare.headers['access-control-allow-origin']).toBeUndefined()
    }
    expect((await world.call('/api', { method: 'OPTIONS', user: null })).status).toBe(200)
  })

  test('see the six headers on answers and on refusals, and only below /api', async () => {
    const from = { headers: { Origin: ORIGIN } }
    for (const reply of [
      await world.call('/api/certificates', from),
      await world.call('/api/certificates/x', from),
      await world.call('/api', { ...from, user: null }),
      await world.call('/api/nothing', from),
    ])
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': ORIGIN,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers':
          'X-Total-Count,Accept-Ranges,Content-Range,Location,Allow,WWW-Authenticate',
      })
    const other = await world.call('/api', { headers: { Origin: 'https://evil.example' } })
    expect(other.headers['access-control-allow-origin']).toBeUndefined()
    const keys = await world.call('/security/api-keys', {
      user: null,
      headers: { Origin: ORIGIN, ...basic('admin') },
    })
    expect(keys.headers['access-control-allow-origin']).toBeUndefined()
  })

  test('are let in from nowhere unless it is set, and ranges can be hidden from them', async () => {
    const plain = await stockedWorld({ options: { 'iis.cors': ORIGIN, 'iis.expose-ranges': 'false' } })
    const shut = await stockedWorld()
    try {
      const { headers } = await plain.call('/api', { headers: { Origin: ORIGIN } })
      expect(headers['access-control-expose-headers']).toBe(
        'X-Total-Count,Content-Range,Location,Allow,WWW-Authenticate',
      )
      expect(headers['vary']).toBeUndefined()
      const none = await shut.call('/api', { headers: { Origin: ORIGIN } })
      expect(none.headers['access-control-allow-origin']).toBeUndefined()
    } finally {
      await plain.close()
      await shut.close()
    }
  })
})

describe('making API keys', () => {
  const security = (path: string, more: Omit<RawCall, 'path' | 'user'> = {}): Promise<RawReply> =>
    world.call(`/security${path}`, { user: null, ...more, headers: { ...basic('manager'), ...more.headers } })

  const pair = async (path = '/api-keys'): Promise<Record<string, string>> => {
    const { headers } = await security(path)
    const cookie = String(headers['set-cookie']).split(';')[0]!
    return { 'XSRF-TOKEN': String(headers['xsrf-token']), Cookie: cookie }
  }

  test('the dance of the vendor’s own tests ends in a key that works, and its removal', async () => {
    const page = await security('/api-keys')
    expect(page.status).toBe(200)
    expect(String(page.headers['set-cookie'])).toMatch(
      /^XSRF-TOKEN=[\w-]{32}; path=\/; samesite=strict; secure; httponly$/,
    )
    const headers = await pair()
    expect(headers['Cookie']).not.toContain(headers['XSRF-TOKEN'])
    const made = await security('/api-keys', {
      method: 'POST',
      headers,
      body: { purpose: 'tests', expires_on: '2026-03-01T13:00:00Z' },
    })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`/security/api-keys/${made.json.id}`)
    expect(made.headers['cache-control']).toBe('no-store')
    expect(Object.keys(made.json)).toEqual([
      'purpose',
      'id',
      'created_on',
      'last_modified',
      'expires_on',
      'access_token',
      '_links',
    ])
    expect(made.json).toMatchObject({
      purpose: 'tests',
      created_on: '2026-03-01T12:00:00.0000000Z',
      expires_on: '2026-03-01T13:00:00.0000000Z',
      access_token: expect.stringMatching(/^[\w-]{54}$/),
    })
    const token = { 'Access-Token': `Bearer ${made.json.access_token}` }
    expect((await world.call('/api', { user: null, headers: token })).status).toBe(200)
    const listed = await security('/api-keys')
    expect(listed.json.api_keys.map(({ id }: { id: string }) => id)).toContain(made.json.id)
    expect(listed.text).not.toContain(made.json.access_token)
    const gone = await security(`/api-keys/${made.json.id}`, { method: 'DELETE', headers: await pair() })
    expect(gone.status).toBe(204)
    expect((await world.call('/api', { user: null, headers: token })).status).toBe(403)
    const again = await security(`/api-keys/${made.json.id}`, { method: 'DELETE', headers: await pair() })
    expect(again.status).toBe(204)
  })

  test('a key is changed, and renewed: the old token is dead', async () => {
    const order = { method: 'POST', body: { expires_on: '' } }
    const made = await security('/api-keys', { ...order, headers: await pair('/access-tokens') })
    expect(made.json).toMatchObject({ purpose: '', expires_on: '' })
    const path = `/api-keys/${made.json.id}`
    const changed = await security(path, {
      method: 'PATCH',
      headers: await pair(),
      body: { purpose: 'later' },
    })
    expect(changed.json).toMatchObject({ purpose: 'later', expires_on: '' })
    expect((await security(path)).json).toEqual(changed.json)
    const body = { api_key: { id: made.json.id } }
    const renewed = await security('/access-tokens', { method: 'POST', headers: await pair(), body })
    expect(renewed.status).toBe(201)
    const status = async (token: string): Promise<number> =>
      (await world.call('/api', { user: null, headers: { 'Access-Token': `Bearer ${token}` } })).status
    expect(await status(made.json.access_token)).toBe(403)
    expect(await status(renewed.json.value)).toBe(200)
    const own = { user: null, headers: { 'Access-Token': `Bearer ${renewed.json.value}` } }
    const shown = await world.call('/api/access-token', own)
    expect(shown.json).toMatchObject({
      id: made.json.id,
      expires_on: '',
      type: 'SWT',
      api_key: { purpose: 'later', id: made.json.id },
    })
    const next = await world.call('/api/access-token', { ...own, method: 'POST' })
    expect(next.status).toBe(201)
    expect(await status(renewed.json.value)).toBe(403)
    expect(await status(next.json.value)).toBe(200)
  })

  test('without name and password it is 401, with a wrong password too', async () => {
    for (const headers of [
      {},
      basic('manager', 'wrong'),
      { Authorization: 'Basic !!' },
      { Authorization: 'Basic YWJj' },
    ]) {
      const reply = await world.call('/security/api-keys', {
        user: null,
        headers: headers as Record<string, string>,
      })
      expect([reply.status, reply.text]).toEqual([401, ''])
      expect(reply.headers['www-authenticate']).toMatch(/^Basic /)
    }
    // a key opens /api, not the place where keys are made
    expect((await world.call('/security/api-keys')).status).toBe(401)
  })

  test('an end without a zone is UTC, wherever the server stands', async () => {
    vi.stubEnv('TZ', 'America/New_York')
    try {
      const order = { method: 'POST', headers: await pair(), body: { expires_on: '2026-03-01T13:00:00' } }
      const { json } = await security('/api-keys', order)
      expect(json.expires_on).toBe('2026-03-01T13:00:00.0000000Z')
    } finally {
      vi.unstubAllEnvs()
    }
  })

  test('cookie and header of another page, another user, or only one of them, change nothing', async () => {
    const count = async (): Promise<number> => (await security('/api-keys')).json.api_keys.length
    const before = await count()
    const [one, two] = [await pair(), await pair()]
    const others = await world.call('/security/api-keys', { user: null, headers: basic('reader') })
    const foreign = {
      'XSRF-TOKEN': String(others.headers['xsrf-token']),
      Cookie: String(others.headers['set-cookie']).split(';')[0]!,
    }
    const wrong: Record<string, string>[] = [
      {},
      { 'XSRF-TOKEN': one['XSRF-TOKEN']! },
      { Cookie: one['Cookie']! },
      { 'XSRF-TOKEN': one['XSRF-TOKEN']!, Cookie: two['Cookie']! },
      { 'XSRF-TOKEN': one['Cookie']!.split('=')[1]!, Cookie: one['Cookie']! },
      foreign,
    ]
    for (const headers of wrong) {
      const reply = await security('/api-keys', { method: 'POST', headers, body: { expires_on: '' } })
      expect([reply.status, reply.json.detail]).toEqual([400, 'Antiforgery validation failed'])
    }
    expect(await count()).toBe(before)
  })

  test('what is no body, or not what it should be, is refused by name', async () => {
    const post = async (sent: string): Promise<readonly [number, string]> => {
      const reply = await security('/api-keys', { method: 'POST', headers: await pair(), raw: sent })
      return [reply.status, reply.text]
    }
    const invalid = (name: string) => [400, `{"title":"Invalid parameter","name":"${name}","status":400}`]
    const noObject = [415, '{"title":"Invalid JSON request object","status":415}']
    for (const sent of ['', '{', '[]', 'null', '"x"']) expect(await post(sent)).toEqual(noObject)
    for (const sent of [
      '{}',
      '{"expires_on":null}',
      '{"expires_on":5}',
      '{"expires_on":"soon"}',
      '{"expires_on":"2020-01-01"}',
      '{"expires_on":"2030-02-30T00:00:00Z"}',
    ])
      expect(await post(sent)).toEqual(invalid('expires_on'))
    expect(await post('{"expires_on":"","purpose":5}')).toEqual(invalid('purpose'))
    expect(await post(JSON.stringify({ expires_on: '', purpose: 'x'.repeat(257) }))).toEqual(
      invalid('purpose'),
    )
    const renew = await security('/access-tokens', {
      method: 'POST',
      headers: await pair(),
      body: { api_key: 'x' },
    })
    expect(renew.text).toBe('{"title":"Invalid parameter","name":"api_key","status":400}')
    const gone = await security('/access-tokens', {
      method: 'POST',
      headers: await pair(),
      body: { api_key: { id: 'nothing' } },
    })
    expect([gone.status, gone.text]).toEqual([404, '{"title":"Not found","status":404}'])
  })

  test('a body over the limit is refused in the vendor’s form', async () => {
    const small = await stockedWorld({ limits: { bodyBytes: 100 } })
    try {
      const { headers } = await small.call('/security/api-keys', { user: null, headers: basic('admin') })
      const cookie = String(headers['set-cookie']).split(';')[0]!
      const reply = await small.call('/security/api-keys', {
        method: 'POST',
        user: null,
        headers: { ...basic('admin'), 'XSRF-TOKEN': String(headers['xsrf-token']), Cookie: cookie },
        raw: JSON.stringify({ purpose: 'x'.repeat(500), expires_on: '' }),
      })
      expect([reply.status, reply.json.title]).toEqual([413, 'Payload Too Large'])
    } finally {
      await small.close()
    }
  })

  test('a key that has run out opens nothing', async () => {
    let now = '2026-03-01T12:00:00Z'
    const ambient = { ...frozenAmbient(), now: () => new Date(now) }
    const aging = await stockedWorld({ ambient })
    try {
      const { user } = (await aging.house.gate.password('reader', PASSWORD))!
      const expiresAt = '2026-03-01T12:30:00.000Z'
      const { token } = await aging.house.gate.apiKeys.create(user, { purpose: '', expiresAt })
      const headers = { 'Access-Token': `Bearer ${token}` }
      expect((await aging.call('/api', { user: null, headers })).status).toBe(200)
      now = '2026-03-01T12:30:00Z'
      expect((await aging.call('/api', { user: null, headers })).text).toBe(NO_TOKEN)
    } finally {
      await aging.close()
    }
  })
})

describe('plain curl', () => {
  test('reads the second range as the document shows it', async (context) => {
    const file = join(temporaryFolder('iis'), 'ca.pem')
    writeFileSync(file, world.ca)
    const curl = requireCurl(context, '--cacert', file)
    const stdout = await curl(
      '--include',
      '--header',
      `Access-Token: Bearer ${world.apiKeys['admin']}`,
      '--header',
      'Accept: application/hal+json',
      '--header',
      'Range: certificates=1-2',
      `${world.url}/api/certificates`,
    )
    const [head, body] = stdout.split('\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(head).toContain('\r\nContent-Range: 1-2/4')
    expect(head).toContain('\r\nAccept-Ranges: certificates')
    expect(head).toContain('\r\nX-Total-Count: 2')
    expect(JSON.parse(body!).certificates).toHaveLength(2)
  })
})
