import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { importAuthorityFrom, type AuthorityImportRequest } from '../../src/operations/import-authority.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { checkAuthorities } from '../../src/store/check-authorities.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { AuthorityMaking } from '../../src/store/authority-orders.ts'
import type { ListedRecord } from '../../src/store/store.ts'
import { describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { systemAmbient } from '../../src/library.ts'
import { csrFor } from '../contracts/authority/world.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { rowsOf, temporaryFolder } from '../support/worlds.ts'

const CONFIG = `[ca]
default_ca = d
[d]
database = index.txt
new_certs_dir = newcerts
certificate = cacert.pem
private_key = private/cakey.pem
serial = serial
crlnumber = crlnumber
default_md = sha256
default_days = 365
default_crl_days = 30
policy = p
x509_extensions = e
unique_subject = no
[p]
commonName = supplied
[e]
basicConstraints = CA:FALSE
[req]
distinguished_name = dn
[dn]
`

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const

/** A new folder of `openssl ca`: three certificates, the second revoked for a key lost on New Year's Day, CRL 7. */
function makeDemoCa(openssl: string): string {
  const folder = join(temporaryFolder(), 'demoCA')
  mkdirSync(join(folder, 'newcerts'), { recursive: true })
  mkdirSync(join(folder, 'private'))
  for (const [name, text] of [
    ['index.txt', ''],
    ['serial', '1000\n'],
    ['crlnumber', '07\n'],
    ['ca.cnf', CONFIG],
  ] as const)
    writeFileSync(join(folder, name), text)
  // paths of the configuration are relative: a shell goes there first
  const run = (args: string): void =>
    void outputOf('/bin/sh', ['-c', `cd "$0" && exec "$1" ${args} 2>&1`, folder, openssl])
  const key = NEW_KEY.join(' ')
  run(
    `req -x509 ${key} -passout pass:pw -keyout private/cakey.pem -out cacert.pem -subj "/O=Old/CN=Old CA" -days 3650 -config ca.cnf -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign`,
  )
  for (const name of ['h1', 'h2', 'h3']) {
    run(
      `req -new ${key} -nodes -keyout /dev/null -out ${name}.csr -subj "/CN=${name}.example" -config ca.cnf`,
    )
    run(`ca -batch -config ca.cnf -passin pass:pw -in ${name}.csr -notext`)
  }
  run('ca -config ca.cnf -passin pass:pw -revoke newcerts/1001.pem -crl_compromise 20260101000000Z')
  run('ca -config ca.cnf -passin pass:pw -gencrl -out crl.pem')
  return folder
}

let made: string | undefined

/** A copy of a folder that is made once: its paths are relative. */
function demoCa(context: TestContext): string {
  made ??= makeDemoCa(requireOracle(context, 'openssl'))
  const folder = join(temporaryFolder(), 'demoCA')
  cpSync(made, folder, { recursive: true })
  return folder
}

function world() {
  const ambient = systemAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const password = new Secret('pw')
  const io = {
    password: ({ attempt }: { attempt: number }) => Promise.resolve(attempt === 1 ? password : undefined),
    tools: { ambient, readStdin: () => Promise.resolve(new Uint8Array()) },
  }
  const take = (path: string, more: Partial<AuthorityImportRequest> = {}): Promise<AuthorityMaking> =>
    importAuthorityFrom(store, { paths: [path], cwd: '/', name: 'old', ...more }, io)
  const rows = (): Promise<readonly ListedRecord[]> => rowsOf(store)
  return { repository, store, password, take, rows, io }
}

function daysOf(crl: Uint8Array): number {
  const { thisUpdate, nextUpdate } = describeCrl(crl)
  return (Date.parse(nextUpdate!) - Date.parse(thisUpdate)) / 86_400_000
}

test('a folder of openssl ca comes with all that it issued and revoked, and its CRLs go on', async (context) => {
  const folder = demoCa(context)
  const { store, repository, password, take, rows } = world()
  await take(folder)
  expect(await rows()).toMatchObject([
    { name: 'old', state: 'valid' },
    { serialNumber: '1000', state: 'valid', authorityId: '1' },
    {
      serialNumber: '1001',
      state: 'revoked',
      revocation: { reason: 'keyCompromise', invalidityDate: '2026-01-01T00:00:00Z' },
    },
    { serialNumber: '1002', state: 'valid', authorityId: '1' },
  ])
  expect(await checkAuthorities(repository, new Date())).toEqual([])
  const { der, outcome } = await store.crl('old')
  expect([outcome, describeCrl(der).crlNumber]).toEqual(['unchanged', '7'])
  const [signing] = await store.issue([{ csr: csrFor(['dns:new.example']) }], { password, days: 30 })
  await store.revoke([{ kind: 'certificate', id: signing!.outcomes[0]!.id }], {
    reason: 'superseded',
    password,
  })
  const next = await store.crl('old')
  expect(describeCrl(next.der).crlNumber).toBe('8')
  expect(daysOf(next.der)).toBe(daysOf(der))
  const reasons = [...revokedEntries(next.der)].map(({ serialNumber, reason }) => [serialNumber, reason])
  expect(reasons).toEqual([
    ['1001', 'keyCompromise'],
    [signing!.outcomes[0]!.row['serialNumber'], 'superseded'],
  ])
  expect(await checkAuthorities(repository, new Date())).toEqual([])
})

test('a folder laid out like that of easy-rsa is found one level down', async (context) => {
  const folder = demoCa(context)
  const pki = join(temporaryFolder(), 'pki')
  mkdirSync(join(pki, 'revoked'), { recursive: true })
  renameSync(folder, join(pki, 'pki'))
  const inside = join(pki, 'pki')
  renameSync(join(inside, 'cacert.pem'), join(inside, 'ca.crt'))
  renameSync(join(inside, 'private/cakey.pem'), join(inside, 'private/ca.key'))
  renameSync(join(inside, 'newcerts'), join(inside, 'certs_by_serial'))
  mkdirSync(join(inside, 'revoked/certs_by_serial'), { recursive: true })
  renameSync(join(inside, 'certs_by_serial/1001.pem'), join(inside, 'revoked/certs_by_serial/1001.crt'))
  mkdirSync(join(inside, 'renewed/issued'), { recursive: true })
  renameSync(join(inside, 'certs_by_serial/1002.pem'), join(inside, 'renewed/issued/h3.crt'))
  rmSync(join(inside, 'crl.pem'))
  for (const name of ['h1', 'h2', 'h3', 'h4']) writeFileSync(join(inside, `private/${name}.key`), '')
  mkdirSync(join(inside, 'reqs'))
  writeFileSync(join(inside, 'reqs/open one.req'), csrFor(['dns:open.example']))
  renameSync(join(inside, 'h1.csr'), join(inside, 'reqs/h1.req'))
  writeFileSync(join(inside, 'reqs/broken.req'), 'nothing')
  const { take, rows } = world()
  const { notes } = await take(pki)
  expect(notes).toEqual([
    'the authority "old" needs a CRL: certman ca crl old --password-file FILE',
    `4 private keys in ${inside}/private were not taken: certman import ${inside}/private --password-file FILE`,
    `one open request in ${inside}/reqs was not taken: certman import '${inside}/reqs/open one.req'`,
  ])
  expect((await rows()).map(({ serialNumber }) => serialNumber).slice(1)).toEqual(['1000', '1001', '1002'])
})

test('an intermediate authority may have files named after it; that its key is elsewhere is said', async (context) => {
  const folder = demoCa(context)
  mkdirSync(join(folder, 'certs'))
  mkdirSync(join(folder, 'crl'))
  renameSync(join(folder, 'cacert.pem'), join(folder, 'certs/intermediate.cert.pem'))
  rmSync(join(folder, 'private/cakey.pem'))
  renameSync(join(folder, 'crl.pem'), join(folder, 'crl/intermediate.crl.pem'))
  const { store, take } = world()
  const { notes } = await take(folder)
  expect(notes).toEqual([
    expect.stringMatching(/there is no CA key in .*, none of .*private\/intermediate\.key\.pem/),
  ])
  expect(await store.resolve({ kind: 'authority', by: 'text', text: 'old' })).toMatchObject({
    crlNumber: '7',
  })
})

const BREAKS: Readonly<Record<string, readonly [(folder: string) => void, string]>> = {
  'a certificate is missing': [
    (folder) => rmSync(join(folder, 'newcerts/1002.pem')),
    'index.txt line 3: there is no certificate 1002 (/CN=h3.example)',
  ],
  'a line is missing': [
    (folder) => editIndex(folder, (lines) => lines.slice(1)),
    '(serial number 1000) is not in index.txt',
  ],
  'a revocation was taken back in the index alone': [
    (folder) =>
      editIndex(folder, (lines) => lines.map((line) => line.replace(/^R\t([^\t]*)\t[^\t]*/, 'V\t$1\t'))),
    'the CRL revokes 1001, index.txt does not',
  ],
  'a line stands twice': [
    (folder) => editIndex(folder, (lines) => [...lines, lines[0]!]),
    'index.txt has the serial number 1000 twice',
  ],
  'an end was edited': [
    (folder) =>
      editIndex(folder, (lines) =>
        lines.map((line, at) => (at === 0 ? line.replace(/\d{12}Z/, '300101000000Z') : line)),
      ),
    'index.txt line 1: 1000 ends on 2030-01-01T00:00:00Z',
  ],
}

function editIndex(folder: string, edit: (lines: readonly string[]) => readonly string[]): void {
  const path = join(folder, 'index.txt')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  writeFileSync(path, `${edit(lines).join('\n')}\n`)
}

test.for(Object.keys(BREAKS))(
  'when index and files disagree, for %s, nothing is taken',
  async (what, context) => {
    const folder = demoCa(context)
    const [spoil, message] = BREAKS[what]!
    spoil(folder)
    const { take, rows } = world()
    await expect(take(folder)).rejects.toMatchObject({
      code: 'policy.refused',
      message: expect.stringContaining(message),
    })
    expect(await rows()).toEqual([])
  },
)

test('certificate and key in files are enough; the key keeps the password that opened it', async (context) => {
  const folder = demoCa(context)
  const { store, password, io } = world()
  const paths = [join(folder, 'cacert.pem'), join(folder, 'private/cakey.pem')]
  await importAuthorityFrom(store, { paths, cwd: '/', name: 'old' }, io)
  await expect(store.crl('old')).rejects.toMatchObject({ code: 'password.required' })
  expect(describeCrl((await store.crl('old', { password })).der).crlNumber).toBe('1')
})

test('when the key is that of another certificate, or the certificate is no CA, nothing is taken', async (context) => {
  const folder = demoCa(context)
  const { store, io, rows, take } = world()
  const [leaf] = readdirSync(join(folder, 'newcerts'))
  await expect(take(join(folder, 'newcerts', leaf!))).rejects.toMatchObject({ code: 'input.invalid' })
  const strange = makeDemoCa(requireOracle(context, 'openssl'))
  const paths = [join(folder, 'cacert.pem'), join(strange, 'private/cakey.pem')]
  const taking = importAuthorityFrom(store, { paths, cwd: '/', name: 'old' }, io)
  await expect(taking).rejects.toMatchObject({ code: 'key.mismatch' })
  expect(await rows()).toEqual([])
})
