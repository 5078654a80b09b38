import { afterEach, describe, expect, test } from 'vitest'
import type { Filter, Query } from '../../../src/domain/filter.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import { listFilter } from '../../../src/query/shortcuts.ts'
import { all, connected, type Connected } from './connect.ts'
import { longList, numbered, scriptedServer, type Script, type ScriptedServer } from './scripted.ts'

const EVERYTHING: Query = { filter: { op: 'all' }, sort: [] }
const where = (text: string): Filter => parseFilter(text, 'certificate')
/** What the command `list` asks a store for: superseded certificates are left out. */
const typed = (filter?: string): Filter => listFilter(filter === undefined ? {} : { filter }, 'certificate')
const TOKEN = 'kQ0wYWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU2Nzg5QUI'
const text = (reference: string) => ({ kind: 'certificate', by: 'text', text: reference }) as const

let server: ScriptedServer
let here: Connected
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of open.splice(0)) await each.close()
})

async function against(script: Script, options: Record<string, string> = {}): Promise<Connected> {
  server = await scriptedServer(script)
  here = await connected(server, TOKEN, options)
  open.push(here.store, server)
  return here
}

const HEAD = { headers: { 'X-Total-Count': '3', 'Accept-Ranges': 'certificates' } }
const host: Script = {
  'GET /api': [
    {
      file: 'root.json',
      headers: { 'content-type': 'application/vnd.Microsoft.WebServer.Api.6.0.0.hal+json' },
    },
  ],
  'GET /api/access-token': [{ file: 'access-token.json' }],
  'GET /api/certificates/stores': [{ file: 'stores.json' }],
  'HEAD /api/certificates': [HEAD],
  'GET /api/certificates': [{ file: 'certificates.json' }],
}

