import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePem } from '../../src/formats/pem.ts'
import { systemAmbient } from '../../src/library.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { Store } from '../../src/store/store.ts'
import { csrFor, OPEN, rootOrder, target } from '../contracts/authority/world.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/worlds.ts'
import { parseNameText } from '../../src/x509/name-text.ts'

function memoryStore(): Store {
  const ambient = systemAmbient()
  return localStore(memoryRepository(describeRecord, ambient), {
    ambient,
    kind: 'memory',
    location: 'memory',
  })
}

interface Files {
  readonly root: string
  readonly sub: string
  readonly crls: string
  readonly leaf: string
}

async function write(store: Store, leafId: string): Promise<Files> {
  const folder = mkdtempSync(join(temporaryFolder(), 'ca-'))
  const put = (name: string, pem: string): string => {
    const path = join(folder, name)
    writeFileSync(path, pem)
    return path
  }
  const certificate = async (id: string): Promise<string> =>
    put(`${id}.pem`, writePem('CERTIFICATE', (await store.certificate(id)).der))
  const crls = await Promise.all(['root', 'sub'].map((name) => store.crl(name)))
  return {
    root: await certificate('1'),
    sub: await certificate('2'),
    leaf: await certificate(leafId),
    crls: put('crls.pem', crls.map(({ der }) => writePem('X509 CRL', der)).join('')),
  }
}

const verifyArguments = ({ root, sub, crls, leaf }: Files): readonly string[] => [
  'verify',
  '-x509_strict',
  '-crl_check_all',
  '-CAfile',
  root,
  '-untrusted',
  sub,
  '-CRLfile',
  crls,
  leaf,
]

async function chainOf(keyType: string): Promise<{ readonly store: Store; readonly leaf: string }> {
  const store = memoryStore()
  await store.createAuthority(rootOrder({ keyType }))
  const subject = parseNameText('CN=Issuing CA,O=Example')
  await store.createAuthority(rootOrder({ name: 'sub', parent: 'root', days: 365, subject, keyType }))
  const names = ['dns:web.example', 'dns:*.web.example', 'ip:192.0.2.7', 'ip:2001:db8::7']
  const [signing] = await store.issue([{ csr: csrFor(names) }], { authority: 'sub', days: 30 })
  return { store, leaf: signing!.outcomes[0]!.id }
}

test.for(['ec-p256', 'ec-p384', 'ec-p521', 'rsa-2048', 'rsa-pss-2048', 'ed25519', 'ed448'])(
  'openssl accepts what a chain of %s issued, and refuses it once it is revoked',
  { timeout: 60_000 },
  async (keyType, context) => {
    const openssl = requireOracle(context, 'openssl')
    const { store, leaf } = await chainOf(keyType)
    const before = runOracle(openssl, verifyArguments(await write(store, leaf)))
    expect(before.text).toContain(': OK')
    await store.revoke([target(leaf, 'certificate')], { reason: 'keyCompromise' })
    const after = runOracle(openssl, verifyArguments(await write(store, leaf)))
    expect([after.status, after.text]).toEqual([2, expect.stringContaining('certificate revoked')])
    await store.revoke([target('2', 'certificate')], { reason: 'cACompromise' })
    const { root, sub, crls } = await write(store, leaf)
    const authority = runOracle(openssl, verifyArguments({ root, sub: root, crls, leaf: sub }))
    expect(authority.text).toContain('certificate revoked')
  },
)

test('openssl and certtool read the same CRL', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const certtool = requireOracle(context, 'certtool')
  const { store, leaf } = await chainOf('ec-p256')
  await store.revoke([target(leaf, 'certificate')], { reason: 'affiliationChanged' })
  const { der } = await store.crl('sub')
  const said = outputOf(openssl, ['crl', '-inform', 'DER', '-noout', '-text'], der).toString()
  expect(said).toMatch(/X509v3 CRL Number: *\n *2\n/)
  expect(said).toContain('Affiliation Changed')
  const other = outputOf(certtool, ['--crl-info', '--inder'], der).toString()
  expect(other).toContain('Revoked certificates (1)')
  expect(other).toContain('CRL Number (not critical): 02')
})

