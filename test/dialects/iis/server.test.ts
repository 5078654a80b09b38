import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../support/make-certificates.ts'
import { stockedWorld, type RawReply, type Stocked } from './world.ts'

let world: Stocked
let storeIds: Readonly<Record<string, string>>
const certificates = (reply: RawReply): readonly Record<string, unknown>[] => reply.json.certificates
const aliases = (reply: RawReply): readonly unknown[] => certificates(reply).map(({ alias }) => alias)
beforeAll(async () => {
  world = await stockedWorld()
  const { json } = await world.call('/api/certificates/stores')
  storeIds = Object.fromEntries(json.stores.map(({ name, id }: { name: string; id: string }) => [name, id]))
})
afterAll(() => world.close())

const problem = (reply: RawReply): readonly [number, string, string | undefined] => [
  reply.status,
  reply.text,
  reply.headers['content-type'] as string | undefined,
]
const PROBLEM = 'application/problem+json'

describe('the list of certificates', () => {
  test('has the members of the document, in its order, in the media type of the vendor', async () => {
    const { status, headers, text, json } = await world.call('/api/certificates')
    expect(status).toBe(200)
    const [first] = json.certificates
    expect(Object.keys(first)).toEqual([
      'alias',
      'id',
      'issued_by',
      'subject',
      'thumbprint',
      'valid_to',
      '_links',
    ])
    expect(text).toMatch(
      /^\{"certificates":\[\{"alias":"the root","id":"[\w-]{22,}","issued_by":"CN=Root, O=Example"/,
    )
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.Microsoft.Certificates.6.0.0.hal+json; charset=utf-8',
      'x-total-count': '4',
      'accept-ranges': 'certificates',
      'cache-control': 'public, max-age=0',
    })
    expect(headers['content-range']).toBeUndefined()
  })

  test('is complete and counted where it is too long to be made as a whole', async () => {
    const long = await stockedWorld()
    const many = Array.from({ length: 200 }, (_, i) => {
      const { der } = makeCertificate({ cn: `many-${i} ${'x'.repeat(3000)}` })
      return { der, source: { how: 'imported' } as const }
    })
    await long.store.import({ certificates: many, keys: [] })
    for (const [headers, count] of [
      [{}, 204],
      [{ range: 'certificates=2-201' }, 200],
    ] as const) {
      const reply = await long.call('/api/certificates', { headers })
      expect([reply.headers['content-length'], certificates(reply).length]).toEqual([undefined, count])
      expect(reply.headers['x-total-count']).toBe(String(count))
    }
    await long.close()
  })

  test('shows expired ones too, names of .NET, and dates that end in Z', async () => {
    const reply = await world.call('/api/certificates?fields=*')
    expect(aliases(reply)).toEqual(['the root', 'Web server', 'Intranet', ''])
    expect(certificates(reply)[3]).toMatchObject({
      subject: 'CN="old, ""example""", O=Example',
      valid_from: '2018-02-28T14:32:33Z',
      valid_to: '2019-02-28T14:32:33Z',
      private_key: null,
      store: { name: 'WebHosting', id: storeIds['WebHosting'] },
    })
    expect(certificates(reply)[1]).toMatchObject({
      private_key: { exportable: true },
      signature_algorithm: 'sha256ECDSA',
      subject_alternative_names: ['DNS Name=web.example', 'DNS Name=*.web.example', 'IP Address=192.0.2.7'],
    })
  })

  test('without "hal" in Accept it has no links, and is the same otherwise', async () => {
    const [linked, plain] = [
      await world.call('/api/certificates'),
      await world.call('/api/certificates', { plain: true }),
    ]
    expect(plain.text).not.toContain('_links')
    expect(plain.headers['content-type']).toBe(
      'application/vnd.Microsoft.Certificates.6.0.0+json; charset=utf-8',
    )
    const bare = certificates(linked).map(({ _links, ...rest }) => rest)
    expect(certificates(plain)).toEqual(bare)
    const { status } = await world.call('/api/certificates', { headers: { Accept: 'text/csv' } })
    expect(status).toBe(200)
  })

  test('a slash at the end and another letter case change nothing', async () => {
    const [one, two, three] = await Promise.all(
      ['/api/certificates', '/api/certificates/', '/API/Certificates/'].map((path) => world.call(path)),
    )
    expect(two!.text).toBe(one!.text)
    expect(three!.text).toBe(one!.text)
  })

  test('what IIS WebManager asks for is answered: dead names among the fields are ignored', async () => {
    const fields =
      'alias,name,friendly_name,issued_by,subject,thumbprint,signature_algorithm,valid_to,valid_from,intended_purposes,subject_alternative_names,store'
    const { json } = await world.call(`/api/certificates/?fields=${fields}`)
    expect(Object.keys(json.certificates[0])).toEqual([
      'alias',
      'id',
      'issued_by',
      'subject',
      'thumbprint',
      'signature_algorithm',
      'valid_from',
      'valid_to',
      'intended_purposes',
      'subject_alternative_names',
      'store',
      '_links',
    ])
  })

  test('fields have no case, may be repeated, and of a.b all of a is meant', async () => {
    const { json } = await world.call('/api/certificates?fields=STORE.name, Alias&fields=nothing&unknown=1')
    expect(Object.keys(json.certificates[0])).toEqual(['alias', 'id', 'store', '_links'])
    expect(json.certificates[0].store).toEqual({
      name: 'My',
      id: storeIds['My'],
      _links: { self: { href: `/api/certificates/stores/${storeIds['My']}` } },
    })
    const empty = await world.call('/api/certificates?fields=')
    expect(Object.keys(empty.json.certificates[0])).toContain('thumbprint')
    const none = await world.call('/api/certificates?fields=nothing')
    expect(Object.keys(none.json.certificates[0])).toEqual(['id', '_links'])
  })

  test('a purpose is found by its name without case, or by OID; certificates without purposes never', async () => {
    for (const purpose of ['1.3.6.1.5.5.7.3.1', 'server%20authentication', 'Server+Authentication']) {
      const reply = await world.call(`/api/certificates?intended_purpose=${purpose}`)
      expect(aliases(reply)).toEqual(['Intranet'])
      expect(reply.headers['x-total-count']).toBe('1')
    }
    const none = await world.call('/api/certificates?intended_purpose=Time%20Stamping')
    expect(none.text).toBe('{"certificates":[]}')
    // an empty list has no links of its own
    expect(none.headers['content-type']).toBe(
      'application/vnd.Microsoft.Certificates.6.0.0+json; charset=utf-8',
    )
  })

  test('HEAD counts, without a body', async () => {
    const reply = await world.call('/api/certificates/?intended_purpose=Time%20Stamping', {
      method: 'HEAD',
      headers: { Range: 'certificates=0-0' },
    })
    expect(reply.status).toBe(200)
    expect(reply.text).toBe('')
    expect(reply.headers).toMatchObject({
      'x-total-count': '4',
      'accept-ranges': 'certificates',
      'content-length': '0',
    })
    const one = await world.call(`/api/certificates?certificate_store.id=${storeIds['WebHosting']}`, {
      method: 'HEAD',
    })
    expect(one.headers['x-total-count']).toBe('1')
  })
})

test('a certificate that another one superseded is not listed or counted; by its id it is found, without the name', async () => {
  const fresh = await stockedWorld()
  try {
    const path = certificates(await fresh.call('/api/certificates'))[0]!['id']
    const heir = { der: fresh.old.der, source: { how: 'imported' }, name: 'the root' } as const
    await fresh.stores['My']!.import({ certificates: [heir], keys: [] }, { replace: true })
    const listed = await fresh.call('/api/certificates', { headers: { Range: 'certificates=0-3' } })
    expect(aliases(listed)).toEqual(['Web server', 'Intranet', 'the root', ''])
    const { headers } = await fresh.call('/api/certificates', { method: 'HEAD' })
    expect(headers['x-total-count']).toBe('4')
    const { json } = await fresh.call(`/api/certificates/${String(path)}`)
    expect(json).toMatchObject({ alias: '', subject: 'CN=Root, O=Example' })
  } finally {
    await fresh.close()
  }
})

describe('ranges', () => {
  const ranged = (range: string, path = '/api/certificates'): Promise<RawReply> =>
    world.call(path, { headers: { Range: range } })

  test('are answered with 200, without a unit, and go across stores', async () => {
    const reply = await ranged('certificates=2-3')
    expect(reply.status).toBe(200)
    expect(aliases(reply)).toEqual(['Intranet', ''])
    expect(reply.headers).toMatchObject({ 'content-range': '2-3/4', 'x-total-count': '2' })
    const whole = await ranged('Certificates=0-3')
    expect(whole.headers['content-range']).toBe('0-3/4')
    expect(aliases(whole)).toEqual(['the root', 'Web server', 'Intranet', ''])
  })

  test('of one store do not lose the first certificate', async () => {
    const reply = await ranged('certificates=0-1', `/api/certificates?certificate_store.id=${storeIds['My']}`)
    expect(aliases(reply)).toEqual(['the root', 'Web server'])
    expect(reply.headers['content-range']).toBe('0-1/3')
  })

  test('are cut out before purposes are looked at', async () => {
    const reply = await ranged('certificates=0-1', '/api/certificates?intended_purpose=1.3.6.1.5.5.7.3.1')
    expect(reply.text).toBe('{"certificates":[]}')
    expect(reply.headers).toMatchObject({ 'content-range': '0-1/4', 'x-total-count': '0' })
  })

  test('that are none, or go beyond the end, are 416', async () => {
    const wrong = [
      'certificates=0-4',
      'certificates=2-1',
      'certificates=0-',
      'certificates=-5',
      'certificates=-1-2',
      'bytes=0-9',
      'certificates=0-1,2-3',
      'certificates=a-b',
      'certificates=0-99999999999999999999',
      'certificates',
      '',
    ]
    for (const range of wrong) {
      const reply = await ranged(range)
      expect([range, ...problem(reply)]).toEqual([
        range,
        416,
        '{"title":"Invalid Range","status":416}',
        PROBLEM,
      ])
      expect(reply.headers['content-range']).toBeUndefined()
      expect(reply.headers['x-total-count']).toBeUndefined()
    }
  })

  test('of nothing, as IIS WebManager sends them, get an empty list instead of a page that waits for ever', async () => {
    const empty = await stockedWorld({ stores: { Empty: 'memory', My: 'memory' } })
    try {
      const { json } = await empty.call('/api/certificates/stores')
      const path = `/api/certificates?certificate_store.id=${json.stores[0].id}`
      const reply = await empty.call(path, { headers: { Range: 'certificates=0--1' } })
      expect([reply.status, reply.text]).toEqual([200, '{"certificates":[]}'])
      expect((await empty.call(path, { headers: { Range: 'certificates=0-0' } })).status).toBe(416)
    } finally {
      await empty.close()
    }
  })
})

describe('one certificate', () => {
  test('has every member of the document, byte by byte', async () => {
    const list = await world.call('/api/certificates')
    const { id, _links } = certificates(list)[2] as { id: string; _links: { self: { href: string } } }
    const reply = await world.call(_links.self.href)
    expect(reply.headers['content-type']).toBe(
      'application/vnd.Microsoft.Certificate.6.0.0.hal+json; charset=utf-8',
    )
    const store = storeIds['My']
    const expected =
      `{"alias":"Intranet","id":"${id}","issued_by":"CN=Example Issuing CA 1, O=Example Intranet, C=DE",` +
      '"subject":"CN=web.intranet.example, O=Example Intranet, C=DE",' +
      '"thumbprint":"8A2FA4A2C5BFDFAA41C60F827C8A3C3167F760AC","signature_algorithm":"sha256ECDSA",' +
      '"valid_from":"2026-01-01T00:00:00Z","valid_to":"2035-12-31T23:59:59Z","version":"3",' +
      '"intended_purposes":["Server Authentication"],"private_key":null,' +
      '"subject_alternative_names":["DNS Name=web.intranet.example","IP Address=192.0.2.10"],' +
      `"store":{"name":"My","id":"${store}","_links":{"self":{"href":"/api/certificates/stores/${store}"}}},` +
      `"_links":{"self":{"href":"/api/certificates/${id}"}}}`
    expect(reply.text).toBe(expected)
  })

  test('in a list and where something refers to it is the same JSON', async () => {
    const [list, all] = [
      await world.call('/api/certificates'),
      await world.call('/api/certificates?fields=alias,issued_by,subject,thumbprint,valid_to'),
    ]
    expect(all.text).toBe(list.text)
  })

  test('shows what is asked for; of an empty list of fields the id alone', async () => {
    const { id } = certificates(await world.call('/api/certificates'))[0] as { id: string }
    const some = await world.call(`/api/certificates/${id}?fields=alias`, { plain: true })
    expect(some.json).toEqual({ alias: 'the root', id })
    const none = await world.call(`/api/certificates/${id}?fields=`, { plain: true })
    expect(none.json).toEqual({ id })
  })

  test('HEAD has the length of the body and no body', async () => {
    const { id } = certificates(await world.call('/api/certificates'))[0] as { id: string }
    const [get, head] = [
      await world.call(`/api/certificates/${id}`),
      await world.call(`/api/certificates/${id}`, { method: 'HEAD' }),
    ]
    expect(head.text).toBe('')
    expect(head.headers['content-length']).toBe(String(Buffer.byteLength(get.text)))
  })

  test('an id that was never given out is "Not found", one of a thing that is gone the framework’s own answer', async () => {
    const bad = [
      'x',
      'AAAAAAAAAAAAAAAAAAAAAA',
      storeIds['My']!,
      'a'.repeat(5000),
      '..%2F..%2Fetc',
      '%00',
      'ä'.repeat(3),
    ]
    for (const id of bad) {
      const reply = await world.call(`/api/certificates/${encodeURIComponent(id)}`)
      expect([id, ...problem(reply)]).toEqual([id, 404, '{"title":"Not found","status":404}', PROBLEM])
      expect(reply.headers['content-language']).toBe('en')
    }
    const fresh = await stockedWorld()
    try {
      const { id } = certificates(await fresh.call('/api/certificates'))[0] as { id: string }
      await fresh.stores['My']!.delete([{ kind: 'certificate', id: '1' }])
      const reply = await fresh.call(`/api/certificates/${id}`)
      expect(reply.status).toBe(404)
      expect(reply.text).toMatch(
        /^\{"type":"https:\/\/tools\.ietf\.org\/html\/rfc7231#section-6\.5\.4","title":"Not Found","status":404,"traceId":"00-[0-9a-f]{32}-[0-9a-f]{16}-00"\}$/,
      )
    } finally {
      await fresh.close()
    }
  })
})

describe('stores', () => {
  test('are listed with name and id, and claims only when they are asked for', async () => {
    const { json, headers } = await world.call('/api/certificates/stores')
    expect(json.stores.map((store: object) => Object.keys(store))).toEqual([
      ['name', 'id', '_links'],
      ['name', 'id', '_links'],
    ])
    expect(json.stores.map(({ name }: { name: string }) => name)).toEqual(['My', 'WebHosting'])
    expect(headers).toMatchObject({
      'content-type': 'application/vnd.Microsoft.Certificates.Stores.6.0.0+json; charset=utf-8',
      'x-total-count': '2',
    })
    const more = await world.call('/api/certificates/stores?fields=claims')
    expect(Object.keys(more.json.stores[0])).toEqual(['id', 'claims', '_links'])
  })

  test('one store tells its claims and where its certificates are', async () => {
    const id = storeIds['My']
    const { json, headers } = await world.call(`/api/certificates/stores/${id}`, { user: 'reader' })
    expect(json).toEqual({
      name: 'My',
      id,
      claims: ['read'],
      _links: {
        certificates: { href: `/api/certificates?certificate_store.id=${id}` },
        self: { href: `/api/certificates/stores/${id}` },
      },
    })
    expect(headers['content-type']).toBe(
      'application/vnd.Microsoft.Certificates.Stores.6.0.0.hal+json; charset=utf-8',
    )
    const admin = await world.call(`/api/certificates/stores/${id}`)
    expect(admin.json.claims).toEqual(['read', 'import', 'export', 'create', 'delete', 'sign', 'revoke'])
  })

  test('narrow the list under both spellings of the parameter', async () => {
    for (const parameter of ['store.id', 'certificate_store.id']) {
      const reply = await world.call(`/api/certificates?${parameter}=${storeIds['WebHosting']}`)
      expect(reply.json.certificates.map(({ subject }: { subject: string }) => subject)).toEqual([
        'CN="old, ""example""", O=Example',
      ])
    }
  })

  test('that are not there are 404 in the form that tells which', async () => {
    const other = await stockedWorld({ stores: { Other: 'memory', My: 'memory' } })
    try {
      // the same host key seals the ids of both worlds
      const { json } = await other.call('/api/certificates/stores')
      const gone = json.stores[0].id as string
      expect(problem(await world.call(`/api/certificates?certificate_store.id=${gone}`))).toEqual([
        404,
        '{"title":"Not found","name":"certificate_store.id","status":404}',
        PROBLEM,
      ])
      expect((await world.call(`/api/certificates/stores/${gone}`)).json).toMatchObject({
        title: 'Not Found',
      })
    } finally {
      await other.close()
    }
    for (const id of ['zzz', '', 'a'.repeat(3000)]) {
      const reply = await world.call(`/api/certificates?certificate_store.id=${id}`)
      expect(problem(reply)).toEqual([404, '{"title":"Not found","status":404}', PROBLEM])
    }
    expect(problem(await world.call('/api/certificates/stores/zzz'))).toEqual([
      404,
      '{"title":"Not found","status":404}',
      PROBLEM,
    ])
  })
})

describe('whatever is asked', () => {
  test('ends in an answer of the vendor, never in a 500 or a trace', async () => {
    const odd = fc.oneof(
      fc.string(),
      fc.constantFrom('*', '%', '..', 'stores', '0-1', '-1', '9'.repeat(30), '\u0000'),
    )
    const asked = fc.record({
      id: odd,
      store: odd,
      purpose: odd,
      fields: odd,
      range: fc.stringMatching(/^[ -~]{0,40}$/),
    })
    await fc.assert(
      fc.asyncProperty(asked, async ({ id, store, purpose, fields, range }) => {
        const [a, b, c, d] = [id, store, purpose, fields].map(encodeURIComponent)
        const replies = await Promise.all([
          world.call(`/api/certificates/${a}?fields=${d}`),
          world.call(`/api/certificates/stores/${b}?fields=${d}`),
          world.call(`/api/certificates?intended_purpose=${c}&fields=${d}`, { headers: { Range: range } }),
          world.call(`/api/certificates?certificate_store.id=${b}`),
        ])
        for (const { status, text } of replies) {
          expect([200, 404, 416]).toContain(status)
          expect(text).not.toContain('    at ')
        }
      }),
      { numRuns: 40 },
    )
    expect(world.houseLog).toEqual([])
  })

  test('a broken percent-encoding is a bad request in the vendor’s form', async () => {
    const reply = await world.call('/api/certificates?fields=%zz')
    expect([reply.status, reply.headers['content-type']]).toEqual([400, PROBLEM])
    expect(reply.json).toMatchObject({ title: 'Bad Request', status: 400 })
  })
})
