import { createServer as createPlain, type IncomingMessage } from 'node:http'
import { createServer as createTls } from 'node:https'
import { connect, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { filesOf, issued, selfSigned } from '../support/tls-world.ts'
import { client, errorOf, https, listen, stranger, tcp } from './servers.ts'

interface Proxy {
  readonly url: URL
  /** Targets and `Proxy-Authorization` of every CONNECT. */
  readonly asked: [string | undefined, string | undefined][]
  /** What went through towards the server. */
  readonly through: () => Buffer
}

/** A CONNECT proxy; `answer` other than 200 refuses. */
async function proxy(answer = 200, tls = false): Promise<Proxy> {
  const asked: Proxy['asked'] = []
  const parts: Uint8Array[] = []
  const good = filesOf(issued())
  const server = tls ? createTls({ cert: good.certificates, key: good.key }) : createPlain()
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push([request.url, request.headers['proxy-authorization']])
    if (answer !== 200) return socket.end(`HTTP/1.1 ${answer} No\r\nContent-Length: 0\r\n\r\n`)
    const target = connect(Number(request.url?.split(':')[1]), '127.0.0.1')
    socket.on('data', (part: Uint8Array) => parts.push(part))
    for (const each of [socket, target]) each.on('error', () => undefined)
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    socket.pipe(target).pipe(socket)
    return undefined
  })
  const url = new URL(`${tls ? 'https' : 'http'}://localhost:${await listen(server)}`)
  return { url, asked, through: () => Buffer.concat(parts) }
}

const get = { method: 'GET', path: '/x', headers: { Authorization: 'Bearer hidden' } } as const

for (const tls of [false, true])
  test(`calls go through a proxy reached by ${tls ? 'https' : 'http'}, which sees neither path nor credential`, async () => {
    const url = await https((request, response) => void response.end(request.headers.authorization))
    const { url: by, asked, through } = await proxy(200, tls)
    const http = client(url, { proxy: by })
    expect((await http.send(get)).text()).toBe('Bearer hidden')
    expect((await http.send(get)).text()).toBe('Bearer hidden')
    expect(asked).toEqual([[new URL(url).host, undefined]])
    expect(through().includes('hidden')).toBe(false)
    expect(through().length).toBeGreaterThan(100)
  })

test('user and password of the proxy are sent to the proxy', async () => {
  const url = await https((_, response) => void response.end('ok'))
  const { url: by, asked } = await proxy()
  by.username = 'u'
  by.password = 'p%40'
  await client(url, { proxy: by }).send(get)
  expect(asked[0]?.[1]).toBe(`Basic ${Buffer.from('u:p@').toString('base64')}`)
})

test('through a proxy, certificate, name and pin of the server are checked as without', async () => {
  const own = selfSigned({ dns: ['other.example'] })
  const { certificates, key } = filesOf(own)
  let answered = 0
  const url = await https(
    (_, response) => {
      answered++
      response.end('ok')
    },
    { cert: certificates, key },
  )
  const { url: by } = await proxy()
  expect((await errorOf(stranger(url, { proxy: by }).send(get))).message).toContain(
    'is self-signed and not trusted',
  )
  expect((await errorOf(client(url, { proxy: by, pin: '0'.repeat(64) }).send(get))).message).toContain(
    'is not the pinned one',
  )
  expect(answered).toBe(0)
  expect((await stranger(url, { proxy: by, pin: own.fingerprint }).send(get)).text()).toBe('ok')
})

test('the name of the proxy does not stand in for the name of the server', async () => {
  // the certificate is for `localhost`, which is where the proxy is; the server is asked for by address
  const url = await https((_, response) => void response.end('ok'))
  const { url: by } = await proxy()
  const error = await errorOf(client(url.replace('localhost', '127.0.0.1'), { proxy: by }).send(get))
  expect(error.message).toMatch(/the certificate of 127\.0\.0\.1 is not for that name, but for localhost/)
})

test('a proxy that refuses, wants a password, is silent or is not there is told apart', async () => {
  const said = async (by: URL, patience = {}): Promise<[string, string]> => {
    const error = await errorOf(
      client('https://localhost:9', { proxy: by, retries: 0, ...patience }).send(get),
    )
    expect(error.message).toContain('GET https://localhost:9/x')
    return [error.code, error.message.replace(/^.*\/x: /, '').replaceAll(by.host, 'PROXY')]
  }
  expect(await said((await proxy(502)).url)).toEqual([
    'remote.unreachable',
    'the proxy PROXY does not connect to localhost:9 (502)',
  ])
  expect(await said((await proxy(407)).url)).toEqual([
    'auth.failed',
    'the proxy PROXY wants a user and a password (407)',
  ])
  const silent = await tcp(() => undefined)
  expect(await said(new URL(`http://localhost:${silent}`), { timeoutMs: 200 })).toEqual([
    'remote.timeout',
    'no answer within 0.2 s',
  ])
  expect(await said(new URL('http://localhost:1'))).toEqual(['remote.unreachable', 'nothing listens there'])
})

test('the CA of the set-up counts for the proxy too, and its certificate must be right', async () => {
  const url = await https((_, response) => void response.end('ok'))
  const { url: by } = await proxy(200, true)
  expect((await client(url, { proxy: by }).send(get)).status).toBe(200)
  const error = await errorOf(stranger(url, { proxy: by }).send(get))
  expect(error).toMatchObject({
    code: 'remote.tls',
    message: expect.stringContaining('the certificate of the proxy is not trusted') as string,
  })
})
