import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writePem } from '../../src/formats/pem.ts'
import { systemAmbient } from '../../src/library.ts'
import { importAuthorityFrom } from '../../src/operations/import-authority.ts'
import { chooseIssuer } from '../../src/path/choose-issuer.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { Store } from '../../src/store/store.ts'
import { certificateExtensions, describeCertificate } from '../../src/x509/certificate.ts'
import { csrExtensions, describeCsr } from '../../src/x509/csr.ts'
import { parseConstraintName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { csrFor, OPEN, rootOrder, said } from '../contracts/authority/world.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/worlds.ts'

function memoryStore(): Store {
  const ambient = systemAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  return localStore(repository, { ambient, kind: 'memory', location: 'memory' })
}

// what `openssl req -x509` may put into a CA certificate, its own key identifier above all
const CONFIG = `
[req]
distinguished_name = dn
x509_extensions = ca
prompt = no
[dn]
CN = Odd
[ca]
basicConstraints = critical,CA:true,pathlen:1
keyUsage = critical,digitalSignature,keyCertSign,cRLSign
subjectKeyIdentifier = 0102030405060708
authorityKeyIdentifier = keyid
extendedKeyUsage = serverAuth,clientAuth
certificatePolicies = @policy
policyConstraints = critical,requireExplicitPolicy:3
inhibitAnyPolicy = critical,2
subjectAltName = URI:http://pki.example/
nameConstraints = critical,permitted;DNS:corp.example
[policy]
policyIdentifier = 1.2.3.4
CPS.1 = http://cps.example/
`

/** The extensions that say what an authority may do and how it is found. */
const powers = (der: Uint8Array): readonly unknown[] =>
  certificateExtensions(der)
    // that of a root names the root itself, and may be left out
    .filter(({ name }) => name !== 'authorityKeyIdentifier')
    .sort((a, b) => (a.oid < b.oid ? -1 : 1))

test('an authority that is renewed keeps its identifier and all its powers: what it issued before verifies', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const folder = temporaryFolder()
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const config = file('ca.cnf', CONFIG)
  const [key, certificate] = [join(folder, 'ca.key'), join(folder, 'ca.pem')]
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90'.split(' ')
  outputOf(openssl, [...words, '-config', config, '-keyout', key, '-out', certificate])
  const store = memoryStore()
  // easy-rsa has it in every certificate
  const named = 'authorityKeyIdentifier = keyid,issuer:always'
  const old = join(folder, 'old.pem')
  const csr = file(
    'old.csr',
    writePem('CERTIFICATE REQUEST', csrFor(['dns:old.corp.example'], undefined, 'CN=old')),
  )
  const issuer = ['-CA', certificate, '-CAkey', key, '-extfile', file('old.cnf', named)]
  outputOf(openssl, ['x509', '-req', '-in', csr, '-days', '30', '-out', old, ...issuer])
  const request = { paths: [certificate, key, old], cwd: '/', name: 'odd', protection: OPEN }
  const tools = { ambient: systemAmbient(), readStdin: () => Promise.resolve(new Uint8Array()) }
  await importAuthorityFrom(store, request, { password: () => Promise.resolve(undefined), tools })
  const [leaf] = await store.issue([{ csr: csrFor(['dns:web.corp.example']) }], { days: 30 })
  const { notes, outcomes } = await store.renewAuthority('odd', { days: 3650 })
  expect(notes).toEqual([
    'one certificate names the last certificate of the authority by its serial number, and OpenSSL takes no other for the issuer: keep certificate 1 in use beside the new one until they are renewed',
  ])
  const renewed = outcomes.find(({ kind, what }) => kind === 'certificate' && what === 'created')!
  const before = (await store.certificate('1')).der
  const after = (await store.certificate(renewed.id)).der
  expect(powers(after)).toEqual(powers(before))
  const anchor = file('new.pem', writePem('CERTIFICATE', after))
  const issued = file('leaf.pem', writePem('CERTIFICATE', leaf!.der))
  const said = outputOf(openssl, ['verify', '-x509_strict', '-CAfile', anchor, issued])
  expect(`${said}`).toContain('leaf.pem: OK')
  const alone = runOracle(openssl, ['verify', '-CAfile', anchor, old])
  expect(alone.text).toContain('unable to get local issuer certificate')
  const both = file('both.pem', writePem('CERTIFICATE', after) + writePem('CERTIFICATE', before))
  expect(runOracle(openssl, ['verify', '-CAfile', both, old]).status).toBe(0)

  // a chain has the issuer that OpenSSL wants
  const member = (der: Uint8Array) => ({ der, facts: describeCertificate(der) })
  const first = { ...member(before), state: 'superseded' } as const
  const oldLeaf = member(outputOf(openssl, ['x509', '-in', old, '-outform', 'DER']))
  expect(chooseIssuer(oldLeaf, [member(after), first])?.der).toEqual(before)
  expect(chooseIssuer(member(leaf!.der), [member(after), first])?.der).toEqual(after)
  expect(chooseIssuer(oldLeaf, [member(after), { ...first, state: 'revoked' }])?.der).toEqual(after)

  // the request for another parent asks for the same
  const { csr: next } = await store.authorityCsr({ name: 'odd', protection: OPEN })
  const { basicConstraints, keyUsage, subjectKeyIdentifier, extendedKeyUsage } = describeCertificate(before)
  const asked = describeCsr(next)
  expect(asked).toMatchObject({ basicConstraints, keyUsage, subjectKeyIdentifier, extendedKeyUsage })
  expect(csrExtensions(next).map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'nameConstraints',
      'certificatePolicies',
      'policyConstraints',
      'inhibitAnyPolicy',
    ]),
  )

  // another parent may not care, and compute a key identifier of its own
  const parent = memoryStore()
  await parent.createAuthority(rootOrder({ pathLen: 3 }))
  const plain = outputOf(openssl, ['req', '-new', '-key', key, '-subj', '/CN=Odd', '-outform', 'DER'])
  const [answer] = await parent.issue([{ csr: plain }], { profile: 'intermediate' })
  const { notes: told } = await store.installAuthority('odd', [
    answer!.der,
    (await parent.certificate('1')).der,
  ])
  expect(told).toContain(
    `the new certificate has another key identifier than the last one, by which what was issued before finds its issuer: keep certificate ${renewed.id} in use beside the new one until that is renewed`,
  )
})

