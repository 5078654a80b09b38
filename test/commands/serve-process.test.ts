import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository } from '../support/built.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
let command: string

beforeAll(() => {
  folder = temporaryFolder('serve-process')
  command = builtCommand()
  writeFileSync(join(folder, 'pw'), 'Passw0rd!x', { mode: 0o600 })
  certman('store', 'init', './pki')
  certman('serve', 'user', 'add', 'ann', '--role', 'admin', '--password-file', 'pw')
})

const options = () => ({ cwd: folder, env: bareEnv(folder) })

function certman(...words: string[]): void {
  const run = spawnSync(process.execPath, [command, ...words], { ...options(), encoding: 'utf8' })
  expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 })
}

interface Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly url: URL
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

/** Starts to serve on plain http and waits until it says where. */
const start = (...more: string[]): Promise<Running> => startFrom(command, ...more)

async function startFrom(program: string, ...more: string[]): Promise<Running> {
  const words = ['serve', '-s', './pki', '--listen', '127.0.0.1:0', '--plain-http', '--json', ...more]
  const child = spawn(process.execPath, [program, ...words, '--dialect', 'keyfactor'], {
    ...options(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<Awaited<Running['ended']>>((settle) =>
    child.on('close', (code, signal) => settle({ code, signal })),
  )
  let text = ''
  const url = await new Promise<URL>((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      text += String(piece)
      if (text.trimEnd().endsWith('}')) resolve(new URL((JSON.parse(text) as { url: string }).url))
    })
    child.on('close', () => reject(new Error(`it ended: ${text}`)))
  })
  return { child, url, ended }
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'when %s comes then it ends with 0, though a client keeps its connection open',
  async (signal) => {
    const { child, url, ended } = await start()
    const socket = connect(Number(url.port), '127.0.0.1')
    await new Promise((settle) => socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', settle))
    await new Promise((settle) => socket.once('data', settle))
    child.kill(signal)
    expect(await ended).toEqual({ code: 0, signal: null })
    socket.destroy()
  },
)

test('when SIGHUP comes then it goes on, and a user that was added meanwhile is let in', async () => {
  const { child, url, ended } = await start()
  certman('serve', 'user', 'add', 'bob', '--role', 'reader', '--password-file', 'pw')
  child.kill('SIGHUP')
  const status = async (user: string): Promise<number> => {
    const authorization = `Basic ${Buffer.from(`${user}:Passw0rd!x`).toString('base64')}`
    const headers = { authorization, 'x-keyfactor-requested-with': 'APIClient' }
    return (await fetch(`${url.origin}/KeyfactorAPI/Certificates`, { headers })).status
  }
  expect(await status('bob')).toBe(200)
  expect(await status('eve')).toBe(401)
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
})

/** `CertState` of Keyfactor. */
const [ACTIVE, REVOKED] = [1, 2]

test('when another process signs and revokes then the next answer tells, remembered or not', async () => {
  const servers = [await start(), await start('--answer-memory', '0')]
  const headers = { authorization: `Basic ${Buffer.from('ann:Passw0rd!x').toString('base64')}` }
  const ask = async ({ url }: Running): Promise<unknown> => {
    const response = await fetch(`${url.origin}/KeyfactorAPI/Certificates/2`, { headers })
    const { CertState } = (await response.json()) as { readonly CertState?: number }
    return [response.status, CertState]
  }
  // twice: the second answer is the remembered one
  const answers = (): Promise<unknown> => Promise.all([...servers, ...servers].map(ask))
  const four = (answer: unknown): unknown[] => [answer, answer, answer, answer]
  expect(await answers()).toEqual(four([404, undefined]))
  const root = ['--subject', 'CN=Root', '--name', 'root', '--days', '3650']
  certman('-s', './pki', 'ca', 'create', ...root, '--no-password', '--insecure')
  certman('-s', './pki', 'request', '--subject', 'CN=w', '--san', 'dns:w.example', '--password-file', 'pw')
  certman('-s', './pki', 'sign', '1', '--ca', 'root', '--profile', 'server', '--days', '90')
  expect(await answers()).toEqual(four([200, ACTIVE]))
  certman('-s', './pki', 'revoke', '2', '--reason', 'keyCompromise', '-y')
  expect(await answers()).toEqual(four([200, REVOKED]))
  for (const { child } of servers) child.kill('SIGTERM')
  await Promise.all(servers.map(({ ended }) => ended))
})

test('when the command line is looked at by others then no password is in it, and none is in what was said', async () => {
  const { child, ended } = await start()
  let said = ''
  child.stderr.on('data', (piece) => (said += String(piece)))
  child.kill('SIGTERM')
  await ended
  expect(child.spawnargs.join(' ') + said).not.toContain('Passw0rd')
})

/** The built command at a place of its own, where npm would put it. */
function installed(): { readonly program: string; readonly remove: () => void } {
  const place = join(folder, 'installed')
  mkdirSync(place)
  for (const part of ['certman.cjs', 'chunks'])
    cpSync(inRepository(`dist/${part}`), join(place, 'dist', part), { recursive: true })
  symlinkSync(inRepository('node_modules'), join(place, 'node_modules'))
  return { program: join(place, 'dist/certman.cjs'), remove: () => rmSync(place, { recursive: true }) }
}

test('when its own files are taken away under it then it goes on, with what nobody has asked for yet too', async () => {
  const { program, remove } = installed()
  const { child, url, ended } = await startFrom(program, '--dialect', 'notary', '--dialect', 'd9tready')
  let said = ''
  child.stderr.on('data', (piece) => (said += String(piece)))
  remove()
  const authorization = `Basic ${Buffer.from('ann:Passw0rd!x').toString('base64')}`
  let session = ''
  const ask = async (path: string, body?: object): Promise<number> => {
    const client = { 'x-keyfactor-requested-with': 'APIClient', 'content-type': 'application/json' }
    const headers = { authorization, cookie: session, ...client }
    const how = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const reply = await fetch(`${url.origin}${path}`, { headers, ...how })
    session ||= reply.headers.get('set-cookie')?.split(';')[0] ?? ''
    return reply.status
  }
  const pfx = readFileSync(inRepository('fixtures/windows/intranet.pfx')).toString('base64')
  const password = readFileSync(inRepository('fixtures/windows/password.txt'), 'utf8').trim()
  const csr = readFileSync(inRepository('fixtures/requests/api.csr'), 'utf8')
  expect(await ask('/login', { email: 'ann', password: 'Passw0rd!x' })).toBe(200)
  expect({
    import: await ask('/KeyfactorAPI/Certificates/Import', { Certificate: pfx, Password: password }),
    filter: await ask('/KeyfactorAPI/Certificates?pq.queryString=CN%20-contains%20%22a%22'),
    missing: await ask('/KeyfactorAPI/Certificates/99'),
    authority: await ask('/api/v1/certificate_authorities', { self_signed: true, common_name: 'New' }),
    request: await ask('/api/v1/certificate_requests', { csr }),
    authorities: await ask('/api/v1/certificate_authorities'),
    root: await ask('/rest'),
  }).toEqual({
    import: 200,
    filter: 200,
    missing: 404,
    authority: 201,
    request: 201,
    authorities: 200,
    root: 200,
  })
  child.kill('SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
  expect(said).toBe('')
})
