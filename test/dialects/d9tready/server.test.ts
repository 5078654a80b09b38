import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Secret } from '../../../src/base/secret.ts'
import { PASSWORD } from '../../support/house-world.ts'
import { CERT, EC, served } from './served.ts'

const here = served()
const { start, call, post, placeOf, madeKey, madeCertificate } = here

describe('without a credential', () => {
  beforeAll(() => start())
  afterAll(() => here.world.close())

  test.each(['', '/privatekeys', '/privatekeys/1', '/privatekeys/1/certificates/1/csr', '/certificates'])(
    'GET /rest%s is forbidden, and the header makes tools ask',
    async (path) => {
      const reply = await call(path, { user: null })
      expect(reply.status).toBe(403)
      expect(reply.headers['www-authenticate']).toBe('Basic realm="d9tready"')
      expect(reply.json).toEqual({ message: 'Authentication failure.' })
    },
  )

  test('a wrong password is forbidden too, and broken headers are', async () => {
    expect((await call('/privatekeys', { password: 'wrong' })).status).toBe(403)
    expect((await call('/privatekeys', { headers: { authorization: 'Basic !!!' } })).status).toBe(403)
    expect((await call('/privatekeys', { headers: { authorization: 'Bearer x' } })).status).toBe(403)
    expect((await post('/privatekeys', { name: 'x' }, { user: null })).status).toBe(403)
    expect((await call('/privatekeys/1', { method: 'DELETE', user: null })).status).toBe(403)
  })
})

describe('the root', () => {
  beforeAll(() => start())
  afterAll(() => here.world.close())

  test('names its resources by absolute links', async () => {
    const reply = await call('')
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('application/json')
    expect(reply.json).toEqual({
      _links: [
        { href: `${here.world.url}/rest/privatekeys`, rel: 'privatekeys' },
        { href: `${here.world.url}/rest/certificates`, rel: 'certificates' },
      ],
    })
  })

  test('takes one trailing slash, HEAD for GET, and refuses other methods with Allow', async () => {
    expect((await call('/')).status).toBe(200)
    expect((await call('/privatekeys/')).json).toEqual([])
    const head = await call('/certificates', { method: 'HEAD' })
    expect([head.status, head.text]).toEqual([200, ''])
    const refused = await call('/certificates', { method: 'POST', body: {} })
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD'])
    expect((await call('/nothing')).status).toBe(404)
    expect((await call('/applications')).json).toEqual({ message: 'There is no such resource.' })
  })
})

