import { createPrivateKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ARM, authority, azureWorld, leaf, pfx, rawCall, type RawReply } from './world.ts'
import { code, NEW, NOW, target, upload, serving } from './serving.ts'
import { EVERYTHING } from '../../../src/domain/filter.ts'

// the server alone: requests as the vendor's pages and old clients have them

const at = serving()
const { call } = at

describe('uploads', () => {
  const put = (body: unknown, id = 'web'): Promise<RawReply> =>
    call('PUT', `/certificates/${id}?${NEW}`, { body })

  test('when the PFX has no password then it need not be given', async () => {
    const data = pfx(leaf('a'), { password: '' })
    expect((await put({ data }, 'a')).status).toBe(201)
    expect((await put({ data: pfx(leaf('b'), { password: '' }), password: '' }, 'b')).status).toBe(201)
    expect((await put({ data: pfx(leaf('c'), { password: '' }), password: null }, 'c')).status).toBe(201)
  })

  test('when it is a PFX of old Windows then it is opened too', async () => {
    expect((await put({ data: pfx(leaf('a'), { target: 'windows-2016' }), password: 'pw' })).status).toBe(201)
  })

  test('when a chain is in it then the entity is the one with the key, and the key is kept', async () => {
    const root = authority('Root')
    const web = leaf('web.example', root)
    const reply = await put({ data: pfx(web, { chain: [root] }), password: 'pw' })
    expect(reply.json.subject).toBe('CN=web.example, O=Example')
    const key = await at.world.store.key(web.id)
    expect(
      key.pkcs8.use((der) => createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }).type),
    ).toBe('private')
    expect(
      await at.world.store.issuersOf(
        (await at.world.store.resolve({ kind: 'certificate', by: 'text', text: 'web' })).id,
      ),
    ).toHaveLength(1)
  })

  test.each([
    ['no data', { password: 'pw' }, 'data'],
    ['data of another type', { data: 7 }, 'data'],
    ['no Base64', { data: 'a*b=' }, 'data'],
    ['half a Base64', { data: 'abc' }, 'data'],
    ['no PKCS#12', { data: Buffer.from('hello').toString('base64'), password: 'x' }, 'data'],
    ['a password of another type', { data: 'AAAA', password: 7 }, 'password'],
    ['a key vault', { keyVault: { secretIdentifier: 'https://v/secrets/s' } }, 'keyVault'],
  ])('when there is %s then the member is named', async (_what, body, member) => {
    const reply = await put(body)
    expect([reply.status, code(reply), target(reply)]).toEqual([400, 'ValidationError', member])
  })

  test('when password or key do not fit then it is said, and nothing is kept', async () => {
    const wrong = await put({ data: upload('a').data, password: 'other' })
    expect([wrong.status, target(wrong)]).toEqual([400, 'password'])
    const none = await put({ data: upload('a').data })
    expect([none.status, target(none)]).toEqual([400, 'password'])
    const { writePkcs12 } = await import('../../../src/formats/pkcs12/write.ts')
    const { Secret } = await import('../../../src/base/secret.ts')
    const entries = [{ certificate: leaf('a').der, chain: [] }]
    const keyless = writePkcs12({ entries, password: new Secret('pw') }, (length) => new Uint8Array(length))
    const bare = await put({ data: Buffer.from(keyless).toString('base64'), password: 'pw' })
    expect([bare.status, target(bare)]).toEqual([400, 'data'])
    expect(await at.world.store.count('certificate', EVERYTHING)).toBe(0)
  })

  test.each(['', '{', '[]', '"x"', 'null', '{"data":"\ud800"', '\u0000'])(
    'when the body is %j then it is 400',
    async (raw) => {
      const reply = await call('PUT', `/certificates/web?${NEW}`, { raw })
      expect([reply.status, code(reply)]).toEqual([400, 'ValidationError'])
    },
  )

  test('when the body is too large then it is 413, in JSON', async () => {
    const small = await azureWorld({ limits: { bodyBytes: 300_000 } })
    const over = { data: 'A'.repeat(400_000), password: '' }
    const reply = await rawCall(small, { method: 'PUT', path: `/certificates/web?${NEW}`, body: over })
    expect([reply.status, code(reply)]).toEqual([413, 'RequestEntityTooLarge'])
    const within = { data: 'A'.repeat(256_000), password: '' }
    const taken = await rawCall(small, { method: 'PUT', path: `/certificates/web?${NEW}`, body: within })
    expect(taken.status).toBe(400)
    await small.close()
  })

  test.each([
    ['x'.repeat(257), NEW, ''],
    ['x'.repeat(81), NOW, ARM],
    ['a%23b', NEW, ''],
    ['a%3Fb', NEW, ''],
    ['a%2Fb', NEW, ''],
    ['a%00b', NEW, ''],
  ])('when the id is %s then it is refused', async (id, version, base) => {
    const reply = await call('PUT', `${base}/certificates/${id}?${version}`, { body: upload('a') })
    expect([reply.status, target(reply)]).toEqual([400, 'certificateId'])
  })

  test('when the id has blanks and umlauts then it is taken as it is', async () => {
    const reply = await put(upload('a'), 'mein%20Schl%C3%BCssel%25')
    expect([reply.status, reply.json.id]).toEqual([201, '/certificates/mein Schlüssel%'])
    expect((await call('GET', `/certificates/mein%20Schl%C3%BCssel%25?${NEW}`)).status).toBe(200)
  })

  test('when the very certificate is there under another id then it is a conflict, and keeps its id', async () => {
    const body = upload('a')
    await put(body, 'first')
    const reply = await put(body, 'second')
    expect([reply.status, reply.json.error.message]).toEqual([
      409,
      "The same certificate already exists with the ID 'first'.",
    ])
    expect((await call('GET', `/certificates/first?${NEW}`)).status).toBe(200)
  })

  test('when a certificate is known by its number alone then that is its id, and it can be replaced', async () => {
    const lone = leaf('lone')
    await at.world.store.import({ certificates: [{ der: lone.der, source: { how: 'imported' } }], keys: [] })
    expect((await call('GET', `/certificates/1?${NEW}`)).json.subject).toBe('CN=lone, O=Example')
    const reply = await call('PUT', `/certificates/1?${NEW}`, {
      body: upload('next'),
      headers: { 'If-Match': '*' },
    })
    expect(reply.status).toBe(200)
    expect((await call('GET', `/certificates/1?${NEW}`)).json.subject).toBe('CN=next, O=Example')
    expect((await call('GET', `/certificates?${NEW}`)).json.count).toBe(1)
    expect(await at.world.store.certificate('1')).toMatchObject({
      state: 'superseded',
      record: { name: '1', supersededBy: '2' },
    })
  })

  test('when the bytes of such a certificate come again then it has its number for a name', async () => {
    const [lone, body] = [leaf('lone'), upload('lone')]
    await at.world.store.import({ certificates: [{ der: lone.der, source: { how: 'imported' } }], keys: [] })
    const { headers } = await call('GET', `/certificates/1?${NEW}`)
    const stale = { body, headers: { 'If-Match': '"stale"' } }
    expect((await call('PUT', `/certificates/1?${NEW}`, stale)).status).toBe(412)
    const current = { body, headers: { 'If-Match': String(headers['etag']) } }
    expect((await call('PUT', `/certificates/1?${NEW}`, current)).status).toBe(200)
    expect((await at.world.store.certificate('1')).record).toMatchObject({ name: '1', id: '1' })
  })
})
