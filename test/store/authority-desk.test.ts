import { expect, test } from 'vitest'
import type { CertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { openSigner } from '../../src/crypto/signer.ts'
import { decryptPkcs8, encryptPkcs8 } from '../../src/formats/pkcs8.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { csrFor, password, rootOrder, rows } from '../contracts/authority/world.ts'
import type { Outcome, Store } from '../../src/store/store.ts'
import { describeCertificate } from '../../src/x509/certificate.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { writeCsr } from '../../src/x509/write-csr.ts'
import { nameConstraints } from '../../src/x509/write-extensions.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { memoryStore } from '../support/worlds.ts'

const next = new Secret('hunter3')

/** A store that has opened its authority, and the repository below it, to which others write. */
async function openedStore() {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  await store.createAuthority(rootOrder({ protection: { password } }))
  let hosts = 0
  const sign = (secret?: Secret) =>
    store.issue([{ csr: csrFor([`dns:h${hosts++}.example`]) }], secret ? { password: secret } : {})
  await sign(password)
  const [key] = await rows({ store, repository }, 'key')
  return { ambient, repository, sign, keyId: String(key!.id) }
}

test('when somebody else puts the key of an open authority under another password then the old one signs no more', async () => {
  const { ambient, repository, sign, keyId } = await openedStore()
  await repository.write(async (tx) => {
    const { fields, pem, revision } = (await tx.read('key', keyId))!
    const plain = decryptPkcs8(pem!.der, password)
    const der = encryptPkcs8(plain, next, ambient)
    const log = { action: 'edit', kind: 'key', id: keyId } as const
    await tx.put(
      { kind: 'key', id: keyId, fields, pem: { label: 'ENCRYPTED PRIVATE KEY', der } },
      revision,
      log,
    )
  })
  await expect(sign(password)).rejects.toMatchObject({ code: 'password.wrong' })
  await expect(sign()).rejects.toMatchObject({ code: 'password.required' })
  await expect(sign(next)).resolves.toHaveLength(1)
})

test('when several sign at the same moment then each needs the password itself', async () => {
  const { sign } = await openedStore()
  const answers = await Promise.allSettled([sign(password), sign(), sign(next), sign(password)])
  const codes = answers.map((each) =>
    each.status === 'rejected' ? (each.reason as CertmanError).code : 'signed',
  )
  expect(codes).toEqual(['signed', 'password.required', 'password.wrong', 'signed'])
})

test('when somebody else takes the key of an open authority away then it signs no more', async () => {
  const { repository, sign, keyId } = await openedStore()
  await repository.write(async (tx) => {
    const { revision } = (await tx.read('key', keyId))!
    await tx.remove('key', keyId, revision, { action: 'delete', kind: 'key', id: keyId })
  })
  await expect(sign(password)).rejects.toMatchObject({ code: 'key.missing' })
})

test('when two authorities have one key then each signs as it was told to, whichever was opened first', async () => {
  const store = memoryStore()
  await store.createAuthority(rootOrder({ keyType: 'rsa-2048', pss: true }))
  const { record } = await store.certificate('1')
  const signer = openSigner((await store.key(record.keyId!)).pkcs8)
  const csr = writeCsr({ subject: parseNameText('CN=Plain'), extensions: [], signer })
  await store.createAuthority(rootOrder({ name: 'upper', subject: parseNameText('CN=Upper') }))
  const [plain] = await store.issue([{ csr }], { authority: 'upper', profile: 'intermediate' })
  await store.importAuthority({
    name: 'plain',
    certificate: plain!.der,
    insecure: true,
    source: { how: 'imported' },
  })
  const algorithms: unknown[] = []
  for (const authority of ['root', 'plain', 'root']) {
    const [signing] = await store.issue([{ csr: csrFor(['dns:w.example']) }], { authority })
    algorithms.push(describeCertificate(signing!.der).signatureAlgorithm)
  }
  expect(algorithms).toEqual(['rsassaPss', 'sha256WithRSAEncryption', 'rsassaPss'])
})

test('when somebody else brings a better certificate of the parent then its constraints hold from the next signature on', async () => {
  const ambient = frozenAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const [server, other] = [0, 1].map(() =>
    localStore(repository, { ambient, kind: 'memory', location: 'memory' }),
  ) as [Store, Store]
  const root = makeCertificate({ cn: 'Root', ca: true })
  const mid = makeCertificate({ cn: 'Mid', ca: true, issuer: root })
  const source = { how: 'imported' } as const
  const key = { pkcs8: mid.pkcs8, spki: mid.spki, encrypted: false, exportable: true, source }
  await server.import({ certificates: [{ der: root.der, source }], keys: [] })
  await server.importAuthority({ name: 'mid', certificate: mid.der, key, insecure: true, source })
  const sign = (host: string) => server.issue([{ csr: csrFor([`dns:${host}`]) }], { days: 1 })
  await expect(sign('a.elsewhere')).resolves.toHaveLength(1)
  const extensions = [nameConstraints({ permitted: [parseConstraintName('dns:example')] })]
  const narrow = makeCertificate({
    cn: 'Root',
    ca: true,
    key: root,
    notAfter: '2028-01-01T00:00:00Z',
    extensions,
  })
  const [{ id }] = (await other.import({ certificates: [{ der: narrow.der, source }], keys: [] })) as [
    Outcome,
  ]
  await expect(sign('b.elsewhere')).rejects.toMatchObject({ code: 'policy.refused' })
  await expect(sign('b.example')).resolves.toHaveLength(1)
  await other.delete([{ kind: 'certificate', id }])
  await expect(sign('c.elsewhere')).resolves.toHaveLength(1)
})
