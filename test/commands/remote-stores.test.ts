import { createPrivateKey, createPublicKey } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { https } from '../http/servers.ts'
import { certman as run } from '../support/command.ts'
import { type Paper, paper, paperServer } from '../support/paper-vendor.ts'
import { caPem, filesOf, issued, selfSigned } from '../support/tls-world.ts'
import { fakeWorld } from '../support/world.ts'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { runCli } from '../../commands/run.ts'
import { inRepository } from '../support/built.ts'
import { temporaryFolder } from '../support/temporary.ts'

vi.mock('../../src/dialects/index.ts', () => ({
  dialect: async () => paper,
  dialects: async () => [paper],
  isDialectName: () => true,
}))

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true })
const schema = JSON.parse(readFileSync(inRepository('docs/schema.json'), 'utf8')) as { readonly $id: string }
ajv.addSchema(schema)

/** Fails with what speaks against `value` being that noun of the published schema. */
function expectNoun(noun: string, value: unknown): void {
  const fits = ajv.getSchema(`${schema.$id}#/$defs/${noun}`)!
  fits(value)
  expect(fits.errors ?? []).toEqual([])
}

const PAPERS: readonly Paper[] = [
  {
    id: 'a',
    name: 'web',
    subject: 'CN=web.example, O="Ink, Inc.", S=Bavaria',
    thumbprint: `AB${'0'.repeat(38)}`,
    notAfter: '2027-01-01T00:00:00.0000000Z',
  },
  {
    id: 'b',
    name: 'old',
    subject: 'CN=old.example',
    thumbprint: `CD${'0'.repeat(38)}`,
    notAfter: '2020-01-01T00:00:00',
  },
  { id: 'c', name: 'bare', subject: 'what a clerk wrote', thumbprint: `EF${'0'.repeat(38)}` },
]

let cwd: string
let url: string
let seen: string[]
let papers: Paper[]

beforeEach(async () => {
  cwd = temporaryFolder('remote')
  writeFileSync(join(cwd, 'pw'), 'ink\n', { mode: 0o600 })
  writeFileSync(join(cwd, 'wrong'), 'water', { mode: 0o600 })
  writeFileSync(join(cwd, 'ca.pem'), caPem)
  seen = []
  papers = [...PAPERS]
  url = await https(paperServer(papers, seen))
})

const certman = (
  words: readonly string[],
  more: { readonly stdin?: string; readonly env?: Record<string, string> } = {},
) => run(words, { cwd, ...more })

const add = (...more: readonly string[]): readonly string[] => [
  'store',
  'add',
  'paper',
  '--kind',
  'd9tready',
  '--url',
  url,
  '--user',
  'clerk',
  '--ca-file',
  'ca.pem',
  ...more,
]

const settings = (): string => readFileSync(join(cwd, 'home/.config/certman/settings.json'), 'utf8')

async function added(...more: readonly string[]): Promise<void> {
  const { status, stderr } = await certman(add('--password-file', 'pw', ...more))
  expect(stderr).not.toContain('error')
  expect(status).toBe(0)
  seen.splice(0)
}

