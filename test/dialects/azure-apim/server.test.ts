import { X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { ARM, authority, azureWorld, collect, leaf, rawCall, stock, type RawReply } from './world.ts'
import { code, NEW, NOW, OLD, target, upload, serving } from './serving.ts'
import { EVERYTHING } from '../../../src/domain/filter.ts'

// the server alone: requests as the vendor's pages and old clients have them

const at = serving()
const { call } = at

describe('the classic form', () => {
  test('when the certificates are listed then the body is that of the page, members in its order', async () => {
    const web = leaf('web.example')
    await stock(at.world.store, { web })
    const reply = await call('GET', `/certificates?${OLD}`)
    const thumbprint = new X509Certificate(web.der).fingerprint.replaceAll(':', '')
    expect(reply.text).toBe(
      [
        '{',
        '  "value": [',
        '    {',
        '      "id": "/certificates/web",',
        '      "subject": "CN=web.example, O=Example",',
        `      "thumbprint": "${thumbprint}",`,
        '      "expirationDate": "2027-01-01T00:00:00Z"',
        '    }',
        '  ],',
        '  "count": 1,',
        '  "nextLink": null',
        '}',
      ].join('\r\n'),
    )
    expect(reply.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'x-content-type-options': 'nosniff',
    })
    expect(reply.headers['x-ms-request-id']).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  test('when one is read then its tag is eight bytes in quotes, and HEAD says the same without a body', async () => {
    await stock(at.world.store, { web: leaf('web.example') })
    const got = await call('GET', `/certificates/web?${OLD}`)
    expect(got.status).toBe(200)
    expect(Object.keys(got.json)).toEqual(['id', 'subject', 'thumbprint', 'expirationDate'])
    expect(got.headers['etag']).toMatch(/^"[A-Za-z0-9+/]{11}="$/)
    const head = await call('HEAD', `/certificates/web?${OLD}`)
    expect([head.status, head.text, head.headers['etag']]).toEqual([200, '', got.headers['etag']])
    const none = await call('HEAD', `/certificates/none?${OLD}`)
    expect([none.status, none.text]).toEqual([404, ''])
  })

  test('when none has the id then the error is the recorded one', async () => {
    const reply = await call('GET', `/certificates/none?${NEW}`)
    expect(reply.status).toBe(404)
    expect(reply.json).toEqual({
      error: { code: 'ResourceNotFound', message: 'Certificate not found.', details: null },
    })
  })

  test.each([
    [OLD, 201, 204, false],
    ['api-version=2016-10-10', 201, 204, false],
    ['api-version=2017-03-01', 201, 200, true],
    [NEW, 201, 200, true],
  ])(
    'when it is put with %s then creation answers %i and update %i',
    async (version, created, updated, hasBody) => {
      const first = await call('PUT', `/certificates/web?${version}`, { body: upload('one.example') })
      expect(first.status).toBe(created)
      expect(first.text !== '').toBe(hasBody)
      const second = await call('PUT', `/certificates/web?${version}`, {
        body: upload('two.example'),
        headers: { 'If-Match': '*' },
      })
      expect(second.status).toBe(updated)
      expect(second.text !== '').toBe(hasBody)
      const { json, headers } = await call('GET', `/certificates/web?${version}`)
      expect(json.subject).toBe('CN=two.example, O=Example')
      expect(headers['etag']).toBe(second.headers['etag'])
    },
  )

  test('when it is put again without a condition then it is a conflict, in the words of the service', async () => {
    await call('PUT', `/certificates/web?${NEW}`, { body: upload('one.example') })
    const reply = await call('PUT', `/certificates/web?${NEW}`, { body: upload('two.example') })
    expect([reply.status, code(reply)]).toEqual([409, 'Conflict'])
    expect(reply.json.error.message).toBe(
      "Entity with the given ID already exists. Specify ETag, or '*' for unconditional update.",
    )
  })

  test('when If-Match is a star then it creates too, as the scripts of the vendor do', async () => {
    for (const [id, star] of Object.entries({ a: '*', b: '"*"' })) {
      const reply = await call('PUT', `/certificates/${id}?${NEW}`, {
        body: upload(`${id}.example`),
        headers: { 'If-Match': star },
      })
      expect(reply.status).toBe(201)
    }
  })

  test('when tags are quoted, bare, weak or in a list then they are the same tag', async () => {
    await call('PUT', `/certificates/web?${NEW}`, { body: upload('0.example') })
    const forms = [
      (tag: string) => tag,
      (tag: string) => tag.slice(1, -1),
      (tag: string) => `W/${tag}`,
      (tag: string) => `"other", ${tag}`,
    ]
    for (const [at, form] of forms.entries()) {
      const { headers } = await call('GET', `/certificates/web?${NEW}`)
      const reply = await call('PUT', `/certificates/web?${NEW}`, {
        body: upload(`${at}.example`),
        headers: { 'If-Match': form(String(headers['etag'])) },
      })
      expect(reply.status).toBe(200)
      expect(reply.headers['etag']).not.toBe(headers['etag'])
    }
    const wrong = await call('PUT', `/certificates/web?${NEW}`, {
      body: upload('x.example'),
      headers: { 'If-Match': '"AAAAAAAAFZM="' },
    })
    expect([wrong.status, code(wrong)]).toEqual([412, 'PreconditionFailed'])
    const absent = await call('PUT', `/certificates/new?${NEW}`, {
      body: upload('x.example'),
      headers: { 'If-Match': '"AAAAAAAAFZM="' },
    })
    expect(absent.status).toBe(412)
  })

  test('when two write with one tag at once then one of them is refused', async () => {
    const { headers } = await call('PUT', `/certificates/web?${NEW}`, { body: upload('0.example') })
    const condition = { 'If-Match': String(headers['etag']) }
    const both = await Promise.all(
      ['one.example', 'two.example'].map((cn) =>
        call('PUT', `/certificates/web?${NEW}`, { body: upload(cn), headers: condition }),
      ),
    )
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412])
  })

  test('when it is deleted then the condition is required, and decides', async () => {
    const { headers } = await call('PUT', `/certificates/web?${NEW}`, { body: upload('web.example') })
    const del = (condition?: string): Promise<RawReply> =>
      call(
        'DELETE',
        `/certificates/web?${NEW}`,
        condition === undefined ? {} : { headers: { 'If-Match': condition } },
      )
    const without = await del()
    expect([without.status, target(without)]).toEqual([400, 'If-Match'])
    expect((await del('"other"')).status).toBe(412)
    const done = await del(String(headers['etag']))
    expect([done.status, done.text, done.headers['content-length']]).toEqual([204, '', undefined])
    expect((await del('*')).status).toBe(204)
    expect((await del('"other"')).status).toBe(412)
  })

  test('when an authority needs the certificate then it is in use', async () => {
    const root = authority('Root')
    await at.world.store.importAuthority({
      name: 'root',
      certificate: root.der,
      key: { pkcs8: root.pkcs8, encrypted: false, spki: root.spki, source: { how: 'imported' } },
      insecure: true,
      source: { how: 'imported' },
    })
    const reply = await call('DELETE', `/certificates/root?${NEW}`, { headers: { 'If-Match': '*' } })
    expect([reply.status, code(reply)]).toEqual([400, 'ValidationError'])
    expect(reply.json.error.message).toContain('is being used')
  })

  test('when the request is that of the C# sample then it works, and the password is in no log', async () => {
    const { data } = upload('web.example', 'S3cret-Query')
    const reply = await call('PUT', `/certificates/web?${OLD}&password=S3cret-Query`, {
      raw: JSON.stringify({ data, password: 'S3cret-Query' }),
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    })
    expect(reply.status).toBe(201)
    // the line comes when the answer is out
    await vi.waitUntil(() => at.world.accessLog.some((line) => line.includes('/certificates/web')), {
      timeout: 60_000,
    })
    const logs = [...at.world.accessLog, ...at.world.houseLog].join('\n')
    expect(logs).not.toContain('S3cret-Query')
    expect(logs).not.toContain(data.slice(0, 40))
  })

  test('when the switch for 2014 is on then dates have no zone', async () => {
    const old = await azureWorld({ options: { 'azure-apim.bare-dates': 'true' } })
    await stock(old.store, { web: leaf('web.example') })
    const { json } = await rawCall(old, { path: `/certificates/web?${OLD}` })
    expect(json.expirationDate).toBe('2027-01-01T00:00:00')
    const arm = await rawCall(old, { path: `${ARM}/certificates/web?${NOW}` })
    expect(arm.json.properties.expirationDate).toBe('2027-01-01T00:00:00Z')
    await old.close()
  })
})