describe('private keys', () => {
  beforeEach(() => start())
  afterEach(() => here.world.close())

  test('a key that is marked not exportable is given to nobody, and still signs', async () => {
    const key = await madeKey('bound')
    await madeCertificate(key)
    await here.world.store.edit({ kind: 'certificate', id: '1' }, { exportable: false })
    const shown = await call(key)
    expect([shown.status, shown.json]).toEqual([
      403,
      { message: 'The private key is marked not exportable.' },
    ])
    expect((await post(`${key}/certificates`, { ...CERT, name: 'Second' })).status).toBe(201)
  })

  test('a key is made when none is sent, and comes back as PEM of PKCS#8', async () => {
    const made = await post('/privatekeys', { name: 'My Key' })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`${here.world.url}/rest/privatekeys/${made.json.id}`)
    expect(made.text).not.toContain('PRIVATE KEY')
    const shown = await call(placeOf(made))
    expect(shown.status).toBe(200)
    expect(Object.keys(shown.json)).toEqual(['id', 'name', 'key', '_links'])
    expect(typeof shown.json.id).toBe('number')
    expect(shown.json.name).toBe('My Key')
    expect(shown.json.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(createPrivateKey(shown.json.key).asymmetricKeyType).toBe('ec')
    expect(shown.json._links).toEqual([
      { href: `${here.world.url}/rest${placeOf(made)}`, rel: 'self' },
      { href: `${here.world.url}/rest${placeOf(made)}/certificates`, rel: 'certificates' },
    ])
  })

  test('without a switch the key that is made is RSA of 2048 bits', async () => {
    await here.world.close()
    await start({ options: {} })
    const { json } = await call(await madeKey())
    expect(createPrivateKey(json.key).asymmetricKeyDetails?.modulusLength).toBe(2048)
  })

  test('the list has id, name and one link each', async () => {
    const key = await madeKey()
    const { json } = await call('/privatekeys')
    const id = Number(key.split('/').at(-1))
    expect(json).toEqual([
      { id, name: 'My Key', _links: [{ href: `${here.world.url}/rest/privatekeys/${id}`, rel: 'self' }] },
    ])
  })

  test.each([
    ['PKCS#8', EC.privateKey],
    ['SEC 1', createPrivateKey(EC.privateKey).export({ type: 'sec1', format: 'pem' })],
    ['PKCS#8 with CRLF and no final newline', EC.privateKey.trimEnd().replaceAll('\n', '\r\n')],
  ])('a key is taken as %s', async (_form, key) => {
    const path = await madeKey('sent', { key })
    const { json } = await call(path)
    expect(createPublicKey(json.key).export({ type: 'spki', format: 'pem' })).toBe(EC.publicKey)
  })

  test('a key of PKCS#1 is taken', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    })
    expect((await post('/privatekeys', { name: 'old', key: privateKey })).status).toBe(201)
  })

  test('a name is taken once, also by the file that a key came from; other keys are not gone through', async () => {
    const { store } = here.world
    const from = { how: 'imported', from: '/srv/keys/web.pem' } as const
    const spki = createPublicKey(EC.publicKey).export({ type: 'spki', format: 'der' })
    const der = createPrivateKey(EC.privateKey).export({ type: 'pkcs8', format: 'der' })
    const key = { pkcs8: new Secret(der), spki, encrypted: false, source: from }
    await store.import({ certificates: [], keys: [key] })
    for (const name of ['one', 'two', 'three']) await madeKey(name)
    const listed = vi.spyOn(store, 'list')
    expect((await post('/privatekeys', { name: 'two' })).status).toBe(400)
    expect((await post('/privatekeys', { name: 'web.pem' })).status).toBe(400)
    expect((await post('/privatekeys', { name: 'Two' })).status).toBe(201)
    // names that are the same without case
    const counts = listed.mock.calls.map(([kind, query]) => store.count(kind, query))
    expect(await Promise.all(counts)).toEqual([2, 1, 2])
  })

  test.each([
    ['no JSON', '{"name": "<NAME>",}'],
    ['no object', '[1]'],
    ['no name', '{}'],
    ['an empty name', '{"name": " "}'],
    ['a name that is no text', '{"name": 1}'],
    ['a name of 257 characters', JSON.stringify({ name: 'x'.repeat(257) })],
    ['a name with a control character', '{"name": "a\\u0000b"}'],
    ['a key that is none', '{"name": "x", "key": "hello"}'],
    ['a key that is a number', '{"name": "x", "key": 7}'],
    ['bytes that are no text', '\u00ff\ud800'],
  ])('%s is a bad request', async (_what, raw) => {
    const reply = await call('/privatekeys', { method: 'POST', raw })
    expect(reply.status).toBe(400)
    expect(Object.keys(reply.json)).toEqual(['message'])
    expect((await call('/privatekeys')).json).toEqual([])
  })

  test('an encrypted key is a bad request, and its words are not repeated', async () => {
    const key = createPrivateKey(EC.privateKey).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'sesame',
    })
    const reply = await post('/privatekeys', { name: 'x', key })
    expect([reply.status, reply.json]).toEqual([400, { message: 'key is encrypted.' }])
  })

  test('a name or a key that is there already is a bad request', async () => {
    await madeKey('one', { key: EC.privateKey })
    expect((await post('/privatekeys', { name: 'one' })).status).toBe(400)
    expect((await post('/privatekeys', { name: 'two', key: EC.privateKey })).status).toBe(400)
    const both = await Promise.all([1, 2].map(() => post('/privatekeys', { name: 'race' })))
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 400])
  })

  test('a deleted key takes its certificates along', async () => {
    const key = await madeKey()
    await madeCertificate(key)
    await madeCertificate(key, { name: 'Second' })
    expect((await call('/certificates')).json).toHaveLength(2)
    const gone = await call(key, { method: 'DELETE' })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await call(key)).status).toBe(404)
    expect((await call('/certificates')).json).toEqual([])
    expect((await call(key, { method: 'DELETE' })).status).toBe(404)
  })

  test.each(['0', '-1', '1e3', 'x', '99999999999999999999', '%2f..', '7'])(
    'the id %s that is none is not found',
    async (id) => {
      expect((await call(`/privatekeys/${id}`)).status).toBe(404)
      expect((await call(`/privatekeys/${id}`, { method: 'DELETE' })).status).toBe(404)
      expect((await post(`/privatekeys/${id}/certificates`, CERT)).status).toBe(404)
    },
  )

  test('whoever may not export gets no key, and neither does anybody when it is switched off', async () => {
    const key = await madeKey()
    expect((await call(key)).headers['cache-control']).toBe('no-store')
    const reply = await call(key, { user: 'reader' })
    expect(reply.status).toBe(403)
    expect(reply.headers['www-authenticate']).toBeUndefined()
    // who is refused is named in the access log; its line comes when the answer is out
    const refused = /"status":403.*"user":"reader"/
    await vi.waitUntil(() => here.world.accessLog.some((line) => refused.test(line)), { timeout: 5_000 })
    expect((await call('/privatekeys', { user: 'reader' })).json).toHaveLength(1)
    expect((await post('/privatekeys', { name: 'x' }, { user: 'reader' })).status).toBe(403)
    await here.world.close()
    await start({ options: { 'd9tready.private-keys': 'no', 'd9tready.key-type': 'ec-p256' } })
    expect((await call(await madeKey())).status).toBe(403)
  })

  test('no secret reaches a log', async () => {
    await madeKey('logged', { key: EC.privateKey })
    // the line comes when the answer is out
    await vi.waitUntil(() => here.world.accessLog.some((line) => line.includes('privatekeys')), {
      timeout: 60_000,
    })
    const logs = [...here.world.accessLog, ...here.world.houseLog].join('\n')
    expect(logs).not.toContain('PRIVATE KEY')
    expect(logs).not.toContain(PASSWORD)
  })
})