describe('adding a server', () => {
  test('when it lets us in then the settings hold where the secret lies, not the secret', async () => {
    const { status, stdout, stderr } = await certman(add('--password-file', 'pw'))
    expect({ status, stdout }).toEqual({ status: 0, stdout: `added: store paper at ${url}\n` })
    expect(stderr).toBe('certman: Paper 1.0 answers clerk\n')
    expect(JSON.parse(settings())).toEqual({
      stores: {
        paper: {
          kind: 'd9tready',
          url,
          user: 'clerk',
          caFile: join(cwd, 'ca.pem'),
          secret: { from: 'file', path: join(cwd, 'pw') },
        },
      },
    })
    expect(settings()).not.toContain('ink')
  })

  test('when the secret is wrong then nothing is saved, and it is exit status 8', async () => {
    const { status, stderr } = await certman(add('--password-file', 'wrong'))
    expect(status).toBe(8)
    expect(stderr).toContain(`Paper Registry: GET ${url}/me was answered with 401: "who are you?"`)
    expect(stderr).not.toContain('water')
    // there is nothing that store show could show
    expect(stderr).toContain('hint: check user and secret; to add it all the same: --no-check')
    expect(settings).toThrow('ENOENT')
  })

  test('when nobody may look then --no-check saves it without a call', async () => {
    expect((await certman(add('--password-file', 'wrong', '--no-check'))).status).toBe(0)
    expect(seen).toEqual([])
  })

  test('when it is only rehearsed then nothing is saved', async () => {
    expect((await certman(add('--password-file', 'pw', '--dry-run'))).stdout).toBe(
      `would be added: store paper at ${url}\n`,
    )
    expect(settings).toThrow('ENOENT')
  })

  test('when the secret is to be saved then the file is for this user alone, and there is a warning', async () => {
    const { stderr } = await certman(add('--password-file', '-', '--save-secret'), { stdin: 'ink' })
    expect(stderr).toContain('warning: the secret is kept in')
    expect(JSON.parse(settings())).toMatchObject({
      stores: { paper: { secret: { from: 'saved', value: 'ink' } } },
    })
    expect(statSync(join(cwd, 'home/.config/certman/settings.json')).mode & 0o777).toBe(0o600)
    const { stdout } = await certman(['store', 'show', 'paper', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ secret: { from: 'saved' } })
    expect(stdout).not.toContain('ink')
    expect((await certman(['store', 'list', '--json'])).stdout).not.toContain('ink')
  })

  test.each([
    [['--url', 'http://registry.example'], 3, 'plain http'],
    [['--url', 'https://clerk:ink@registry.example'], 3, 'must not hold a user'],
    [['--url', 'nonsense'], 3, 'write it like https://'],
    [['--pin', 'abc'], 3, 'SHA-256'],
    [['--auth', 'sas'], 2, 'one of: basic, token'],
    [['--set', 'shelf=1'], 2, 'drawer (number of the drawer to look in)'],
    [['--timeout', 'soon'], 3, 'write it as 500ms, 30s or 2m'],
    [['--client-store', 'x'], 2, '--client-certificate'],
    [['--password-file', '-'], 2, 'standard input cannot be read again'],
  ])('when %j is given then it is refused before any call', async (more, exit, words) => {
    const { status, stderr } = await certman(add('--password-file', 'pw', ...more))
    expect(stderr).toContain(words)
    expect(status).toBe(exit)
    expect(stderr).not.toContain('ink@')
    expect(seen).toEqual([])
  })

  test('when the name is taken then it is refused, and --replace takes it', async () => {
    await added()
    const other = await certman(add('--password-env', 'INK'), { env: { INK: 'ink' } })
    expect(other).toMatchObject({ status: 5, stderr: expect.stringContaining('stands for') as string })
    expect((await certman(add('--password-env', 'INK', '--replace'), { env: { INK: 'ink' } })).status).toBe(0)
    expect(JSON.parse(settings())).toMatchObject({
      stores: { paper: { secret: { from: 'env', name: 'INK' } } },
    })
  })

  test('when all is so already then it is unchanged', async () => {
    await added()
    const { status, stdout } = await certman(add('--password-file', 'pw', '--exit-code'))
    expect({ status, stdout }).toEqual({ status: 10, stdout: `already so: store paper at ${url}\n` })
  })

  test('when nobody trusts the server then it is exit status 7, and nothing of the secret is sent', async () => {
    const strange = await https(paperServer(papers, seen), filesOfServer())
    const { status, stderr } = await certman([...add('--password-file', 'pw'), '--url', strange])
    expect(status).toBe(7)
    expect(stderr).toContain('--pin')
    expect(seen).toEqual([])
  })

  test('when somebody is there then all that is missing is asked, and a strange certificate may be pinned', async () => {
    const leaf = selfSigned()
    const { certificates: cert, key } = filesOf(leaf)
    const strange = await https(paperServer(papers, seen), { cert, key })
    const answers = ['Paper', strange, 'clerk', 'in a file', 'pw', 'yes']
    const { world, said } = fakeWorld({ cwd, answers })
    expect(await runCli(['store', 'add', 'paper'], world)).toBe(0)
    expect(said.questions).toEqual([
      'what kind of server is it?',
      'URL of Paper Registry:',
      'user name:',
      'where does its secret lie?',
      'file:',
      'trust exactly this certificate from now on?',
    ])
    expect(said.stderr()).toContain('subject  CN=localhost,O=Example')
    expect(said.stderr()).toContain('names    dns:localhost')
    expect(JSON.parse(settings())).toMatchObject({ stores: { paper: { pin: leaf.fingerprint } } })
    expect((await certman(['-s', 'paper', 'list', '-o', 'name'])).status).toBe(0)
  })

  test('when the person does not trust it then nothing is saved', async () => {
    const strange = await https(paperServer(papers, seen), filesOfServer())
    const { world } = fakeWorld({ cwd, answers: ['in my head', 'ink', 'no'] })
    const words = ['store', 'add', 'p', '--kind', 'd9tready', '--url', strange, '--user', 'clerk']
    expect(await runCli(words, world)).toBe(7)
    expect(settings).toThrow('ENOENT')
  })

  test('when nobody is there and nothing is said then the flag is named', async () => {
    expect(await certman(['store', 'add', 'paper'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--kind') as string,
    })
    expect(await certman(['store', 'add', 'paper', '--kind', 'd9tready'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--url') as string,
    })
  })
})

function filesOfServer() {
  const { certificates: cert, key } = filesOf(selfSigned())
  return { cert, key }
}

describe('showing a server', () => {
  test('when it answers then what it can do, what it cannot, and who we are is shown', async () => {
    await added('--set', 'drawer=7')
    const { status, stdout } = await certman(['store', 'show', 'paper', '--json'])
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'd9tready',
      name: 'paper',
      location: url,
      vendor: 'Paper Registry',
      auth: 'basic',
      user: 'clerk',
      secret: { from: 'file', path: join(cwd, 'pw') },
      options: { drawer: '7' },
      can: { delete: true, import: false },
      limits: { import: 'write it on paper and send it by post' },
      check: { ok: true, server: 'Paper 1.0', user: 'clerk', facts: { drawers: '3' } },
    })
    expectNoun('remoteStoreDetails', JSON.parse(stdout))
    const text = (await certman(['store', 'show', 'paper'])).stdout
    expect(text).toContain('Cannot    import: write it on paper and send it by post')
    expect(text).toMatch(/Answer +yes, in \d+ ms/)
  })

  test('when it does not let us in then it is shown all the same, and the exit status is 8', async () => {
    await added()
    writeFileSync(join(cwd, 'pw'), 'water')
    const { status, stdout, stderr } = await certman(['store', 'show', 'paper', '--json'])
    expect(status).toBe(8)
    expect(JSON.parse(stdout)).toMatchObject({ name: 'paper', check: { ok: false, code: 'auth.failed' } })
    expect(stderr).toContain('auth.failed')
  })

  test('when it cannot be reached then the exit status is 7', async () => {
    await certman([
      'store',
      'add',
      'gone',
      '--kind',
      'd9tready',
      '--url',
      'https://localhost:1',
      '--user',
      'x',
      '--password-file',
      'pw',
      '--no-check',
      '--retries',
      '0',
    ])
    expect((await certman(['store', 'show', 'gone'])).status).toBe(7)
    expect((await certman(['store', 'show', 'gone', '--no-check'])).status).toBe(0)
  })

  test('when stores are listed then kind and place are shown, and the default has a star', async () => {
    await added('--use')
    await certman(['store', 'init', './pki'])
    await certman(['store', 'add', 'pki', './pki'])
    expect((await certman(['store', 'list'])).stdout).toBe(
      `   NAME   KIND       LOCATION\n*  paper  d9tready   ${url}\n   pki    directory  ${join(cwd, 'pki')}\n`,
    )
    expect((await certman(['store', 'remove', 'paper', '-y'])).status).toBe(0)
  })
})

