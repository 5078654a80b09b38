import { createPrivateKey, X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/base/secret.ts'
import { readPem } from '../../../src/formats/pem.ts'
import { encryptPkcs8 } from '../../../src/formats/pkcs8.ts'
import { csrSignature, describeCsr } from '../../../src/x509/csr.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { pemOf } from '../../support/tls-world.ts'
import { connected, rawCall } from './connect.ts'
import { CERT, EC, served } from './served.ts'

const here = served()
const { start, call, post, placeOf, madeKey, madeCertificate, issuedFor } = here

describe('certificates', () => {
  let key: string
  beforeEach(async () => {
    await start()
    key = await madeKey()
  })
  afterEach(() => here.world.close())

  test('a self-signed one is made when none is sent: ten years, the names asked for, the key of the key', async () => {
    const made = await post(`${key}/certificates`, CERT)
    expect(made.status).toBe(201)
    expect(placeOf(made)).toMatch(new RegExp(`^${key}/certificates/\\d+$`))
    const { json } = await call(placeOf(made))
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
      { href: `${here.world.url}/rest${path}`, rel: 'self' },
      { href: `${here.world.url}/rest${path}/csr`, rel: 'certificate-signing-request' },
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
        _links: [{ href: `${here.world.url}/rest${path}`, rel: 'self' }],
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
    await here.world.close()
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
    expect(here.world.houseLog.join()).toContain('common_name')
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
    expect(json._links).toEqual([{ href: `${here.world.url}/rest${path}/csr`, rel: 'self' }])
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

  test('no self-signed certificate for a server takes the place of that of an authority', async () => {
    await here.world.store.createAuthority({
      name: 'root',
      subject: parseNameText('CN=Root'),
      keyType: 'ec-p256',
      protection: { noPassword: true, insecure: true },
    })
    const { json } = await call('/certificates')
    const path = String(json[0]._links[0].href).slice(`${here.world.url}/rest`.length)
    const before = (await call(path)).json
    const refused = await call(path, { method: 'PUT', body: {} })
    expect([refused.status, refused.json]).toEqual([
      400,
      { message: 'This is the certificate of an authority: ssl_certificate is required.' },
    ])
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

describe('limits', () => {
  beforeEach(() => start({ limits: { bodyBytes: 2000 } }))
  afterEach(() => here.world.close())

  test('a body over the limit is answered in the form of every refusal', async () => {
    const key = await madeKey()
    const reply = await post(`${key}/certificates`, { ...CERT, locality: 'x'.repeat(3000) })
    expect(reply.status).toBe(413)
    expect(Object.keys(reply.json)).toEqual(['message'])
  })

  test('of two updates at a time the last one wins, and no certificate is lost', async () => {
    const key = await madeKey()
    const path = await madeCertificate(key)
    const both = await Promise.all([1, 2].map(() => call(path, { method: 'PUT', raw: '{}' })))
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    const now = (await call(path)).json.ssl_certificate
    expect(both.map(({ json }) => json.ssl_certificate)).toContain(now)
    expect((await call('/certificates')).json).toHaveLength(1)
    const kept = await here.world.store.count('certificate', { filter: { op: 'all' } })
    expect(kept).toBe(3)
  })

  test('a key with a password of its own comes encrypted, and signs nothing', async () => {
    const made = makeCertificate({ cn: 'locked.example' })
    const { random } = here.world.house.ambient
    const pkcs8 = new Secret(encryptPkcs8(made.pkcs8, new Secret('pw'), { random, iterations: 1000 }))
    const source = { how: 'imported' } as const
    await here.world.store.import({
      certificates: [{ der: made.der, source }],
      keys: [{ pkcs8, spki: made.spki, encrypted: true, source }],
    })
    const [item] = (await call('/certificates')).json
    const path = item._links[0].href.slice(`${here.world.url}/rest`.length)
    const key = path.replace(/\/certificates.*/, '')
    expect((await call(key)).json.key).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/)
    expect((await call(`${path}/csr`)).status).toBe(400)
    expect((await post(`${key}/certificates`, CERT)).status).toBe(400)
    const { store } = await connected(here.world)
    const stored = await store.key(key.split('/').at(-1)!)
    expect(stored.encrypted).toBe(true)
    expect(Buffer.from(stored.spki).equals(made.spki)).toBe(true)
    await store.close()
  })
})

describe('several stores', () => {
  beforeEach(() => start({ stores: { one: 'memory', two: 'memory' } }))
  afterEach(() => here.world.close())

  test('are one list, in which no id is there twice', async () => {
    const key = await madeKey('first')
    await madeCertificate(key)
    const made = makeCertificate({ cn: 'second.example' })
    const source = { how: 'imported' } as const
    await here.world.stores['two']!.import({
      certificates: [{ der: made.der, name: 'second', source }],
      keys: [{ pkcs8: made.pkcs8, spki: made.spki, encrypted: false, source }],
    })
    const { json } = await call('/certificates')
    expect(json.map(({ name }: { name: string }) => name)).toEqual(['MyCert', 'second'])
    expect(new Set(json.map(({ id }: { id: string }) => id)).size).toBe(2)
    for (const { _links } of json)
      expect((await rawCall(here.world, { path: _links[0].href.slice(here.world.url.length) })).status).toBe(
        200,
      )
    expect((await call('/privatekeys')).json).toHaveLength(2)
  })

  test.each([
    ['/home/ann/secret-project/web.pfx', /^web\.pfx$/],
    ['keys\\web.pem', /^web\.pem$/],
    ['shop / EU', /^shop \/ EU$/],
    ['', /^key [0-9a-f]{8}$/],
  ])('a key that came from %j is called %s', async (from, name) => {
    const made = makeCertificate({ cn: 'x' })
    const source = { how: 'imported', from } as const
    const key = { pkcs8: made.pkcs8, spki: made.spki, encrypted: false, source }
    await here.world.stores['one']!.import({ certificates: [], keys: [key] })
    const names = (await call('/privatekeys')).json.map((each: { name: string }) => each.name)
    expect(names).toContainEqual(expect.stringMatching(name))
  })

  test('a certificate without a private key is no certificate of a key', async () => {
    const made = makeCertificate({ cn: 'alone.example' })
    await here.world.stores['one']!.import({
      certificates: [{ der: made.der, source: { how: 'imported' } }],
      keys: [],
    })
    expect((await call('/certificates')).text).not.toContain('alone.example')
  })
})
