import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../../src/domain/filter.ts'
import { writePem } from '../../../src/formats/pem.ts'
import type { Store } from '../../../src/store/store.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { certman } from '../../support/command.ts'
import { makeCertificate, makeRequest } from '../../support/make-certificates.ts'
import { servedWorld, type ServedWorld } from '../../support/house-world.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { refusal } from './against.ts'
import { all, connected, connectedTo, type Connected } from './connect.ts'
import { addRoot, loggedIn, madeCsr, madePem, notaryWorld } from './world.ts'

let world: ServedWorld
let here: Connected
let store: Store
beforeEach(async () => {
  world = await notaryWorld()
  here = await connected(world)
  store = here.store
})
afterEach(async () => {
  await store.close()
  await world.close()
})

const protection = { noPassword: true, insecure: true } as const
const wish = { subject: parseNameText('CN=Issuing,O=Example'), keyType: 'rsa-4096' }

describe('our client at our server', () => {
  test('the probe says who is let in', async () => {
    expect(await here.store.probe()).toEqual({
      server: 'Canonical Notary 1.1.0',
      user: 'admin',
      facts: { role: 'admin', 'key encryption': 'none' },
    })
  })

  test('an API key is a token too', async () => {
    const keyed = await connected(world, { form: 'bearer', secret: world.apiKeys['manager']! })
    await keyed.store.submit({ csr: madeCsr('old.example') })
    expect(await all(keyed.store.list('request', EVERYTHING))).toMatchObject([
      { id: '1', requestedBy: 'manager' },
    ])
    expect(await keyed.store.probe()).toMatchObject({ user: 'manager', facts: { role: 'manager' } })
    await keyed.store.close()
  })

  test('when a request was signed already then the command line names no renewal, which Notary has not', async () => {
    await store.submit({ csr: madeCsr('web.example') })
    await store.sign({ kind: 'request', id: '1' }, {})
    const cwd = temporaryFolder('notary')
    writeFileSync(join(cwd, 'ca.pem'), world.ca)
    writeFileSync(join(cwd, 'token'), world.apiKeys['admin']!, { mode: 0o600 })
    const place = ['--kind', 'notary', '--url', world.url, '--ca-file', 'ca.pem']
    const token = ['--auth', 'bearer', '--password-file', 'token']
    expect(await certman(['store', 'add', 'n', ...place, ...token], { cwd })).toMatchObject({ status: 0 })
    const { status, stderr } = await certman(['-s', 'n', 'sign', '1'], { cwd })
    expect([status, stderr.split('hint: ')[1]]).toEqual([
      5,
      'make a new request: certman -s n request --like requests/1\n',
    ])
  })

  test('a request is submitted, signed, shown, revoked, and on the CRL', async () => {
    const csr = madeCsr('web.example')
    const [submitted] = await store.submit({ csr })
    expect(submitted).toMatchObject({
      kind: 'request',
      id: '1',
      what: 'created',
      row: { state: 'outstanding' },
    })
    expect(await store.submit({ csr })).toMatchObject([{ id: '1', outcome: 'unchanged' }])
    expect(Buffer.compare((await store.request('1')).der, csr)).toBe(0)
    const { outcomes, der } = await store.sign({ kind: 'request', id: '1' }, {})
    expect(outcomes).toMatchObject([
      { kind: 'certificate', id: '1', what: 'issued', row: { subject: 'CN=web.example,O=Example' } },
      { kind: 'request', id: '1', what: 'issued', row: { state: 'issued', certificateId: '1' } },
    ])
    const own = await world.store.certificate(
      String((await world.store.resolve({ kind: 'request', by: 'text', text: '1' }))['certificateId']),
    )
    expect(Buffer.compare(own.der, der)).toBe(0)
    expect((await store.issuersOf('1')).map(({ record, facts }) => [record.id, facts.subject])).toEqual([
      ['ca-1', 'CN=Example Root,O=Example'],
    ])
    const serial = own.facts.serialNumber
    expect(await store.resolve({ kind: 'certificate', by: 'serial', serialNumber: serial })).toMatchObject({
      id: '1',
      authorityId: '1',
    })
    const revoked = await store.revoke([{ kind: 'certificate', id: '1' }], { reason: 'unspecified' })
    expect(revoked.outcomes).toHaveLength(2)
    expect(await store.resolve({ kind: 'request', by: 'text', text: '1' })).toMatchObject({
      state: 'revoked',
    })
    expect(await all(store.list('certificate', EVERYTHING))).toEqual([])
    const crl = await store.crl('Example Root')
    expect(Buffer.compare(crl.der, (await world.store.crl('root')).der)).toBe(0)
    expect(
      await refusal(store.revoke([{ kind: 'request', id: '1' }], { reason: 'unspecified' })),
    ).toMatchObject({
      code: 'state.already-revoked',
    })
  })

  test('issuing is submitting and signing', async () => {
    const [signing] = await store.issue([{ csr: madeCsr('a.example') }], { authority: 'Example Root' })
    expect(signing!.outcomes.map(({ kind }) => kind)).toEqual(['certificate', 'request'])
    expect(await store.count('certificate', EVERYTHING)).toBe(1)
  })

  test('a rejection says what becomes of its reason', async () => {
    await store.submit({ csr: madeCsr('a.example'), name: 'web' })
    await store.reject([{ kind: 'request', id: '1' }], 'no ticket')
    expect(await store.resolve({ kind: 'request', by: 'text', text: '1' })).toMatchObject({
      state: 'rejected',
    })
    expect(here.notices).toEqual([
      'Canonical Notary keeps no name of a request: left out',
      'Canonical Notary keeps no reason of a rejection: left out',
    ])
    expect(await refusal(store.sign({ kind: 'request', id: '1' }, {}))).toMatchObject({
      code: 'state.already-rejected',
    })
  })

  test('a chain that was issued elsewhere is attached', async () => {
    const ca = makeCertificate({ cn: 'Elsewhere', ca: true })
    const request = makeRequest('web.example')
    const leaf = makeCertificate({ cn: 'web.example', issuer: ca, key: request })
    await store.submit({ csr: request.der })
    const target = { kind: 'request', id: '1' } as const
    expect(await refusal(store.attach(target, [leaf.der]))).toMatchObject({ code: 'policy.refused' })
    const { outcomes } = await store.attach(target, [ca.der, leaf.der])
    expect(outcomes[0]).toMatchObject({ kind: 'certificate', id: '1', what: 'attached' })
    expect((await store.issuersOf('1')).map(({ facts }) => facts.fingerprint)).toEqual([ca.fingerprint])
    const { revoke } = { revoke: store.revoke([target], { reason: 'unspecified' }) }
    expect(await refusal(revoke)).toMatchObject({ code: 'remote.refused' })
  })

  test('requests and certificates are deleted', async () => {
    await store.issue([{ csr: madeCsr('a.example') }, { csr: madeCsr('b.example') }], {})
    await store.submit({ csr: madeCsr('c.example') })
    const gone = await store.delete([
      { kind: 'certificate', id: '1' },
      { kind: 'request', id: '3' },
    ])
    expect(gone.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['certificate 1', 'request 1', 'request 3'])
    expect((await all(store.list('request', EVERYTHING))).map(({ id }) => id)).toEqual(['2'])
    const again = store.delete([{ kind: 'request', id: '3' }])
    expect(await refusal(again)).toMatchObject({ code: 'record.not-found' })
  })

  test('authorities are made, asked for, signed, disabled and revoked', async () => {
    const made = await store.createAuthority({
      name: 'Second Root',
      ...wish,
      subject: parseNameText('CN=Second Root'),
      protection,
    })
    expect(made.outcomes[0]).toMatchObject({ kind: 'authority', row: { name: 'Second Root', enabled: true } })
    const { outcomes } = await store.createAuthority({
      name: 'Issuing',
      ...wish,
      parent: 'Example Root',
      protection,
    })
    const row = outcomes[0]!.row
    expect(row).toMatchObject({ name: 'Issuing', enabled: true, selfIssued: false })
    const chain = await store.issuersOf(String(row['certificateId']))
    expect(chain.map(({ facts }) => facts.subject)).toEqual(['CN=Example Root,O=Example'])
    const target = { kind: 'authority', id: outcomes[0]!.id } as const
    expect(await store.editAuthority(target, { enabled: false })).toMatchObject({ what: 'disabled' })
    expect(await store.editAuthority(target, { enabled: false })).toMatchObject({ outcome: 'unchanged' })
    const [asked] = await store.submit({ csr: madeCsr('a.example') })
    const sign = store.sign({ kind: 'request', id: asked!.id }, { authority: 'Issuing' })
    expect(await refusal(sign)).toMatchObject({ code: 'state.refused' })
    await store.editAuthority(target, { enabled: true })
    const revoked = await store.revoke([{ kind: 'certificate', id: String(row['certificateId']) }], {
      reason: 'unspecified',
    })
    expect(revoked.outcomes[0]).toMatchObject({ kind: 'authority', what: 'revoked' })
    const waiting = await store.authorityCsr({
      name: 'Third',
      wish: { ...wish, subject: parseNameText('CN=Third') },
      protection,
    })
    expect(waiting.outcomes[0]).toMatchObject({ kind: 'authority', row: { name: 'Third', pending: true } })
    expect(waiting.csr.length).toBeGreaterThan(100)
    const third = { kind: 'authority', id: waiting.outcomes[0]!.id } as const
    await store.sign(third, { authority: 'Example Root' })
    expect(await store.resolve({ kind: 'authority', by: 'text', text: 'Third' })).toMatchObject({
      enabled: true,
    })
  })

  test('what Notary cannot do is refused before anything is sent', async () => {
    const sent = here.trace.length
    const [batch] = [{ certificates: [], keys: [] }]
    expect(await refusal(store.import(batch))).toMatchObject({ code: 'store.unsupported' })
    expect(await refusal(store.key('1'))).toMatchObject({ code: 'store.unsupported' })
    expect(await refusal(store.trash())).toMatchObject({ code: 'store.unsupported' })
    expect(await refusal(store.profiles())).toMatchObject({ code: 'store.unsupported' })
    expect(await refusal(all(store.list('key', EVERYTHING)))).toMatchObject({ code: 'store.unsupported' })
    const path = { ...wish, name: 'x', pathLen: 0, protection }
    expect(await refusal(store.createAuthority(path))).toMatchObject({ code: 'store.unsupported' })
    expect(here.trace).toHaveLength(sent)
  })

  test('a requestor gets on with what it may', async () => {
    const requestor = await connected(world, { user: 'requestor' })
    await requestor.store.submit({ csr: madeCsr('mine.example') })
    await store.sign({ kind: 'request', id: '1' }, {})
    expect(await all(requestor.store.list('certificate', EVERYTHING))).toMatchObject([{ id: '1' }])
    const forbidden = requestor.store.reject([{ kind: 'request', id: '1' }], undefined)
    expect(await refusal(forbidden)).toMatchObject({ code: 'state.already-issued' })
    expect(await refusal(all(requestor.store.list('authority', EVERYTHING)))).toMatchObject({
      code: 'auth.forbidden',
    })
    await requestor.store.close()
  })
})