describe('verbs on a server', () => {
  test('when certificates are listed then names of .NET are RFC 4514, and unknown fields are absent', async () => {
    await added()
    const { stdout } = await certman(['-s', 'paper', '--json', 'list', '--sort', 'name'])
    const rows = JSON.parse(stdout) as Record<string, unknown>[]
    for (const row of rows) expectNoun('remoteCertificate', row)
    expect(rows.map(({ id, state }) => [id, state])).toEqual([
      ['c', undefined],
      ['b', 'expired'],
      ['a', 'valid'],
    ])
    expect(rows[2]).toMatchObject({
      subject: 'CN=web.example,O=Ink\\, Inc.,ST=Bavaria',
      notAfter: '2027-01-01T00:00:00Z',
    })
    expect(rows[0]).not.toHaveProperty('notAfter')
    for (const form of ['table', 'wide', 'csv', 'yaml', 'jsonl', 'name'])
      expect(await certman(['-s', 'paper', 'list', '-o', form])).toMatchObject({ status: 0, stderr: '' })
  })

  test('when the filter is ours alone then it works all the same', async () => {
    await added()
    const { stdout } = await certman(['-s', 'paper', 'list', '--filter', 'st = bavaria', '-o', 'name'])
    expect(stdout).toBe('web\n')
  })

  test.each(['a', 'web', 'AB000000', 'ab:00:00:00'])(
    'when %s is shown then it is found',
    async (reference) => {
      await added()
      const { stdout, status } = await certman(['-s', 'paper', 'show', reference, '--json'])
      expect(status).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'certificate', id: 'a', name: 'web' })
      expect((await certman(['-s', 'paper', 'show', reference])).stdout).toContain('web.example')
    },
  )

  test('when a thing is not there then the exit status is 4', async () => {
    await added()
    expect(await certman(['-s', 'paper', 'show', 'nothing'])).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('no certificate "nothing"') as string,
    })
  })

  test('when something is deleted then the question says that there is no trash', async () => {
    await added()
    const { world, said } = fakeWorld({ cwd, answers: ['yes'] })
    expect(await runCli(['-s', 'paper', 'delete', 'web'], world)).toBe(0)
    expect(said.questions).toEqual(['delete for good (there is no trash here)?'])
    expect(papers.map(({ id }) => id)).toEqual(['b', 'c'])
  })

  test('when a deletion is only rehearsed then nothing that changes is sent', async () => {
    await added()
    const { stdout } = await certman(['-s', 'paper', 'delete', 'web', '--dry-run', '--json'])
    expect(JSON.parse(stdout)).toMatchObject([{ id: 'a', outcome: 'changed', what: 'deleted' }])
    expect(seen.filter((call) => !call.startsWith('GET'))).toEqual([])
  })

  test.each([
    [['import', 'ca.pem'], 'cannot import certificates', 'send it by post'],
    [['export', 'web'], 'cannot give out certificates', 'keep the file that you sent'],
    [['export', 'web', '--format', 'p12'], 'cannot give out certificates', 'keep the file'],
    [['export', 'web', '--format', 'key'], 'cannot give out private keys', 'certman store show paper'],
    [['edit', 'web', '--tag', 'x'], 'cannot edit records', 'certman store show paper'],
    [['sign', '1'], 'cannot sign requests', ''],
    [['sign', '1', '--certificate', 'ca.pem'], 'cannot attach certificates', ''],
    [['import', 'ca.pem', '--request', '1'], 'cannot attach certificates', ''],
    [['reject', '1', '--reason', 'x'], 'cannot reject requests', ''],
    [['revoke', 'web', '-y'], 'cannot revoke certificates', ''],
    [['restore', 'web'], 'cannot bring back what was deleted', 'shredded'],
    [['trash', 'list'], 'cannot bring back what was deleted', 'shredded'],
    [['trash', 'empty', '-y'], 'cannot bring back what was deleted', 'shredded'],
    [['renew', 'web'], 'cannot renew certificates', ''],
    [['list', 'keys'], 'cannot list keys', ''],
    [['list', '--due'], 'cannot renew certificates', ''],
    [['ca', 'list'], 'cannot list authorities', ''],
    [['ca', 'create', '--subject', 'CN=x', '--name', 'x'], 'cannot make authorities', ''],
    [['ca', 'crl', 'x'], 'cannot give out CRLs', ''],
    [['ca', 'profile', 'list'], 'cannot keep profiles', ''],
  ])('when %j is wanted then it is refused before anything is sent', async (words, why, hint) => {
    await added()
    const { status, stderr } = await certman(['-s', 'paper', ...words])
    expect(stderr).toContain(`Paper Registry (store "paper") ${why}`)
    expect(stderr).toContain(hint)
    expect(status).toBe(5)
    expect(seen).toEqual([])
  })

  test('when a request is made and the server keeps no keys then the key must go somewhere', async () => {
    await added()
    const lost = await certman(['-s', 'paper', 'request', '--subject', 'CN=x'])
    expect(lost).toMatchObject({ status: 2, stderr: expect.stringContaining('--key-out FILE') as string })
    expect(seen).toEqual([])
    const words = ['-s', 'paper', 'request', '--subject', 'CN=x', '--key-out', 'x.key', '--out', 'x.csr']
    expect(await certman([...words, '--dry-run'])).toMatchObject({ status: 0 })
    expect(seen).toEqual([])
    expect(await certman(words)).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('x.key') as string,
    })
    expect(statSync(join(cwd, 'x.key')).mode & 0o777).toBe(0o600)
    const key = createPrivateKey(readFileSync(join(cwd, 'x.key')))
    const [, csr] = /-----BEGIN CERTIFICATE REQUEST-----([^-]+)-/.exec(
      readFileSync(join(cwd, 'x.csr'), 'utf8'),
    )!
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
    expect(Buffer.from(csr!, 'base64').includes(spki)).toBe(true)
    expect((await certman(words)).status).toBe(5)
  })

  test('when such a request is refused then no key is left behind', async () => {
    await added()
    papers.splice(1)
    const { status } = await certman(['-s', 'paper', 'request', '--subject', 'CN=x', '--key-out', 'x.key'])
    expect(status).toBe(5)
    expect(existsSync(join(cwd, 'x.key'))).toBe(false)
  })

  test.each(['check', 'reindex'])('when store %s is wanted then it is for folders', async (verb) => {
    await added()
    expect(await certman(['store', verb, 'paper'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining(
        `store ${verb} is for directory stores; "paper" is the server ${url}`,
      ) as string,
    })
  })

  test('when the calls are to be seen then they are on standard error, without the secret', async () => {
    await added()
    const { stdout, stderr } = await certman(['-s', 'paper', 'list', '-o', 'name', '--print-request', '-q'])
    expect(stdout).toBe('web\nold\nbare\n')
    expect(stderr).toContain('GET')
    expect(stderr).toContain('/papers')
    expect(stderr).not.toContain(Buffer.from('clerk:ink').toString('base64'))
  })

  test('when a word is completed then no server is called', async () => {
    await added('--use')
    await certman(['__complete', 'bash', 'certman', 'show', ''])
    expect(seen).toEqual([])
  })

  test('when a secret is asked for each time then it is asked once for a verb', async () => {
    expect((await certman(add('--no-check'))).status).toBe(0)
    expect(await certman(['-s', 'paper', 'list'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('needs the password of clerk') as string,
    })
    const { world, said } = fakeWorld({ cwd, answers: ['ink'] })
    expect(await runCli(['-s', 'paper', 'show', 'web', 'old'], world)).toBe(0)
    expect(said.questions).toEqual([`password of clerk at ${url} (store paper):`])
  })

  test('when the server wants a client certificate then one of a store is shown', async () => {
    const { certificates: cert, key } = filesOf(issued({ cn: 'clerk' }))
    writeFileSync(join(cwd, 'client.pem'), `${cert}${key}`)
    await certman(['store', 'init', './pki'])
    expect((await certman(['-s', './pki', 'import', 'client.pem', '--name', 'me'])).status).toBe(0)
    const own = filesOf(issued())
    const strict = await https(paperServer(papers, seen), {
      cert: own.certificates,
      key: own.key,
      ca: caPem,
      requestCert: true,
      rejectUnauthorized: true,
    })
    const words = [...add('--password-file', 'pw'), '--url', strict]
    expect((await certman([...words, '--retries', '0'])).status).toBe(7)
    expect(
      (await certman([...words, '--client-certificate', 'me', '--client-store', './pki'])).stderr,
    ).toContain('answers clerk')
    expect(JSON.parse(settings())).toMatchObject({
      stores: { paper: { clientCertificate: { store: join(cwd, 'pki'), ref: 'me' } } },
    })
    expect((await certman(['-s', 'paper', 'list', '-o', 'name'])).stdout).toBe('web\nold\nbare\n')
  })

  test('when a store takes no shared access signatures then store token says so', async () => {
    await added()
    expect(await certman(['store', 'token', 'paper'])).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('azure-apim') as string,
    })
  })
})