describe('the form of Azure Resource Manager', () => {
  test('when it is read then id, type, name and properties are those of the path', async () => {
    await stock(at.world.store, { web: leaf('web.example') })
    const path = `${ARM.replace('resourceGroups', 'RESOURCEGROUPS').replace('providers', 'Providers')}/Certificates/web`
    const { json } = await call('GET', `${path}?${NOW}`)
    expect(Object.keys(json)).toEqual(['id', 'type', 'name', 'properties'])
    expect(json).toMatchObject({
      id: `${ARM}/certificates/web`,
      type: 'Microsoft.ApiManagement/service/certificates',
      name: 'web',
    })
    expect(Object.keys(json.properties)).toEqual(['subject', 'thumbprint', 'expirationDate'])
  })

  test('when it is put and deleted without conditions then that is tolerated', async () => {
    const path = `${ARM}/certificates/web?${NOW}`
    const put = (cn: string, headers: Record<string, string> = {}): Promise<RawReply> =>
      call('PUT', path, { body: { properties: upload(cn) }, headers })
    expect((await put('one.example')).status).toBe(201)
    const second = await put('two.example')
    expect([second.status, second.json.properties.subject]).toEqual([200, 'CN=two.example, O=Example'])
    expect((await put('three.example', { 'If-None-Match': '*' })).status).toBe(412)
    const gone = await call('DELETE', path)
    expect([gone.status, gone.text, gone.headers['content-length']]).toEqual([200, '', '0'])
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('DELETE', path, { headers: { 'If-Match': '"x"' } })).status).toBe(412)
  })

  test('when versions before 2019 list then there is no count', async () => {
    const counted = async (version: string): Promise<boolean> =>
      'count' in (await call('GET', `${ARM}/certificates?api-version=${version}`)).json
    expect(await counted('2019-01-01')).toBe(false)
    expect(await counted('2019-12-01-preview')).toBe(true)
  })

  test('when the secret of a key vault is to be refreshed then there is none', async () => {
    await stock(at.world.store, { web: leaf('web.example') })
    const reply = await call('POST', `${ARM}/certificates/web/refreshSecret?${NOW}`)
    expect([reply.status, target(reply)]).toEqual([400, 'keyVault'])
  })

  test('when several stores are served then service and workspace choose, and a wrong one chooses none', async () => {
    const two = await azureWorld({ stores: { prod: 'memory', lab: 'memory' } })
    await stock(two.stores['lab']!, { web: leaf('web.example') })
    const status = async (service: string, inside = ''): Promise<number> => {
      const place = ARM.replace(/[^/]+$/, service)
      return (await rawCall(two, { path: `${place}${inside}/certificates/web?${NOW}` })).status
    }
    expect(await status('LAB')).toBe(200)
    expect(await status('prod')).toBe(404)
    expect(await status('00000', '/workspaces/lab')).toBe(200)
    const none = await rawCall(two, { path: `${ARM.replace(/[^/]+$/, 'other')}/certificates?${NOW}` })
    expect(none.json.error.message).toBe('Service not found.')
    await two.close()
  })
})