describe('a Notary served as a Notary', () => {
  test('everything goes through: the text of a request, its chain, an authority that waits', async () => {
    const front = await notaryWorld({ stores: { behind: store } })
    const caller = await loggedIn(front, 'admin')
    const text = madePem('web.example').trimEnd()
    expect((await caller('POST /certificate_requests', { body: { csr: text } })).json).toEqual({
      data: { id: 1 },
    })
    const body = { certificate_authority_id: '1' }
    expect((await caller('POST /certificate_requests/1/sign', { body })).status).toBe(202)
    const far = await (await loggedIn(world))('GET /certificate_requests/1')
    const near = await caller('GET /certificate_requests/1')
    expect(near.json).toEqual(far.json)
    expect(near.json.data.csr).toBe(text)
    const made = await caller('POST /certificate_authorities', { body: { common_name: 'Issuing' } })
    expect(made.status).toBe(201)
    const id = made.json.data.id as number
    expect((await caller(`GET /certificate_authorities/${id}`)).json.data).toMatchObject({
      id,
      certificate: '',
    })
    expect((await caller(`POST /certificate_authorities/${id}/sign`, { body })).status).toBe(202)
    expect((await caller(`GET /certificate_authorities/${id}`)).json.data.enabled).toBe(true)
    expect((await caller('POST /certificate_requests/1/certificate/revoke')).status).toBe(202)
    expect((await caller('GET /certificate_requests/1')).json.data.status).toBe('Revoked')
    expect((await caller('DELETE /certificate_requests/1/certificate')).status).toBe(200)
    expect((await caller('GET /certificate_requests')).text).toBe('{"data":[]}')
    const again = await caller('POST /certificate_requests', {
      body: { csr: writePem('CERTIFICATE REQUEST', madeCsr('b.example')) },
    })
    expect(again.json).toEqual({ data: { id: expect.any(Number) as number } })
    await front.close()
  })
})