describe('reading what hosts answer', () => {
  test('the certificate of the document becomes a row, its textual "false" a boolean', async () => {
    const { store } = await against({
      'GET /api/certificates/Qm9vdHMtbm90LXNob2Vz': [{ file: 'document-certificate.json' }],
    })
    expect(await store.resolve(text('Qm9vdHMtbm90LXNob2Vz'))).toEqual({
      id: 'Qm9vdHMtbm90LXNob2Vz',
      tags: [],
      friendlyName: 'My Self Signed Certificate',
      hasPrivateKey: true,
      exportable: false,
      subject: 'CN=localhost',
      subjectAttributes: [[{ type: 'CN', oid: '2.5.4.3', value: 'localhost' }]],
      issuer: 'CN=localhost',
      issuerAttributes: [[{ type: 'CN', oid: '2.5.4.3', value: 'localhost' }]],
      notBefore: '2017-04-12T11:26:26Z',
      notAfter: '2019-04-12T11:26:26Z',
      thumbprint: '1E927A29E966FA11A7C469BC565A9E00B11F5F95',
      version: 3,
      signatureAlgorithm: 'sha256WithRSAEncryption',
      extendedKeyUsage: ['clientAuth', 'serverAuth'],
      subjectAltName: [
        { type: 'dns', value: 'localhost' },
        { type: 'dns', value: 'my-work-pc' },
      ],
      keystore: { name: 'My', id: 'U3RvcmUtTXk' },
      state: 'expired',
    })
    expect(server.calls[0]!.headers).toMatchObject({
      'access-token': `Bearer ${TOKEN}`,
      accept: expect.stringContaining('application/hal+json'),
    })
    expect(server.calls[0]!.headers['authorization']).toBeUndefined()
  })

  test('the list of the document has what it has, and nothing is invented', async () => {
    const { store } = await against({
      'GET /api/certificates': [{ file: 'document-certificates.json' }],
    })
    const [row, ...others] = await all(store.list('certificate', EVERYTHING))
    expect(others).toEqual([])
    expect(row).toMatchObject({
      friendlyName: 'WebHostCert',
      notAfter: '2019-02-28T14:32:33Z',
      state: 'expired',
    })
    for (const field of ['serialNumber', 'fingerprint', 'notBefore', 'hasPrivateKey', 'extendedKeyUsage'])
      expect(row).not.toHaveProperty(field)
  })

  test('names, algorithms, purposes and alternative names of Windows become those of the RFCs', async () => {
    const { store } = await against(host)
    const [first, second, third] = await all(store.list('certificate', EVERYTHING))
    expect(first!['subjectAltName']).toEqual([
      { type: 'dns', value: 'localhost' },
      { type: 'dns', value: 'my-work-pc' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'ip', value: '2001:db8::1' },
      { type: 'email', value: 'admin@example.com' },
      { type: 'uri', value: 'https://example.com/' },
      { type: 'registeredId', value: '1.2.3' },
      { type: 'otherName', value: 'svc@corp.example', oid: '1.3.6.1.4.1.311.20.2.3' },
      { type: 'directoryName', value: 'CN=dir,O=Example\\, Inc.' },
    ])
    expect(second).toMatchObject({
      issuer: 'CN=Example CA,O=Example\\, Inc.,ST=Bavaria,C=DE',
      subject: 'emailAddress=pki@example.com,CN=legacy',
      signatureAlgorithm: 'ecdsa-with-SHA256',
      extendedKeyUsage: ['msSmartcardLogon'],
      subjectAltName: null,
      hasPrivateKey: false,
    })
    expect(second).not.toHaveProperty('friendlyName')
    expect(third).toMatchObject({
      friendlyName: '_.example.com.pfx',
      extendedKeyUsage: null,
      signatureAlgorithm: 'rsassaPss',
      exportable: true,
      keystore: { name: 'IIS Central Certificate Store' },
      state: 'valid',
    })
  })

  test('what a host says in another language is kept', async () => {
    const { store } = await against({ 'GET /api/certificates': [{ file: 'certificates-german.json' }] })
    const [row] = await all(store.list('certificate', EVERYTHING))
    expect(row!['extendedKeyUsage']).toEqual(['Serverauthentifizierung'])
    expect(row!['subjectAltName']).toEqual([
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'email', value: 'admin@example.com' },
      { type: 'otherName', value: 'Andere Name:' },
      { type: 'otherName', value: 'Prinzipalname=svc@corp.example' },
    ])
  })

  test('a host of 2017 that knows no stores, ranges or aliases is read as well', async () => {
    const { store } = await against(
      { 'GET /api/certificates': [{ file: 'certificates-1.0.39.json' }] },
      { store: 'my' },
    )
    const rows = await all(store.list('certificate', EVERYTHING))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      friendlyName: 'WebHostCert',
      signatureAlgorithm: 'sha256WithRSAEncryption',
      exportable: true,
      keystore: { name: 'My' },
    })
  })

  test('when it connects then it says the release, the stores with their claims, and when the key ends', async () => {
    const { store } = await against(host)
    expect(await store.probe()).toEqual({
      server: 'IIS Administration 6.0.0',
      facts: {
        host: 'IIS Administration API',
        stores: 'My (read), WebHosting (read), IIS Central Certificate Store (read)',
        'key expires': '2030-01-01T00:00:00.0000000Z',
      },
    })
  })
})

describe('finding one certificate', () => {
  test('a friendly name or a thumbprint is looked for in one listing', async () => {
    const { store } = await against(host)
    expect((await store.resolve(text('_.example.com.pfx'))).id).toBe('aWQtMw')
    expect((await store.resolve(text('8e79 33f4 1998'))).id).toBe('aWQtMg')
    expect(server.calls.filter(({ method }) => method === 'GET').map(({ path }) => path)).toEqual([
      '/api/certificates',
      '/api/certificates',
    ])
    expect(await store.resolve(text('_.example.com.pfx'))).not.toHaveProperty('name')
  })

  test('what is not there is not found, and "stores" is no certificate', async () => {
    const { store } = await against(host)
    await expect(store.resolve(text('stores'))).rejects.toMatchObject({ code: 'record.not-found' })
    expect(server.calls.map(({ path }) => path)).not.toContain('/api/certificates/stores')
  })

  test('a serial number is refused before anything is sent', async () => {
    const { store } = await against(host)
    await expect(
      store.resolve({ kind: 'certificate', by: 'serial', serialNumber: '0a' }),
    ).rejects.toMatchObject({ code: 'store.unsupported', hint: expect.stringContaining('thumbprint') })
    expect(server.calls).toEqual([])
  })

  test('everything that the vendor cannot do is refused before anything is sent', async () => {
    const { store } = await against(host)
    const refused = { code: 'store.unsupported', message: expect.stringContaining('IIS Administration') }
    await expect(store.import({ certificates: [], keys: [] })).rejects.toMatchObject(refused)
    await expect(store.certificate('aWQtMQ')).rejects.toMatchObject(refused)
    await expect(store.key('x')).rejects.toMatchObject(refused)
    await expect(store.delete([])).rejects.toMatchObject(refused)
    await expect(all(store.list('request', EVERYTHING))).rejects.toMatchObject(refused)
    await expect(store.count('authority', EVERYTHING)).rejects.toMatchObject(refused)
    expect(server.calls).toEqual([])
  })
})

