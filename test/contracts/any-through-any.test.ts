import { request as httpsRequest } from 'node:https'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { DIALECT_NAMES, type DialectName } from '../../src/dialects/dialect.ts'
import type { Store } from '../../src/store/store.ts'
import { PASSWORD, servedWorld, type ServedWorld } from '../support/house-world.ts'
import { makeKey } from '../support/make-certificates.ts'
import { connect, openWorld, type OpenWorld } from './port/implementations.ts'
import {
  authority,
  certificateRow,
  csrFor,
  issued,
  keyOf,
  mail,
  queued,
  requestRow,
  soon,
  web,
} from './port/material.ts'
import {
  batchOf,
  cnOf,
  cns,
  everything,
  filtered,
  has,
  listed,
  rowOf,
  targetOf,
  type PortName,
} from './port/world.ts'

/** A store behind a vendor's server, its client served in another vendor's dialect, and the client of that. */
interface Line {
  readonly innermost: OpenWorld
  readonly outer: ServedWorld
  readonly store: Store
}

const open: Line[] = []
afterEach(async () => {
  for (const { store, outer, innermost } of open.splice(0)) {
    await store.close()
    await outer.close()
    await innermost.end()
  }
})

async function line(inner: PortName, outerName: DialectName): Promise<Line> {
  const innermost = await openWorld(inner)
  const outer = await servedWorld({ dialects: [outerName], stores: { prod: innermost.store } })
  const store = await connect(outerName, outer, { user: 'admin', password: PASSWORD })
  const made = { innermost, outer, store }
  open.push(made)
  return made
}

/** What an old client of the vendor would get. */
function raw({ outer }: Line, call: string, body?: string, headers: Record<string, string> = {}) {
  const [method, path] = call.split(' ') as [string, string]
  const credential = `Basic ${Buffer.from(`admin:${PASSWORD}`).toString('base64')}`
  const all = { authorization: credential, 'content-type': 'application/json', ...headers }
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const options = { method, headers: all, ca: outer.ca, agent: false }
    httpsRequest(`${outer.url}${path}`, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
      .on('error', reject)
      .end(body)
  })
}

const PAIRS: readonly (readonly [inner: PortName, outer: DialectName])[] = [
  ['notary', 'keyfactor'],
  ['keyfactor', 'd9tready'],
  ['keyfactor', 'azure-apim'],
  ['keyfactor', 'notary'],
  ['d9tready', 'keyfactor'],
  ['d9tready', 'iis'],
  ['azure-apim', 'keyfactor'],
  ['azure-apim', 'azure-apim'],
  ['azure-apim', 'iis'],
  ['iis', 'keyfactor'],
  ['iis', 'azure-apim'],
  ...DIALECT_NAMES.map((name) => ['directory', name] as const),
]

describe.each(PAIRS)('%s served as %s', (inner, outer) => {
  test('lists what is there, and finds it by its thumbprint', async () => {
    const here = await line(inner, outer)
    await here.innermost.stock({ of: web, name: 'web', keyed: true }, { of: mail, name: 'mail', keyed: true })
    // Notary shows certificates of its requests, d9tready those under keys
    const seen = await listed(here.store)
    expect(seen.every((row) => ['web.example', 'mail.example'].includes(cnOf(row)))).toBe(true)
    expect(seen).toHaveLength(outer === 'notary' ? seen.length : 2)
    if (seen.length === 0) return
    const [row] = seen
    const again = await here.store.resolve({
      kind: 'certificate',
      by: 'text',
      text: String(row!['thumbprint']),
    })
    expect(cnOf(again)).toBe(cnOf(row!))
    expect(
      await listed(here.store, 'certificate', { filter: { op: 'all' }, sort: [], limit: 1 }),
    ).toHaveLength(1)
  })

  test('does what both can do, and refuses the rest in one clear line', async () => {
    const here = await line(inner, outer)
    const { innermost, store } = here
    await innermost.stock({ of: web, name: 'web', keyed: true })
    const before = await everything(innermost.backing)
    const run = store.import(batchOf({ of: soon, name: 'soon', keyed: true }))
    // d9tready's keys come before their certificates, and Keyfactor takes no key alone
    const isTaken =
      store.can.import && innermost.store.can.import && `${inner} ${outer}` !== 'keyfactor d9tready'
    const refusal = await run.then(
      () => undefined,
      (error: unknown) => error as Error & { readonly code: string },
    )
    const refusals = ['store.unsupported', 'remote.refused', 'remote.failed', 'auth.forbidden']
    expect(isTaken ? ['taken'] : refusals, refusal?.message).toContain(refusal?.code ?? 'taken')
    expect(refusal?.message ?? '').not.toMatch(/unexpected error|internal/i)
    expect(await has(innermost.backing, soon)).toBe(isTaken)
    expect(isTaken ? before : await everything(innermost.backing)).toEqual(before)
  })
})

