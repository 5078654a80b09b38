import { describe, expect, test } from 'vitest'
import { readPem } from '../../../src/formats/pem.ts'
import { parseNameText } from '../../../src/x509/name-text.ts'
import { parseConstraintName } from '../../../src/x509/general-name-text.ts'
import type { NewAuthority } from '../../../src/store/authority-orders.ts'
import { makeCertificate, makeKey, makeRequest } from '../../support/make-certificates.ts'
import { against, LIST, refusal } from './against.ts'
import { wire } from './scripted.ts'

const derOf = (pem: string): Uint8Array => readPem(Buffer.from(pem)).blocks[0]!.der
const rootDer = derOf(wire('root.pem'))
const webDer = derOf(wire('web.pem'))
const csr = derOf(wire('second.csr'))
const protection = { noPassword: true, insecure: true } as const

describe('changing something', () => {
  test('a request is sent as PEM, and as the text that it came as where there is one', async () => {
    const { store, server } = await against({
      'POST /certificate_requests': [{ status: 201, body: wire('current/create.json') }],
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
    })
    const outcomes = await store.submit({ csr })
    expect(outcomes).toMatchObject([{ kind: 'request', id: '4', outcome: 'changed', what: 'created' }])
    expect(server.of('POST /certificate_requests')[0]!.json).toEqual({ csr: wire('second.csr') })
    await store.submit({ csr, text: wire('second.csr').trim() })
    expect(server.of('POST /certificate_requests')[1]!.json).toEqual({ csr: wire('second.csr').trim() })
  })

  test('a request that the server shows without its CSR was made all the same; one that is not there was not', async () => {
    const shown = {
      status: 200,
      body: '{"data":{"id":4,"csr":"","certificate_chain":"","status":"Outstanding"}}',
    }
    const { store } = await against({
      'POST /certificate_requests': [{ status: 201, body: '{"data":{"id":4}}' }],
      'GET /certificate_requests/4': [shown, { status: 404 }],
      'GET /certificate_requests': [{ body: '{"data":[]}' }],
    })
    const csr = derOf(wire('second.csr'))
    expect(await store.submit({ csr })).toMatchObject([
      { id: '4', what: 'created', row: { state: 'outstanding' } },
    ])
    await expect(store.submit({ csr })).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringMatching(
        /POST \S+ was answered with 201 and no such request is there$/,
      ) as string,
    })
  })

  test('the same request twice is unchanged', async () => {
    const { store } = await against({
      'POST /certificate_requests': [{ status: 400, body: wire('current/error-known.json') }],
      [LIST]: ['current/list.json'],
    })
    expect(await store.submit({ csr })).toMatchObject([{ id: '4', outcome: 'unchanged', what: 'present' }])
  })

  test('an id that is not that of the request is looked up, as servers of 2024 need it', async () => {
    const { store } = await against({
      'POST /certificate_requests': [{ status: 201, body: wire('documented/create.json') }],
      'GET /certificate_requests/1': [{ body: wire('documented/get.json').replace(/"id": ?2\b/, '"id": 1') }],
      [LIST]: ['current/list.json'],
    })
    expect(await store.submit({ csr })).toMatchObject([{ id: '4', outcome: 'changed', what: 'created' }])
  })

  test('when the making of an authority is cut off then the hint says to look', async () => {
    const { store } = await against({ 'POST /certificate_authorities': [{ drop: true }] })
    const order = { name: 'x', subject: parseNameText('CN=x'), keyType: 'rsa-4096', protection }
    const error = await refusal(store.createAuthority(order))
    expect(error.hint).toContain('see whether it was made: certman ca list')
  })

  test('a private key is refused before anything is sent', async () => {
    const { store, server } = await against({})
    const key = { ...makeKey(), encrypted: false, source: { how: 'generated' } } as const
    expect(await refusal(store.submit({ csr, key }))).toMatchObject({ code: 'store.unsupported' })
    expect(server.calls).toEqual([])
  })

  test('signing sends the id of the authority as text', async () => {
    const issued = { body: wire('current/get.json').replace(/"id": ?3\b/, '"id": 4') }
    const { store, server } = await against({
      'GET /certificate_requests/4': ['current/get-outstanding.json', issued],
      'GET /certificate_authorities/1': ['current/authority.json'],
      'POST /certificate_requests/4/sign': [{ status: 202 }],
    })
    const { outcomes, der } = await store.sign(
      { kind: 'request', id: '4' },
      { authority: 'Example Notary Root' },
    )
    expect(server.of('POST /certificate_requests/4/sign')[0]!.text).toBe('{"certificate_authority_id":"1"}')
    expect(outcomes.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'certificate issued',
      'request issued',
    ])
    expect(Buffer.compare(der, webDer)).toBe(0)
  })

  test('a dry run sends nothing that changes', async () => {
    const { store, server } = await against({
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
    })
    await store.sign({ kind: 'request', id: '4' }, {}, { dryRun: true })
    await store.reject([{ kind: 'request', id: '4' }], 'no ticket', { dryRun: true })
    await store.delete([{ kind: 'request', id: '4' }], { dryRun: true })
    await store.submit({ csr }, { dryRun: true })
    expect(server.calls.filter(({ method }) => method !== 'GET').map(({ path }) => path)).toEqual(['/login'])
  })

  test('what Notary decides by itself is refused', async () => {
    const { store, server } = await against({})
    const target = { kind: 'request', id: '4' } as const
    expect(await refusal(store.sign(target, { days: 30 }))).toMatchObject({
      code: 'store.unsupported',
      message: expect.stringContaining('days cannot be chosen') as string,
    })
    const hold = store.revoke([{ kind: 'certificate', id: '3' }], { reason: 'certificateHold' })
    expect(await refusal(hold)).toMatchObject({ code: 'store.unsupported' })
    expect(server.calls).toEqual([])
  })

  test('an issued request is not signed again, nor rejected: Notary would forget its certificate', async () => {
    const { store, server } = await against({ 'GET /certificate_requests/3': ['current/get.json'] })
    const target = { kind: 'request', id: '3' } as const
    expect(await refusal(store.sign(target, {}))).toMatchObject({ code: 'state.already-issued' })
    expect(await refusal(store.reject([target], undefined))).toMatchObject({ code: 'state.already-issued' })
    expect(server.calls.every(({ method, path }) => method === 'GET' || path === '/login')).toBe(true)
  })

  test('an authority that waits is not asked to sign', async () => {
    const { store } = await against({
      'GET /certificate_requests/4': ['current/get-outstanding.json'],
      'GET /certificate_authorities/2': ['current/authority-waiting.json'],
    })
    const error = await refusal(store.sign({ kind: 'request', id: '4' }, { authority: '2' }))
    expect(error).toMatchObject({ code: 'state.refused' })
    expect(error.message).toBe('authority 2 cannot sign: it waits for its own certificate')
  })

  test('revoking says what is left out, and shows the certificate as it was', async () => {
    const { store } = await against({
      'GET /certificate_requests/3': ['current/get.json'],
      'POST /certificate_requests/3/certificate/revoke': [{ status: 202 }],
    })
    const { outcomes, notes } = await store.revoke([{ kind: 'certificate', id: '3' }], {
      reason: 'keyCompromise',
    })
    expect(outcomes).toMatchObject([
      { kind: 'certificate', id: '3', what: 'revoked', row: { state: 'revoked' } },
      { kind: 'request', id: '3', what: 'revoked', row: { state: 'revoked' } },
    ])
    expect(notes).toEqual(['Canonical Notary keeps no reason of a revocation: keyCompromise is left out'])
  })

  test('a root is not asked to be revoked: Notary would drop the connection', async () => {
    const { store } = await against({ 'GET /certificate_authorities/1': ['current/authority.json'] })
    const error = await refusal(
      store.revoke([{ kind: 'certificate', id: 'ca-1' }], { reason: 'unspecified' }),
    )
    expect(error).toMatchObject({ code: 'state.refused', hint: 'disable it: certman ca disable NAME' })
  })

  test('a chain is attached leaf first, whatever its order, with the issuer that the server knows', async () => {
    const outstanding = JSON.parse(wire('current/get.json'))
    Object.assign(outstanding.data, { certificate_chain: '', status: 'Outstanding' })
    const before = { body: JSON.stringify(outstanding) }
    const { store, server } = await against({
      'GET /certificate_requests/3': [before, 'current/get.json', before, 'current/get.json'],
      'POST /certificate_requests/3/certificate': [{ status: 201, body: '{"data":{"id":7}}' }],
    })
    const target = { kind: 'request', id: '3' } as const
    const { outcomes } = await store.attach(target, [rootDer, webDer])
    await store.attach(target, [webDer])
    const sent = server.of('POST /certificate_requests/3/certificate').map(({ json }) => json as object)
    expect(sent).toEqual([
      { certificate: `${wire('web.pem')}\n${wire('root.pem')}` },
      { certificate: `${wire('web.pem')}\n${wire('root.pem')}` },
    ])
    expect(outcomes[0]).toMatchObject({ kind: 'certificate', id: '3', what: 'attached' })
  })

  test('a chain of another key is refused here: Notary would answer 500 and nothing else', async () => {
    const { store } = await against({ 'GET /certificate_requests/4': ['current/get-outstanding.json'] })
    const stranger = makeCertificate({ cn: 'stranger' })
    const error = await refusal(store.attach({ kind: 'request', id: '4' }, [stranger.der, rootDer]))
    expect(error).toMatchObject({ code: 'policy.refused' })
  })

  test.each([
    ['drops the connection', { drop: true }, 'knows RSA keys only'],
    ['answers with a web page', { body: '<html>', type: 'text/html' }, 'it may have been done all the same'],
  ])('when the server %s over a key that is no RSA key then the hint says why', async (_, answer, hint) => {
    const request = makeRequest('curve.example')
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(request.der).toString('base64')}\n-----END CERTIFICATE REQUEST-----`
    const body = JSON.stringify({ data: { id: 4, csr: pem, certificate_chain: '', status: 'Outstanding' } })
    const { store, server } = await against({
      'GET /certificate_requests/4': [{ body }],
      'GET /certificate_authorities/1': ['current/authority.json'],
      'POST /certificate_requests/4/sign': [answer],
    })
    const error = await refusal(store.sign({ kind: 'request', id: '4' }, { authority: '1' }))
    expect(error.hint).toContain(hint)
    expect(server.of('POST /certificate_requests/4/sign')).toHaveLength(1)
  })

  test('deleting a certificate tells that its request is gone too', async () => {
    const { store } = await against({
      'GET /certificate_requests/3': ['current/get.json', 'current/get.json', { status: 404 }],
      [LIST]: [{ body: '{"data":[]}' }],
      'DELETE /certificate_requests/3/certificate': [{ status: 200 }],
    })
    const outcomes = await store.delete([{ kind: 'certificate', id: '3' }])
    expect(outcomes.map(({ kind, what }) => `${kind} ${what}`)).toEqual([
      'certificate deleted',
      'request deleted',
    ])
  })

  test('a root is made of what Notary knows, and notes say the rest', async () => {
    const { store, server } = await against({
      'POST /certificate_authorities': [{ status: 201, body: '{"data":{"id":1}}' }],
      'GET /certificate_authorities/1': ['current/authority.json'],
    })
    const subject = parseNameText('CN=Example Notary Root,O=Example,C=GB')
    const order = { name: 'root', subject, keyType: 'ec-p256', days: 365, protection }
    const { outcomes, notes } = await store.createAuthority(order)
    expect(server.of('POST /certificate_authorities')[0]!.json).toEqual({
      self_signed: true,
      country_name: 'GB',
      organization_name: 'Example',
      common_name: 'Example Notary Root',
      not_valid_after: '2028-02-29T12:00:00Z',
    })
    expect(outcomes[0]).toMatchObject({ kind: 'authority', id: '1', what: 'created' })
    expect(notes).toHaveLength(3)
  })

  test.each([
    [
      'nameConstraints',
      { settings: {}, nameConstraints: { permitted: [parseConstraintName('dns:x.example')] } },
    ],
    ['pathLen', { settings: {}, pathLen: 0 }],
    ['notBefore', { notBefore: new Date('2026-03-02T00:00:00Z') }],
    ['crlDays', { settings: { defaultProfile: undefined, crlDays: 9 } }],
    ['pss', { pss: true }],
  ])(
    'an authority with %s, which Notary would leave out, is refused before it is made',
    async (what, wish) => {
      const { store, server } = await against({})
      const subject = parseNameText('CN=x')
      const order = { ...wish, name: 'x', subject, keyType: 'rsa-4096', protection } as NewAuthority
      const message = expect.stringContaining(`: ${what} cannot be chosen`) as string
      await expect(store.createAuthority(order)).rejects.toMatchObject({ code: 'store.unsupported', message })
      expect(server.calls).toEqual([])
    },
  )

  test('an authority is switched on and off with `enabled`', async () => {
    const off = wire('current/authority.json').replace('"enabled": true', '"enabled": false')
    const { store, server } = await against({
      'GET /certificate_authorities/1': ['current/authority.json', { body: off }],
      'PUT /certificate_authorities/1': [{ status: 200 }],
    })
    const outcome = await store.editAuthority({ kind: 'authority', id: '1' }, { enabled: false })
    expect(server.of('PUT /certificate_authorities/1')[0]!.json).toEqual({ enabled: false })
    expect(outcome).toMatchObject({ what: 'disabled', row: { enabled: false } })
  })

  test('when an authority goes between two calls then it is the authority that is missing, not the API', async () => {
    const { store } = await against({
      'GET /certificate_authorities/1': ['current/authority.json', 'current/authority.json'],
      'PUT /certificate_authorities/1': [{ status: 404 }],
      'GET /certificate_authorities/1/crl': [{ status: 404 }],
    })
    const missing = { code: 'record.not-found', message: expect.stringContaining('authority "1"') as unknown }
    expect(await refusal(store.crl('1'))).toMatchObject(missing)
    const change = store.editAuthority({ kind: 'authority', id: '1' }, { enabled: false })
    expect(await refusal(change)).toMatchObject(missing)
  })
})
