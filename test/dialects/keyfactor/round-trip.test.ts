import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest'
import { publicKeyOfPkcs8 } from '../../../src/crypto/keys.ts'
import { parseFilter } from '../../../src/query/parse.ts'
import type { Filter } from '../../../src/domain/filter.ts'
import type { RemoteConnection } from '../../../src/dialects/dialect.ts'
import { parseReference } from '../../../src/domain/reference.ts'
import { collectParts } from '../../../src/operations/plan-export.ts'
import { makeCertificate, makeKey } from '../../support/make-certificates.ts'
import { PASSWORD } from '../../support/house-world.ts'
import { all, connected, type Connected } from './connect.ts'
import { madeCsr, stockedWorld, type Stocked } from './world.ts'

const ALL: Filter = { op: 'all' }
const source = { how: 'imported' } as const

describe('our client reading from our server', () => {
  let world: Stocked
  let here: Connected
  let store: RemoteConnection
  beforeAll(async () => {
    world = await stockedWorld()
    here = await connected(world)
    store = here.store
  })
  afterAll(async () => {
    await store.close()
    await world.close()
  })

  test('when it connects then it says who answers and as whom it is let in', async () => {
    const { server, user } = await store.probe()
    expect(server).toBe('Keyfactor Command 25.4.1')
    expect(user).toBe('admin')
  })

  test.each(['key', 'p12'] as const)(
    'when the key for a %s is not there then the hint is to import both, for a key alone is not taken',
    async (format) => {
      const wish = { references: [parseReference('3')], format, cwd: '/nowhere' }
      await expect(collectParts(store, wish)).rejects.toMatchObject({
        code: 'key.missing',
        hint: expect.stringContaining('together with its private key'),
      })
    },
  )

  test('a listing gives the same JSON as the local store', async () => {
    const remote = await all(store.list('certificate', { filter: ALL, sort: [] }))
    const local = await all(world.store.list('certificate', { filter: ALL, sort: [] }))
    const fields = [
      'id',
      'name',
      'friendlyName',
      'tags',
      'state',
      'keyId',
      'subject',
      'issuer',
      'serialNumber',
      'thumbprint',
      'fingerprint',
      'notAfter',
      'subjectAltName',
      'publicKey',
      'authorityId',
      'importedAt',
    ] as const
    for (const [at, row] of remote.entries())
      for (const field of fields) expect([at, field, row[field]]).toEqual([at, field, local[at]?.[field]])
    expect(remote[3]?.['revocation']).toMatchObject({ date: '2026-02-01T00:00:00Z', reason: 'keyCompromise' })
  })

  test.each([
    ['cn = web.example', ['2']],
    ['subject ~ example and not cn = web.example', ['1', '3', '4']],
    ['state = revoked', ['4']],
    ['state = expired', ['3']],
    ['serialNumber = 0a1b', ['2']],
    ['hasKey', ['1', '2']],
    ['name = root', ['1']],
    ['tags = prod', ['2']],
    // longer than chance: the keys of this world are made anew each time
    ['thumbprint ^= 0000000000000000 or id in (1, 2)', ['1', '2']],
    ['notBefore < 2021-01-01', ['3']],
  ])('the filter %s finds %j', async (text, ids) => {
    const rows = await all(store.list('certificate', { filter: parseFilter(text, 'certificate'), sort: [] }))
    expect(rows.map(({ id }) => id)).toEqual(ids)
  })

  test('a limit stops after the first page that has enough', async () => {
    const before = here.trace.filter((line) => line.includes('GET ')).length
    const rows = await all(store.list('certificate', { filter: ALL, sort: [], limit: 2, offset: 1 }))
    expect(rows.map(({ id }) => id)).toEqual(['2', '3'])
    expect(here.trace.filter((line) => line.includes('GET ')).length - before).toBeLessThanOrEqual(2)
  })

  test('a sort is done here', async () => {
    const sort = [{ field: 'subject', descending: true }]
    const rows = await all(store.list('certificate', { filter: ALL, sort }))
    expect(rows.map(({ id }) => id)).toEqual(['2', '1', '3', '4'])
  })

  test('the server counts', async () => {
    expect(await store.count('certificate', { filter: ALL })).toBe(4)
    expect(await store.count('certificate', { filter: parseFilter('cn ^= web', 'certificate') })).toBe(1)
  })

  test.each([['2'], ['web'], ['0a1b serial'], ['thumbprint'], ['fingerprint']])(
    'a reference by %s finds the certificate',
    async (how) => {
      const local = await world.store.certificate('2')
      const text =
        how === 'thumbprint'
          ? local.facts.thumbprint
          : how === 'fingerprint'
            ? local.facts.fingerprint.slice(0, 12)
            : how
      const row = await (how.endsWith('serial')
        ? store.resolve({ kind: 'certificate', by: 'serial', serialNumber: 'a1b' })
        : store.resolve({ kind: 'certificate', by: 'text', text }))
      expect(row.id).toBe('2')
    },
  )

  test('what is not there is not found', async () => {
    await expect(store.resolve({ kind: 'certificate', by: 'text', text: '77' })).rejects.toMatchObject({
      code: 'record.not-found',
    })
    await expect(store.certificate('77')).rejects.toMatchObject({ code: 'record.not-found' })
    await expect(store.certificate('../7')).rejects.toMatchObject({ code: 'record.not-found' })
  })

  test('a certificate has its bytes and its issuers', async () => {
    const { der, facts, record } = await store.certificate('2')
    expect(Buffer.from(der).equals(world.web.der)).toBe(true)
    expect(facts.subject).toBe('CN=web.example,O=Example')
    expect(record).toMatchObject({ id: '2', name: 'web', tags: ['prod'] })
    const issuers = await store.issuersOf('2')
    expect(issuers.map(({ record: { id, name } }) => [id, name])).toEqual([['1', 'root']])
  })

  test('a private key comes back as it went in', async () => {
    const row = await store.resolve({ kind: 'key', by: 'text', text: world.web.id })
    const key = await store.key(row.id)
    expect(Buffer.from(key.spki).equals(world.web.spki)).toBe(true)
    expect(Buffer.from(publicKeyOfPkcs8(key.pkcs8)).equals(world.web.spki)).toBe(true)
  })

  test('authorities and collections are listed', async () => {
    await world.store.addCollection({ name: 'webs', filter: 'cn ~ web' })
    const names = async (kind: 'authority' | 'collection'): Promise<unknown[]> =>
      (await all(store.list(kind, { filter: ALL, sort: [] }))).map((row) => [
        row.id,
        row['name'],
        row['filter'],
      ])
    expect(await names('authority')).toEqual([['1', 'root', undefined]])
    expect(await names('collection')).toEqual([['1', 'webs', 'cn ~ web']])
  })

  test('no secret is shown in the trace', () => {
    const text = here.trace.join('\n')
    expect(text).toContain('Recover')
    expect(text).not.toContain(Buffer.from(`admin:${PASSWORD}`).toString('base64'))
    expect(text).not.toMatch(/"Password":"(?!\[masked\])/)
    expect(text).not.toMatch(/"PFX":"(?!\[masked\])/)
  })
})

describe('our client changing things on our server', () => {
  let world: Stocked
  let here: Connected
  let store: RemoteConnection
  beforeEach(async () => {
    world = await stockedWorld()
    here = await connected(world)
    store = here.store
  })
  afterEach(async () => {
    await store.close()
    await world.close()
  })

  test('a certificate with its key and metadata is imported, and again is unchanged', async () => {
    const made = makeCertificate({ cn: 'new.example', issuer: world.root, notAfter: '2027-01-01T00:00:00Z' })
    const batch = {
      certificates: [{ der: made.der, source, name: 'fresh', tags: ['a', 'b'], friendlyName: 'Fresh' }],
      keys: [{ pkcs8: made.pkcs8, encrypted: false, spki: made.spki, source }],
    }
    const [foretold] = await store.import(batch, { dryRun: true })
    expect(foretold).toMatchObject({ outcome: 'changed', what: 'created' })
    expect(await world.store.count('certificate', { filter: ALL })).toBe(4)
    const [outcome] = await store.import(batch)
    expect(outcome).toMatchObject({ kind: 'certificate', id: '5', outcome: 'changed', what: 'created' })
    expect(outcome?.row).toMatchObject({
      name: 'fresh',
      friendlyName: 'Fresh',
      tags: ['a', 'b'],
      keyId: made.id,
    })
    const { name: _name, tags: _tags, friendlyName: _friendly, ...bare } = batch.certificates[0]!
    const [again] = await store.import({ ...batch, certificates: [bare] })
    expect(again).toMatchObject({ id: '5', outcome: 'unchanged' })
  })

  test('a taken name is a clear refusal', async () => {
    const made = makeCertificate({ cn: 'x', issuer: world.root })
    const batch = { certificates: [{ der: made.der, source, name: 'web' }], keys: [] }
    await expect(store.import(batch)).rejects.toThrow(
      /Keyfactor Command: POST https:.*\/Certificates\/Import was answered with 400.*web/,
    )
  })

  test('keys that would be lost are refused before anything is sent', async () => {
    const key = makeKey()
    const lone = { pkcs8: key.pkcs8, encrypted: false, spki: key.spki, source }
    await expect(store.import({ certificates: [], keys: [lone] })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
    const csr = await madeCsr('k.example')
    await expect(store.submit({ csr, key: lone })).rejects.toMatchObject({ code: 'store.unsupported' })
  })

  test('an edit changes name, friendly name and tags, and nothing else', async () => {
    const target = { kind: 'certificate', id: '2' } as const
    const outcome = await store.edit(target, { name: 'www', addTags: ['edge'], removeTags: ['prod'] })
    expect(outcome).toMatchObject({ outcome: 'changed', what: 'renamed' })
    const { record } = await world.store.certificate('2')
    expect(record).toMatchObject({ name: 'www', friendlyName: 'Web server', tags: ['edge'] })
    expect(await store.edit(target, { name: 'www' })).toMatchObject({ outcome: 'unchanged' })
    await store.edit(target, { friendlyName: null })
    expect((await world.store.certificate('2')).record.friendlyName).toBeUndefined()
    await expect(store.edit(target, { exportable: false })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
  })

  test('a certificate, and a key alone, are deleted', async () => {
    await store.delete([{ kind: 'key', id: world.web.id }])
    expect((await world.store.certificate('2')).record.keyId).toBeUndefined()
    await expect(
      store.delete([
        { kind: 'certificate', id: '3' },
        { kind: 'certificate', id: '99' },
      ]),
    ).rejects.toMatchObject({ code: 'record.not-found' })
    expect(await world.store.count('certificate', { filter: ALL })).toBe(4)
    await store.delete([{ kind: 'certificate', id: '3' }])
    expect(await world.store.count('certificate', { filter: ALL })).toBe(3)
  })

  test('a request waits, is signed, and has its certificate', async () => {
    const csr = await madeCsr('req.example')
    const [outcome] = await store.submit({ csr })
    expect(outcome).toMatchObject({ kind: 'request', id: '1', what: 'created' })
    const rows = await all(store.list('request', { filter: ALL, sort: [] }))
    expect(rows).toMatchObject([
      { id: '1', state: 'outstanding', subject: 'CN=req.example,O=Example', requestedBy: 'admin' },
    ])
    const signing = await store.sign({ kind: 'request', id: '1' }, {})
    expect(signing.outcomes.map(({ kind, what }) => [kind, what])).toEqual([
      ['certificate', 'issued'],
      ['request', 'issued'],
    ])
    expect(signing.outcomes[0]?.row).toMatchObject({ subject: 'CN=req.example,O=Example', requestId: '1' })
    await expect(store.sign({ kind: 'request', id: '1' }, {})).rejects.toMatchObject({
      code: 'state.already-issued',
    })
  })

  test('a request is rejected with its reason', async () => {
    await store.submit({ csr: await madeCsr('no.example') })
    const [outcome] = await store.reject([{ kind: 'request', id: '1' }], 'no ticket')
    expect(outcome).toMatchObject({ outcome: 'changed', what: 'rejected' })
    expect((await world.store.request('1')).row).toMatchObject({
      state: 'rejected',
      rejectionReason: 'no ticket',
    })
    expect(await store.resolve({ kind: 'request', by: 'text', text: '1' })).toMatchObject({
      state: 'rejected',
      rejectionReason: 'no ticket',
    })
  })

  test('what an approval cannot say is refused before it is sent', async () => {
    await store.submit({ csr: await madeCsr('d.example') })
    await expect(store.sign({ kind: 'request', id: '1' }, { days: 30 })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
    expect((await world.store.request('1')).row['state']).toBe('outstanding')
  })

  test('with an authority named a request is issued at once', async () => {
    const other = await connected(world, { options: { 'certificate-authority': 'root', template: 'server' } })
    const outcomes = await other.store.submit({ csr: await madeCsr('now.example') })
    expect(outcomes.map(({ kind, what }) => [kind, what])).toEqual([
      ['request', 'created'],
      ['certificate', 'issued'],
    ])
    const [signing] = await store.issue([{ csr: await madeCsr('two.example') }], { authority: 'root' })
    expect(signing?.outcomes[0]?.row).toMatchObject({ subject: 'CN=two.example,O=Example' })
    await other.store.close()
  })

  test('a certificate is put on hold, released and revoked', async () => {
    const target = { kind: 'certificate', id: '2' } as const
    await store.revoke([target], { reason: 'certificateHold' })
    expect((await world.store.certificate('2')).record.revocation?.reason).toBe('certificateHold')
    await store.release([target], {})
    expect((await world.store.certificate('2')).record.revocation).toBeUndefined()
    const { outcomes } = await store.revoke([target], {
      reason: 'superseded',
      date: new Date('2026-02-02T00:00:00Z'),
    })
    expect(outcomes[0]?.row).toMatchObject({
      state: 'revoked',
      revocation: { date: '2026-02-02T00:00:00Z', reason: 'superseded' },
    })
    await expect(store.revoke([target], { reason: 'superseded' })).rejects.toMatchObject({
      code: 'state.already-revoked',
    })
    await expect(
      store.revoke([{ kind: 'certificate', id: '1' }], { reason: 'privilegeWithdrawn' }),
    ).rejects.toMatchObject({ code: 'store.unsupported' })
  })

  test('a collection is made, changed and deleted', async () => {
    const made = await store.addCollection({
      name: 'webs',
      filter: 'cn ~ web and expires < 30d',
      description: 'all',
    })
    expect(made).toMatchObject({
      kind: 'collection',
      id: '1',
      what: 'created',
      row: { filter: 'cn ~ web and notAfter < 2592000s' },
    })
    await store.editCollection({ kind: 'collection', id: '1' }, { filter: 'cn ^= web' })
    expect(await all(world.store.list('collection', { filter: ALL, sort: [] }))).toMatchObject([
      { name: 'webs', filter: 'cn ^= web', description: 'all' },
    ])
    await expect(store.addCollection({ name: 'x', filter: 'publicKey.type = ec' })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
    await store.delete([{ kind: 'collection', id: '1' }])
    expect(await world.store.count('collection', { filter: ALL })).toBe(0)
  })

  test('who may not is told so', async () => {
    const reader = await connected(world, { user: 'reader' })
    await expect(reader.store.delete([{ kind: 'certificate', id: '3' }])).rejects.toMatchObject({
      code: 'auth.forbidden',
    })
    await expect(reader.store.key(world.web.id)).rejects.toMatchObject({ code: 'auth.forbidden' })
    await reader.store.close()
    const nobody = await connected(world, { secret: 'wrong' })
    await expect(nobody.store.probe()).rejects.toMatchObject({ code: 'auth.failed' })
    await nobody.store.close()
  })

  test('bearer tokens and client credentials let in as well', async () => {
    const bearer = await connected(world, { form: 'bearer', secret: world.apiKeys['manager']! })
    expect((await bearer.store.probe()).server).toContain('25.4.1')
    const oauth = await connected(world, {
      form: 'client-credentials',
      user: 'manager',
      options: { 'token-url': `${world.url}/KeyfactorAPI/oauth2/token`, scope: 'x' },
    })
    expect((await oauth.store.probe()).server).toContain('25.4.1')
    expect(await oauth.store.count('certificate', { filter: ALL })).toBe(4)
    for (const { store: each } of [bearer, oauth]) await each.close()
  })
})