describe('Notary served as Keyfactor', () => {
  test('signs: the approval of one vendor is the signature of the other', async () => {
    const { innermost, store } = await line('notary', 'keyfactor')
    await authority(innermost.backing)
    await queued(innermost.backing, 'new.example')
    await store.sign(targetOf(await requestRow(store, 'new.example'), 'request'), {})
    expect((await certificateRow(innermost.backing, 'new.example'))['state']).toBe('valid')
    expect((await requestRow(innermost.backing, 'new.example'))['state']).toBe('issued')
  })

  test('takes requests, denies them, and revokes', async () => {
    const { innermost, store } = await line('notary', 'keyfactor')
    await issued(innermost.backing, 'leaf.example')
    await store.submit({ csr: csrFor('new.example') })
    await store.reject([targetOf(await requestRow(store, 'new.example'), 'request')], undefined)
    expect((await requestRow(innermost.backing, 'new.example'))['state']).toBe('rejected')
    await store.revoke([targetOf(await certificateRow(store, 'leaf.example'))], { reason: 'unspecified' })
    expect((await certificateRow(innermost.backing, 'leaf.example'))['state']).toBe('revoked')
  })

  test('answers an import in the form of Keyfactor, with the words of Notary', async () => {
    const here = await line('notary', 'keyfactor')
    const body = JSON.stringify({ Certificate: Buffer.from(web.der).toString('base64') })
    const headers = { 'x-keyfactor-requested-with': 'APIClient' }
    const { status, text } = await raw(here, 'POST /KeyfactorAPI/Certificates/Import', body, headers)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({
      ErrorCode: expect.any(String),
      Message: expect.stringContaining('Canonical Notary'),
    })
  })

  test('permits what Notary can, an attached chain too, so that the rest is not called a lack of permission', async () => {
    const here = await line('notary', 'keyfactor')
    await here.innermost.stock({ of: web })
    expect((await here.innermost.store.info()).claims).toContain('import')
    const id = Number((await rowOf(here.store, web)).id)
    const body = JSON.stringify({ Id: id, Metadata: { Name: 'x' } })
    const headers = { 'x-keyfactor-requested-with': 'APIClient' }
    const { status, text } = await raw(here, 'PUT /KeyfactorAPI/Certificates/Metadata', body, headers)
    expect([status, JSON.parse(text).Message]).toEqual([400, expect.stringContaining('Canonical Notary')])
  })

  test('answers the recovery of a key in the form of Keyfactor', async () => {
    const here = await line('notary', 'keyfactor')
    await here.innermost.stock({ of: web })
    const row = await rowOf(here.store, web)
    const body = JSON.stringify({ CertID: Number(row.id), Password: 'Passw0rd!x', IncludeChain: false })
    const headers = { 'x-keyfactor-requested-with': 'APIClient', 'x-certificateformat': 'PFX' }
    const { status, text } = await raw(here, 'POST /KeyfactorAPI/Certificates/Recover', body, headers)
    expect(status).toBe(400)
    expect(JSON.parse(text)).toMatchObject({ Message: expect.any(String) })
  })
})