test('an authority that is renewed for a shorter time than it had says so, and what would outlive it', async () => {
  const store = memoryStore()
  await store.createAuthority(rootOrder({ days: 3650 }))
  const notesOf = async (days: number) => (await store.renewAuthority('root', { days })).notes
  expect(await notesOf(3700)).toEqual([])
  const ends = /^the new certificate ends at \S+Z, before the last one, \S+Z$/
  expect(await notesOf(3650)).toEqual([expect.stringMatching(ends)])
  const issue = (name: string) => store.issue([{ csr: csrFor([`dns:${name}`]) }], { days: 100 })
  const [, two] = [await issue('one.example'), await issue('two.example')]
  await issue('three.example')
  await store.revoke([{ kind: 'certificate', id: two[0]!.outcomes[0]!.id }], { reason: 'superseded' })
  const kept =
    /, and 2 certificates of the authority would outlive it: keep certificate 3 in use beside the new one/
  expect(await notesOf(10)).toEqual([expect.stringMatching(kept)])
})

test('what is said of an authority whose parent is elsewhere stands in its request, and holds once the answer is there', async () => {
  const store = memoryStore()
  const { csr } = await store.authorityCsr({
    name: 'sub',
    wish: {
      subject: parseNameText('CN=Sub'),
      keyType: 'rsa-2048',
      pss: true,
      pathLen: 0,
      policies: ['1.2.3.4'],
      nameConstraints: { permitted: [parseConstraintName('dns:corp.example')] },
      settings: { crlUrls: ['http://pki.example/sub.crl'], crlDays: 30 },
    },
    protection: OPEN,
  })
  const asked = new Map(csrExtensions(csr).map((each) => [each.name, each]))
  expect(asked.get('nameConstraints')).toMatchObject({ critical: true })
  expect(asked.get('certificatePolicies')).toMatchObject({ value: [{ policyIdentifier: '1.2.3.4' }] })

  const parent = memoryStore()
  await parent.createAuthority(rootOrder())
  await parent.addProfile({ name: 'below', extends: 'intermediate', policies: ['1.2.3.4'] })
  const [answer] = await parent.issue([{ csr }], { profile: 'below' })
  const chain = [answer!.der, (await parent.certificate('1')).der]
  expect(describeCertificate(answer!.der)).toMatchObject({ basicConstraints: { pathLen: 0 } })
  await store.installAuthority('sub', chain, { settings: { crlDays: 14 } })
  const authority = await store.resolve({ kind: 'authority', by: 'text', text: 'sub' })
  expect(authority).toMatchObject({
    crlUrls: ['http://pki.example/sub.crl'],
    crlDays: 14,
    signature: { pss: true },
  })
  const [leaf] = await store.issue([{ csr: csrFor(['dns:web.corp.example']) }], { authority: 'sub' })
  expect(describeCertificate(leaf!.der).signatureAlgorithm).toBe('rsassaPss')
  const again = await store.installAuthority('sub', chain, { settings: { crlDays: 21 } })
  expect(said(again.outcomes)[0]).toBe('authority 1 edited')
  expect(await store.resolve({ kind: 'authority', by: 'text', text: 'sub' })).toMatchObject({ crlDays: 21 })
  await expect(
    store.issue([{ csr: csrFor(['dns:web.other.example']) }], { authority: 'sub' }),
  ).rejects.toMatchObject({ code: 'policy.refused' })
  // its parent revokes it; the certificate alone does not tell whether it is an authority here
  const own = { kind: 'certificate', id: String(authority['certificateId']) } as const
  await expect(store.revoke([own], { reason: 'cACompromise' })).rejects.toMatchObject({
    code: 'state.refused',
    hint: 'revoke it where it was issued; a CA of your own is taken in with: certman ca import; an authority of this store stops signing with: certman ca disable NAME',
  })
})