test('when a CRL names its own place then openssl uses it for the certificates that name the same, and shows it', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const place = 'http://pki.example/root.crl'
  const store = memoryStore()
  const made = await store.createAuthority(
    rootOrder({ settings: { crlUrls: [place], issuingDistributionPoint: [place] } }),
  )
  expect(made.notes).toEqual([expect.stringContaining('-crl_check_all, refuses it as one of another scope')])
  const [signing] = await store.issue([{ csr: csrFor(['dns:web.example']) }], { authority: 'root', days: 30 })
  const leaf = signing!.outcomes[0]!.id
  const folder = mkdtempSync(join(temporaryFolder(), 'idp-'))
  const put = (name: string, pem: string): string => {
    writeFileSync(join(folder, name), pem)
    return join(folder, name)
  }
  const pemOf = async (id: string): Promise<string> =>
    writePem('CERTIFICATE', (await store.certificate(id)).der)
  const crlFile = async (): Promise<string> =>
    put('crl.pem', writePem('X509 CRL', (await store.crl('root')).der))
  const files = ['-CAfile', put('root.pem', await pemOf('1')), '-CRLfile', await crlFile()]
  const verify = ['verify', '-x509_strict', '-crl_check', ...files, put('leaf.pem', await pemOf(leaf))]

  expect(outputOf(openssl, ['crl', '-noout', '-text', '-in', join(folder, 'crl.pem')]).toString()).toMatch(
    /Issuing Distribution Point: critical\s+Full Name:\s+URI:http:\/\/pki.example\/root.crl/,
  )
  expect(runOracle(openssl, verify).text).toContain('leaf.pem: OK')
  expect(runOracle(openssl, verify.with(2, '-crl_check_all')).text).toContain('different CRL scope')
  await store.revoke([target(leaf, 'certificate')], { reason: 'keyCompromise' })
  await crlFile()
  expect(runOracle(openssl, verify).text).toContain('certificate revoked')
})

test('when a CRL names a place that no certificate names then it is said: openssl uses it for none', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const store = memoryStore()
  const issuingDistributionPoint = ['http://pki.example/root.crl']
  const { notes } = await store.createAuthority(rootOrder({ settings: { issuingDistributionPoint } }))
  const note =
    'its CRL names http://pki.example/root.crl, and nothing that it issues will, so that no verifier uses it: certman ca edit root --crl-url http://pki.example/root.crl'
  expect(notes).toEqual([note])
  const settings = { issuingDistributionPoint }
  const order = { name: 'root', certificate: (await store.certificate('1')).der, settings }
  const imported = await memoryStore().importAuthority({ ...order, source: { how: 'imported' } })
  expect(imported.notes).toContain(note)
  const far = memoryStore()
  const wish = { subject: parseNameText('CN=Far'), keyType: 'ec-p256' }
  const { csr } = await far.authorityCsr({ name: 'root', wish, protection: OPEN })
  const [answer] = await store.issue([{ csr }], { profile: 'intermediate', allowChanges: true })
  expect((await far.installAuthority('root', [answer!.der], { settings })).notes).toContain(note)
  const [signing] = await store.issue([{ csr: csrFor(['dns:web.example']) }], { authority: 'root', days: 30 })
  const folder = mkdtempSync(join(temporaryFolder(), 'idp-'))
  const put = (name: string, label: string, der: Uint8Array): string => {
    writeFileSync(join(folder, name), writePem(label, der))
    return join(folder, name)
  }
  const root = put('root.pem', 'CERTIFICATE', (await store.certificate('1')).der)
  const crl = put('crl.pem', 'X509 CRL', (await store.crl('root')).der)
  const leaf = put('leaf.pem', 'CERTIFICATE', signing!.der)
  const verify = ['verify', '-crl_check', '-CAfile', root, '-CRLfile', crl, leaf]
  expect(runOracle(openssl, verify).text).toContain('different CRL scope')
})
