import { createPublicKey, X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { publicKeyOfPkcs8 } from '../../../src/crypto/keys.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { pemOf } from '../../support/tls-world.ts'
import { against, CERTIFICATE, derOf, EVERY, KEY, SELF } from './against.ts'
import { all } from './connect.ts'
import { sample } from './scripted.ts'

const at = against()

describe('the documented samples', () => {
  test('every call carries Basic, and the root says what there is', async () => {
    expect(await at.here.store.probe()).toEqual({
      server: 'd9tready',
      user: 'demo',
      facts: { resources: 'privatekeys, certificates, balances, stores, applications' },
    })
    expect(at.server.received[0]).toMatchObject({
      request: 'GET /rest',
      headers: { authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}` },
    })
  })

  test('an address with a path is taken as it is', async () => {
    await at.connect({ path: '/rest' })
    await at.here.store.probe()
    expect(at.asked()).toEqual(['GET /rest'])
  })

  test('a listing gives the JSON of other stores', async () => {
    const [row] = await all(at.here.store.list('certificate', EVERY))
    const outside = new X509Certificate(SELF)
    expect(row).toMatchObject({
      id: '1',
      name: 'MyCert',
      keyId: '1',
      tags: [],
      exportable: true,
      state: 'expired',
      subject: 'emailAddress=oliver.roch@d9t.de,CN=demo.d9tready.com,OU=IT,O=D9T GmbH,L=Ulm,ST=BW,C=DE',
      notBefore: '2014-09-02T12:17:55Z',
      notAfter: '2024-08-30T12:17:55Z',
      serialNumber: outside.serialNumber.toLowerCase().replace(/^0+/, ''),
      thumbprint: outside.fingerprint.replaceAll(':', ''),
      fingerprint: outside.fingerprint256.replaceAll(':', '').toLowerCase(),
      publicKey: { type: 'rsa', size: 2048 },
    })
  })

  test('a certificate has its bytes, and a self-signed one has no issuers', async () => {
    const stored = await at.here.store.certificate('1')
    expect(Buffer.from(stored.der).equals(new X509Certificate(SELF).raw)).toBe(true)
    expect(stored.record).toMatchObject({ id: '1', name: 'MyCert', keyId: '1' })
    expect(await at.here.store.issuersOf('1')).toEqual([])
  })

  test('what stands behind a certificate are its issuers', async () => {
    at.server.say(`GET ${CERTIFICATE}`, sample('certificate-issued'))
    const issuers = await at.here.store.issuersOf('1')
    expect(issuers.map(({ facts }) => facts.subject)).toEqual(['CN=Example Root,O=Example'])
  })

  test('keys are listed without being fetched; one is shown by what its certificates say', async () => {
    expect(await all(at.here.store.list('key', EVERY))).toEqual([
      { id: '1', name: 'My Key', encrypted: false },
    ])
    const row = await at.here.store.resolve({ kind: 'key', by: 'text', text: '1' })
    expect(row).toMatchObject({ id: '1', name: 'My Key', type: 'rsa', size: 2048 })
    expect(at.asked()).not.toContain('GET /rest/privatekeys/1')
  })

  test('a key is exported as it is', async () => {
    const key = await at.here.store.key('1')
    const outside = createPublicKey(KEY).export({ type: 'spki', format: 'der' })
    expect(key).toMatchObject({ id: '1', encrypted: false })
    expect(Buffer.from(publicKeyOfPkcs8(key.pkcs8)).equals(outside)).toBe(true)
    expect(at.here.trace.join()).not.toContain('MII')
  })

  test('a self-signed certificate is an outstanding request, an issued one is issued', async () => {
    const rows = await all(at.here.store.list('request', EVERY))
    expect(rows).toMatchObject([{ id: '1', name: 'MyCert', state: 'outstanding', keyId: '1' }])
    const { der } = await at.here.store.request('1')
    expect(Buffer.from(der).equals(derOf((sample('request').body as { csr: string }).csr))).toBe(true)
    at.server.say(`GET ${CERTIFICATE}`, sample('certificate-issued'))
    expect((await at.here.store.request('1')).row).toMatchObject({ state: 'issued', certificateId: '1' })
  })

  test('a request may come as PEM, under another member, or not at all', async () => {
    const { csr } = sample('request').body as { csr: string }
    const expected = derOf(csr)
    const path = `GET ${CERTIFICATE}/csr`
    for (const body of [
      csr,
      { data: { pem: csr } },
      [csr.replace('BEGIN ', 'BEGIN NEW ').replace('END ', 'END NEW ')],
    ]) {
      at.server.say(path, { status: 200, body })
      expect(Buffer.from((await at.here.store.request('1')).der).equals(expected)).toBe(true)
    }
    for (const status of [404, 405]) {
      at.server.say(path, { status })
      await expect(at.here.store.request('1')).rejects.toMatchObject({ code: 'record.not-found' })
      expect(await all(at.here.store.list('request', EVERY))).toEqual([])
    }
  })

  test.each([
    [
      'links as one object',
      { links: { href: 'https://d9tready.com/rest/privatekeys/1/certificates/1', rel: 'self' } },
    ],
    ['links by rel', { _links: { self: { href: '/rest/privatekeys/1/certificates/1/' } } }],
  ])('items without an id and with %s are understood', async (_form, links) => {
    at.server.say('GET /rest/certificates', { status: 200, body: [{ name: 'x', ...links }] })
    expect(await all(at.here.store.list('certificate', EVERY))).toMatchObject([{ id: '1', keyId: '1' }])
  })

  test('an id that is a number is understood', async () => {
    const [item] = sample('certificates').body as object[]
    at.server.say('GET /rest/certificates', {
      status: 200,
      body: [{ ...item, id: 1 }],
    })
    expect(await all(at.here.store.list('certificate', EVERY))).toMatchObject([{ id: '1' }])
  })

  test('a private key that nobody can read is the fault of the server, and no file is blamed', async () => {
    at.server.say('GET /rest/privatekeys/1', { status: 200, body: { id: 1, key: 'MAMCAQE=' } })
    await expect(at.here.store.key('1')).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/^d9tready: private key "1" cannot be read as it was sent: /) as string,
    })
  })

  test.each([
    ['neither id nor link', { zzz: 1 }],
    ['an id that fills a page', { id: 'x'.repeat(1025) }],
  ])('an entry that has %s is not lost in silence', async (_what, entry) => {
    at.server.say('GET /rest/certificates', { status: 200, body: [entry] })
    await expect(all(at.here.store.list('certificate', EVERY))).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(/^d9tready: GET \S+ was answered with 200 and an entry without an id$/),
    })
  })

  test('a server without the flat list is asked key by key', async () => {
    at.server.say('GET /rest/certificates', { status: 404 })
    expect(await all(at.here.store.list('certificate', EVERY))).toMatchObject([{ id: '1', keyId: '1' }])
    expect(at.asked()).toContain('GET /rest/privatekeys/1/certificates')
  })

  test.each([
    ['cut off', '-----BEGIN CERTIFICATE-----...'],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----'],
    ['empty', ''],
    ['no text', null],
  ])('a certificate that is %s is listed with what the list tells', async (_what, ssl_certificate) => {
    const body = { ...(sample('certificate').body as object), ssl_certificate }
    at.server.say(`GET ${CERTIFICATE}`, { status: 200, body })
    const [row] = await all(at.here.store.list('certificate', EVERY))
    expect(row).toMatchObject({
      id: '1',
      name: 'MyCertificate',
      notAfter: '2024-08-30T12:17:55Z',
      state: 'expired',
    })
    expect(row).not.toHaveProperty('subject')
    expect(await at.here.store.resolve({ kind: 'certificate', by: 'text', text: '1' })).toEqual(row)
    await expect(at.here.store.certificate('1')).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: 'd9tready: certificate 1 is shown without bytes that can be read',
    })
  })
})

describe('listings', () => {
  const many = Array.from({ length: 30 }, (_, at) => ({
    id: String(at + 1),
    name: `web ${String(at + 1).padStart(2, '0')}`,
    valid_from: '2026-01-01T00:00:00Z',
    valid_thru: `2026-12-${String(30 - at).padStart(2, '0')}T00:00:00Z`,
    _links: [{ href: `https://d9tready.com/rest/privatekeys/1/certificates/${at + 1}`, rel: 'self' }],
  }))
  const details = (): string[] => at.asked().filter((each) => /certificates\/\d+$/.test(each))
  beforeEach(() => {
    at.server.say('GET /rest/certificates', { status: 200, body: many })
    for (const { id, name } of many) {
      const body = { name, ssl_certificate: pemOf(makeCertificate({ cn: `${id}.example` })) }
      at.server.say(`GET /rest/privatekeys/1/certificates/${id}`, { status: 200, body })
    }
  })

  test('a limit fetches no more than it needs', async () => {
    const rows = await all(at.here.store.list('certificate', { ...EVERY, limit: 2, offset: 1 }))
    expect(rows.map(({ id }) => id)).toEqual(['2', '3'])
    expect(details()).toHaveLength(2)
  })

  test('a filter and an order that the list can answer fetch the rows that are wanted', async () => {
    const filter = parseFilter('name ^= "web 1"', 'certificate')
    const sort = [{ field: 'notAfter', descending: false }]
    const rows = await all(at.here.store.list('certificate', { filter, sort, limit: 2 }))
    expect(rows.map(({ id }) => id)).toEqual(['19', '18'])
    expect(details()).toHaveLength(2)
  })

  test('a filter that needs more stops when the limit is reached', async () => {
    const filter = parseFilter('cn = 3.example', 'certificate')
    const rows = await all(at.here.store.list('certificate', { filter, sort: [], limit: 1 }))
    expect(rows.map(({ id }) => id)).toEqual(['3'])
    expect(details().length).toBeLessThanOrEqual(8)
  })

  test('counting all fetches none', async () => {
    expect(await at.here.store.count('certificate', { filter: EVERY.filter })).toBe(30)
    expect(details()).toEqual([])
  })

  test('a certificate that goes meanwhile is listed with what was told, and nothing fails', async () => {
    at.server.say('GET /rest/privatekeys/1/certificates/2', { status: 404 })
    expect(await all(at.here.store.list('certificate', EVERY))).toHaveLength(30)
  })
})
