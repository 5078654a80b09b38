import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import type { Answer, Call } from '../../src/http/exchange.ts'
import type { TlsFiles } from '../../src/http/serve-options.ts'
import { caPem, filesOf, issued } from '../support/tls-world.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { client, errorOf } from './servers.ts'
import { get, json, linesOf, serving, table, talk, trustingCurl, wire } from './serve-world.ts'

const echo = table([
  { method: 'POST', path: '/api/echo', handle: async (call) => json((await call.body()).length) },
  { method: 'POST', path: '/api/deaf', handle: async () => json('deaf') },
  get('/api/x', async () => json('x')),
])

const badHeader = async (): Promise<Answer> => ({ status: 200, headers: { X: 'a\r\nb' } })

/** A promise and its key. */
function gate(): { wait: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const wait = new Promise<void>((resolve) => (open = resolve))
  return { wait, open }
}

function fileOf(bytes: number): string {
  const path = join(temporaryFolder('body'), 'body')
  writeFileSync(path, Buffer.alloc(bytes))
  return path
}

test('curl reads the 413 of a body over the limit, announced, chunked, with and without Expect', async (context) => {
  const curl = trustingCurl(context)
  const { local, log } = await serving(echo, { limits: { bodyBytes: 1000 } })
  const file = fileOf(3_000_000)
  for (const more of [
    [],
    ['-H', 'Transfer-Encoding: chunked'],
    ['-H', 'Expect:'],
    ['-H', 'Expect: 100-continue'],
  ])
    expect(await curl('--data-binary', `@${file}`, ...more, '-w', ' %{http_code}', `${local}/api/echo`)).toBe(
      '{"code":"limit.exceeded","message":"the body is larger than 1000 bytes"} 413',
    )
  expect(log.map(({ status }) => status)).toEqual([413, 413, 413, 413])
})

test('a body within the limit arrives, also after 100 Continue, chunked, and when nobody reads it', async (context) => {
  const curl = trustingCurl(context)
  const { local } = await serving(echo)
  const file = fileOf(2_000_000)
  const post = (path: string, ...more: string[]): Promise<string> =>
    curl('--data-binary', `@${file}`, ...more, `${local}${path}`)
  expect(await post('/api/echo', '-H', 'Expect: 100-continue')).toBe('2000000')
  expect(await post('/api/echo', '-H', 'Transfer-Encoding: chunked')).toBe('2000000')
  expect(await post('/api/deaf', '-H', 'Expect:')).toBe('"deaf"')
  expect(await curl('-X', 'POST', `${local}/api/echo`)).toBe('0')
})

