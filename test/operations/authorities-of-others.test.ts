import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { importAuthorityFrom } from '../../src/operations/import-authority.ts'
import { checkAuthorities } from '../../src/store/check-authorities.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import { systemAmbient } from '../../src/library.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { csrFor, rootOrder } from '../contracts/authority/world.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/worlds.ts'

const PASSWORD = new Secret('pw')
const WHY = 'the authority "dev" may not sign CRLs: its key usage lacks cRLSign (RFC 5280 section 4.2.1.3)'
const NEXT = 'renew its certificate, then it may: certman ca renew dev'

const CONFIG = '[ca]\ndefault_ca = d\n[d]\ndatabase = index.txt\ndefault_md = sha256\n'

/** A folder with an authority as mkcert makes it: its key usage is keyCertSign alone. And an empty store. */
function place(context: TestContext) {
  const folder = temporaryFolder()
  const openssl = requireOracle(context, 'openssl')
  const run = (args: string) => outputOf('/bin/sh', ['-c', `cd "$0" && "$1" ${args} 2>&1`, folder, openssl])
  run(
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out ca.pem -subj /CN=dev -days 30 -addext keyUsage=critical,keyCertSign',
  )
  const ambient = systemAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const io = {
    password: () => Promise.resolve(PASSWORD),
    tools: { ambient, readStdin: () => Promise.resolve(new Uint8Array()) },
  }
  const take = (...paths: string[]) => importAuthorityFrom(store, { paths, cwd: folder, name: 'dev' }, io)
  return { folder, run, repository, store, take }
}

async function world(context: TestContext) {
  const { repository, store, take } = place(context)
  const { notes } = await take('ca.pem', 'key.pem')
  const issue = async () => {
    const order = { password: PASSWORD, days: 3, crlBase: 'http://crl.example' }
    const [signing] = await store.issue([{ csr: csrFor(['dns:new.example']) }], order)
    return { id: signing!.outcomes[0]!.id, der: signing!.der }
  }
  return { repository, store, notes, issue }
}

/** A store with an authority that certifies others. */
async function otherStore() {
  const ambient = systemAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  await store.createAuthority(rootOrder())
  const certify = async (csr: Uint8Array, profile: string) => {
    const [signing] = await store.issue([{ csr }], { profile, allowChanges: true })
    return [signing!.der, (await store.certificate('1')).der]
  }
  return { store, certify }
}

test('a folder without an index is refused with the command for each of its authorities', async (context) => {
  const { folder, take } = place(context)
  mkdirSync(join(folder, 'certs'))
  mkdirSync(join(folder, 'secrets'))
  for (const [from, to] of [
    ['ca.pem', 'certs/root_ca.crt'],
    ['key.pem', 'secrets/root_ca_key'],
    ['ca.pem', 'Int Ca.crt'],
    ['key.pem', 'Int Ca.key'],
    ['ca.pem', 'Int Ca.crl'],
    ['key.pem', 'leaf.crt'],
    ['key.pem', 'leaf.key'],
  ] as const)
    copyFileSync(join(folder, from), join(folder, to))
  await expect(take('.')).rejects.toMatchObject({
    code: 'file.not-found',
    hint: [
      'name the files of the certificate, the key and the CRL instead:',
      "certman ca import 'Int Ca.crt' 'Int Ca.key' 'Int Ca.crl' --name 'Int Ca'",
      'certman ca import certs/root_ca.crt secrets/root_ca_key --name root_ca',
    ].join('\n  '),
  })
  rmSync(join(folder, 'certs/root_ca.crt'))
  await expect(take('.')).rejects.toMatchObject({
    hint: "name the files of the certificate, the key and the CRL instead: certman ca import 'Int Ca.crt' 'Int Ca.key' 'Int Ca.crl' --name 'Int Ca'",
  })
})

test('an authority that may not sign CRLs issues certificates, which name no CRL', async (context) => {
  const { store, notes, issue } = await world(context)
  expect(notes).toEqual([`${WHY}: what is revoked here only this store knows; ${NEXT}`])
  const { der } = await issue()
  // the OID of cRLDistributionPoints
  expect(Buffer.from(der).includes(Buffer.from('0603551d1f', 'hex'))).toBe(false)
  await expect(store.crl('dev', { password: PASSWORD })).rejects.toMatchObject({
    code: 'policy.refused',
    message: WHY,
  })
})

test.for([
  ['with', PASSWORD],
  ['without', undefined],
] as const)(
  'what it issued is revoked in the store, %s the password, and no CRL is waited for',
  async ([, password], context) => {
    const { repository, store, issue } = await world(context)
    const { id } = await issue()
    const order = { reason: 'superseded', ...(password && { password }) } as const
    const { outcomes, notes } = await store.revoke([{ kind: 'certificate', id }], order)
    expect(notes).toEqual([`${WHY}: only this store knows of it; ${NEXT}`])
    expect(outcomes.filter(({ kind }) => kind === 'authority')).toEqual([])
    expect(await store.resolve({ kind: 'certificate', by: 'text', text: id })).toMatchObject({
      state: 'revoked',
    })
    expect(await checkAuthorities(repository, new Date())).toEqual([])
    await store.renewAuthority('dev', { password: PASSWORD })
    const { der } = await store.crl('dev')
    expect(describeCrl(der).revokedCount).toBe(1)
  },
)

