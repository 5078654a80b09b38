import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EVERYTHING, type Query } from '../../../src/domain/filter.ts'
import type { RemoteConnection } from '../../../src/dialects/dialect.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import type { Store } from '../../../src/store/store.ts'
import { requireCurl } from '../../support/curl.ts'
import type { ServedWorld } from '../../support/house-world.ts'
import { failure } from '../../support/failure.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import {
  ARM,
  authority,
  azureWorld,
  collect,
  connect,
  credentialOf,
  leaf,
  pfx,
  rawCall,
  signature,
} from './world.ts'
import { recorded, scripted } from './scripted.ts'

// our client against our server, over TLS, in both forms

const source = { how: 'imported' } as const
const text = (reference: string) => ({ kind: 'certificate', by: 'text', text: reference }) as const
const filtered = (filter: string): Query => ({ filter: parseFilter(filter, 'certificate'), sort: [] })

const batchOf = (certificate: ReturnType<typeof leaf>, name: string) => ({
  certificates: [{ der: certificate.der, name, source }],
  keys: [{ pkcs8: certificate.pkcs8, spki: certificate.spki, encrypted: false, source }],
})

describe.each([
  ['classic, signed with the access key', '', 'sas'],
  ['ARM, with a bearer token', ARM, 'bearer'],
] as const)('%s', (_title, path, form) => {
  let world: ServedWorld
  let store: RemoteConnection
  beforeEach(async () => {
    world = await azureWorld()
    const secret = form === 'sas' ? world.sas.secondary : world.apiKeys['admin']!
    store = await connect(world, { path, credential: credentialOf(form, secret) })
  })
  afterEach(async () => {
    await store.close()
    await world.close()
  })

  test('when a certificate is imported, shown, listed, replaced and deleted then every step is told', async () => {
    const one = leaf('one.example')
    const [created] = await store.import(batchOf(one, 'web'))
    expect(created).toMatchObject({ id: 'web', what: 'created', row: { fingerprint: one.fingerprint } })
    const shown = await store.resolve(text('web'))
    expect(shown).toMatchObject({
      id: 'web',
      name: 'web',
      subject: 'CN=one.example,O=Example',
      state: 'valid',
    })
    expect(shown['revision']).toBe(created!.row['revision'])
    expect((await store.resolve(text(String(shown['thumbprint']).slice(0, 12))))['id']).toBe('web')
    expect(await store.import(batchOf(one, 'web'))).toMatchObject([{ outcome: 'unchanged' }])

    const two = leaf('two.example')
    expect((await failure(store.import(batchOf(two, 'web')))).code).toBe('name.taken')
    expect(await store.import(batchOf(two, 'web'), { replace: true, dryRun: true })).toMatchObject([
      { what: 'replaced' },
    ])
    expect((await store.resolve(text('web')))['subject']).toBe('CN=one.example,O=Example')
    expect(await store.import(batchOf(two, 'web'), { replace: true })).toMatchObject([{ what: 'replaced' }])
    expect((await store.resolve(text('web')))['subject']).toBe('CN=two.example,O=Example')
    expect(await store.count('certificate', EVERYTHING)).toBe(1)

    const old = { kind: 'certificate', id: 'web', revision: String(shown['revision']) } as const
    expect((await failure(store.delete([old]))).code).toBe('record.changed')
    expect(await store.delete([{ kind: 'certificate', id: 'web' }])).toMatchObject([{ what: 'deleted' }])
    expect((await failure(store.delete([{ kind: 'certificate', id: 'web' }]))).code).toBe('record.not-found')
    expect(await collect(store.list('certificate', EVERYTHING))).toEqual([])
  })

  test('when there are many then pages, filters, sorting and limits give what a local store gives', async () => {
    const all = Array.from({ length: 130 }, (_, at) => ({
      der: leaf(`n${at}.example`).der,
      name: `n${at}`,
      source,
    }))
    await world.store.import({ certificates: all, keys: [] })
    const calls = (): number => world.arrivals.length
    expect((await collect(store.list('certificate', EVERYTHING))).map(({ id }) => id)).toEqual(
      all.map(({ name }) => name),
    )
    expect(calls()).toBe(2)
    expect(await collect(store.list('certificate', { ...EVERYTHING, limit: 3, offset: 1 }))).toMatchObject(
      ['n1', 'n2', 'n3'].map((id) => ({ id })),
    )
    expect(calls()).toBe(3)
    expect(await store.count('certificate', EVERYTHING)).toBe(130)
    for (const filter of [
      'cn ~ n12',
      'name ^= N11 or subject ~ "n5.EXAMPLE"',
      'expires < 400d and not name ^= n1',
    ]) {
      const names = async (each: Store): Promise<unknown[]> =>
        (await collect(each.list('certificate', filtered(filter)))).map(({ name }) => name)
      expect(await names(store)).toEqual(await names(world.store))
    }
    const sorted: Query = { ...EVERYTHING, sort: [{ field: 'name', descending: true }], limit: 2 }
    expect((await collect(store.list('certificate', sorted))).map(({ id }) => id)).toEqual(['n99', 'n98'])
  })

  test('when the credential is wrong then the next step is told', async () => {
    const stranger = await connect(world, { path, credential: credentialOf(form, 'wrong') })
    const error = await failure(stranger.probe())
    expect(error).toMatchObject({
      code: 'auth.failed',
      hint: expect.stringContaining('certman store show apim'),
    })
    await stranger.close()
  })

  test('when it is asked who is there then form and version are told', async () => {
    const { server, facts } = await store.probe()
    expect(server).toContain(form === 'sas' ? 'classic' : 'Resource Manager')
    expect(facts).toMatchObject({ certificates: '0' })
  })

  test('when this store is served again then its certificates come through two servers', async () => {
    const front = await azureWorld({ stores: { far: store } })
    const far = await connect(front, {
      path,
      credential: credentialOf(form, form === 'sas' ? front.sas.primary : front.apiKeys['admin']!),
    })
    const web = leaf('web.example')
    expect(await far.import(batchOf(web, 'web'))).toMatchObject([{ what: 'created' }])
    expect(await far.import(batchOf(leaf('b.example'), 'web'), { replace: true })).toMatchObject([
      { what: 'replaced' },
    ])
    expect((await world.store.resolve(text('web')))['subject']).toBe('CN=b.example,O=Example')
    expect(await far.delete([{ kind: 'certificate', id: 'web' }])).toMatchObject([{ what: 'deleted' }])
    await far.close()
    await front.close()
  })
})