describe('Keyfactor served as d9tready', () => {
  test('gives the private key that Keyfactor recovers', async () => {
    const { innermost, store } = await line('keyfactor', 'd9tready')
    await innermost.stock({ of: web, name: 'web', keyed: true })
    const { keyId } = await rowOf(store, web)
    const { spki } = await store.key(String(keyId))
    expect(Buffer.from(spki).equals(web.spki)).toBe(true)
  })

  test('refuses what no d9tready does before anything is sent', async () => {
    const here = await line('keyfactor', 'd9tready')
    const calls = here.outer.arrivals.length
    await expect(
      here.store.revoke([{ kind: 'certificate', id: '1' }], { reason: 'keyCompromise' }),
    ).rejects.toMatchObject({
      code: 'store.unsupported',
      message: expect.stringContaining('d9tready'),
    })
    expect(here.outer.arrivals).toHaveLength(calls)
  })
})

describe('Azure served as IIS', () => {
  test('filters by what Azure tells', async () => {
    const { innermost, store } = await line('azure-apim', 'iis')
    await innermost.stock({ of: web, name: 'web', keyed: true }, { of: mail, name: 'mail', keyed: true })
    expect(cns(await filtered(store, 'cn ~ web'))).toEqual(['web.example'])
    expect(cns(await filtered(store, 'notAfter < 2026-06-01'))).toEqual(['mail.example'])
  })

  test('answers what it has not in the form of IIS', async () => {
    const here = await line('azure-apim', 'iis')
    const headers = { 'access-token': `Bearer ${here.outer.apiKeys['admin']!}` }
    const { status, text } = await raw(here, 'GET /api/certificates/nobody', undefined, headers)
    expect(status).toBe(404)
    expect(JSON.parse(text)).toMatchObject({ title: expect.any(String), status: 404 })
  })
})

describe('d9tready served as Keyfactor', () => {
  test('takes a request with its key nowhere, and says so in the form of Keyfactor', async () => {
    const here = await line('d9tready', 'keyfactor')
    const before = await everything(here.innermost.backing)
    await expect(here.store.submit({ csr: csrFor('new.example') })).rejects.toMatchObject({
      code: expect.stringMatching(/^remote\.|key/),
    })
    expect(await everything(here.innermost.backing)).toEqual(before)
    const key = makeKey()
    await expect(
      here.store.submit({ csr: csrFor('new.example', key), key: keyOf(key) }),
    ).rejects.toMatchObject({
      code: 'store.unsupported',
    })
  })

  test('deletes through both', async () => {
    const { innermost, store } = await line('d9tready', 'keyfactor')
    await innermost.stock({ of: web, name: 'web', keyed: true }, { of: mail, name: 'mail', keyed: true })
    await store.delete([targetOf(await rowOf(store, mail))])
    expect([await has(innermost.backing, mail), await has(innermost.backing, web)]).toEqual([false, true])
  })
})

test('when the server behind is gone then the one before says so, and stays', async () => {
  const { innermost, outer, store } = await line('keyfactor', 'notary')
  await innermost.served!.close()
  const error = await listed(store).then(
    () => expect.fail('listed nothing'),
    (refusal: unknown) => refusal as Error & { readonly code: string },
  )
  expect(error.code).toMatch(/^remote\./)
  expect(error.message).toMatch(/50[0-4]/)
  // the line comes when the answer is out
  await vi.waitUntil(() => outer.accessLog.some((line) => /"status":50[0-4]/.test(line)), { timeout: 60_000 })
})

describe('Notary served as Notary', () => {
  test('CRLs that anybody asks for, by whatever number, are fetched once from the server behind', async () => {
    const here = await line('notary', 'notary')
    await authority(here.innermost.backing)
    const before = here.innermost.calls().length
    const numbers = ['1', '1', '9', '77', '4294967295', '2147483649', '1']
    const answers = await Promise.all(
      numbers.map((number) => raw(here, `GET /api/v1/certificate_authorities/${number}/crl`)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404, 404, 404, 200])
    expect(answers[0]!.text).toContain('BEGIN X509 CRL')
    await raw(here, 'GET /crl/1.crl')
    for (const name of ['a', 'b', 'c']) await raw(here, `GET /crl/${name}.crl`)
    const asked = here.innermost.calls().slice(before)
    const paths = asked.flatMap((each) => /"path":"([^"]*authorities[^"]*)"/.exec(each)?.[1] ?? [])
    const one = '/api/v1/certificate_authorities'
    expect(paths).toEqual([one, `${one}/1`, `${one}/1/crl`])
  })
})