test('after a refused body the same connection takes the next request', async () => {
  const { port } = await serving(echo, { limits: { bodyBytes: 10 } })
  const { socket, all } = await wire(port)
  socket.write(`POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n${'x'.repeat(50_000)}`)
  socket.write('GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const text = await all
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
})

test('a body that is cut off, or compressed, is told to the handler', async (context) => {
  const curl = trustingCurl(context)
  let told = ''
  const done = gate()
  const { port, local } = await serving(
    table([
      {
        method: 'POST',
        path: '/api/x',
        handle: async (call) => {
          told = (await errorOf(call.body())).message
          done.open()
          return json(told)
        },
      },
    ]),
  )
  const { socket } = await wire(port)
  socket.write('POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n12345')
  socket.end()
  await done.wait
  expect(told).toBe('the body was cut off after 5 bytes')
  expect(await curl('--data', 'x', '-H', 'Content-Encoding: gzip', `${local}/api/x`)).toContain(
    'content encoding',
  )
})

test('a request that does not arrive in time is answered 408, one with too many headers 431, noise 400', async () => {
  const { port, log } = await serving(echo, { limits: { arrivalMs: 80, headerBytes: 4096 } })
  expect(await talk(port, 'POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1')).toContain(
    '408',
  )
  expect(await talk(port, 'GET /api/x HTTP/1.1\r\nHost')).toMatch(/^HTTP\/1\.1 408 /)
  expect(await talk(port, `GET /api/x HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(5000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
  expect(await talk(port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  const both =
    'POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  expect(await talk(port, both)).toMatch(/^HTTP\/1\.1 400 /)
  expect(log.filter(({ error }) => error !== undefined).map(({ status }) => status)).toContain(431)
})

test('a request that trickles in is cut off at the same time as one that stops: in its headers, and in its body', async () => {
  const { port } = await serving(echo, { limits: { arrivalMs: 80 } })
  const beginnings = [
    'GET /api/x HTTP/1.1\r\nHost: a\r\nX: ',
    'POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n',
    'POST /api/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n99999\r\n',
  ]
  for (const beginning of beginnings) {
    const { socket, all } = await wire(port)
    socket.write(beginning)
    const drip = setInterval(() => socket.writable && socket.write('x'), 5)
    expect(await all).toMatch(/^HTTP\/1\.1 408 /)
    clearInterval(drip)
  }
})

test('what breaks in the middle of an answer is told to whoever runs the server, and the caller notices', async () => {
  const told: unknown[] = []
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half')
    throw new TypeError('the other half is missing')
  }
  const { local } = await serving(
    table([get('/api/half', async () => ({ status: 200, body: broken() })), get('/api/bad', badHeader)]),
    { faults: (...fault) => told.push(fault) },
  )
  const http = client(local, { retries: 0 })
  expect((await errorOf(http.send({ method: 'GET', path: '/api/half' }))).code).toMatch(/^remote\./)
  expect((await http.send({ method: 'GET', path: '/api/bad' })).text()).toBe('internal fault\n')
  expect(told).toMatchObject([
    ['test', { message: 'the other half is missing' }],
    ['test', { code: 'ERR_INVALID_CHAR' }],
  ])
})

test('when a handler takes too long, its signal is aborted and the caller gets the error of the dialect', async () => {
  let call: Call | undefined
  const { local } = await serving(
    table([
      get('/api/slow', (each) => {
        call = each
        return new Promise(() => undefined)
      }),
    ]),
    { limits: { requestMs: 50 } },
  )
  const reply = await client(local, { retries: 0 }).send({ method: 'GET', path: '/api/slow' })
  expect(reply.json()).toMatchObject({ code: 'remote.timeout' })
  expect(call?.signal.aborted).toBe(true)
})

test('when a handler that took too long comes with a stream after all then the stream is told that nobody reads it', async () => {
  const [over, told] = [gate(), gate()]
  const body: AsyncIterableIterator<Uint8Array> = {
    [Symbol.asyncIterator]: () => body,
    next: () => Promise.reject(new Error('nobody reads it')),
    return: () => {
      told.open()
      return Promise.resolve({ value: undefined, done: true })
    },
  }
  const late = get('/api/late', async () => {
    await over.wait
    return { status: 200, body }
  })
  const { local } = await serving(table([late]), { limits: { requestMs: 50 } })
  const reply = await client(local, { retries: 0 }).send({ method: 'GET', path: '/api/late' })
  expect(reply.json()).toMatchObject({ code: 'remote.timeout' })
  over.open()
  await expect(told.wait).resolves.toBeUndefined()
})

test('when the caller goes away, the signal is aborted; after a finished answer it is not', async () => {
  const calls: Call[] = []
  const [arrived, gone] = [gate(), gate()]
  const { port, local, log } = await serving(
    table([
      get('/api/wait', async (call) => {
        calls.push(call)
        call.signal.addEventListener('abort', gone.open)
        arrived.open()
        await gone.wait
        return json(1)
      }),
      get('/api/x', async (call) => {
        calls.push(call)
        return json(1)
      }),
    ]),
  )
  const { socket } = await wire(port)
  socket.write('GET /api/wait HTTP/1.1\r\nHost: a\r\n\r\n')
  await arrived.wait
  socket.destroy()
  await gone.wait
  await client(local).send({ method: 'GET', path: '/api/x' })
  expect(calls.map(({ signal }) => signal.aborted)).toEqual([true, false])
  expect(log[0]).toMatchObject({ path: '/api/wait', status: 499 })
})

test('when the caller goes away in the middle of a long answer then the log says how much was sent', async () => {
  const { port, log } = await serving(
    table([get('/api/long', async () => ({ status: 200, body: Buffer.alloc(50_000_000) }))]),
  )
  const { socket } = await wire(port)
  socket.write('GET /api/long HTTP/1.1\r\nHost: a\r\n\r\n')
  await new Promise((resolve) => socket.once('data', resolve))
  socket.destroy()
  await linesOf(log, 1)
  expect(log[0]).toMatchObject({ path: '/api/long', status: 499 })
  expect(log[0]!['bytes']).toBeGreaterThan(0)
  expect(log[0]!['bytes']).toBeLessThan(50_000_000)
})

test('more requests at a time than permitted are asked to come again; health is answered all the same', async () => {
  const [first, hold] = [gate(), gate()]
  const { local } = await serving(
    table([
      get('/api/hold', async () => {
        first.open()
        await hold.wait
        return json('held')
      }),
    ]),
    { limits: { concurrent: 1 } },
  )
  const http = client(local, { retries: 0 })
  const held = http.send({ method: 'GET', path: '/api/hold' })
  await first.wait
  const busy = await http.send({ method: 'GET', path: '/api/hold' })
  expect([busy.status, busy.json()]).toMatchObject([503, { code: 'server.busy' }])
  const nowhere = await http.send({ method: 'GET', path: '/elsewhere' })
  expect([nowhere.status, nowhere.text()]).toEqual([503, 'the server is busy\n'])
  expect((await http.send({ method: 'GET', path: '/healthz' })).status).toBe(200)
  hold.open()
  expect((await held).text()).toBe('"held"')
})

test('stopping refuses new connections, closes idle ones, and lets requests at work finish', async () => {
  const [arrived, hold] = [gate(), gate()]
  const served = await serving(
    table([
      get('/api/hold', async () => {
        arrived.open()
        await hold.wait
        return json('held')
      }),
    ]),
  )
  const [idle, silent, working] = [await wire(served.port), await wire(served.port), await wire(served.port)]
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(idle.socket, 'data')
  working.socket.write('GET /api/hold HTTP/1.1\r\nHost: a\r\n\r\n')
  await arrived.wait
  const stopped = served.stop(600_000)
  expect(await idle.all).toContain('ok')
  expect(await silent.all).toBe('')
  const refused = await errorOf(client(served.local, { retries: 0 }).send({ method: 'GET', path: '/' }))
  expect(refused.message).toContain('nothing listens there')
  hold.open()
  const text = await working.all
  expect(text).toContain('"held"')
  expect(text).toContain('Connection: close')
  await stopped
})

test('a request that is on its way on an idle connection when the server stops is answered', async () => {
  const served = await serving(echo)
  const { socket, all } = await wire(served.port)
  socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'data')
  const stopped = served.stop(600_000)
  socket.write('GET /api/x HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(await all).toMatch(/Connection: close\r\n.*\r\n\r\n"x"$/s)
  await stopped
})

test('when the grace is over, what is still at work is cut', async () => {
  const arrived = gate()
  const served = await serving(
    table([
      get('/api/never', () => {
        arrived.open()
        return new Promise(() => undefined)
      }),
    ]),
  )
  const { socket, all } = await wire(served.port)
  socket.write('GET /api/never HTTP/1.1\r\nHost: a\r\n\r\n')
  await arrived.wait
  await served.stop(10)
  expect(await all).toBe('')
})

test('a new certificate is shown to new connections, open ones stay, and a broken one changes nothing', async () => {
  const [old, fresh] = [issued({ serial: 101 }), issued({ serial: 102 })]
  let files: TlsFiles = filesOf(old)
  const served = await serving(echo, { tls: async () => files })
  const shown = async (): Promise<string> => {
    const socket = connect({ host: '127.0.0.1', servername: 'localhost', port: served.port, ca: caPem })
    await once(socket, 'secureConnect')
    const print = socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase()
    socket.destroy()
    return print
  }
  const { socket, all } = await wire(served.port)
  expect(await shown()).toBe(old.fingerprint)
  files = filesOf(fresh)
  await served.reloadTls()
  expect(await shown()).toBe(fresh.fingerprint)
  files = { certificates: 'broken', key: 'broken' }
  expect((await errorOf(served.reloadTls())).code).toBe('settings.invalid')
  expect(await shown()).toBe(fresh.fingerprint)
  socket.write('GET /api/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await all).toContain('HTTP/1.1 200')
})
