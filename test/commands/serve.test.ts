import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { request as plainRequest } from 'node:http'
import { join } from 'node:path'
import { connect, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'
import { beforeEach, describe, expect, test } from 'vitest'
import { runCli } from '../../commands/run.ts'
import type { Signal } from '../../commands/world.ts'
import { writePem } from '../../src/formats/pem.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { certman } from '../support/command.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { fakeWorld } from '../support/world.ts'

/** A `certman serve` in this process. */
interface Running {
  readonly url: string
  readonly port: number
  readonly json: Record<string, unknown>
  readonly stderr: () => string
  /** What the system would send. */
  readonly send: (signal: Signal) => void
  /** The minute is over. */
  readonly tick: () => void
  readonly done: Promise<number>
}

let folder: string
const now = { at: new Date().toISOString() }
const ambient = { ...frozenAmbient(), now: () => new Date(now.at) }

beforeEach(async () => {
  folder = temporaryFolder('serve')
  now.at = new Date().toISOString()
  writeFileSync(join(folder, 'pw'), 'Passw0rd!x\n', { mode: 0o600 })
  await run('store', 'init', './pki')
  await run('serve', 'user', 'add', 'ann', '--role', 'admin', '--api-key')
})

async function run(...words: string[]): Promise<string> {
  const answer = await certman(words, { cwd: folder, ambient })
  expect(answer).toMatchObject({ status: 0 })
  return answer.stdout
}

/** Starts to serve and waits until it says where. */
async function start(...words: string[]): Promise<Running> {
  let take: (signal: Signal) => void = () => undefined
  let tick: () => void = () => undefined
  const listen = (taker: typeof take): (() => void) => {
    take = taker
    return () => undefined
  }
  const every = (_milliseconds: number, call: () => void): (() => void) => {
    tick = call
    return () => undefined
  }
  const { world, said } = fakeWorld({ cwd: folder, ambient, signals: { listen, every } })
  const listening = new Promise<string>((settle) => {
    const { write } = world.stdout
    world.stdout.write = async (data) => {
      await write(data)
      // listeners for signals are there one turn later
      setImmediate(() => settle(data.toString()))
    }
  })
  const argv = [
    'serve',
    '--store',
    './pki',
    '--listen',
    '127.0.0.1:0',
    '--dialect',
    'keyfactor',
    '--json',
    ...words,
  ]
  const done = runCli(argv, world)
  const ended = done.then((status) => {
    throw new Error(`ended with ${status}: ${said.stderr()}`)
  })
  const text = await Promise.race([listening, ended])
  // what comes after the start is looked at by the test
  ended.catch(() => undefined)
  const json = JSON.parse(text) as Record<string, unknown>
  const url = String(json['url'])
  const port = Number(new URL(url).port)
  return { url, port, json, stderr: said.stderr, send: (signal) => take(signal), tick: () => tick(), done }
}

const peer = (port: number): Promise<DetailedPeerCertificate> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate(true))
      socket.destroy()
    }).on('error', reject)
  })

const hex = (certificate: PeerCertificate): string =>
  certificate.fingerprint256.replaceAll(':', '').toLowerCase()

const page = (url: string, ca?: string): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const send = url.startsWith('https') ? request : plainRequest
    send(url, { agent: false, ...(ca !== undefined && { ca }) }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode!, text: Buffer.concat(parts).toString() }),
      )
    })
      .on('error', reject)
      .end()
  })

const health = async (url: string, ca?: string): Promise<number> => (await page(`${url}/healthz`, ca)).status

async function ends(running: Running): Promise<void> {
  running.send('stop')
  expect(await running.done).toBe(0)
}

