import { createPublicKey, createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { csrSignature, describeCsr } from '../../../src/x509/csr.ts'
import { readPem } from '../../../src/formats/pem.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { PASSWORD, servedWorld, type ServedWorld, type WantedWorld } from '../../support/house-world.ts'
import { pemOf } from '../../support/tls-world.ts'
import { rawCall, type RawCall, type RawReply } from './connect.ts'

const SUBJECT = {
  common_name: 'demo.d9tready.com',
  organization_name: 'D9T GmbH',
  organization_unit: 'IT',
  locality: 'Ulm',
  state_province: 'BW',
  country_code: 'DE',
  email: 'oliver.roch@d9t.de',
}
const CERT = { name: 'MyCert', ...SUBJECT }
const EC = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

let world: ServedWorld
const call = (path: string, more: Partial<RawCall> = {}): Promise<RawReply> =>
  rawCall(world, { path: `/rest${path}`, ...more })
const post = (path: string, body: unknown, more: Partial<RawCall> = {}): Promise<RawReply> =>
  call(path, { method: 'POST', body, ...more })
const start = async (more: Partial<WantedWorld> = {}): Promise<void> => {
  world = await servedWorld({ dialects: ['d9tready'], options: { 'd9tready.key-type': 'ec-p256' }, ...more })
}
/** Path below `/rest` of what a `Location` names. */
const at = (reply: RawReply): string => String(reply.headers['location']).slice(`${world.url}/rest`.length)
const madeKey = async (name = 'My Key', more: object = {}): Promise<string> =>
  at(await post('/privatekeys', { name, ...more }))
const madeCertificate = async (key: string, more: object = {}): Promise<string> =>
  at(await post(`${key}/certificates`, { ...CERT, ...more }))

/** A test certificate for a PEM key that is at the server. */
async function issuedFor(key: string, cn: string, more: object = {}): Promise<string> {
  const { json } = await call(key)
  const privateKey = createPrivateKey(json.key)
  const spki = new Uint8Array(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
  const own = { ...makeCertificate({ cn: 'unused' }), key: privateKey, spki }
  const ca = makeCertificate({ cn: 'Outside CA', ca: true })
  return pemOf(makeCertificate({ cn, issuer: ca, key: own, ...more })) + ('chain' in more ? pemOf(ca) : '')
}

describe('without a credential', () => {
  beforeAll(() => start())
  afterAll(() => world.close())

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
  afterAll(() => world.close())

  test('names its resources by absolute links', async () => {
    const reply = await call('')
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('application/json')
    expect(reply.json).toEqual({
      _links: [
        { href: `${world.url}/rest/privatekeys`, rel: 'privatekeys' },
        { href: `${world.url}/rest/certificates`, rel: 'certificates' },
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
  afterEach(() => world.close())

  test('a key is made when none is sent, and comes back as PEM of PKCS#8', async () => {
    const made = await post('/privatekeys', { name: 'My Key' })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`${world.url}/rest/privatekeys/${made.json.id}`)
    expect(made.text).not.toContain('PRIVATE KEY')
    const shown = await call(at(made))
    expect(shown.status).toBe(200)
    expect(Object.keys(shown.json)).toEqual(['id', 'name', 'key', '_links'])
    expect(typeof shown.json.id).toBe('number')
    expect(shown.json.name).toBe('My Key')
    expect(shown.json.key).toMatch(/^-----BEGIN PRIVATE KEY-----\n/)
    expect(createPrivateKey(shown.json.key).asymmetricKeyType).toBe('ec')
    expect(shown.json._links).toEqual([
      { href: `${world.url}/rest${at(made)}`, rel: 'self' },
      { href: `${world.url}/rest${at(made)}/certificates`, rel: 'certificates' },
    ])
  })

  test('without a switch the key that is made is RSA of 2048 bits', async () => {
    await world.close()
    await start({ options: {} })
    const { json } = await call(await madeKey())
    expect(createPrivateKey(json.key).asymmetricKeyDetails?.modulusLength).toBe(2048)
  })

  test('the list has id, name and one link each', async () => {
    const key = await madeKey()
    const { json } = await call('/privatekeys')
    const id = Number(key.split('/').at(-1))
    expect(json).toEqual([
      { id, name: 'My Key', _links: [{ href: `${world.url}/rest/privatekeys/${id}`, rel: 'self' }] },
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
    const reply = await call(key, { user: 'reader' })
    expect(reply.status).toBe(403)
    expect(reply.headers['www-authenticate']).toBeUndefined()
    expect((await call('/privatekeys', { user: 'reader' })).json).toHaveLength(1)
    expect((await post('/privatekeys', { name: 'x' }, { user: 'reader' })).status).toBe(403)
    await world.close()
    await start({ options: { 'd9tready.private-keys': 'no', 'd9tready.key-type': 'ec-p256' } })
    expect((await call(await madeKey())).status).toBe(403)
  })

  test('no secret reaches a log', async () => {
    await madeKey('logged', { key: EC.privateKey })
    const logs = [...world.accessLog, ...world.houseLog].join('\n')
    expect(logs).toContain('privatekeys')
    expect(logs).not.toContain('PRIVATE KEY')
    expect(logs).not.toContain(PASSWORD)
  })
})

describe('certificates', () => {
  let key: string
  beforeEach(async () => {
    await start()
    key = await madeKey()
  })
  afterEach(() => world.close())

  test('a self-signed one is made when none is sent: ten years, the names asked for, the key of the key', async () => {
    const made = await post(`${key}/certificates`, CERT)
    expect(made.status).toBe(201)
    expect(at(made)).toMatch(new RegExp(`^${key}/certificates/\\d+$`))
    const { json } = await call(at(made))
    const certificate = new X509Certificate(json.ssl_certificate)
    expect(certificate.subject).toBe(certificate.issuer)
    expect(certificate.subject.split('\n')).toEqual([
      'C=DE',
      'ST=BW',
      'L=Ulm',
      'O=D9T GmbH',
      'OU=IT',
      'CN=demo.d9tready.com',
      'emailAddress=oliver.roch@d9t.de',
    ])
    expect(certificate.subjectAltName).toBe('DNS:demo.d9tready.com')
    expect(certificate.ca).toBe(false)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000
    expect(days).toBe(3650)
    expect(certificate.checkPrivateKey(createPrivateKey((await call(key)).json.key))).toBe(true)
  })

  test('the single resource has the documented members, its id, and two links', async () => {
    const path = await madeCertificate(key)
    const { status, json } = await call(path)
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual([
      'id',
      'name',
      'common_name',
      'organization_name',
      'organization_unit',
      'locality',
      'state_province',
      'country_code',
      'email',
      'ssl_certificate',
      'valid_from',
      'valid_thru',
      '_links',
    ])
    expect(json).toMatchObject({ ...CERT, valid_from: '2026-03-01T12:00:00Z' })
    expect(json._links).toEqual([
      { href: `${world.url}/rest${path}`, rel: 'self' },
      { href: `${world.url}/rest${path}/csr`, rel: 'certificate-signing-request' },
    ])
  })

  test('both lists have the same items, with the id as text and one link', async () => {
    const path = await madeCertificate(key)
    const id = path.split('/').at(-1)
    const { json } = await call(`${key}/certificates`)
    expect(json).toEqual([
      {
        id,
        name: 'MyCert',
        common_name: 'demo.d9tready.com',
        valid_from: '2026-03-01T12:00:00Z',
        valid_thru: '2036-02-27T12:00:00Z',
        _links: [{ href: `${world.url}/rest${path}`, rel: 'self' }],
      },
    ])
    expect((await call('/certificates')).json).toEqual(json)
  })

  test.each([
    ['no common name', { common_name: '' }],
    ['a country of three letters', { country_code: 'DEU' }],
    ['an address that is not ASCII', { email: 'ü@d9t.de' }],
    ['an organization of 65 characters', { organization_name: 'x'.repeat(65) }],
    ['a locality that is a number', { locality: 7 }],
    ['a control character', { organization_unit: 'a\u0007' }],
    ['a certificate that is none', { ssl_certificate: 'hello' }],
    [
      'a damaged certificate',
      { ssl_certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    ],
    ['a private key for a certificate', { ssl_certificate: EC.privateKey }],
  ])('%s is a bad request, and nothing is made', async (_what, more) => {
    const reply = await post(`${key}/certificates`, { ...CERT, ...more })
    expect(reply.status).toBe(400)
    expect(reply.json.message).toMatch(/^[A-Za-z_]+ .*\.$/)
    expect((await call(`${key}/certificates`)).json).toEqual([])
  })

  test('absent and empty members are left out of the subject, small letters of a country become large', async () => {
    const reply = await post(`${key}/certificates`, {
      name: 'short',
      common_name: 'Oliver Roch',
      country_code: 'de',
      email: '',
      ssl_certificate: null,
    })
    expect(reply.status).toBe(201)
    expect(reply.json).toMatchObject({ country_code: 'DE', email: '', locality: '' })
    const certificate = new X509Certificate(reply.json.ssl_certificate)
    expect(certificate.subject).toBe('C=DE\nCN=Oliver Roch')
    expect(certificate.subjectAltName).toBeUndefined()
  })

  test('a strict server wants all eight members', async () => {
    await world.close()
    await start({
      options: { 'd9tready.strict': 'yes', 'd9tready.key-type': 'ec-p256', 'd9tready.days': '30' },
    })
    key = await madeKey()
    expect((await post(`${key}/certificates`, { ...CERT, locality: '' })).status).toBe(400)
    const { json } = await post(`${key}/certificates`, CERT)
    expect(json.valid_thru).toBe('2026-03-31T12:00:00Z')
  })

  test('a certificate of another key is a bad request', async () => {
    const ssl_certificate = pemOf(makeCertificate({ cn: 'demo.d9tready.com' }))
    const reply = await post(`${key}/certificates`, { ...CERT, ssl_certificate })
    expect([reply.status, reply.json.message]).toEqual([
      400,
      'ssl_certificate does not match the private key.',
    ])
  })

  test('a certificate of the key is taken with its chain, and comes back leaf first', async () => {
    const pem = await issuedFor(key, 'other.example', { chain: true })
    const { status, json } = await post(`${key}/certificates`, {
      ...CERT,
      ssl_certificate: pem.replaceAll('\n', '\r\n').trimEnd(),
    })
    expect(status).toBe(201)
    expect(json.ssl_certificate).toBe(pem)
    expect(json.common_name).toBe('other.example')
    expect(world.houseLog.join()).toContain('common_name')
    expect((await call('/certificates')).json).toHaveLength(1)
  })

  test('a name is taken once under a key, and may be taken again under another', async () => {
    await madeCertificate(key)
    expect((await post(`${key}/certificates`, CERT)).status).toBe(400)
    const other = await madeKey('Other')
    const again = await post(`${other}/certificates`, CERT)
    expect([again.status, again.json.name]).toEqual([201, 'MyCert'])
    const odd = await post(`${other}/certificates`, { ...CERT, name: '*.example.com' })
    expect([odd.status, odd.json.name]).toEqual([201, '*.example.com'])
  })

  test('a certificate is reached through its own key only', async () => {
    const path = await madeCertificate(key)
    const other = await madeKey('Other')
    const id = path.split('/').at(-1)
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await call(`${other}/certificates/${id}`, { method })).status).toBe(404)
    expect((await call(`${key}/certificates/999`)).status).toBe(404)
    expect((await call(`${key}/certificates/__proto__`)).status).toBe(404)
  })

  test('the request is signed by the key and has the names of the certificate', async () => {
    const path = await madeCertificate(key)
    const { status, json } = await call(`${path}/csr`)
    expect(status).toBe(200)
    expect(json._links).toEqual([{ href: `${world.url}/rest${path}/csr`, rel: 'self' }])
    const { der, label } = readPem(Buffer.from(json.csr)).blocks[0]!
    expect(label).toBe('CERTIFICATE REQUEST')
    expect(csrSignature(der)).toBe('valid')
    const facts = describeCsr(der)
    expect(facts.subject).toBe(
      'emailAddress=oliver.roch@d9t.de,CN=demo.d9tready.com,OU=IT,O=D9T GmbH,L=Ulm,ST=BW,C=DE',
    )
    expect(facts.subjectAltName).toEqual([{ type: 'dns', value: 'demo.d9tready.com' }])
  })

  test.each([
    ['text/plain', 'text/plain; charset=utf-8'],
    ['application/pkcs10', 'application/pkcs10'],
  ])('the request comes as PEM to whoever accepts %s', async (accept, type) => {
    const reply = await call(`${await madeCertificate(key)}/csr`, { headers: { accept } })
    expect(reply.headers['content-type']).toBe(type)
    expect(reply.text).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----\n/)
  })

  test('the request can only be read', async () => {
    const reply = await call(`${await madeCertificate(key)}/csr`, { method: 'PUT', body: {} })
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'GET, HEAD'])
  })

  test('an update puts the issued certificate in the same place, under the same id and name', async () => {
    const path = await madeCertificate(key)
    const ssl_certificate = await issuedFor(key, 'demo.d9tready.com', { notAfter: '2026-09-01T00:00:00Z' })
    const updated = await call(path, { method: 'PUT', body: { ssl_certificate, name: 'ignored' } })
    expect(updated.status).toBe(200)
    expect(updated.json).toMatchObject({
      name: 'MyCert',
      valid_thru: '2026-09-01T00:00:00Z',
      ssl_certificate,
    })
    expect((await call(path)).json).toEqual(updated.json)
    expect((await call('/certificates')).json).toHaveLength(1)
    const same = await call(path, { method: 'PUT', body: { ssl_certificate } })
    expect([same.status, same.json]).toEqual([200, updated.json])
  })

  test.each([
    ['an empty object', '{}'],
    ['nothing', undefined],
    ['an empty certificate', '{"ssl_certificate": ""}'],
  ])('an update with %s makes a self-signed certificate again', async (_what, raw) => {
    const path = await madeCertificate(key)
    const before = (await call(path)).json
    const issued = await issuedFor(key, 'demo.d9tready.com')
    await call(path, { method: 'PUT', body: { ssl_certificate: issued } })
    const { status, json } = await call(path, { method: 'PUT', ...(raw !== undefined && { raw }) })
    expect(status).toBe(200)
    const certificate = new X509Certificate(json.ssl_certificate)
    expect(certificate.subject).toBe(certificate.issuer)
    expect(json.ssl_certificate).not.toBe(before.ssl_certificate)
    expect((await call('/certificates')).json).toHaveLength(1)
  })

  test('an update with the certificate of another key, or broken JSON, changes nothing', async () => {
    const path = await madeCertificate(key)
    const before = (await call(path)).json
    const body = { ssl_certificate: pemOf(makeCertificate({ cn: 'x' })) }
    expect((await call(path, { method: 'PUT', body })).status).toBe(400)
    expect((await call(path, { method: 'PUT', raw: '{"ssl_certificate": "x",}' })).status).toBe(400)
    expect((await call(path)).json).toEqual(before)
  })

  test('a name that certman does not take is kept through updates', async () => {
    const path = await madeCertificate(key, { name: 'shop: www/eu' })
    const ssl_certificate = await issuedFor(key, 'demo.d9tready.com')
    const { json } = await call(path, { method: 'PUT', body: { ssl_certificate } })
    expect(json).toMatchObject({ name: 'shop: www/eu', ssl_certificate })
    expect((await call(path)).json.name).toBe('shop: www/eu')
  })

  test('a deleted certificate is gone, its key stays, and its place is free', async () => {
    const path = await madeCertificate(key)
    const gone = await call(path, { method: 'DELETE' })
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await call(path)).status).toBe(404)
    expect((await call(path, { method: 'DELETE' })).status).toBe(404)
    expect((await call(key)).status).toBe(200)
    expect((await post(`${key}/certificates`, CERT)).status).toBe(201)
  })

  test('a reader reads and changes nothing', async () => {
    const path = await madeCertificate(key)
    const as = { user: 'reader' }
    expect((await call(path, as)).status).toBe(200)
    expect((await call('/certificates', as)).json).toHaveLength(1)
    expect((await call(path, { ...as, method: 'DELETE' })).status).toBe(403)
    expect((await call(path, { ...as, method: 'PUT', raw: '{}' })).status).toBe(403)
    expect((await post(`${key}/certificates`, CERT, as)).status).toBe(403)
    expect((await call(`${path}/csr`, as)).status).toBe(403)
    expect((await call(path)).status).toBe(200)
  })
})

describe('several stores', () => {
  beforeAll(() => start({ stores: { one: 'memory', two: 'memory' } }))
  afterAll(() => world.close())

  test('are one list, in which no id is there twice', async () => {
    const key = await madeKey('first')
    await madeCertificate(key)
    const made = makeCertificate({ cn: 'second.example' })
    const source = { how: 'imported' } as const
    await world.stores['two']!.import({
      certificates: [{ der: made.der, name: 'second', source }],
      keys: [{ pkcs8: made.pkcs8, spki: made.spki, encrypted: false, source }],
    })
    const { json } = await call('/certificates')
    expect(json.map(({ name }: { name: string }) => name)).toEqual(['MyCert', 'second'])
    expect(new Set(json.map(({ id }: { id: string }) => id)).size).toBe(2)
    for (const { _links } of json)
      expect((await rawCall(world, { path: _links[0].href.slice(world.url.length) })).status).toBe(200)
    expect((await call('/privatekeys')).json).toHaveLength(2)
  })

  test('a certificate without a private key is no certificate of a key', async () => {
    const made = makeCertificate({ cn: 'alone.example' })
    await world.stores['one']!.import({
      certificates: [{ der: made.der, source: { how: 'imported' } }],
      keys: [],
    })
    expect((await call('/certificates')).text).not.toContain('alone.example')
  })
})