test('a policy that is asked for twice, or that the profile has, stands in the certificate once; what is no OID is refused', async () => {
  const store = memoryStore()
  await store.addProfile({ name: 'own', extends: 'intermediate', policies: ['1.2.3'] })
  const policies = ['1.2.3', '1.2.4', '1.2.4']
  const subject = parseNameText('CN=Sub')
  await store.createAuthority(rootOrder({ policies: ['1.2.3', '1.2.3'] }))
  await store.createAuthority(rootOrder({ name: 'sub', subject, parent: 'root', profile: 'own', policies }))
  const policiesIn = (extensions: ReturnType<typeof certificateExtensions>): unknown[] =>
    extensions
      .filter(({ name }) => name === 'certificatePolicies')
      .map(({ value }) => (value as { policyIdentifier: string }[]).map((policy) => policy.policyIdentifier))
  const of = async (id: string) => policiesIn((await store.certificate(id)).extensions)
  const [one, two] = [['1.2.3'], ['1.2.3', '1.2.4']]
  expect([await of('1'), await of('2')]).toEqual([[one], [two]])
  const wish = { subject, keyType: 'ec-p256', policies }
  const { csr } = await store.authorityCsr({ name: 'far', wish, protection: OPEN })
  expect(policiesIn(csrExtensions(csr))).toEqual([two])
  const wrong = { code: 'input.invalid', message: 'the policy "low" is no object identifier' }
  await expect(store.createAuthority(rootOrder({ name: 'x', policies: ['low'] }))).rejects.toMatchObject(
    wrong,
  )
  const order = { name: 'y', wish: { ...wish, policies: ['low'] }, protection: OPEN }
  await expect(store.authorityCsr(order)).rejects.toMatchObject(wrong)
})

test('settings that no authority could follow are refused when its request is made', async () => {
  const wish = { subject: parseNameText('CN=Sub'), keyType: 'ec-p256', settings: { crlDays: 0 } }
  await expect(memoryStore().authorityCsr({ name: 'sub', wish, protection: OPEN })).rejects.toMatchObject({
    code: 'input.invalid',
    field: 'crlDays',
  })
})