describe('a Keyfactor served as a Notary', () => {
  test('requests are listed, signed where there is one authority, and revoked', async () => {
    const far = await servedWorld({
      dialects: ['keyfactor'],
      options: { 'keyfactor.approval': 'always' },
    })
    await addRoot(far.store)
    const behind = await connectedTo(far, 'keyfactor', 'basic')
    const front = await notaryWorld({ stores: { behind } })
    const caller = await loggedIn(front)
    const created = await caller('POST /certificate_requests', { body: { csr: madePem('web.example') } })
    expect(created.status).toBe(201)
    const path = `/certificate_requests/${created.json.data.id as number}`
    // Keyfactor gives no bytes of requests that wait
    expect((await caller(`GET ${path}`)).json.data).toMatchObject({ csr: '', status: 'Outstanding' })
    const { json } = await caller('GET /certificate_authorities')
    const body = { certificate_authority_id: String(json.data[0].id) }
    expect(await caller(`POST ${path}/sign`, { body })).toMatchObject({ status: 202, text: '{}' })
    expect(await far.store.count('certificate', EVERYTHING)).toBe(2)
    const made = await caller('POST /certificate_authorities', {
      body: { common_name: 'x', self_signed: true },
    })
    expect(made).toMatchObject({ status: 501, json: { message: 'no store here can make authorities' } })
    await front.close()
    await far.close()
  })
})
