import { once } from 'node:events'
import type { TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { httpClient } from '../../src/http/client.ts'
import type { HttpClient } from '../../src/http/request.ts'
import type { TestCertificate } from '../support/make-certificates.ts'
import { caPem, filesOf, issued, pemOf, selfSigned, setupOf } from '../support/tls-world.ts'
import { client, errorOf, https, http, rawTls, stranger, tcp } from './servers.ts'

const OLD = { notBefore: '2019-01-01T00:00:00Z', notAfter: '2019-06-01T00:00:00Z' }

/** A TLS server that keeps every byte it is sent after the handshake. */
async function listener(leaf: TestCertificate): Promise<{ url: string; heard: () => Promise<number> }> {
  const { certificates, key } = filesOf(leaf)
  let bytes = 0
  const closed: Promise<unknown>[] = []
  const meet = (socket: TLSSocket): void => {
    socket.on('data', (part: Uint8Array) => (bytes += part.length))
    closed.push(once(socket, 'close'))
  }
  const url = await rawTls(meet, { cert: certificates, key })
  return {
    url,
    heard: async () => {
      await Promise.all(closed)
      return bytes
    },
  }
}

const secret = {
  method: 'POST',
  path: '/x',
  headers: { Authorization: 'Bearer hidden' },
  body: { a: 1 },
} as const

const REFUSED: Readonly<Record<string, [TestCertificate, (url: string) => HttpClient, RegExp]>> = {
  'an unknown authority': [
    issued(),
    (url) => stranger(url),
    /comes from an issuer that is not known here \(SHA-256 [0-9a-f]{64}\)/,
  ],
  'a self-signed certificate': [
    selfSigned(),
    (url) => client(url),
    /is self-signed and not trusted \(SHA-256 [0-9a-f]{64}\)/,
  ],
  'an expired certificate': [
    issued(OLD),
    (url) => client(url),
    /has expired: valid until 2019-06-01T00:00:00Z/,
  ],
  'a certificate of the future': [
    issued({ notBefore: '2048-01-01T00:00:00Z' }),
    (url) => client(url),
    /is not yet valid/,
  ],
  'a certificate for other names': [
    issued({ dns: ['a.example', 'b.example'] }),
    (url) => client(url),
    /is not for that name, but for a\.example, b\.example/,
  ],
  'a wrong pin, though the authority is trusted': [
    issued(),
    (url) => client(url, { pin: '0'.repeat(64) }),
    /is not the pinned one: pinned 0{64}, shown [0-9a-f]{64}/,
  ],
}

for (const [what, [leaf, of, message]] of Object.entries(REFUSED))
  test(`${what} is refused in one clear line, and not one byte of the request is sent`, async () => {
    const { url, heard } = await listener(leaf)
    const error = await errorOf(of(url).send(secret))
    expect(error).toMatchObject({ code: 'remote.tls', message: expect.stringMatching(message) as string })
    expect(error.message).toMatch(/^POST https:\/\/localhost:\d+\/x: /)
    expect(error.message).not.toContain('hidden')
    expect(await heard()).toBe(0)
  })

test('when the CA is given, what it issued is trusted', async () => {
  const url = await https((_, response) => void response.end('ok'))
  expect((await client(url).send({ method: 'GET', path: '/' })).text()).toBe('ok')
})

test('the CA of one client is not the CA of another, and several may stand in one file', async () => {
  const url = await https((_, response) => void response.end('ok'))
  const two = pemOf(selfSigned({ ca: true })) + caPem
  expect((await client(url, { ca: two }).send({ method: 'GET', path: '/' })).text()).toBe('ok')
  expect((await errorOf(stranger(url).send({ method: 'GET', path: '/' }))).code).toBe('remote.tls')
  const none = await errorOf(client(url, { ca: 'nothing' }).send({ method: 'GET', path: '/' }))
  expect(none.code).toBe('settings.invalid')
})

test('a pinned certificate is accepted, self-signed, expired and for another name as it is', async () => {
  const leaf = selfSigned({ dns: ['other.example'], ...OLD })
  const { certificates, key } = filesOf(leaf)
  const url = await https((_, response) => void response.end('ok'), { cert: certificates, key })
  const colons = leaf.fingerprint.toUpperCase().replace(/(..)(?=.)/g, '$1:')
  for (const pin of [leaf.fingerprint, colons])
    expect((await stranger(url, { pin }).send({ method: 'GET', path: '/' })).text()).toBe('ok')
})

test('when the server wants a client certificate, it sees the one of the set-up', async () => {
  const seen: unknown[] = []
  const url = await https(
    (request, response) => {
      seen.push((request.socket as TLSSocket).getPeerCertificate().subject.CN)
      response.end()
    },
    { requestCert: true, rejectUnauthorized: true, ca: caPem },
  )
  const identity = filesOf(issued({ cn: 'operator' }))
  await client(url, { identity }).send({ method: 'GET', path: '/' })
  expect(seen).toEqual(['operator'])
  const error = await errorOf(client(url).send({ method: 'GET', path: '/' }))
  expect(['remote.tls', 'remote.unreachable']).toContain(error.code)
  expect(seen).toHaveLength(1)
})

test('a key that does not belong to its certificate is told before anything is sent', async () => {
  const identity = { ...filesOf(issued()), key: filesOf(issued()).key }
  const error = await errorOf(client('https://localhost:1', { identity }).send({ method: 'GET', path: '/' }))
  expect(error.code).toBe('settings.invalid')
})

test('when what answers speaks no TLS, or no HTTP, the message says so', async () => {
  const plain = await http((_, response) => void response.end())
  const noTls = await errorOf(client(plain.replace('http:', 'https:')).send({ method: 'GET', path: '/' }))
  expect(noTls).toMatchObject({
    code: 'remote.tls',
    message: expect.stringMatching(/does not speak TLS$/) as string,
  })
  const ftp = await rawTls((socket) => void socket.end('220 ready\r\n'))
  const noHttp = await errorOf(client(ftp).send({ method: 'GET', path: '/' }))
  expect(noHttp).toMatchObject({
    code: 'remote.unexpected',
    message: expect.stringMatching(/does not speak HTTP$/) as string,
  })
})

test('when the server is silent in the handshake, the time limit ends the call', async () => {
  const port = await tcp(() => undefined)
  const error = await errorOf(
    client(`https://localhost:${port}`, { timeoutMs: 40 }).send({ method: 'GET', path: '/' }),
  )
  expect(error).toMatchObject({
    code: 'remote.timeout',
    message: expect.stringContaining('0.04 s') as string,
  })
})

test('plain http is spoken with this machine only', async () => {
  const url = await http((_, response) => void response.end('plain'))
  expect((await client(url).send({ method: 'GET', path: '/' })).text()).toBe('plain')
  for (const host of [
    'http://example.com',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://127.0.0.1.example',
  ])
    expect(() => httpClient(setupOf(host)), host).toThrow(expect.objectContaining({ code: 'remote.tls' }))
})

test('a URL with a password, a query or another scheme is refused, and the password not repeated', () => {
  const refused = (url: string): unknown => {
    try {
      return httpClient(setupOf(url))
    } catch (error) {
      return error
    }
  }
  for (const url of ['https://u:hidden@h/', 'https://h/?key=hidden', 'ftp://h/', 'https://h/#a']) {
    expect(refused(url), url).toMatchObject({ code: 'cli.usage' })
    expect(String(refused(url))).not.toContain('hidden')
  }
})