describe('pages', () => {
  beforeEach(() => stock(at.world.store, { a: leaf('a'), b: leaf('b'), c: leaf('c') }))

  test('when a page is full then the link is absolute, complete, escaped, and keeps the filter', async () => {
    const filter = encodeURIComponent("substringof('C',subject)")
    const first = await call('GET', `/certificates?$top=2&${NEW}&$filter=${filter}&password=x`)
    expect(first.json).toMatchObject({
      count: 3,
      value: [{ id: '/certificates/a' }, { id: '/certificates/b' }],
    })
    expect(first.json.nextLink).toBe(
      `${at.world.url}/certificates?%24top=2&${NEW}&%24filter=substringof('C'%2Csubject)&%24skip=2`,
    )
    const next = await rawCall(at.world, { path: String(first.json.nextLink).slice(at.world.url.length) })
    expect(next.json).toMatchObject({ count: 3, value: [{ id: '/certificates/c' }], nextLink: null })
  })

  test('when a public URL is set then links begin with it', async () => {
    const proxied = await azureWorld({ publicUrl: 'https://certs.example/' })
    await stock(proxied.store, { a: leaf('a'), b: leaf('b') })
    const { json } = await rawCall(proxied, { path: `/certificates?$top=1&${NEW}` })
    expect(json.nextLink).toMatch(/^https:\/\/certs\.example\/certificates\?/)
    await proxied.close()
  })

  test.each(['$top=0', '$top=x', '$top=-1', '$skip=-1', '$skip=1.5', '$top=99999999999', '$orderby=id'])(
    'when %s is asked for then it is refused',
    async (option) => {
      const reply = await call('GET', `/certificates?${option}&${NEW}`)
      expect([reply.status, code(reply), target(reply)]).toEqual([
        400,
        'ValidationError',
        option.split('=')[0],
      ])
    },
  )

  test('when the beginning lies past the end then the page is empty', async () => {
    const { json } = await call('GET', `/certificates?$skip=7&${NEW}`)
    expect(json).toEqual({ value: [], count: 3, nextLink: null })
  })

  test('when something was superseded then it is not listed, and its number finds nothing', async () => {
    await call('PUT', `/certificates/a?${NEW}`, { body: upload('new'), headers: { 'If-Match': '*' } })
    const { json } = await call('GET', `/certificates?${NEW}`)
    expect(json.value.map(({ id }: { id: string }) => id)).toEqual([
      '/certificates/b',
      '/certificates/c',
      '/certificates/a',
    ])
    expect((await call('GET', `/certificates/1?${NEW}`)).status).toBe(404)
  })
})

