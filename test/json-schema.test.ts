import { spawn } from 'node:child_process'
import { chmodSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { beforeAll, expect, test } from 'vitest'
import { frozenAmbient } from './support/ambient.ts'
import { inRepository } from './support/built.ts'
import { certman } from './support/command.ts'
import { requireOracle } from './support/oracles.ts'
import { temporaryFolder } from './support/temporary.ts'

interface Schema {
  readonly $id: string
  readonly $defs: Readonly<Record<string, object>>
}

const schema = JSON.parse(readFileSync(inRepository('docs/schema.json'), 'utf8')) as Schema
const folder = temporaryFolder('schema')
/** One for all commands: no serial number comes twice. */
const ambient = frozenAmbient()

/** Nouns that must describe every field of real output; the published schema itself allows more fields later. */
const CLOSED = [
  'certificate',
  'certificateDetails',
  'hostDetails',
  'verdict',
  'pathLink',
  'request',
  'requestDetails',
  'crl',
  'key',
  'publicKey',
  'outcome',
  'importReport',
  'exportReport',
  'checkReport',
  'connection',
  'chainLink',
  'storeDetails',
  'configuredStore',
  'reindexReport',
  'version',
  'authority',
  'changeReport',
  'collection',
  'user',
  'userDetails',
  'userReport',
  'apiKey',
  'error',
]

/** The same schema, but a field that it does not name is an error. */
function closedSchema(): Schema {
  const copy = structuredClone(schema) as { $id: string; $defs: Record<string, object> }
  copy.$id = 'https://certman.invalid/closed.json'
  for (const noun of CLOSED)
    if (copy.$defs[noun]) Object.assign(copy.$defs[noun], { unevaluatedProperties: false })
  return copy
}

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })
ajv.addSchema(schema)
ajv.addSchema(closedSchema())

function validator(noun: string): ValidateFunction {
  const found = ajv.getSchema(`https://certman.invalid/closed.json#/$defs/${noun}`)
  if (!found) throw new Error(`the schema has no ${noun}`)
  return found as ValidateFunction
}

function expectNoun(noun: string, value: unknown): void {
  const validate = validator(noun)
  validate(value)
  expect(validate.errors ?? [], noun).toEqual([])
}

