import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { publicKeyOfPkcs8 } from '../../../src/crypto/keys.ts'
import type { Filter } from '../../../src/domain/filter.ts'
import { writePem } from '../../../src/formats/pem.ts'
import { importFiles, type ImportReport } from '../../../src/operations/import-files.ts'
import { makeRequest as askFor } from '../../../src/operations/make-request.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { requireCurl } from '../../support/curl.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../../support/house-world.ts'
import { makeCertificate, makeKey, type TestCertificate } from '../../support/make-certificates.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { all, connected, rawCall, type Connected } from './connect.ts'

const ALL: Filter = { op: 'all' }
const EVERY = { filter: ALL, sort: [] }
const source = { how: 'imported' } as const
const options = { 'd9tready.key-type': 'ec-p256' }

let world: ServedWorld
let here: Connected
let root: TestCertificate
let web: TestCertificate
const open: { close(): Promise<void> }[] = []

async function setUp(kind: 'memory' | 'directory' = 'memory'): Promise<void> {
  world = await servedWorld({
    dialects: ['d9tready'],
    options,
    stores: { pki: kind },
    authorityPassword: 'pw',
  })
  open.push(world)
  root = makeCertificate({ cn: 'Root', ca: true })
  web = makeCertificate({ cn: 'web.example', issuer: root, serial: 0x0a1b, dns: ['web.example'] })
  const old = makeCertificate({
    cn: 'old.example',
    notBefore: '2020-01-01T00:00:00Z',
    notAfter: '2021-01-01T00:00:00Z',
  })
  await world.store.import({
    certificates: [
      { der: root.der, source },
      { der: web.der, source, name: 'web' },
      { der: old.der, source, friendlyName: 'the old one' },
    ],
    keys: [web, old].map(({ pkcs8, spki }) => ({ pkcs8, spki, encrypted: false, source })),
  })
  here = await connected(world)
  open.push(here.store)
}

afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

const keyOf = ({
  pkcs8,
  spki,
}: TestCertificate): {
  pkcs8: typeof pkcs8
  spki: Uint8Array
  encrypted: boolean
  source: typeof source
} => ({
  pkcs8,
  spki,
  encrypted: false,
  source,
})

describe('our client reading from our server', () => {
  beforeEach(() => setUp())

  test('says who answers and as whom it is let in', async () => {
    expect(await here.store.probe()).toMatchObject({ server: 'd9tready', user: 'admin' })
    const stranger = await connected(world, { secret: 'wrong' })
    open.push(stranger.store)
    await expect(stranger.store.probe()).rejects.toMatchObject({ code: 'auth.failed' })
  })

  test('a listing gives the same facts as the local store', async () => {
    const remote = await all(here.store.list('certificate', EVERY))
    const local = await all(
      world.store.list('certificate', { filter: parseFilter('hasKey', 'certificate'), sort: [] }),
    )
    expect(remote.map(({ id }) => id)).toEqual(['2', '3'])
    for (const [at, row] of remote.entries())
      for (const field of [
        'id',
        'subject',
        'issuer',
        'thumbprint',
        'fingerprint',
        'notAfter',
        'state',
        'subjectAltName',
        'publicKey',
      ])
        expect([at, field, row[field]]).toEqual([at, field, local[at]?.[field]])
    expect(remote.map(({ name }) => name)).toEqual(['web', 'the old one'])
  })

  test.each([
    ['cn = web.example', ['2']],
    ['state = expired', ['3']],
    ['hasKey', ['2', '3']],
    ['name = web', ['2']],
    ['expires < 1d', ['3']],
    ['san = web.example or serialNumber = ff', ['2']],
  ])('the filter %s finds %j', async (text, ids) => {
    const rows = await all(
      here.store.list('certificate', { filter: parseFilter(text, 'certificate'), sort: [] }),
    )
    expect(rows.map(({ id }) => id)).toEqual(ids)
  })

  test('references by id, name, thumbprint, fingerprint and serial number find it', async () => {
    const { facts } = await world.store.certificate('2')
    for (const text of ['2', 'web', facts.thumbprint, facts.fingerprint.slice(0, 10)])
      expect((await here.store.resolve({ kind: 'certificate', by: 'text', text })).id).toBe('2')
    const row = await here.store.resolve({ kind: 'certificate', by: 'serial', serialNumber: 'a1b' })
    expect(row.id).toBe('2')
  })

  test('bytes, issuers and the private key come as they are', async () => {
    const { der, record } = await here.store.certificate('2')
    expect(Buffer.from(der).equals(web.der)).toBe(true)
    const issuers = await here.store.issuersOf('2')
    expect(issuers.map((each) => each.facts.subject)).toEqual(['CN=Root,O=Example'])
    const key = await here.store.key(record.keyId!)
    expect(Buffer.from(publicKeyOfPkcs8(key.pkcs8)).equals(web.spki)).toBe(true)
    expect(here.trace.join('\n')).not.toMatch(/BEGIN PRIVATE KEY/)
    expect(here.trace.join('\n')).not.toContain(Buffer.from(`admin:${PASSWORD}`).toString('base64'))
  })

  test('a reader is told that keys are not for it', async () => {
    const reader = await connected(world, { user: 'reader' })
    open.push(reader.store)
    const { record } = await reader.store.certificate('2')
    await expect(reader.store.key(record.keyId!)).rejects.toMatchObject({ code: 'auth.forbidden' })
  })
})