describe('filters', () => {
  beforeEach(async () => {
    await stock(at.world.store, { web: leaf('web, "best"'), db: leaf('db.example') })
    const lone = leaf('lone')
    await at.world.store.import({ certificates: [{ der: lone.der, source: { how: 'imported' } }], keys: [] })
  })

  test.each([
    ["id eq 'web'", ['web']],
    ["id eq '/certificates/web'", ['web']],
    ["name ne 'web'", ['db', '3']],
    ["id eq '3'", ['3']],
    ["startswith(id,'3')", ['3']],
    ['subject eq \'CN="web, ""best""", O=Example\'', ['web']],
    ["subject ne 'CN=db.example, O=Example'", ['web', '3']],
    ["startswith(subject,'CN=\"web')", ['web']],
    ["startswith(subject,'cn=d')", ['db']],
    ["not startswith(subject,'CN=d')", ['web', '3']],
    ["substringof(', O=Ex',subject)", ['web', 'db', '3']],
    ["contains(subject,'best') or id eq 'db'", ['web', 'db']],
    ["expirationDate eq datetime'2027-01-01T00:00:00'", ['web', 'db', '3']],
    ['expirationDate lt 2027-01-01T00:00:00Z', []],
    ["substringof(subject,'x CN=db.example, O=Example y')", ['db']],
    ['true', ['web', 'db', '3']],
    ['false', []],
  ])('when %s is asked for then %j are found and counted', async (filter, ids) => {
    const { json } = await call('GET', `/certificates?${NEW}&$filter=${encodeURIComponent(filter)}`)
    expect(json.value.map(({ id }: { id: string }) => id.slice('/certificates/'.length))).toEqual(ids)
    expect(json.count).toBe(ids.length)
  })

  test('when the thumbprint is asked for as Windows shows it then it is found', async () => {
    const [row] = await collect(at.world.store.list('certificate', EVERYTHING))
    const spaced = `\u200e${String(row!['thumbprint'])
      .toLowerCase()
      .replace(/(..)(?=.)/g, '$1 ')}`
    const filter = encodeURIComponent(`thumbprint eq '${spaced}'`)
    expect((await call('GET', `/certificates?${NEW}&$filter=${filter}`)).json.count).toBe(1)
  })

  test('when blanks are plus signs then they are blanks', async () => {
    expect((await call('GET', `/certificates?${NEW}&$filter=id+eq+'db'`)).json.count).toBe(1)
  })

  test.each(["Subject eq 'x'", "subject eq 'x", 'subject', '%', "id eq 'a' and", '('.repeat(3000)])(
    'when the filter is none then it is refused without a stack (%#)',
    async (filter) => {
      const reply = await call('GET', `/certificates?${NEW}&$filter=${encodeURIComponent(filter)}`)
      expect([reply.status, code(reply), reply.json.error.details]).toEqual([400, 'ValidationError', null])
      expect(reply.json.error.message).toMatch(/at column \d+ of the filter\.$/)
    },
  )
})