/** A row with what was done to it: each part fits its own noun, and both together the published one. */
function expectDeed(noun: string, row: string, value: unknown): void {
  const { kind, outcome, what, changes, notes, others, dryRun, ...rest } = value as Record<string, unknown>
  expectNoun(row, rest)
  expect(kind).toBe(row)
  for (const each of others as unknown[]) expectNoun('outcome', each)
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${noun}`)!
  validate(value)
  expect({ errors: validate.errors ?? [], outcome, what: typeof what }, noun).toEqual({
    errors: [],
    outcome: 'changed',
    what: 'string',
  })
  expect([changes ?? [], notes ?? [], dryRun ?? false].map(Array.isArray)).toEqual([true, true, false])
}

function expectList(noun: string, value: unknown, atLeast = 1): void {
  expect(Array.isArray(value)).toBe(true)
  expect((value as unknown[]).length).toBeGreaterThanOrEqual(atLeast)
  for (const each of value as unknown[]) expectNoun(noun, each)
}

async function run(
  status: number,
  ...args: readonly string[]
): Promise<{ readonly stdout: unknown; readonly stderr: string }> {
  const env = { CERTMAN_STORE: join(folder, 'pki') }
  const said = await certman(['--json', ...args], { cwd: folder, env, ambient })
  expect(said.status, `certman ${args.join(' ')}\n${said.stderr}`).toBe(status)
  return { stdout: said.stdout === '' ? undefined : JSON.parse(said.stdout), stderr: said.stderr }
}

/** The port that `openssl s_server` says it accepts at. Its output is read on: a closed one would end it. */
function portOf(stdout: Readable): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    stdout
      .on('data', (piece) => {
        text += String(piece)
        const port = /^ACCEPT .*:(\d+)$/m.exec(text)?.[1]
        if (port !== undefined) resolve(Number(port))
      })
      .on('end', () => reject(new Error(`s_server does not listen: ${text}`)))
  })
}

const json = async (...args: readonly string[]): Promise<unknown> => (await run(0, ...args)).stdout

beforeAll(() => {
  for (const name of ['windows/intranet.pfx', 'windows/password.txt', 'keys/web.pem', 'keys/web.key'])
    cpSync(inRepository(`fixtures/${name}`), join(folder, name.replace(/.*\//, '')))
  chmodSync(join(folder, 'password.txt'), 0o600)
  cpSync(inRepository('fixtures/mixed'), join(folder, 'mixed'), { recursive: true })
})

test('when a store is made, filled and checked, each answer fits the schema', async () => {
  expectNoun('storeInfo', await json('store', 'init', './pki'))
  expectNoun(
    'importReport',
    await json('import', 'intranet.pfx', '--password-file', 'password.txt', '--name', 'intranet'),
  )
  expectNoun(
    'importReport',
    await json('import', 'web.pem', 'web.key', '--password-file', 'password.txt', '--tag', 'x'),
  )
  expectNoun('importReport', (await run(9, 'import', 'mixed')).stdout)
  expectNoun('importReport', await json('import', 'web.pem', '--dry-run'))
  expectNoun('checkReport', await json('store', 'check'))
  expectNoun('storeDetails', await json('store', 'show'))
})

test('when names of stores are given, used and taken away, each answer fits the schema', async () => {
  expectNoun('configuredStore', await json('store', 'add', 'lab', './pki'))
  expectNoun('configuredStore', await json('store', 'use', 'lab'))
  expectList('configuredStore', await json('store', 'list'))
  expectNoun('configuredStore', await json('store', 'remove', 'lab', '--yes'))
  expectNoun('reindexReport', await json('store', 'reindex'))
  expectNoun('version', await json('version'))
})

test('when records are listed, each row fits the schema of its noun', async () => {
  expectList('certificate', await json('list', '--all'), 6)
  expectList('request', await json('list', 'requests'))
  expectList('key', await json('list', 'keys'), 3)
})

test('when a certificate, a request and a key are shown, everything about them fits', async () => {
  const [key] = (await json('list', 'keys')) as { id: string }[]
  expectNoun('certificateDetails', await json('show', 'intranet'))
  expectNoun('requestDetails', await json('show', 'requests/1'))
  expectNoun('key', await json('show', `keys/${key!.id}`))
})

test('when a file is shown, each item fits the schema of its kind', async () => {
  expectNoun('certificateDetails', await json('show', '--file', 'mixed/api.cer'))
  expectNoun('requestDetails', await json('show', '--file', 'mixed/api.csr'))
  expectNoun('crl', await json('show', '--file', 'mixed/issuing.crl'))
  expectNoun('key', await json('show', '--file', 'mixed/ldap/privkey.pem'))
  expectList('certificateDetails', await json('show', '--file', 'mixed/ldap/fullchain.pem'), 2)
})

test('when a port is looked at, its certificate fits, with the connection and what was served', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const secret = join(folder, 'plain.pem')
  await run(0, 'export', 'intranet', '--with-key', '--chain', '--no-password', '--out', secret)
  const server = spawn(
    openssl,
    ['s_server', '-accept', '127.0.0.1:0', '-cert', secret, '-cert_chain', secret],
    {
      // at the end of its input it would stop
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  try {
    const port = await portOf(server.stdout)
    const shown = await json('show', '--host', `127.0.0.1:${port}`, '--servername', 'intranet.example')
    expectNoun('hostDetails', shown)
    const { connection, served } = shown as { connection: object; served: unknown[] }
    expect(connection).toMatchObject({ port, servername: 'intranet.example', nameMatches: true })
    expectList('certificateDetails', served, 2)
    const presented = ['verify', '--host', `127.0.0.1:${port}`, '--servername', 'intranet.example']
    const trusted = await json(...presented, '--trust', 'store')
    expectNoun('verdict', trusted)
    expect(trusted).toMatchObject({ trusted: true, hostname: 'intranet.example', purpose: 'server' })
    const refused = (await run(1, ...presented, '--hostname', 'other.example', '--trust', 'system')).stdout
    expectNoun('verdict', refused)
    expect(refused).toMatchObject({ findings: [{ code: 'name' }, { code: 'untrusted' }] })
  } finally {
    server.kill()
  }
})

test('when records change, each outcome fits the schema', async () => {
  expectList('outcome', await json('edit', 'intranet', '--tag', 'live'))
  expectList('outcome', await json('delete', 'intranet', '--yes'))
  expectList('outcome', await json('restore', 'intranet', '--dry-run'))
  expectList('outcome', await json('restore', 'intranet'))
})

test('when files are exported, the report fits the schema', async () => {
  expectNoun('exportReport', await json('export', 'intranet', '--format', 'fullchain', '--out', 'chain.pem'))
  expectNoun('exportReport', await json('export', 'intranet', '--out', 'dry.pem', '--dry-run'))
  writeFileSync(join(folder, 'new'), 'a-new-password', { mode: 0o600 })
  expectNoun(
    'exportReport',
    await json('export', 'intranet', '--format', 'p12', '--password-file', 'new', '--out', 'i.p12'),
  )
})

test('when a command fails, standard error holds one line that fits the schema', async () => {
  const { stdout, stderr } = await run(4, 'show', 'nobody')
  expect(stdout).toBeUndefined()
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expectNoun('error', JSON.parse(stderr))
})

test('when a noun gets a field of the wrong type, the schema refuses it', async () => {
  const row = { ...((await json('show', 'intranet')) as object), serialNumber: 12 }
  expect(validator('certificateDetails')(row)).toBe(false)
})

test('when an authority works, each answer fits the schema', async () => {
  const open = ['--no-password', '--insecure']
  const ca = await json('ca', 'create', '--subject', 'CN=Root', '--name', 'root', '--days', '400', ...open)
  expectDeed('authorityMaking', 'authority', ca)
  expectDeed('submission', 'request', await json('request', '--san', 'dns:w.example', '--name', 'w'))
  expectDeed('submission', 'request', await json('request', '--subject', 'CN=x', '--name', 'x', '--dry-run'))
  expectDeed('signing', 'certificate', await json('sign', 'w', '--profile', 'server', '--days', '90'))
  expectDeed('signing', 'certificate', await json('renew', 'w'))
  expectNoun('changeReport', await json('revoke', 'w', '--reason', 'superseded', '--yes'))
  await json('request', '--subject', 'CN=x', '--name', 'x')
  expectNoun('changeReport', await json('reject', 'x', '--reason', 'no ticket'))
  expectNoun('changeReport', await json('ca', 'disable', 'root'))
  expectList('authority', await json('ca', 'list'))
  expectNoun('authority', await json('show', 'authorities/root'))
  expectList('certificate', await json('list', '--all', '--filter', 'authorityId != null'), 2)
  expectList('request', await json('list', 'requests'), 3)
  expectNoun('requestDetails', await json('show', 'requests/x'))
  expectNoun('certificateDetails', await json('show', 'w'))
})

test('when a CRL and profiles are printed as JSON, they fit the schema', async () => {
  const { authority, outcome, notes, ...crl } = (await json('ca', 'crl', 'root')) as Record<string, unknown>
  expectNoun('crl', crl)
  expect({ authority, outcome, notes }).toEqual({
    authority: { id: '1', name: 'root' },
    outcome: 'unchanged',
    notes: [],
  })
  expectList('profile', await json('ca', 'profile', 'list'), 9)
  writeFileSync(join(folder, 'week.json'), '{"name": "week", "extends": "server"}')
  expectNoun('profileReport', await json('ca', 'profile', 'add', join(folder, 'week.json')))
  expectNoun('profileReport', await json('ca', 'profile', 'remove', 'week'))
})

test('when collections and users are printed as JSON, they fit the schema', async () => {
  expectList(
    'outcome',
    await json('collection', 'add', 'live', '--filter', 'tag = live', '--description', 'in use'),
  )
  expectList('outcome', await json('collection', 'edit', 'live', '--description', ''))
  expectList('collection', await json('list', 'collections'))
  expectNoun('collection', await json('show', 'collections/live'))
  const ann = ['ann', '--role', 'admin', '--api-key', '--sas', '--collection', 'live']
  expectNoun('userReport', await json('serve', 'user', 'add', ...ann))
  expectNoun('userReport', await json('serve', 'user', 'key', 'add', 'ann', '--expires', '90d'))
  expectNoun('userReport', await json('serve', 'user', 'edit', 'ann', '--no-sas'))
  expectList('user', await json('serve', 'user', 'list'))
  expectNoun('userDetails', await json('serve', 'user', 'show', 'ann'))
  expectList('apiKey', await json('serve', 'user', 'key', 'list', 'ann'), 2)
})