describe('a store behind the server that can do little', () => {
  const paper = (store: Store): Store => {
    const can = { ...store.can, import: false, delete: false, exportCertificate: false }
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'can') return can
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      },
    })
  }

  test('when it cannot take or delete then the refusal is one of the vendor, and reading works', async () => {
    const behind = await azureWorld()
    await behind.store.import(batchOf(leaf('web.example'), 'web'))
    const world = await azureWorld({ stores: { paper: paper(behind.store) } })
    const version = 'api-version=2021-08-01'
    const got = await rawCall(world, { path: `/certificates/web?${version}` })
    expect(got.status).toBe(200)
    const body = { data: pfx(authority('x')), password: 'pw' }
    const put = await rawCall(world, { method: 'PUT', path: `/certificates/x?${version}`, body })
    const headers = { 'If-Match': String(got.headers['etag']) }
    const del = await rawCall(world, { method: 'DELETE', path: `/certificates/web?${version}`, headers })
    for (const { status, json } of [put, del]) {
      expect(status).toBe(400)
      expect(json.error).toMatchObject({ code: 'NotSupported', details: null })
    }
    await world.close()
    await behind.close()
  })
})

describe('a service with key vaults behind the server', () => {
  const entity = JSON.parse(recorded('arm-key-vault')) as { properties: { keyVault: object } }
  const failed = {
    ...entity,
    name: 'stale',
    properties: {
      ...entity.properties,
      keyVault: { ...entity.properties.keyVault, lastStatus: { code: 'Failed', message: 'Forbidden' } },
    },
  }
  const list = JSON.stringify({ value: [entity, failed], count: 2 })

  /** Asks a server over the service for one thing. @param bodies what the service answers */
  async function through(bodies: readonly string[], path: string, method = 'GET') {
    const service = await scripted(...bodies.map((body) => ({ body, headers: { ETag: '"AAAA"' } })))
    const credential = credentialOf('bearer', 'token')
    const world = await azureWorld({ stores: { apim: await connect(service, { path: ARM, credential }) } })
    const reply = await rawCall(world, { method, path: `${ARM}${path}` })
    await world.close()
    service.close()
    return reply
  }

  test('when a certificate comes from a vault then versions that know vaults are told where it lies', async () => {
    const one = JSON.stringify(entity)
    const path = '/certificates/templateCertkv?api-version='
    const { json } = await through([one], `${path}2024-05-01`)
    expect(json.properties.keyVault).toEqual(entity.properties.keyVault)
    expect((await through([one], `${path}2019-12-01`)).json.properties).not.toHaveProperty('keyVault')
  })

  test('when the failed ones are asked for then those are listed, and counted', async () => {
    const path = '/certificates?api-version=2024-05-01&isKeyVaultRefreshFailed='
    const { json } = await through([list], `${path}true`)
    expect([json.count, json.value.map(({ name }: { name: string }) => name)]).toEqual([1, ['stale']])
    expect((await through([list, list], `${path}false`)).json.count).toBe(2)
  })

  test('when the secret is to be refreshed then it is said who can', async () => {
    const path = '/certificates/templateCertkv/refreshSecret?api-version=2024-05-01'
    const { status, json } = await through([JSON.stringify(entity)], path, 'POST')
    expect([status, json.error.code]).toEqual([400, 'NotSupported'])
  })
})

describe('curl', () => {
  test('when the calls of the documents are made with curl then they work', async (context) => {
    const world = await azureWorld()
    const folder = temporaryFolder('azure-curl')
    const ca = join(folder, 'ca.pem')
    const body = join(folder, 'body.json')
    writeFileSync(ca, world.ca)
    writeFileSync(body, JSON.stringify({ data: pfx(leaf('web.example')), password: 'pw' }))
    const token = signature(world, 'compact')
    const curl = requireCurl(context, '--cacert', ca, '-H', `Authorization: ${token}`)
    const url = `${world.url}/certificates/web?api-version=2014-02-14-preview`
    const status = ['-o', '/dev/null', '-w', '%{http_code}']
    expect(await curl('-X', 'PUT', '--data-binary', `@${body}`, ...status, url)).toBe('201')
    expect(JSON.parse(await curl(url))).toMatchObject({
      id: '/certificates/web',
      subject: 'CN=web.example, O=Example',
    })
    expect(await curl('-I', url)).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*ETag: "[A-Za-z0-9+/]{11}="\r\n/)
    const list = await curl(
      '-G',
      '--data-urlencode',
      "$filter=startswith(subject,'CN=web')",
      `${world.url}/certificates?api-version=2016-10-10`,
    )
    expect(JSON.parse(list)).toMatchObject({ count: 1, nextLink: null })
    expect(await curl('-X', 'DELETE', '-H', 'If-Match: *', ...status, url)).toBe('204')
    await world.close()
  })
})
