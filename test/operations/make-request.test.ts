import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { systemAmbient } from '../../src/library.ts'
import { makeRequest, type RequestWish } from '../../src/operations/make-request.ts'
import { submitFile } from '../../src/operations/submit-file.ts'
import { writePem } from '../../src/formats/pem.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { describeCsr } from '../../src/x509/csr.ts'
import { csrFor, rootOrder, target } from '../contracts/authority/world.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'

function world() {
  const ambient = systemAmbient('tester@host')
  const store = localStore(memoryRepository(describeRecord, ambient), {
    ambient,
    kind: 'memory',
    location: 'memory',
  })
  const make = (wish: RequestWish) => makeRequest(store, wish, { ambient })
  return { ambient, store, make }
}

test('openssl reads a request as it was wished for, and verifies it', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const { make } = world()
  const { csr, outcomes } = await make({
    subject: 'CN=w,O=Example',
    subjectAltName: ['dns:w.example', '192.0.2.7', 'jo@example.com'],
    keyUsage: ['digital-signature', 'contentCommitment', 'keyEncipherment'],
    extendedKeyUsage: ['serverAuth'],
    keyType: 'rsa-2048',
  })
  const said = outputOf(openssl, ['req', '-inform', 'DER', '-verify', '-noout', '-text'], csr).toString()
  expect(said).toContain('Subject: O = Example, CN = w')
  expect(said).toContain('DNS:w.example, IP Address:192.0.2.7, email:jo@example.com')
  expect(said).toContain('Digital Signature, Non Repudiation, Key Encipherment')
  expect(said).toContain('TLS Web Server Authentication')
  expect(said).toContain('2048 bit')
  expect(outcomes[0]).toMatchObject({ id: '1', row: { state: 'outstanding', requestedBy: 'tester@host' } })
})

test('a request like a certificate has its names and usages, and another key', async () => {
  const { store, make } = world()
  await store.createAuthority(rootOrder())
  const names = ['dns:w.example', 'upn:jo@example', 'rid:1.2.3']
  const [signing] = await store.issue([{ csr: csrFor(names), name: 'w' }], { allowChanges: true })
  const model = (await store.certificate(signing!.outcomes[0]!.id)).facts
  const like = describeCsr((await make({ like: parseReference('w') })).csr)
  expect(like).toMatchObject({
    subject: model.subject,
    subjectAltName: model.subjectAltName,
    keyUsage: model.keyUsage,
    extendedKeyUsage: model.extendedKeyUsage,
  })
  expect(like.publicKey).toMatchObject({ type: 'ec', curve: 'P-256' })
  expect(like.publicKey.spkiHash).not.toBe(model.publicKey.spkiHash)
  const other = await make({
    like: parseReference('w'),
    subjectAltName: ['dns:other.example'],
    keyType: 'ed25519',
  })
  expect(describeCsr(other.csr)).toMatchObject({
    subjectAltName: [{ type: 'dns', value: 'other.example' }],
    publicKey: { type: 'ed25519' },
  })
})

test('a password for the key keeps it encrypted', async () => {
  const { store, make } = world()
  const { outcomes } = await make({ subject: 'CN=w', keyPassword: new Secret('pw'), exportable: false })
  const key = await store.key(outcomes[1]!.id)
  expect(key.encrypted).toBe(true)
  expect(outcomes[1]!.row).toMatchObject({ exportable: false, source: { how: 'generated' } })
})

test.each([
  [{}, 'subject'],
  [{ subject: 'CN=w', keyUsage: ['fly'] }, 'keyUsage'],
  [{ subject: 'CN=w', extendedKeyUsage: ['fly'] }, 'extendedKeyUsage'],
  [{ subject: 'CN=w', keyType: 'rsa-512' }, 'keyType'],
  [{ subject: 'w' }, 'subject'],
])('a wish that cannot be is refused with its field: %o', async (wish, field) => {
  const { store, make } = world()
  await expect(make(wish)).rejects.toMatchObject({ code: 'input.invalid', field })
  expect(await store.count('request', { filter: { op: 'all' } })).toBe(0)
})

test('a file must hold exactly one request', async () => {
  const { ambient, store } = world()
  const pem = (...csrs: readonly Uint8Array[]): Uint8Array =>
    Buffer.from(csrs.map((csr) => writePem('CERTIFICATE REQUEST', csr)).join(''))
  const submit = (bytes: Uint8Array) =>
    submitFile(
      store,
      { path: '-', cwd: '/' },
      {
        password: () => Promise.resolve(undefined),
        tools: { ambient, readStdin: () => Promise.resolve(bytes) },
      },
    )
  const [one, other] = [csrFor(['dns:one.example']), csrFor(['dns:other.example'])]
  await expect(submit(pem(one, other))).rejects.toMatchObject({ code: 'input.invalid' })
  await store.createAuthority(rootOrder())
  const certificate = Buffer.from(writePem('CERTIFICATE', (await store.certificate('1')).der))
  await expect(submit(certificate)).rejects.toMatchObject({ code: 'input.empty' })
  const { outcomes } = await submit(pem(one))
  expect((await store.request(outcomes[0]!.id)).der).toEqual(one)
  await store.sign(target(outcomes[0]!.id), {})
})
