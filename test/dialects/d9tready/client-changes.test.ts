import { beforeEach, describe, expect, test } from 'vitest'
import { readItems } from '../../../src/formats/read-items.ts'
import { readPem } from '../../../src/formats/pem.ts'
import type { NewKey } from '../../../src/store/store.ts'
import { makeCertificate, makeKey, makeRequest } from '../../support/make-certificates.ts'
import { against, CERTIFICATE, derOf, EVERY, KEY, SELF } from './against.ts'
import { all } from './connect.ts'
import { fixture, sample } from './scripted.ts'

const source = { how: 'imported' } as const
const at = against()

async function documentedKey(): Promise<NewKey> {
  const { items } = await readItems(Buffer.from(KEY), { file: 'key', password: async () => undefined })
  const key = items[0]!
  if (key.type !== 'private-key') throw new TypeError('the sample is no key')
  return { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source }
}

describe('changes', () => {
  beforeEach(() => {
    at.server.say('POST /rest/privatekeys', sample('private-key-created'))
    at.server.say('POST /rest/privatekeys/1/certificates', sample('certificate-created'))
    at.server.say(`PUT ${CERTIFICATE}`, sample('certificate-updated'))
    at.server.say(`DELETE ${CERTIFICATE}`, sample('certificate-deleted'))
    at.server.say('DELETE /rest/privatekeys/1', sample('private-key-deleted'))
  })
  const nothing = (): void => {
    for (const path of ['/certificates', '/privatekeys', '/privatekeys/1/certificates'])
      at.server.say(`GET /rest${path}`, { status: 200, body: [] })
  }
  const sent = (request: string): unknown => at.server.received.find((each) => each.request === request)?.body

  test('a certificate with its key: first the key, then the certificate with all eight members', async () => {
    nothing()
    const batch = {
      certificates: [{ der: derOf(SELF), name: 'MyCert', source }],
      keys: [await documentedKey()],
    }
    const outcomes = await at.here.store.import(batch)
    expect(outcomes.map(({ kind, id, what }) => [kind, id, what])).toEqual([
      ['key', '1', 'created'],
      ['certificate', '1', 'created'],
    ])
    expect(at.asked().filter((each) => each.startsWith('POST'))).toEqual([
      'POST /rest/privatekeys',
      'POST /rest/privatekeys/1/certificates',
    ])
    expect(sent('POST /rest/privatekeys')).toEqual({ name: 'MyCert', key: KEY })
    expect(sent('POST /rest/privatekeys/1/certificates')).toEqual({
      name: 'MyCert',
      common_name: 'demo.d9tready.com',
      organization_name: 'D9T GmbH',
      organization_unit: 'IT',
      locality: 'Ulm',
      state_province: 'BW',
      country_code: 'DE',
      email: 'oliver.roch@d9t.de',
      ssl_certificate: SELF,
    })
    expect(at.here.trace.join('\n')).not.toContain(KEY.split('\n')[3]!)
  })

  test('issuers go along behind the certificate, and the person is told', async () => {
    const certificates = [fixture('root.pem'), fixture('issued.pem')].map((pem) => ({
      der: derOf(pem),
      source,
    }))
    const outcomes = await at.here.store.import({ certificates, keys: [] })
    expect(outcomes).toHaveLength(1)
    expect(sent('POST /rest/privatekeys/1/certificates')).toMatchObject({
      name: 'demo.d9tready.com',
      ssl_certificate: fixture('issued.pem') + fixture('root.pem'),
    })
    expect(at.here.notices).toEqual([expect.stringContaining('1 went along')])
  })

  test('what is there already is left alone', async () => {
    const [outcome] = await at.here.store.import({ certificates: [{ der: derOf(SELF), source }], keys: [] })
    expect(outcome).toMatchObject({ outcome: 'unchanged', what: 'present', id: '1' })
    expect(at.asked().every((each) => each.startsWith('GET'))).toBe(true)
  })

  test('a taken name is a conflict, and with replace an update of the same resource', async () => {
    const batch = { certificates: [{ der: derOf(fixture('issued.pem')), name: 'MyCert', source }], keys: [] }
    await expect(at.here.store.import(batch)).rejects.toMatchObject({ code: 'name.taken' })
    expect(at.asked().every((each) => each.startsWith('GET'))).toBe(true)
    const [outcome] = await at.here.store.import(batch, { replace: true })
    expect(outcome).toMatchObject({ id: '1', what: 'replaced' })
    expect(sent(`PUT ${CERTIFICATE}`)).toEqual({ ssl_certificate: fixture('issued.pem') })
  })

  test('a dry run sends nothing that changes', async () => {
    nothing()
    const made = makeCertificate({ cn: 'new.example' })
    const key = { pkcs8: made.pkcs8, spki: made.spki, encrypted: false, source }
    const outcomes = await at.here.store.import(
      { certificates: [{ der: made.der, source }], keys: [key] },
      { dryRun: true },
    )
    expect(outcomes.map(({ kind, what }) => [kind, what])).toEqual([
      ['key', 'created'],
      ['certificate', 'created'],
    ])
    await at.here.store.submit({ csr: makeRequest('new.example', made).der, key }, { dryRun: true })
    expect(at.asked().every((each) => each.startsWith('GET'))).toBe(true)
  })

  test.each([
    ['without its private key', {}],
    ['with an encrypted private key', { encrypted: true }],
    ['with a key that may not leave', { exportable: false as const }],
  ])('a certificate %s is refused before anything is sent', async (_what, more) => {
    nothing()
    const made = makeCertificate({ cn: 'new.example' })
    const key = { pkcs8: made.pkcs8, spki: made.spki, encrypted: false, source, ...more }
    const keys = Object.keys(more).length > 0 ? [key] : []
    await expect(
      at.here.store.import({ certificates: [{ der: made.der, source }], keys }),
    ).rejects.toMatchObject({ code: 'store.unsupported' })
    expect(at.asked().every((each) => each.startsWith('GET'))).toBe(true)
  })

  test('the key of the settings is believed when none is found', async () => {
    nothing()
    await at.connect({ options: { key: '1' } })
    const made = makeCertificate({ cn: 'new.example' })
    await at.here.store.import({ certificates: [{ der: made.der, source }], keys: [] })
    expect(sent('POST /rest/privatekeys/1/certificates')).toMatchObject({ common_name: 'new.example' })
  })

  test('a request makes key and certificate, and the new key is taken back when that fails', async () => {
    nothing()
    const key = await documentedKey()
    const { der: csr } = readPem(Buffer.from((sample('request').body as { csr: string }).csr)).blocks[0]!
    const outcomes = await at.here.store.submit({ csr, key, name: 'MyCert' })
    expect(outcomes.map(({ kind, id }) => [kind, id])).toEqual([
      ['request', '1'],
      ['key', '1'],
    ])
    expect(outcomes[0]!.row).toMatchObject({ state: 'outstanding', name: 'MyCert' })
    expect(sent('POST /rest/privatekeys/1/certificates')).not.toHaveProperty('ssl_certificate')
    at.server.say('POST /rest/privatekeys/1/certificates', { status: 400, body: { message: 'no' } })
    await expect(at.here.store.submit({ csr, key, name: 'MyCert' })).rejects.toMatchObject({
      code: 'remote.refused',
    })
    expect(at.asked()).toContain('DELETE /rest/privatekeys/1')
  })

  test('a request of which something would be lost is refused', async () => {
    const { writeCsr } = await import('../../../src/x509/write-csr.ts')
    const { openSigner } = await import('../../../src/crypto/signer.ts')
    const { parseNameText } = await import('../../../src/x509/name-text.ts')
    const { subjectAltName } = await import('../../../src/x509/write-extensions.ts')
    const { parseGeneralName } = await import('../../../src/x509/general-name-text.ts')
    const key = makeKey()
    const names = ['dns:w.example', 'dns:v.example'].map(parseGeneralName)
    const csr = writeCsr({
      subject: parseNameText('CN=w.example,serialNumber=7'),
      extensions: [subjectAltName(names)],
      signer: openSigner(key.pkcs8),
    })
    await expect(
      at.here.store.submit({ csr, key: { pkcs8: key.pkcs8, spki: key.spki, encrypted: false, source } }),
    ).rejects.toMatchObject({ code: 'store.unsupported', message: expect.stringMatching(/dns:v\.example/) })
    await expect(at.here.store.submit({ csr: makeRequest('x').der })).rejects.toMatchObject({
      code: 'key.missing',
    })
    expect(at.server.received.some(({ request }) => request.startsWith('POST'))).toBe(false)
  })

  test('the answer of an authority takes the place of the self-signed certificate', async () => {
    const chain = [fixture('root.pem'), fixture('issued.pem')].map(derOf)
    at.server.say(`GET ${CERTIFICATE}`, sample('certificate'), sample('certificate-issued'))
    const signing = await at.here.store.attach({ kind: 'request', id: '1' }, chain)
    expect(signing.outcomes.map(({ kind, what }) => [kind, what])).toEqual([
      ['certificate', 'attached'],
      ['request', 'issued'],
    ])
    expect(sent(`PUT ${CERTIFICATE}`)).toEqual({
      ssl_certificate: fixture('issued.pem') + fixture('root.pem'),
    })
    await expect(at.here.store.attach({ kind: 'request', id: '1' }, chain)).rejects.toMatchObject({
      code: 'state.already-issued',
    })
  })

  test('the answer to another request is refused', async () => {
    const chain = [makeCertificate({ cn: 'demo.d9tready.com' }).der]
    await expect(at.here.store.attach({ kind: 'request', id: '1' }, chain)).rejects.toMatchObject({
      code: 'policy.refused',
    })
    expect(sent(`PUT ${CERTIFICATE}`)).toBeUndefined()
  })

  test('a certificate is deleted; a key only together with its certificates', async () => {
    await expect(at.here.store.delete([{ kind: 'key', id: '1' }])).rejects.toMatchObject({
      code: 'state.refused',
      hint: 'name them too: certman -s d9 delete 1 keys/1',
    })
    const outcomes = await at.here.store.delete([
      { kind: 'key', id: '1' },
      { kind: 'certificate', id: '1' },
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['certificate', 'key'])
    expect(at.asked().filter((each) => each.startsWith('DELETE'))).toEqual([
      `DELETE ${CERTIFICATE}`,
      'DELETE /rest/privatekeys/1',
    ])
  })

  test('when the server answers about another certificate then nothing is deleted', async () => {
    at.server.say(`GET ${CERTIFICATE}`, {
      status: 200,
      body: { ...(sample('certificate').body as object), id: '2' },
    })
    await expect(at.here.store.delete([{ kind: 'certificate', id: '1' }])).rejects.toMatchObject({
      code: 'remote.unexpected',
      message: expect.stringContaining('another certificate than was asked for') as string,
    })
    expect(at.asked().filter((each) => each.startsWith('DELETE'))).toEqual([])
  })

  test('a certificate that changed meanwhile is not deleted', async () => {
    await expect(
      at.here.store.delete([{ kind: 'certificate', id: '1', revision: '00' }]),
    ).rejects.toMatchObject({ code: 'record.changed' })
  })

  test('what the vendor cannot do is refused in its words, and nothing is sent', async () => {
    await expect(at.here.store.edit({ kind: 'certificate', id: '1' }, { name: 'x' })).rejects.toMatchObject({
      code: 'store.unsupported',
      message: 'd9tready (store "d9") cannot edit records',
    })
    await expect(at.here.store.trash()).rejects.toMatchObject({ code: 'store.unsupported' })
    await expect(at.here.store.count('authority', { filter: EVERY.filter })).rejects.toMatchObject({
      code: 'store.unsupported',
    })
    expect(at.server.received).toEqual([])
  })
})

describe('trouble', () => {
  test.each([
    [401, { status: 401 }, 'auth.failed'],
    [403, { status: 403 }, 'auth.failed'],
    [
      '403 with the header',
      { status: 403, headers: { 'www-authenticate': 'Basic' }, body: { message: 'x' } },
      'auth.failed',
    ],
    ['403 with words', { status: 403, body: { message: 'You may not.' } }, 'auth.forbidden'],
    [500, { status: 500, body: {} }, 'remote.failed'],
    [
      'a web page',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'remote.unexpected',
    ],
    [
      'a page for 404',
      { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'remote.unexpected',
    ],
    [
      'half a page',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '[{"id":' },
      'remote.unexpected',
    ],
    ['an object', { status: 200, body: { a: 1 } }, 'remote.unexpected'],
    [
      'a redirect to elsewhere',
      { status: 302, headers: { location: 'https://elsewhere.example/' } },
      'remote.unexpected',
    ],
  ])('%s gives one clear error', async (_what, answer, code) => {
    at.server.say('GET /rest/certificates', answer)
    const error = await all(at.here.store.list('certificate', EVERY)).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    const { message, hint } = error as { message: string; hint: string }
    expect(`${message} ${hint}`).not.toContain('ZGVtbzpkZW1v')
    expect(message).toMatch(/rest\/certificates|elsewhere/)
  })

  test('the documented 403 in HTML is a failed login', async () => {
    at.server.say('GET /rest/privatekeys', sample('forbidden'))
    await expect(all(at.here.store.list('key', EVERY))).rejects.toMatchObject({
      code: 'auth.failed',
      message: expect.stringMatching(
        /^d9tready: GET https:\/\/127.*\/rest\/privatekeys was answered with 403/,
      ),
    })
  })

  test('503 is tried again for a read, and never for a creation', async () => {
    at.server.say('GET /rest/privatekeys', { status: 503 }, sample('private-keys'))
    expect(await all(at.here.store.list('key', EVERY))).toHaveLength(1)
    for (const path of ['/certificates', '/privatekeys'])
      at.server.say(`GET /rest${path}`, { status: 200, body: [] })
    at.server.say('POST /rest/privatekeys', { status: 503 })
    const key = await documentedKey()
    await expect(at.here.store.import({ certificates: [], keys: [key] })).rejects.toMatchObject({
      code: 'remote.failed',
    })
    expect(at.asked().filter((each) => each === 'POST /rest/privatekeys')).toHaveLength(1)
  })

  test('a creation that does not say where is reported as done and not found', async () => {
    for (const path of ['/certificates', '/privatekeys'])
      at.server.say(`GET /rest${path}`, { status: 200, body: [] })
    at.server.say('POST /rest/privatekeys', { status: 201 })
    await expect(
      at.here.store.import({ certificates: [], keys: [await documentedKey()] }),
    ).rejects.toMatchObject({ code: 'remote.unexpected', hint: expect.stringContaining('made all the same') })
  })

  test('ids that would leave their place in a path are not sent', async () => {
    for (const id of ['../1', '1/2', '', 'x'.repeat(65)])
      await expect(at.here.store.certificate(id)).rejects.toMatchObject({ code: 'record.not-found' })
    expect(at.server.received).toEqual([])
  })

  test('the same id under two keys is ambiguous', async () => {
    const [item] = sample('certificates').body as { _links: { href: string }[] }[]
    const other = { ...item, _links: [{ href: '/rest/privatekeys/2/certificates/1', rel: 'self' }] }
    at.server.say('GET /rest/certificates', { status: 200, body: [item, other] })
    await expect(at.here.store.resolve({ kind: 'certificate', by: 'text', text: '1' })).rejects.toMatchObject(
      {
        code: 'reference.ambiguous',
      },
    )
  })
})