test('a serial number without a record is not revoked where no CRL can tell of it', async (context) => {
  const { store } = await world(context)
  await expect(
    store.revokeSerials('dev', ['abcdef'], { reason: 'unspecified', password: PASSWORD }),
  ).rejects.toMatchObject({ code: 'policy.refused', message: WHY })
})

test('what is named beside an authority and is none of it is told, and the latest of its CRLs is taken', async (context) => {
  const { folder, run, take } = place(context)
  run('req -x509 -newkey ed25519 -nodes -keyout other.key -out other.pem -subj /CN=other -days 30')
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(join(folder, 'ca.cnf'), CONFIG)
  for (const [name, signer, start] of [
    ['other', '-cert other.pem -keyfile other.key -md default', '260301'],
    ['old', '-cert ca.pem -keyfile key.pem', '260101'],
    ['new', '-cert ca.pem -keyfile key.pem', '260201'],
  ] as const)
    run(`ca -config ca.cnf -gencrl ${signer} -crl_lastupdate ${start}000000Z -crldays 3650 -out ${name}.crl`)
  run('req -new -key key.pem -subj /CN=dev -out own.csr')
  const crls = ['other.crl', 'old.crl', 'new.crl']
  const { notes, outcomes } = await take('ca.pem', 'own.csr', 'other.key', 'key.pem', ...crls)
  expect(notes).toEqual([
    'not taken with the authority: the private key in other.key, block 1 (line 1), the CRL in other.crl, block 1 (line 1), the CRL in old.crl, block 1 (line 1); keys and requests are taken by: certman import FILE',
  ])
  expect(outcomes[0]!.row['crl']).toMatchObject({ thisUpdate: '2026-02-01T00:00:00Z' })
})

test('when the files hold two authorities then the files of each are named', async (context) => {
  const { run, take } = place(context)
  run('req -x509 -newkey ed25519 -nodes -keyout b.key -out b.pem -subj /CN=b -days 30')
  await expect(take('ca.pem', 'b.pem', 'b.key', 'key.pem')).rejects.toMatchObject({
    code: 'input.invalid',
    message: 'the files hold 2 CA certificates that could be meant',
    hint: [
      'name the files of one authority: its certificate and its key',
      'certman ca import ca.pem key.pem --name NAME',
      'certman ca import b.pem b.key --name NAME',
    ].join('\n  '),
  })
})

test('a CRL that is not complete does not become the CRL of an authority', async (context) => {
  const { folder, run, store, take } = place(context)
  run(`req -x509 -key key.pem -out ca.pem -subj /CN=dev -days 30`)
  writeFileSync(join(folder, 'index.txt'), 'R\t270101000000Z\t260101000000Z\t0a\tunknown\t/CN=x\n')
  const takeWith = (extension: string) => {
    const extensions = `crl_extensions = e\n[e]\n2.5.29.20 = DER:020105\n${extension}\n`
    writeFileSync(join(folder, 'c.cnf'), `${CONFIG}${extensions}`)
    run('ca -gencrl -config c.cnf -cert ca.pem -keyfile key.pem -out ca.crl -crldays 9')
    return take('ca.pem', 'key.pem', 'ca.crl')
  }
  await expect(takeWith('2.5.29.27 = critical,DER:020103')).rejects.toMatchObject({
    code: 'policy.refused',
    message: 'the CRL of the authority "dev" is a delta CRL, which does not stand for itself',
  })
  await expect(takeWith('2.5.29.28 = critical,DER:30038401ff')).rejects.toMatchObject({
    message: 'the CRL of the authority "dev" is an indirect CRL, which does not stand for itself',
  })
  // about authorities alone: its number and entries are taken, and a whole one follows
  await takeWith('2.5.29.28 = critical,DER:30038201ff')
  const { der } = await store.crl('dev', { password: PASSWORD })
  expect(describeCrl(der)).toMatchObject({ crlNumber: '6', revokedCount: 1 })
})

test('when a parent certifies it as one that may, or no longer, then that is said', async (context) => {
  const { store } = await world(context)
  const { store: parent, certify } = await otherStore()
  await parent.addProfile({ name: 'bare', extends: 'intermediate', keyUsage: ['keyCertSign'] })
  const certified = async (profile: string): Promise<readonly string[]> => {
    const { csr } = await store.authorityCsr({ name: 'dev', protection: { password: PASSWORD } })
    return (await store.installAuthority('dev', await certify(csr, profile))).notes
  }
  expect(await certified('intermediate')).toContain(
    'the authority needs a CRL: certman ca crl dev --password-file FILE',
  )
  expect(await certified('intermediate')).toEqual([])
  expect(await certified('bare')).toContain(`${WHY}; ${NEXT}`)
})