describe.each(['memory', 'directory'] as const)(
  'our client changing a %s store through our server',
  (kind) => {
    beforeEach(() => setUp(kind))

    test('a certificate with key and chain is imported; again it is unchanged', async () => {
      const made = makeCertificate({ cn: 'new.example', issuer: root })
      const batch = {
        certificates: [
          { der: made.der, source, name: 'fresh' },
          { der: root.der, source },
        ],
        keys: [keyOf(made)],
      }
      const outcomes = await here.store.import(batch)
      expect(outcomes.map(({ kind: what, outcome }) => [what, outcome])).toEqual([
        ['key', 'changed'],
        ['certificate', 'changed'],
      ])
      expect(outcomes[1]!.row).toMatchObject({ name: 'fresh', fingerprint: made.fingerprint })
      const local = await world.store.resolve({ kind: 'certificate', by: 'text', text: 'fresh' })
      expect(local).toMatchObject({ id: outcomes[1]!.id, keyId: made.id })
      const again = await here.store.import(batch)
      expect(again.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    })

    test('a key of a file whose certificate is there, or comes along, is no orphan, and keeps its name', async () => {
      const made = makeCertificate({ cn: 'new.example' })
      const alone = makeKey()
      const folder = temporaryFolder('d9tready-import')
      const pems = [made, alone].map(({ pkcs8 }) => pkcs8.use((der) => writePem('PRIVATE KEY', der)))
      writeFileSync(join(folder, 'all.pem'), [writePem('CERTIFICATE', made.der), ...pems].join(''))
      const tools = { ambient: frozenAmbient(), readStdin: async () => new Uint8Array() }
      const take = (name: string): Promise<ImportReport> =>
        importFiles(
          here.store,
          { paths: ['all.pem'], cwd: folder, name },
          { dialog: { password: async () => undefined }, tools },
        )
      expect((await take('first')).orphanKeys).toEqual([alone.id])
      const { orphanKeys, outcomes } = await take('second')
      expect(orphanKeys).toEqual([alone.id])
      expect(outcomes.map(({ what, row }) => [what, row['name']])).toEqual([
        ['present', undefined],
        ['present', undefined],
        ['present', 'first'],
      ])
    })

    test('a key alone is imported, found again, and deleted', async () => {
      const made = makeCertificate({ cn: 'later.example' })
      const [key] = await here.store.import({ certificates: [], keys: [keyOf(made)] })
      expect(await world.store.count('key', { filter: ALL })).toBe(3)
      const [twice] = await here.store.import({ certificates: [], keys: [keyOf(made)] })
      expect([twice!.outcome, twice!.id]).toEqual(['unchanged', key!.id])
      const [certificate] = await here.store.import({ certificates: [{ der: made.der, source }], keys: [] })
      expect(certificate!.row).toMatchObject({ keyId: key!.id, name: 'later.example' })
      await here.store.delete([{ kind: 'certificate', id: certificate!.id }])
      await here.store.delete([{ kind: 'key', id: key!.id }])
      expect(await world.store.count('key', { filter: ALL })).toBe(2)
    })

    test('a renewal takes the name and keeps the id; the old certificate is superseded', async () => {
      const renewed = makeCertificate({
        cn: 'web.example',
        issuer: root,
        key: web,
        notAfter: '2028-01-01T00:00:00Z',
      })
      const batch = { certificates: [{ der: renewed.der, source, name: 'web' }], keys: [] }
      await expect(here.store.import(batch)).rejects.toMatchObject({ code: 'name.taken' })
      const [outcome] = await here.store.import(batch, { replace: true })
      expect(outcome).toMatchObject({ id: '2', what: 'replaced' })
      expect((await here.store.certificate('2')).facts.fingerprint).toBe(renewed.fingerprint)
      expect((await world.store.certificate('2')).state).toBe('superseded')
      expect(await here.store.count('certificate', { filter: ALL })).toBe(2)
    })

    test('a request is made, read, answered by an authority, and deleted', async () => {
      const wish = { subject: 'CN=ask.example,O=Example', name: 'ask' }
      const { outcomes, csr } = await askFor(here.store, wish, { ambient: frozenAmbient() })
      const { id, row } = outcomes[0]!
      expect(row).toMatchObject({ state: 'outstanding', name: 'ask', subject: 'CN=ask.example,O=Example' })
      expect(csr.length).toBeGreaterThan(0)
      const { der } = await here.store.request(id)
      await world.store.createAuthority({
        name: 'lab',
        subject: parseNameText('CN=Lab'),
        keyType: 'ec-p256',
        protection: { noPassword: true, insecure: true },
      })
      const [signed] = await world.store.issue([{ csr: der }], { authority: 'lab', profile: 'server' })
      const issuers = await world.store.issuersOf(signed!.outcomes[0]!.id)
      await world.store.delete([{ kind: 'certificate', id: signed!.outcomes[0]!.id }])
      const signing = await here.store.attach({ kind: 'request', id }, [
        signed!.der,
        ...issuers.map((each) => each.der),
      ])
      expect(signing.outcomes.map(({ what }) => what)).toEqual(['attached', 'issued'])
      expect((await here.store.request(id)).row).toMatchObject({ state: 'issued', certificateId: id })
      expect((await here.store.certificate(id)).facts.issuer).toBe('CN=Lab')
      await here.store.delete([{ kind: 'request', id }])
      await expect(here.store.certificate(id)).rejects.toMatchObject({ code: 'record.not-found' })
    })
  },
)

describe('what is no request', () => {
  test('the root of an authority is its own answer, and outstanding requests are those that wait', async () => {
    await setUp()
    await world.store.createAuthority({
      name: 'lab',
      subject: parseNameText('CN=Lab'),
      keyType: 'ec-p256',
      protection: { noPassword: true, insecure: true },
    })
    await askFor(here.store, { subject: 'CN=ask.example' }, { ambient: frozenAmbient() })
    const filter = parseFilter('state = outstanding', 'request')
    const rows = await all(here.store.list('request', { filter, sort: [] }))
    expect(rows.map(({ name }) => name)).toEqual(['the old one', 'ask.example'])
  })
})

describe('any through any', () => {
  test('a remote store that is served again answers in the same form', async () => {
    await setUp()
    const outer = await servedWorld({ dialects: ['d9tready'], options, stores: { far: here.store } })
    open.push(outer)
    const [inner] = (await rawCall(world, { path: '/rest/certificates' })).json
    const list = (await rawCall(outer, { path: '/rest/certificates' })).json
    expect(list).toHaveLength(2)
    expect(list[0]).toMatchObject({ id: inner.id, name: inner.name, valid_thru: inner.valid_thru })
    const path = list[0]._links[0].href.slice(outer.url.length)
    const detail = await rawCall(outer, { path })
    expect(detail.json.ssl_certificate).toContain('BEGIN CERTIFICATE')
    expect((await rawCall(outer, { path: path.replace(/\/certificates.*/, '') })).json.key).toMatch(
      /^-----BEGIN PRIVATE KEY/,
    )
    expect((await rawCall(outer, { path: `${path}/csr` })).json.csr).toContain('CERTIFICATE REQUEST')
    const put = await rawCall(outer, { path, method: 'PUT', raw: '{}' })
    expect([put.status, put.json.valid_thru]).toEqual([200, '2036-02-27T12:00:00Z'])
    expect((await rawCall(outer, { path, method: 'DELETE' })).status).toBe(204)
    expect((await rawCall(outer, { path })).status).toBe(404)
    const made = await rawCall(outer, { path: '/rest/privatekeys', method: 'POST', body: { name: 'outer' } })
    expect(made.status).toBe(201)
    const certificate = { name: 'c', common_name: 'c.example' }
    const place = `/rest/privatekeys/${made.json.id}/certificates`
    const second = await rawCall(outer, { path: place, method: 'POST', body: certificate })
    expect([second.status, second.json.name]).toEqual([201, 'c'])
    expect(
      (await rawCall(outer, { path: `/rest/privatekeys/${made.json.id}`, method: 'DELETE' })).status,
    ).toBe(204)
  })

  test('a store that keeps no keys and gives no bytes is shown by its certificates', async () => {
    await setUp()
    const { store } = world
    const bare = new Proxy(store, {
      get(target, name) {
        if (name === 'can')
          return {
            ...target.can,
            list: ['certificate'],
            exportCertificate: false,
            exportKey: false,
            import: false,
          }
        const value = Reflect.get(target, name) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const outer = await servedWorld({ dialects: ['d9tready'], options, stores: { bare } })
    open.push(outer)
    const list = (await rawCall(outer, { path: '/rest/certificates' })).json
    expect(list.map((each: { common_name: string }) => each.common_name)).toEqual([
      'Root',
      'web.example',
      'old.example',
    ])
    const path = list[1]._links[0].href.slice(outer.url.length)
    expect((await rawCall(outer, { path })).json).toMatchObject({
      common_name: 'web.example',
      ssl_certificate: '',
    })
    expect((await rawCall(outer, { path: path.replace(/\/certificates.*/, '') })).status).toBe(403)
    expect((await rawCall(outer, { path: `${path}/csr` })).status).toBe(400)
    expect((await rawCall(outer, { path, method: 'PUT', raw: '{}' })).status).toBe(400)
    expect(
      (await rawCall(outer, { path: '/rest/privatekeys', method: 'POST', body: { name: 'x' } })).status,
    ).toBe(400)
  })
})

describe('curl', () => {
  test('drives the server as the documents show it', async (context) => {
    await setUp()
    const folder = temporaryFolder('d9tready-curl')
    const ca = join(folder, 'ca.pem')
    writeFileSync(ca, world.ca)
    const ask = requireCurl(context, '-i', '--http1.1', '--cacert', ca, '-u', `admin:${PASSWORD}`)
    const curl = (path: string, ...more: string[]): Promise<string> => ask(...more, `${world.url}${path}`)
    expect(await curl('/rest')).toMatch(/^HTTP\/1\.1 200 /)
    const made = await curl('/rest/privatekeys', '-d', '{"name": "My Key"}')
    expect(made).toMatch(/^HTTP\/1\.1 201 /)
    const key = /^location: https:\/\/[^/]+(\S+)/im.exec(made)![1]!
    const body = { name: 'MyCert', common_name: 'demo.d9tready.com', country_code: 'DE' }
    const created = await curl(`${key}/certificates`, '-X', 'POST', '-d', JSON.stringify(body))
    const certificate = /^location: https:\/\/[^/]+(\S+)/im.exec(created)![1]!
    expect(await curl(certificate)).toContain('"ssl_certificate":"-----BEGIN CERTIFICATE-----')
    expect(await curl(certificate, '-X', 'PUT', '-d', '{}')).toMatch(/^HTTP\/1\.1 200 /)
    expect(await curl(certificate, '-X', 'DELETE')).toMatch(/^HTTP\/1\.1 204 /)
    expect(await curl(certificate)).toMatch(/^HTTP\/1\.1 404 /)
  })
})
