import { request, type RequestOptions } from 'node:https'
import { afterEach, describe, expect, test } from 'vitest'
import { DIALECT_NAMES, type DialectName } from '../../../src/dialects/dialect.ts'
import type { Store } from '../../../src/store/store.ts'
import { PASSWORD, servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { memoryStore } from '../../support/worlds.ts'

let world: ServedWorld | undefined
afterEach(async () => {
  await world?.close()
  world = undefined
})

interface Ask {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

const AZURE = '/subscriptions/s/resourceGroups/r/providers/Microsoft.ApiManagement/service/pki/certificates'
const VERSION = '?api-version=2024-05-01'
const KEYFACTOR = { 'x-keyfactor-requested-with': 'APIClient', 'Content-Type': 'application/json' }

/** A list of each vendor, and what takes a body. */
const ASKS: Readonly<Record<DialectName, { readonly list: Ask; readonly change: Ask }>> = {
  iis: {
    list: { method: 'GET', path: '/api/certificates' },
    change: { method: 'POST', path: '/security/api-keys' },
  },
  'azure-apim': {
    list: { method: 'GET', path: `${AZURE}${VERSION}` },
    change: { method: 'PUT', path: `${AZURE}/x${VERSION}`, headers: { 'Content-Type': 'application/json' } },
  },
  keyfactor: {
    list: { method: 'GET', path: '/KeyfactorAPI/Certificates', headers: KEYFACTOR },
    change: { method: 'POST', path: '/KeyfactorAPI/Certificates/Import', headers: KEYFACTOR },
  },
  notary: {
    list: { method: 'GET', path: '/api/v1/certificate_requests' },
    change: { method: 'POST', path: '/api/v1/certificate_requests' },
  },
  d9tready: {
    list: { method: 'GET', path: '/rest/privatekeys' },
    change: { method: 'POST', path: '/rest/privatekeys' },
  },
}

/** What each vendor's clients understand: the form is theirs, the words are ours. */
const forms = (
  status: number,
  words: { readonly title: string; readonly code: string; readonly message: string },
): Readonly<Record<DialectName, unknown>> => {
  const { title, code, message } = words
  const sentence = `${message.slice(0, 1).toUpperCase()}${message.slice(1)}`
  return {
    iis: { title, detail: message, status },
    'azure-apim': { error: { code, message: `${sentence}.`, details: null } },
    keyfactor: { ErrorCode: '0xA0110029', Message: `${sentence}.` },
    notary: { error: status === 413 ? 'Request Entity Too Large' : sentence },
    d9tready: { message: `${sentence}.` },
  }
}

interface Reply {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly type: string | undefined
  readonly body: unknown
}

/** Asks without a credential. */
function statusOf({ method, path, headers }: Ask, body: string): Promise<number> {
  const { url, ca } = world!
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, ca, agent: false, headers: { ...headers } })
    sent.on('error', reject)
    sent.on('response', (response) => resolve(response.resume().statusCode!))
    sent.end(body)
  })
}

