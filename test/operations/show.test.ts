import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { writePem } from '../../src/formats/pem.ts'
import { inspectFile, type InspectReport } from '../../src/operations/inspect-file.ts'
import { resolveTargets, resolveTrashed } from '../../src/operations/resolve-targets.ts'
import { showRecord } from '../../src/operations/show-record.ts'
import type { Store } from '../../src/store/store.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate, makeRequest } from '../support/make-certificates.ts'
import { passwords } from '../support/password.ts'
import { memoryStore, temporaryFolder } from '../support/worlds.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures')
const source = { how: 'imported' } as const
const root = makeCertificate({ cn: 'Root', ca: true })
const web = makeCertificate({ cn: 'web.example', issuer: root, dns: ['web.example'] })
const request = makeRequest('web.example', web)

async function filled(): Promise<Store> {
  const store = memoryStore()
  await store.import({
    certificates: [
      { der: web.der, name: 'web', source },
      { der: root.der, source },
    ],
    keys: [{ pkcs8: web.pkcs8, spki: web.spki, encrypted: false, source }],
    requests: [{ der: request.der, name: 'new', source }],
  })
  return store
}

/** The fields that the exact forms of the manual promise for every certificate, wherever it lies. */
const PROMISED =
  'subject issuer serialNumber notBefore notAfter thumbprint fingerprint subjectAltName publicKey signatureAlgorithm extendedKeyUsage keyUsage basicConstraints'.split(
    ' ',
  )

function inspect(file: string, stdin?: string): Promise<InspectReport> {
  const readStdin = () => Promise.resolve(new TextEncoder().encode(stdin))
  return inspectFile({ path: file, cwd: fixtures }, passwords('s3cret-Pw'), {
    ambient: frozenAmbient(),
    readStdin,
  })
}

describe('show of a record', () => {
  test('when a certificate is shown then record, facts, state, chain, key and bytes are there', async () => {
    const shown = await showRecord(await filled(), parseReference('web'))
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(PROMISED))
    expect(shown).toMatchObject({
      kind: 'certificate',
      id: '1',
      name: 'web',
      state: 'valid',
      hasPrivateKey: true,
      key: { id: web.id, encrypted: false, exportable: true },
      chain: [{ id: '2', subject: 'CN=Root,O=Example', fingerprint: root.fingerprint, state: 'valid' }],
      subjectAltName: [{ type: 'dns', value: 'web.example' }],
      extendedKeyUsage: null,
      pem: writePem('CERTIFICATE', web.der),
    })
    expect((shown['extensions'] as JsonObject[]).map((extension) => extension['name'])).toContain(
      'basicConstraints',
    )
  })

  test('when a request is shown then its proof of possession is judged', async () => {
    const shown = await showRecord(await filled(), parseReference('requests/new'))
    expect(shown).toMatchObject({
      kind: 'request',
      id: '1',
      state: 'outstanding',
      signature: 'valid',
      hasPrivateKey: true,
    })
  })

  test('when a key is shown then its facts and certificates are there, and nothing secret', async () => {
    const shown = await showRecord(await filled(), parseReference(`keys/${web.id.slice(0, 8)}`))
    expect(shown).toMatchObject({ kind: 'key', id: web.id, type: 'ec', curve: 'P-256', certificates: ['1'] })
    const secret = web.pkcs8.use((der) => Buffer.from(der).subarray(36, 60))
    expect(JSON.stringify(shown)).not.toContain(secret.toString('hex'))
    expect(JSON.stringify(shown)).not.toContain(secret.toString('base64').slice(0, 20))
  })
})

describe('show of a file', () => {
  test('when a PFX is looked into then certificate, chain and key are told, and tied', async () => {
    const { format, items } = await inspect('windows/intranet.pfx')
    expect(format).toBe('pkcs12')
    const key = items.find(({ kind }) => kind === 'key')!
    const certificate = items.find((item) => item['hasPrivateKey'] === true)!
    expect(Object.keys(certificate)).toEqual(expect.arrayContaining(PROMISED))
    expect(key).toMatchObject({ encrypted: true, certificates: [certificate['fingerprint']] })
    expect((certificate['chain'] as JsonObject[]).length).toBe(items.length - 2)
  })

  test('when a file has a certificate twice, as a Java key store has one that it trusts, then its key names it once', async () => {
    const path = join(temporaryFolder(), 'twice.pem')
    const pem = writePem('CERTIFICATE', web.der)
    writeFileSync(path, pem + pem + web.pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes)))
    const { items } = await inspect(path)
    expect(items.map(({ kind }) => kind)).toEqual(['certificate', 'certificate', 'key'])
    expect(items[2]).toMatchObject({ certificates: [web.fingerprint] })
  })

  test('when a folder is looked into as a file then it is refused', async () => {
    await expect(inspect('windows')).rejects.toMatchObject({ code: 'file.is-directory' })
  })

  test('when a request and a CRL are looked into then each is described', async () => {
    expect((await inspect('mixed/api.csr')).items).toMatchObject([
      { kind: 'request', signature: 'valid', hasPrivateKey: false },
    ])
    const [crl] = (await inspect('mixed/issuing.crl')).items
    expect(crl).toMatchObject({
      kind: 'crl',
      issuer: expect.any(String),
      thisUpdate: expect.stringMatching(/Z$/),
    })
  })

  test('when standard input is looked into then it is the same', async () => {
    const { items } = await inspect('-', writePem('CERTIFICATE', web.der) + writePem('PUBLIC KEY', web.spki))
    expect(items).toMatchObject([
      { kind: 'certificate', state: 'valid' },
      { kind: 'publicKey', curve: 'P-256' },
    ])
  })

  test('when the store and a file hold the same certificate then their facts are the same', async () => {
    const store = memoryStore()
    const [item] = (await inspect(join(fixtures, 'tls/leaf.pem'))).items
    const pem = String(item!['pem']).replace(/-----[^-]+-----|\n/g, '')
    await store.import({
      certificates: [{ der: new Uint8Array(Buffer.from(pem, 'base64')), source }],
      keys: [],
    })
    const shown = await showRecord(store, parseReference('1'))
    for (const field of [...PROMISED, 'extensions', 'pem', 'state'])
      expect(shown[field]).toEqual(item![field])
  })
})

describe('targets', () => {
  test('when one record is named twice then it is one target', async () => {
    const targets = await resolveTargets(
      await filled(),
      ['web', '1', '2'].map((text) => parseReference(text)),
    )
    expect(targets.map(({ target }) => target.id)).toEqual(['1', '2'])
  })

  test('when the trash is asked by id, name, fingerprint or key then it finds', async () => {
    const store = await filled()
    await store.delete([
      { kind: 'certificate', id: '1' },
      { kind: 'request', id: '1' },
    ])
    const find = async (text: string) => (await resolveTrashed(store, [parseReference(text)]))[0]!.target
    const found = await Promise.all(
      ['1', 'web', web.fingerprint.slice(0, 9), `keys/${web.id.slice(0, 8)}`, 'requests/new'].map(find),
    )
    expect(found.map(({ kind, id }) => `${kind} ${id.slice(0, 8)}`)).toEqual([
      'certificate 1',
      'certificate 1',
      'certificate 1',
      `key ${web.id.slice(0, 8)}`,
      'request 1',
    ])
    await expect(find('2')).rejects.toMatchObject({
      code: 'record.not-found',
      message: expect.stringContaining('in the trash'),
    })
  })
})