describe('long lists', () => {
  test('ranges follow each other, the last one is cut to the exact end', async () => {
    const { store } = await against(longList(450))
    const rows = await all(store.list('certificate', EVERYTHING))
    expect(rows.map(({ friendlyName }) => friendlyName)).toEqual(
      Array.from({ length: 450 }, (_, i) => `c${i}`),
    )
    expect(server.calls.map(({ method, headers }) => headers['range'] ?? method)).toEqual([
      'HEAD',
      'certificates=0-199',
      'certificates=200-399',
      'certificates=400-449',
    ])
  })

  test('a limit asks for no more than it needs', async () => {
    const { store } = await against(longList(450))
    const rows = await all(store.list('certificate', { ...EVERYTHING, limit: 3, offset: 1 }))
    expect(rows.map(({ friendlyName }) => friendlyName)).toEqual(['c1', 'c2', 'c3'])
    const windows = [undefined, 'certificates=0-3']
    expect(server.calls.map(({ headers }) => headers['range'])).toEqual(windows)
    expect(await all(store.list('certificate', { filter: typed(), sort: [], limit: 4 }))).toHaveLength(4)
    expect(server.calls.map(({ headers }) => headers['range'])).toEqual([...windows, ...windows])
  })

  test('nothing is never ranged, and counting sends one HEAD', async () => {
    const { store } = await against(longList(0))
    expect(await all(store.list('certificate', EVERYTHING))).toEqual([])
    expect(await store.count('certificate', EVERYTHING)).toBe(0)
    expect(await store.count('certificate', { filter: typed() })).toBe(0)
    expect(server.calls.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD'])
  })

  test('when some go away meanwhile then the rest is given once each', async () => {
    const { store } = await against(
      longList(450, { shift: (items, call) => (call === 0 ? items : items.slice(0, 410)) }),
    )
    const rows = await all(store.list('certificate', EVERYTHING))
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    expect(rows).toHaveLength(410)
  })

  test('when the order changes between two ranges then nothing is lost and nothing comes twice', async () => {
    const { store } = await against(
      longList(450, {
        shift: (items, call) => (call === 0 ? items : [...items.slice(100), ...items.slice(0, 100)]),
      }),
    )
    const rows = await all(store.list('certificate', EVERYTHING))
    expect(rows).toHaveLength(450)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(450)
  })

  test('a store that may not be read spoils ranges only: then everything is asked for at once', async () => {
    const script = longList(450)
    const list = script['GET /api/certificates'] as Exclude<Script[string], readonly unknown[]>
    const { store } = await against({
      ...script,
      'GET /api/certificates': (call) =>
        call.headers['range'] === undefined ? list(call) : { status: 403, file: 'error-claim.json' },
    })
    expect(await all(store.list('certificate', EVERYTHING))).toHaveLength(450)
  })

  test('a server that ignores ranges has sent all the same', async () => {
    const script = longList(450)
    const list = script['GET /api/certificates'] as Exclude<Script[string], readonly unknown[]>
    const { store } = await against({
      ...script,
      'GET /api/certificates': (call) => list({ ...call, headers: {} }),
    })
    expect(await all(store.list('certificate', EVERYTHING))).toHaveLength(450)
    expect(server.calls).toHaveLength(2)
  })

  test('a refusal of a range that nothing explains is told, not repeated for ever', async () => {
    const { store } = await against({
      ...longList(450),
      'GET /api/certificates': [{ status: 416, file: 'error-range.json' }],
    })
    await expect(all(store.list('certificate', EVERYTHING))).rejects.toMatchObject({
      code: 'remote.refused',
      message: expect.stringContaining('Invalid Range'),
    })
  })
})

describe('one store of the host', () => {
  test('it is asked for by the parameter that hosts know, without a range', async () => {
    const { store } = await against(
      {
        ...host,
        'GET /api/certificates': ({ query }) =>
          query.get('certificate_store.id') === 'U3RvcmUtV2Vi'
            ? { body: JSON.stringify({ certificates: [numbered(1, 'U3RvcmUtV2Vi')] }) }
            : { status: 500 },
      },
      { store: 'webhosting' },
    )
    expect(await all(store.list('certificate', EVERYTHING))).toHaveLength(1)
    const { query, headers } = server.calls.at(-1)!
    expect(query.has('store.id')).toBe(false)
    expect(headers['range']).toBeUndefined()
  })

  test('when the host sends the certificates of all stores then the others are dropped', async () => {
    const { store } = await against(host, { store: 'WebHosting' })
    expect((await all(store.list('certificate', EVERYTHING))).map(({ id }) => id)).toEqual(['aWQtMg'])
    expect(await store.count('certificate', EVERYTHING)).toBe(1)
  })

  test('a store that is not there is named, with those that are', async () => {
    const { store } = await against(host, { store: 'Root' })
    await expect(all(store.list('certificate', EVERYTHING))).rejects.toMatchObject({
      code: 'record.not-found',
      message: expect.stringContaining('"Root"'),
      hint: 'the host has: My, WebHosting, IIS Central Certificate Store',
    })
  })

  test('a certificate of another store is not found by its id', async () => {
    const { store } = await against(
      { ...host, 'GET /api/certificates/Qm9vdHM': [{ file: 'document-certificate.json' }] },
      { store: 'WebHosting' },
    )
    await expect(store.resolve(text('Qm9vdHM'))).rejects.toMatchObject({ code: 'record.not-found' })
  })
})

describe('filters', () => {
  test('a purpose alone is the host’s to pick by, from 6.0.0 on, whatever its language', async () => {
    const { store } = await against({
      'HEAD /api/certificates': [HEAD],
      'GET /api/certificates': [{ file: 'certificates-german.json' }],
    })
    for (const filter of [where('eku = serverAuth'), typed('eku = serverAuth')]) {
      expect(await all(store.list('certificate', { filter, sort: [] }))).toHaveLength(1)
      expect(server.calls.at(-1)!.query.get('intended_purpose')).toBe('1.3.6.1.5.5.7.3.1')
      expect(await store.count('certificate', { filter })).toBe(1)
      expect(server.calls.at(-1)!.query.get('intended_purpose')).toBe('1.3.6.1.5.5.7.3.1')
    }
  })

  test('an older host picks by names of its own language, so it is not asked to', async () => {
    const type = { 'content-type': 'application/vnd.Microsoft.Certificates.2.3.0+json' }
    const { store } = await against({
      ...host,
      'HEAD /api/certificates': [{ headers: { ...HEAD.headers, ...type } }],
    })
    const rows = await all(store.list('certificate', { filter: where('eku = serverAuth'), sort: [] }))
    expect(rows.map(({ id }) => id)).toEqual(['aWQtMQ'])
    expect(server.calls.at(-1)!.query.has('intended_purpose')).toBe(false)
  })

  test('everything else is done here, and what the host never tells is said', async () => {
    const { store, notices } = await against(host)
    const list = async (filter: string): Promise<string[]> =>
      (await all(store.list('certificate', { filter: where(filter), sort: [] }))).map(({ id }) => id)
    expect(await list('san ~ example.com and state = valid')).toEqual(['aWQtMQ', 'aWQtMw'])
    expect(await list('hasKey = true')).toEqual(['aWQtMQ', 'aWQtMw'])
    expect(notices).toEqual([])
    expect(await list('serialNumber = 0a or keySize = 2048')).toEqual([])
    expect(await list('serialNumber = 0b or keySize = 1024')).toEqual([])
    expect(await list('selfIssued = true and cn ~ web')).toEqual([])
    expect(notices).toEqual([
      'web1: IIS Administration does not tell serialNumber, publicKey.size: nothing can be found by it',
      'web1: IIS Administration does not tell selfIssued: nothing can be found by it',
    ])
  })
})

describe('refusals of the host', () => {
  const refusal = async (answer: Record<string, unknown>): Promise<unknown> => {
    const { store } = await against({
      'HEAD /api/certificates': [answer],
      'GET /api/certificates': [answer],
      'GET /api': [answer],
    })
    return store.probe().then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  test('403 with Bearer is the key', async () => {
    expect(
      await refusal({ status: 403, file: 'error-no-key.json', headers: { 'WWW-Authenticate': 'Bearer' } }),
    ).toMatchObject({
      code: 'auth.failed',
      message: expect.stringMatching(/^IIS Administration: GET https:.* answered with 403: "the API key/),
      hint: expect.stringContaining('/security/tokens'),
    })
  })

  test('401 is Windows authentication, which is not spoken here', async () => {
    expect(await refusal({ status: 401, headers: { 'WWW-Authenticate': 'Negotiate, NTLM' } })).toMatchObject({
      code: 'auth.failed',
      hint: expect.stringContaining('require_windows_authentication'),
    })
  })

  test('an empty 500 may be the key too', async () => {
    expect(await refusal({ status: 500 })).toMatchObject({
      code: 'remote.failed',
      hint: expect.stringContaining('6.0.0'),
    })
  })

  test('a list that is refused with an empty 500 says the same, after the stores were tried', async () => {
    const failing = [{ status: 500 }]
    const { store } = await against({
      'HEAD /api/certificates': failing,
      'GET /api/certificates': failing,
      'GET /api/certificates/stores': failing,
    })
    await expect(all(store.list('certificate', EVERYTHING))).rejects.toMatchObject({
      code: 'remote.failed',
      message: expect.stringMatching(/GET https:\S+\/api\/certificates\S* was answered with 500/),
      hint: expect.stringContaining('/security/tokens'),
    })
  })

  test('a host that is busy is asked again', async () => {
    const busy = { status: 503, headers: { 'Retry-After': '1' } }
    const { store } = await against({
      'HEAD /api/certificates': [busy, HEAD],
      'GET /api/certificates': [{ status: 429 }, busy, { file: 'certificates.json' }],
    })
    expect(await all(store.list('certificate', EVERYTHING))).toHaveLength(3)
    expect(server.calls).toHaveLength(5)
  })

  test('a web page, half a page and a foreign body are no answers', async () => {
    expect(await refusal({ body: '<html>', headers: { 'content-type': 'text/html' } })).toMatchObject({
      code: 'remote.unexpected',
    })
    const { store } = await against({ 'GET /api/certificates': [{ file: 'certificates.json', cut: true }] })
    await expect(all(store.list('certificate', EVERYTHING))).rejects.toMatchObject({
      code: expect.stringMatching(/^remote\./),
    })
    const other = await against({ 'GET /api/certificates': [{ body: '{"value":[]}' }] })
    await expect(all(other.store.list('certificate', EVERYTHING))).rejects.toMatchObject({
      code: 'remote.unexpected',
    })
  })

  test('a 404 in any of its three forms is "not found"', async () => {
    for (const answer of [{}, { file: 'error-gone.json' }, { body: '{"title":"Not found","status":404}' }]) {
      const { store } = await against({ ...host, 'GET /api/certificates/gone': [{ status: 404, ...answer }] })
      await expect(store.resolve(text('gone'))).rejects.toMatchObject({ code: 'record.not-found' })
    }
  })

  test('when one store spoils the list then the others are read, and which one is left out is said', async () => {
    const { store, notices } = await against({
      ...host,
      'GET /api/certificates': ({ query }) => {
        const id = query.get('certificate_store.id')
        if (id === null || id === 'U3RvcmUtQ0NT') return { status: 403, file: 'error-central-password.json' }
        return { file: 'certificates.json' }
      },
    })
    expect((await all(store.list('certificate', EVERYTHING))).map(({ id }) => id)).toEqual([
      'aWQtMQ',
      'aWQtMg',
    ])
    expect(notices).toEqual([
      'web1: the certificate store "IIS Central Certificate Store" is left out: Invalid private key password',
    ])
  })

  test('the key is in no trace and no message', async () => {
    const { store, trace } = await against(host)
    await all(store.list('certificate', EVERYTHING))
    expect(trace.join('\n')).toContain('Access-Token: [masked]')
    expect(trace.join('\n')).not.toContain(TOKEN)
  })
})