describe('certman serve', () => {
  test('when a user is confined to a store by its folder then that is the store as it is served', async () => {
    await run('serve', 'user', 'add', 'bob', '--role', 'reader', '--store', './pki', '--password-file', 'pw')
    const shown = JSON.parse(await run('serve', 'user', 'show', 'bob', '--json')) as Record<string, unknown>
    expect(shown['stores']).toEqual(['pki'])
    const refused = await certman(
      ['serve', 'user', 'add', 'cy', '--role', 'reader', '--store', './none', '--api-key'],
      { cwd: folder, ambient },
    )
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('none')
  })

  test('when it starts then it says where, for whom and with which certificate, and ends with 0 when told', async () => {
    const running = await start()
    expect(running.json).toMatchObject({
      dialects: ['keyfactor'],
      stores: [{ name: 'pki', number: 1 }],
      users: 1,
      fingerprint: hex(await peer(running.port)),
    })
    await ends(running)
    await expect(peer(running.port)).rejects.toThrow('ECONNREFUSED')
  })

  test('when it makes its own certificate then clients that trust it reach it by address, and it is the same next time', async () => {
    const running = await start()
    const file = join(folder, 'home/.local/share/certman/serve/server.pem')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await health(running.url, readFileSync(file, 'utf8'))).toBe(200)
    await ends(running)
    const again = await start()
    expect(again.json['fingerprint']).toBe(running.json['fingerprint'])
    await ends(again)
  })

  test("when Notary's gauges are wanted then /metrics has them, and else it has not", async () => {
    for (const [words, has] of [
      [['--plain-http', '--dialect', 'notary', '--set', 'notary.metrics=yes'], true],
      [['--plain-http', '--dialect', 'notary'], false],
      [['--plain-http', '--set', 'notary.metrics=yes'], false],
    ] as const) {
      const running = await start(...words)
      const { status, text } = await page(`${running.url}/metrics`)
      expect([status, text.includes('\ncertificates_expiring_in_7_days 0\n')]).toEqual([200, has])
      expect(text).toContain('certman_requests_in_flight')
      await ends(running)
    }
  })

  test('when two thirds of its life are over then it has a new one, without a restart', async () => {
    const running = await start()
    now.at = new Date(Date.parse(now.at) + 300 * 86_400_000).toISOString()
    running.tick()
    await expect.poll(async () => hex(await peer(running.port))).not.toBe(running.json['fingerprint'])
    await expect.poll(running.stderr).toContain('the certificate of the server changed: SHA-256')
    await ends(running)
  })

  test('when the certificate is in files then a changed one is used on SIGHUP, and a damaged one is not', async () => {
    const write = (cn: string): string => {
      const made = makeCertificate({
        cn,
        notBefore: '2020-01-01T00:00:00Z',
        notAfter: '2049-01-01T00:00:00Z',
      })
      writeFileSync(join(folder, 'server.pem'), writePem('CERTIFICATE', made.der))
      writeFileSync(
        join(folder, 'server.key'),
        made.pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes)),
      )
      return made.fingerprint
    }
    const first = write('first')
    const running = await start('--tls-certificate', 'server.pem', '--tls-key', 'server.key')
    expect(hex(await peer(running.port))).toBe(first)
    writeFileSync(join(folder, 'server.pem'), 'no certificate')
    running.send('reload')
    await expect.poll(running.stderr).toContain('the certificate of the server stays as it is')
    expect(hex(await peer(running.port))).toBe(first)
    const second = write('second')
    running.send('reload')
    await expect.poll(async () => hex(await peer(running.port))).toBe(second)
    await ends(running)
  })

  test('when the certificate is in the store then the server shows it and its chain, and the next one of its name without a restart', async () => {
    const root = makeCertificate({ cn: 'Test root', ca: true, notAfter: '2049-01-01T00:00:00Z' })
    const issuer = makeCertificate({ cn: 'Sub', ca: true, issuer: root, notAfter: '2049-01-01T00:00:00Z' })
    const importNext = async (...more: string[]): Promise<string> => {
      const leaf = makeCertificate({
        cn: 'www',
        issuer,
        dns: ['www.example'],
        notAfter: '2049-01-01T00:00:00Z',
      })
      const key = leaf.pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes))
      const pem = writePem('CERTIFICATE', leaf.der) + writePem('CERTIFICATE', issuer.der) + key
      writeFileSync(join(folder, 'www.pem'), pem, { mode: 0o600 })
      await run('-s', './pki', 'import', 'www.pem', '--name', 'www', ...more)
      return leaf.fingerprint
    }
    const first = await importNext()
    const running = await start('--tls-certificate', 'www')
    const shown = await peer(running.port)
    expect([hex(shown), hex(shown.issuerCertificate)]).toEqual([first, issuer.fingerprint])
    const second = await importNext('--replace')
    running.tick()
    await expect.poll(async () => hex(await peer(running.port))).toBe(second)
    await ends(running)
  })

  test('when plain http is asked for then it is spoken on loopback, and refused beyond', async () => {
    const running = await start('--plain-http')
    expect(running.url).toMatch(/^http:/)
    expect(running.json['fingerprint']).toBeNull()
    expect(await health(running.url)).toBe(200)
    await ends(running)
    await expect(start('--plain-http', '--listen', '0.0.0.0:0')).rejects.toThrow(
      'plain http is for this machine only',
    )
  })

  test('when an access log is asked for then it has one line per request, also after it was moved away', async () => {
    const running = await start('--plain-http', '--access-log', 'access.log')
    await health(running.url)
    const log = join(folder, 'access.log')
    await expect.poll(() => readFileSync(log, 'utf8')).toContain('"path":"/healthz"')
    expect(statSync(log).mode & 0o777).toBe(0o600)
    const { renameSync, existsSync } = await import('node:fs')
    renameSync(log, `${log}.1`)
    running.send('reload')
    await expect.poll(() => existsSync(log)).toBe(true)
    await health(running.url)
    await ends(running)
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1)
  })

  test('when it is to be quiet then it does not say that it listens', async () => {
    const listen = (taker: (signal: Signal) => void) => {
      setImmediate(() => taker('stop'))
      return () => undefined
    }
    const { world, said } = fakeWorld({
      cwd: folder,
      ambient,
      signals: { listen, every: () => () => undefined },
    })
    expect(await runCli(['serve', '--store', './pki', '--listen', '127.0.0.1:0', '--quiet'], world)).toBe(0)
    expect(said.stdout().toString()).toBe('')
  })

  test('when two stores have the same name then neither is served', async () => {
    await run('store', 'init', './other/pki')
    await expect(start('--store', './other/pki')).rejects.toThrow('two of the stores are called')
  })
})
