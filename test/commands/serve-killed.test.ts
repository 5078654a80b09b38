import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { writePem } from '../../src/formats/pem.ts'
import { openStore } from '../../src/library.ts'
import type { ListedRecord } from '../../src/store/store.ts'
import { bareEnv, builtCommand } from '../support/built.ts'
import { findingsOf } from '../support/findings.ts'
import { makeKey, makeRequest } from '../support/make-certificates.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** Kills, each at another moment of the stream. */
const ROUNDS = 12
/** Callers at once: enough for the records of one transaction to go to a segment. */
const CALLERS = 12

const CREDENTIALS = { email: 'ann', password: 'Passw0rd!x' }

let folder: string
let command: string

beforeAll(() => {
  folder = temporaryFolder('serve-killed')
  command = builtCommand()
  writeFileSync(join(folder, 'pw'), CREDENTIALS.password, { mode: 0o600 })
  certman('store', 'init', './pki')
  const root = ['--subject', 'CN=Root', '--name', 'root', '--no-password', '--insecure']
  certman('-s', './pki', 'ca', 'create', ...root)
  certman('serve', 'user', 'add', CREDENTIALS.email, '--role', 'admin', '--password-file', 'pw')
})

const options = () => ({ cwd: folder, env: bareEnv(folder) })

function certman(...words: string[]): void {
  const run = spawnSync(process.execPath, [command, ...words], { ...options(), encoding: 'utf8' })
  expect({ status: run.status, stderr: run.stderr }).toMatchObject({ status: 0 })
}

/** A server on plain http, and how to end it at once. */
async function start(): Promise<{ readonly origin: string; readonly kill: () => Promise<string | null> }> {
  const words = ['serve', '-s', './pki', '--listen', '127.0.0.1:0', '--plain-http', '--json']
  const child = spawn(process.execPath, [command, ...words, '--dialect', 'notary'], {
    ...options(),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<string | null>((settle) => child.on('close', (_code, signal) => settle(signal)))
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (piece) => {
      text += String(piece)
      if (text.trimEnd().endsWith('}')) resolve((JSON.parse(text) as { url: string }).url)
    })
    void ended.then(() => reject(new Error(`it ended: ${text}`)))
  })
  const kill = (): Promise<string | null> => {
    child.kill('SIGKILL')
    return ended
  }
  return { origin: new URL(url).origin, kill }
}

/** What callers were told: ids of requests that are in the queue, and of those that are signed. */
class Told {
  readonly queued = new Set<string>()
  readonly signed = new Set<string>()

  get count(): number {
    return this.queued.size + this.signed.size
  }
}

const key = makeKey()
let names = 0

/** Submits and signs until the server is gone. */
async function caller(origin: string, cookie: string, told: Told): Promise<void> {
  const post = async (path: string, body: object): Promise<{ readonly data?: { readonly id?: number } }> => {
    const reply = await fetch(`${origin}/api/v1/certificate_requests${path}`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await reply.json()) as { readonly data?: { readonly id?: number } }
    if (!reply.ok) throw new TypeError(`${path}: ${reply.status} ${JSON.stringify(answer)}`)
    return answer
  }
  for (;;) {
    const { der } = makeRequest(`h${++names}.example`, key)
    const { data } = await post('', { csr: writePem('CERTIFICATE REQUEST', der) })
    told.queued.add(String(data!.id))
    await post(`/${data!.id}/sign`, { certificate_authority_id: '1' })
    told.signed.add(String(data!.id))
  }
}

async function login(origin: string): Promise<string> {
  const reply = await fetch(`${origin}/login`, { method: 'POST', body: JSON.stringify(CREDENTIALS) })
  return reply.headers.getSetCookie()[0]!.split(';')[0]!
}

/** What was told and is not so, and what is wrong with the store itself. */
async function faults(told: Told): Promise<readonly string[]> {
  const path = join(folder, 'pki')
  const findings = await findingsOf(path)
  const store = await openStore(path)
  const requests = new Map<string, ListedRecord>()
  for await (const row of store.list('request', EVERYTHING)) requests.set(row.id, row)
  const certificates = new Map<string, ListedRecord>()
  for await (const row of store.list('certificate', EVERYTHING)) certificates.set(row.id, row)
  await store.close()
  const serials = new Set([...certificates.values()].map((row) => row['serialNumber']))
  const isSigned = (id: string): boolean =>
    certificates.get(String(requests.get(id)?.['certificateId']))?.['requestId'] === id
  return [
    ...findings.map(({ code, path: file }) => `${code} ${file}`),
    ...[...told.queued].filter((id) => !requests.has(id)).map((id) => `request ${id} is lost`),
    ...[...told.signed].filter((id) => !isSigned(id)).map((id) => `the signature of ${id} is lost`),
    ...(serials.size < certificates.size ? ['a serial number stands twice'] : []),
  ]
}

test(`a server that is killed ${ROUNDS} times while it signs misses nothing that it answered, and its store is clean`, async () => {
  const told = new Told()
  for (let round = 0; round < ROUNDS; round++) {
    const { origin, kill } = await start()
    const cookie = await login(origin)
    const before = told.count
    const callers = Array.from({ length: CALLERS }, () => caller(origin, cookie, told))
    const ends = Promise.allSettled(callers)
    // some answers, then a moment that differs from round to round
    while (told.count < before + 1 + round * 3) await new Promise((resume) => setImmediate(resume))
    for (let turn = 0; turn < round % 7; turn++) await new Promise((resume) => setImmediate(resume))
    expect(await kill()).toBe('SIGKILL')
    // a connection that broke is a fetch that failed, which Node calls so
    const reasons = (await ends).map((end) => (end.status === 'rejected' ? String(end.reason) : 'went on'))
    expect(reasons.filter((reason) => !/fetch failed|terminated/.test(reason))).toEqual([])
    expect(await faults(told)).toEqual([])
  }
  expect(told.signed.size).toBeGreaterThan(ROUNDS)
}, 300_000)
