import { describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { type Line, recorded } from './scripted.ts'
import { authority, collect, leaf } from './world.ts'
import { failure } from '../../support/failure.ts'
import { ARM_PATH, body, talk } from './talk.ts'

// the client alone: what it sends, and what it makes of answers that the service really gave

const filtered = (text: string): typeof EVERYTHING => ({ filter: parseFilter(text, 'certificate'), sort: [] })

/** One certificate as it was recorded, under another id. */
const there = (id: string): Line => ({
  body: recorded('get-2014').replace('544fe9abc3b8f30fb490d90f', id),
  headers: { ETag: '"AAAAAAAAFZM="' },
})

describe('lists', () => {
  test('when the answer of 2014 has a date without a zone then it is UTC', async () => {
    const { server, store } = await talk([body('list-2014')])
    expect(await collect(store.list('certificate', EVERYTHING))).toEqual([
      {
        id: '544fe9abc3b8f30fb490d90f',
        name: '544fe9abc3b8f30fb490d90f',
        tags: [],
        hasPrivateKey: true,
        subject: 'CN=myapi.cloudapp.net',
        subjectAttributes: [[{ type: 'CN', oid: '2.5.4.3', value: 'myapi.cloudapp.net' }]],
        thumbprint: '446581AC8386C0F79FE0C5C866431E45FCA5545E',
        notAfter: '2016-08-21T21:10:42Z',
        state: 'expired',
      },
    ])
    expect(server.asked[0]).toMatchObject({ method: 'GET', url: '/certificates?api-version=2021-08-01' })
    expect(server.asked[0]!.headers['authorization']).toBe('Bearer token')
  })

  test.each(['list-2017', 'arm-list-2019'])(
    'when %s has no next page then one call is enough',
    async (name) => {
      const { server, store } = await talk([body(name)])
      expect(await collect(store.list('certificate', EVERYTHING))).toHaveLength(1)
      expect(server.asked).toHaveLength(1)
    },
  )

  test('when an offset stands for the zone then the date is the same instant', async () => {
    const { store } = await talk([body('arm-list-2019')], { path: ARM_PATH })
    const [row] = await collect(store.list('certificate', EVERYTHING))
    expect(row).toMatchObject({
      id: 'cert1',
      notAfter: '2018-03-17T21:55:07Z',
      subject: 'CN=*.msitesting.net',
    })
  })

  test('when there is a next page then its link is followed as it is, with the same credential', async () => {
    const { server, store } = await talk([body('arm-page-1'), body('arm-page-2')], { path: ARM_PATH })
    const rows = await collect(store.list('certificate', EVERYTHING))
    expect(rows.map(({ id }) => id)).toEqual(['c1', 'c2'])
    expect(rows[0]!['subject']).toBe('CN=c1.example,O=Example\\, Inc.,ST=Bavaria,C=DE')
    expect(server.asked.map(({ url }) => url)).toEqual([
      `${ARM_PATH}/certificates?api-version=2024-05-01`,
      `${ARM_PATH}/certificates?%24top=1&api-version=2024-05-01&%24skip=1`,
    ])
    expect(server.asked[1]!.headers['authorization']).toBe('Bearer token')
  })

  test('when a limit is reached then no further page is asked for', async () => {
    const { server, store } = await talk([body('arm-page-1')], { path: ARM_PATH })
    const rows = await collect(store.list('certificate', { ...EVERYTHING, limit: 1 }))
    expect(rows).toHaveLength(1)
    expect(server.asked[0]!.url).toContain('&$top=1')
  })

  test('when the link leads to another origin then it is not followed', async () => {
    const page = recorded('arm-page-1').replace('{origin}', 'https://elsewhere.example')
    const { server, store } = await talk([{ body: page }], { path: ARM_PATH })
    const error = await failure(collect(store.list('certificate', EVERYTHING)))
    expect(error.code).toBe('remote.unexpected')
    expect(error.message).toContain('another origin')
    expect(server.asked).toHaveLength(1)
  })

  test('when a page refers to itself then the listing ends with an error', async () => {
    const { store } = await talk([body('arm-page-1'), body('arm-page-1'), body('arm-page-1')], {
      path: ARM_PATH,
    })
    expect((await failure(collect(store.list('certificate', EVERYTHING)))).message).toContain(
      'same page again',
    )
  })

  test('when every link is new and leads to the same page then the listing ends with an error', async () => {
    let turn = 0
    const again = () => ({ body: recorded('arm-page-1').replace('skip=1', `skip=${++turn}`) })
    const { server, store } = await talk([again(), again(), again(), again()], { path: ARM_PATH })
    expect((await failure(collect(store.list('certificate', EVERYTHING)))).message).toContain(
      'same page again',
    )
    expect(server.asked).toHaveLength(2)
  })

  test('when the link is relative then it is one of the same host', async () => {
    const page = recorded('arm-page-1').replace('{origin}', '')
    const { server, store } = await talk([{ body: page }, body('arm-page-2')], { path: ARM_PATH })
    expect(await collect(store.list('certificate', EVERYTHING))).toHaveLength(2)
    expect(server.asked[1]!.url).toContain('%24skip=1')
  })

  test('when a filter means the same to the service then it is sent, and applied again here', async () => {
    const { server, store } = await talk([body('arm-page-2')], { path: ARM_PATH })
    const query = filtered('thumbprint ^= 2e98 and expires < 36500d and subject ~ c2.EXAMPLE')
    expect((await collect(store.list('certificate', query))).map(({ id }) => id)).toEqual(['c2'])
    const sent = new URL(server.asked[0]!.url, 'https://x').searchParams.get('$filter')
    expect(sent).toBe("(startswith(thumbprint,'2E98')) and (expirationDate lt datetime'2126-02-05T12:00:00')")
  })

  test('when the service does not take the filter then everything is asked for and filtered here', async () => {
    const { server, store } = await talk([{ status: 400, ...body('error-filter') }, body('arm-page-2')], {
      path: ARM_PATH,
    })
    const query = filtered('thumbprint = 1E989652CABCF585ACBFCB9C2C91F1D174FDB3A2')
    expect(await collect(store.list('certificate', query))).toEqual([])
    expect(server.asked.map(({ url }) => url.includes('$filter'))).toEqual([true, false])
  })

  test('when a filter asks for what the service never tells then nothing is asked', async () => {
    const { server, store } = await talk([])
    expect(await collect(store.list('certificate', filtered('serialNumber = 01')))).toEqual([])
    expect(server.asked).toEqual([])
  })

  test('when a filter asks for what the service never tells then that is said, once', async () => {
    const notices: string[] = []
    const pages = Array.from({ length: 3 }, () => body('list-2014'))
    const { store } = await talk(pages, { notice: (line) => notices.push(line) })
    const filter = 'san ~ web or issuerCn = Root or cn = web and expires < 3d and hasKey = true'
    for (let times = 0; times < 2; times++) {
      expect(await collect(store.list('certificate', filtered(filter)))).toEqual([])
      expect(notices).toEqual([
        'apim: Azure API Management does not tell subjectAltName, issuerCn: nothing can be found by it',
      ])
    }
    expect(await store.count('certificate', filtered('eku = serverAuth'))).toBe(0)
    expect(notices.at(-1)).toContain('does not tell extendedKeyUsage:')
  })

  test('when the service counts then it is believed, unless it counts the page', async () => {
    const lines = [body('arm-page-1'), body('arm-list-2019'), body('arm-list-2019')]
    const { store } = await talk(lines, { path: ARM_PATH })
    expect(await store.count('certificate', EVERYTHING)).toBe(2)
    expect(await store.count('certificate', filtered('supersededBy = null'))).toBe(1)
    const wrong = recorded('arm-page-1').replace('"count": 2', '"count": 1')
    const other = await talk([{ body: wrong }, body('arm-page-1'), body('arm-page-2')], { path: ARM_PATH })
    expect(await other.store.count('certificate', EVERYTHING)).toBe(2)
  })

  test('when another kind is listed then it is refused before anything is sent', async () => {
    const { server, store } = await talk([])
    for (const kind of ['request', 'key', 'authority'] as const)
      expect((await failure(collect(store.list(kind, EVERYTHING)))).code).toBe('store.unsupported')
    expect(server.asked).toEqual([])
  })
})

const text = (reference: string) => ({ kind: 'certificate', by: 'text', text: reference }) as const

describe('one certificate', () => {
  test('when it is shown then the tag is its revision, as it came', async () => {
    const { server, store } = await talk([{ ...body('get-2014'), headers: { ETag: '"AAAAAAAAFZM="' } }])
    expect(await store.resolve(text('544fe9abc3b8f30fb490d90f'))).toMatchObject({
      revision: '"AAAAAAAAFZM="',
    })
    expect(server.asked[0]!.url).toBe('/certificates/544fe9abc3b8f30fb490d90f?api-version=2021-08-01')
  })

  test('when an id has blanks, percent signs and umlauts then they are escaped in the path', async () => {
    const { server, store } = await talk([{ status: 404, ...body('error-not-found') }])
    expect((await failure(store.resolve(text('mein 100% Schlüssel')))).code).toBe('record.not-found')
    expect(server.asked[0]!.url).toBe('/certificates/mein%20100%25%20Schl%C3%BCssel?api-version=2021-08-01')
  })

  test('when a thumbprint is given then it is looked for by that', async () => {
    // no id has colons: it is not asked for
    const lines = [body('arm-list-2019'), { ...body('arm-get-2019'), headers: { ETag: '"AQ=="' } }]
    const { server, store } = await talk(lines, { path: ARM_PATH })
    const row = await store.resolve(text('8E:98:96:52:CA'))
    expect(row).toMatchObject({ id: 'cert1', revision: '"AQ=="' })
    expect(decodeURIComponent(server.asked[0]!.url)).toContain("$filter=startswith(thumbprint,'8E989652CA')")
  })

  test('when a serial number is given then it is refused before anything is sent', async () => {
    const { server, store } = await talk([])
    const error = await failure(store.resolve({ kind: 'certificate', by: 'serial', serialNumber: '0a' }))
    expect([error.code, error.hint]).toEqual(['store.unsupported', expect.stringContaining('thumbprint')])
    expect(server.asked).toEqual([])
  })

  test('when nothing has the name then one call tells it', async () => {
    const { server, store } = await talk([{ status: 404, ...body('error-not-found') }])
    expect((await failure(store.resolve(text('web')))).code).toBe('record.not-found')
    expect(server.asked).toHaveLength(1)
  })

  test('when it lies in a key vault then that is told', async () => {
    const { store } = await talk([body('arm-key-vault')], { path: ARM_PATH })
    const row = await store.resolve(text('templateCertkv'))
    expect(row['keyVault']).toMatchObject({ lastStatus: { code: 'Success' } })
  })

  test('when its bytes or key are wanted then it is refused with what to do instead', async () => {
    const { server, store } = await talk([])
    const error = await failure(store.certificate('web'))
    expect(error).toMatchObject({ code: 'store.unsupported' })
    expect(error.hint).toContain('keep the PFX')
    expect((await failure(store.key('web'))).code).toBe('store.unsupported')
    expect(server.asked).toEqual([])
  })
})

describe('imports', () => {
  const web = leaf('web.example')
  const source = { how: 'imported' } as const
  const batch = (name?: string) => ({
    certificates: [{ der: web.der, source, ...(name !== undefined && { name }) }],
    keys: [{ pkcs8: web.pkcs8, spki: web.spki, encrypted: false, source }],
  })
  const entity = JSON.stringify({
    id: '/certificates/web',
    subject: 'CN=web.example, O=Example',
    thumbprint: '',
    expirationDate: '2027-01-01T00:00:00Z',
  })
  const missing = { status: 404, ...body('error-not-found') }
  const withThumbprint = async (): Promise<string> => {
    const { knownFacts } = await import('../../../src/x509/known-facts.ts')
    return entity.replace('"thumbprint":""', `"thumbprint":"${knownFacts(web.der).thumbprint}"`)
  }

  test('when the name is free then a PFX is put without a condition, and its password is used once', async () => {
    const trace: string[] = []
    const made = { status: 201, body: await withThumbprint(), headers: { ETag: '"AQ=="' } }
    const { server, store } = await talk([missing, made], { trace: (line) => trace.push(line) })
    const [outcome] = await store.import(batch('web'))
    expect(outcome).toMatchObject({ kind: 'certificate', id: 'web', outcome: 'changed', what: 'created' })
    expect(outcome!.row).toMatchObject({ fingerprint: web.fingerprint, revision: '"AQ=="' })
    const put = server.asked[1]!
    expect(put).toMatchObject({ method: 'PUT', url: '/certificates/web?api-version=2021-08-01' })
    expect(put.headers['if-match']).toBeUndefined()
    const sent = JSON.parse(put.body) as { data: string; password: string }
    expect(Object.keys(sent)).toEqual(['data', 'password'])
    expect(trace.join('\n')).not.toContain(sent.password)
    expect(trace.join('\n')).not.toContain(sent.data.slice(0, 40))
  })

  test('when an old version answers without a body then what is there is read', async () => {
    const lines = [missing, { status: 201 }, { body: await withThumbprint(), headers: { ETag: '"AQ=="' } }]
    const { store } = await talk(lines, { options: { 'api-version': '2014-02-14-preview' } })
    expect((await store.import(batch('web')))[0]!.row).toMatchObject({ revision: '"AQ=="' })
  })

  test('when another certificate has the name then it is refused, or replaced under the tag that was read', async () => {
    const other = there('web')
    const done = { status: 200, body: await withThumbprint(), headers: { ETag: '"AAAAAAAAFZU="' } }
    const { server, store } = await talk([other, other, done], { path: ARM_PATH })
    expect((await failure(store.import(batch('web')))).code).toBe('name.taken')
    const [outcome] = await store.import(batch('web'), { replace: true })
    expect(outcome).toMatchObject({ what: 'replaced', row: { revision: '"AAAAAAAAFZU="' } })
    expect(server.asked[2]!.headers['if-match']).toBe('"AAAAAAAAFZM="')
    expect(Object.keys(JSON.parse(server.asked[2]!.body) as object)).toEqual(['properties'])
  })

  test('when the very certificate is there then nothing is sent', async () => {
    const { server, store } = await talk([{ body: await withThumbprint(), headers: { ETag: '"AQ=="' } }])
    expect(await store.import(batch('web'))).toMatchObject([{ outcome: 'unchanged', what: 'present' }])
    expect(server.asked.map(({ method }) => method)).toEqual(['GET'])
  })

  test.each([
    [409, 'error-exists-2016', 'name.taken', 'certman -s apim list'],
    [400, 'error-exists-2016', 'name.taken', 'certman -s apim list'],
    [400, 'error-flat', 'remote.refused', ''],
    [412, 'error-precondition', 'name.taken', 'certman -s apim list'],
  ])('when a creation is answered with %i and %s then it is %s', async (status, name, code, hint) => {
    const { store } = await talk([missing, { status, ...body(name) }])
    const error = await failure(store.import(batch('web')))
    expect([error.code, error.hint]).toEqual([code, expect.stringContaining(hint)])
  })

  test('when somebody changed it meanwhile then the update is refused', async () => {
    const other = there('web')
    const { store } = await talk([other, { status: 412, ...body('error-precondition') }])
    const error = await failure(store.import(batch('web'), { replace: true }))
    expect(error.code).toBe('record.changed')
  })

  test('when the connection drops after a PUT then it is not sent again', async () => {
    const { server, store } = await talk([missing, { status: 503, headers: { 'Retry-After': '1' } }])
    expect((await failure(store.import(batch('web')))).code).toBe('remote.failed')
    expect(server.asked).toHaveLength(2)
  })

  test('when no name is given then the certificate is called by its thumbprint', async () => {
    const { server, store } = await talk([missing])
    const [outcome] = await store.import(batch(), { dryRun: true })
    expect(outcome!.id).toMatch(/^[0-9A-F]{40}$/)
    expect(server.asked.map(({ method }) => method)).toEqual(['GET'])
  })

  test('when something is no PFX then it is refused before anything is sent', async () => {
    const { server, store } = await talk([])
    const { certificates, keys } = batch('web')
    const lone = authority('Lone')
    for (const bad of [
      { certificates, keys: [] },
      { certificates: [], keys },
      { certificates: [...certificates, { der: lone.der, source }], keys },
      { certificates, keys: [{ ...keys[0]!, encrypted: true }] },
      { certificates, keys, requests: [{ der: web.der, source }] },
    ])
      expect((await failure(store.import(bad))).code).toBe('store.unsupported')
    for (const name of ['x'.repeat(257), '.', '..', 'a/b'])
      expect((await failure(store.import(batch(name)))).code).toBe('name.invalid')
    expect(server.asked).toEqual([])
  })

  test('when an issuer comes along then it goes into the PFX', async () => {
    const root = authority('Root')
    const child = leaf('child.example', root)
    const { server, store } = await talk([missing, { status: 400, ...body('error-fields') }], {
      path: ARM_PATH,
    })
    const error = await failure(
      store.import({
        certificates: [
          { der: child.der, source, name: 'child' },
          { der: root.der, source },
        ],
        keys: [{ pkcs8: child.pkcs8, spki: child.spki, encrypted: false, source }],
      }),
    )
    expect(error.message).toContain("credentials: Property 'x' not found.")
    const { properties } = JSON.parse(server.asked[1]!.body) as {
      properties: { data: string; password: string }
    }
    const { readPkcs12 } = await import('../../../src/formats/pkcs12/read.ts')
    const { Secret } = await import('../../../src/base/secret.ts')
    const password = async () => new Secret(properties.password)
    const { items } = await readPkcs12(Buffer.from(properties.data, 'base64'), { file: 'x', password })
    expect(items.map(({ type }) => type).toSorted()).toEqual(['certificate', 'certificate', 'private-key'])
  })
})

describe('deletes', () => {
  const web = there('web')
  const target = { kind: 'certificate', id: 'web' } as const

  test.each([204, 200, 404])('when the service answers %i then it is gone', async (status) => {
    const { server, store } = await talk([web, { status }])
    expect(await store.delete([target])).toMatchObject([{ outcome: 'changed', what: 'deleted' }])
    expect(server.asked[1]).toMatchObject({ method: 'DELETE', headers: { 'if-match': '"AAAAAAAAFZM="' } })
  })

  test('when the service answers about another certificate then nothing is deleted', async () => {
    const { server, store } = await talk([there('web2')])
    expect(await failure(store.delete([target]))).toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringContaining('another certificate than was asked for'),
    })
    expect(server.asked.map(({ method }) => method)).toEqual(['GET'])
  })

  test('when a policy uses it then the words of the service and the next step are told', async () => {
    const { store } = await talk([web, { status: 400, ...body('error-in-use') }])
    const error = await failure(store.delete([target]))
    expect(error).toMatchObject({ code: 'remote.refused', hint: expect.stringContaining('policies') })
    expect(error.message).toContain('Certificate is used by policy at Product scope.')
  })

  test('when the revision that was seen is not the current one then nothing is sent', async () => {
    const { server, store } = await talk([web, web, { status: 412, ...body('error-precondition') }])
    expect((await failure(store.delete([{ ...target, revision: '"old"' }]))).code).toBe('record.changed')
    expect(server.asked).toHaveLength(1)
    expect((await failure(store.delete([target]))).code).toBe('record.changed')
  })
})