/** Asks as an admin; the credential is the vendor's usual one. */
function ask(name: DialectName, which: 'list' | 'change', body = ''): Promise<Reply> {
  const { url, ca, apiKeys } = world!
  const { method, path, headers } = ASKS[name][which]
  const basic = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`
  const isToken = name === 'azure-apim' || name === 'notary' || name === 'iis'
  const authorization = isToken ? `Bearer ${apiKeys['admin']}` : basic
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, {
      method,
      ca,
      agent: false,
      headers: { ...headers, authorization },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.on('data', (part) => (text += String(part)))
      response.on('end', () => {
        const { 'retry-after': retryAfter, 'content-type': type } = response.headers
        resolve({ status: response.statusCode!, retryAfter, type, body: JSON.parse(text) })
      })
    })
    sent.end(body)
  })
}

const open = async (limits: WantedWorld['limits'], store?: Store): Promise<void> => {
  world = await servedWorld({
    dialects: DIALECT_NAMES,
    ...(limits && { limits }),
    ...(store && { stores: { pki: store } }),
  })
}

/** A store that has no answer, as one whose disk hangs. */
const stuck = (): Store =>
  new Proxy(memoryStore(), {
    get: (store, verb) => {
      if (['list', 'count', 'version'].includes(String(verb))) return () => new Promise(() => undefined)
      const value: unknown = Reflect.get(store, verb, store)
      return typeof value === 'function' ? value.bind(store) : value
    },
  })

/** A body that is begun and goes on when told to; `status` when the answer is there. */
function begun({ method, path }: Ask, headers: RequestOptions['headers'] = {}) {
  const { url, ca } = world!
  const sent = request(`${url}${path}`, { method, ca, agent: false, headers })
  const status = new Promise<number>((resolve, reject) => {
    sent.on('response', (response) => resolve(response.resume().statusCode!)).on('error', reject)
  })
  sent.write('{')
  return { status, finish: () => sent.end('}') }
}

test('when strangers begin bodies that never end then some of them have to go, and whoever has a credential is served', async () => {
  await open({ concurrent: 8 })
  const known = begun(ASKS.notary.change, { authorization: `Bearer ${world!.apiKeys['admin']}` })
  const paths = ['/login', '/api/v1/accounts', '/KeyfactorAPI/oauth2/token', '/api/v1/certificate_requests']
  let gone = 0
  const eightAreGone = new Promise<void>((resolve) => {
    for (const path of [...paths, ...paths, '/login', '/login'])
      begun({ method: 'POST', path }).status.then(
        (status) => status === 503 && ++gone === 8 && resolve(),
        () => undefined,
      )
  })
  await eightAreGone
  expect(await ask('notary', 'list')).toMatchObject({ status: 200 })
  // an empty request is none
  known.finish()
  expect(await known.status).toBe(400)
})

describe('what goes beyond a limit is answered in the form of the vendor', () => {
  test('when the body is too large then it is 413', async () => {
    await open({ bodyBytes: 1000 })
    const message = 'the body is larger than 1000 bytes'
    const wanted = forms(413, { title: 'Payload Too Large', code: 'RequestEntityTooLarge', message })
    // IIS takes bodies with a token of a form only: its own tests have that
    for (const name of DIALECT_NAMES.filter((each) => each !== 'iis')) {
      const reply = await ask(name, 'change', JSON.stringify({ a: 'x'.repeat(2000) }))
      expect(reply).toMatchObject({ status: 413, body: wanted[name] })
    }
  })

  test('when nobody knows the caller yet then little is read of it, announced or not', async () => {
    await open(undefined)
    const body = `grant_type=client_credentials&x=${'x'.repeat(200_000)}`
    for (const path of ['/login', '/api/v1/accounts', '/KeyfactorAPI/oauth2/token'])
      for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }])
        expect([path, await statusOf({ method: 'POST', path, headers }, body)]).toEqual([path, 413])
  })

  test('when a user may not import then little is read of it, and who asks for an import is told before its body has come', async () => {
    await open(undefined)
    const authorizations = [`Basic ${btoa(`reader:${PASSWORD}`)}`, `Bearer ${world!.apiKeys['reader']}`]
    const statuses = []
    // IIS takes bodies with a token of a form only
    for (const [authorization, ask] of [
      [authorizations[1], ASKS['azure-apim'].change],
      [authorizations[1], ASKS.notary.change],
      [authorizations[0], ASKS.keyfactor.change],
      [authorizations[0], ASKS.d9tready.change],
      [authorizations[0], { ...ASKS.keyfactor.change, path: '/KeyfactorAPI/Enrollment/CSR' }],
    ] as const) {
      const headers = { ...ask.headers, authorization, 'Content-Length': '1100000' }
      statuses.push(await begun(ask, headers).status)
    }
    expect(statuses).toEqual([403, 413, 403, 403, 413])
  })

  test('when too many requests are at work then it is 503, and says when to come again', async () => {
    await open({ concurrent: 0 })
    const words = { title: 'Service Unavailable', code: 'ServiceUnavailable', message: 'the server is busy' }
    const wanted = forms(503, words)
    for (const name of DIALECT_NAMES) {
      const reply = await ask(name, 'list')
      expect(reply).toMatchObject({ status: 503, body: wanted[name] })
      expect(Number(reply.retryAfter)).toBeGreaterThan(0)
    }
  })

  test('when the answer takes too long then it is 504, which no client takes for "nothing was done"', async () => {
    await open({ requestMs: 200 }, stuck())
    const message = 'the request was not done within 0.2 s'
    const wanted = forms(504, { title: 'Gateway Timeout', code: 'GatewayTimeout', message })
    for (const name of DIALECT_NAMES) {
      const reply = await ask(name, 'list')
      expect(reply).toMatchObject({ status: 504, body: wanted[name] })
      expect(reply.retryAfter).toBeUndefined()
    }
  })
})
