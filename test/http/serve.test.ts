import { expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import type { Answer, Call } from '../../src/http/exchange.ts'
import { caPem } from '../support/tls-world.ts'
import { client, errorOf } from './servers.ts'
import { get, json, linesOf, serving, table, talk, trustingCurl, wire } from './serve-world.ts'

const echo = async (call: Call): Promise<Answer> =>
  json({ params: call.params, query: call.query.pairs, origin: call.origin, path: call.path })
const CLOSE = 'Host: localhost\r\nConnection: close\r\n\r\n'

test('curl reads an answer with header names as they were given and cookies one by one', async (context) => {
  const curl = trustingCurl(context)
  const { local } = await serving(
    table([
      get('/api/x', async () => ({
        status: 200,
        headers: { 'X-CamelCase': 'a', 'x-small': 'b', 'Set-Cookie': ['one=1', 'two=2'], ETag: '"7"' },
        body: 'grün',
      })),
    ]),
  )
  const text = await curl('-i', `${local}/api/x`)
  const [head = '', body] = text.split('\r\n\r\n')
  expect(body).toBe('grün')
  const lines = head.split('\r\n')
  expect(lines.slice(0, 7)).toEqual([
    'HTTP/1.1 200 OK',
    'X-CamelCase: a',
    'x-small: b',
    'Set-Cookie: one=1',
    'Set-Cookie: two=2',
    'ETag: "7"',
    'Content-Length: 5',
  ])
  expect(lines).toContain('X-Request-Id: 070707070707-1')
})

test('the most exact path wins, values keep their case, and a slash at the end does not matter', async () => {
  const name = (text: string) => async (call: Call) => json([text, call.params])
  const { local } = await serving(
    table(
      [
        get('/api/{rest*}', name('rest')),
        get('/api/certs/{id}', name('one')),
        get('/api/certs/Query', name('query')),
        get('/api/crl/{name}.crl', name('crl')),
        get('/api/Certs/{id}/keys/{key}', name('key')),
      ],
      { ignoreCase: true },
    ),
  )
  const http = client(local)
  const ask = async (path: string): Promise<unknown> => (await http.send({ method: 'GET', path })).json()
  expect(await ask('/api/certs/query')).toEqual(['query', {}])
  expect(await ask('/API/CERTS/QUERY/')).toEqual(['query', {}])
  expect(await ask('/api/certs/AbC')).toEqual(['one', { id: 'AbC' }])
  expect(await ask('/api/certs/a%2Fb%20%C3%A4+c')).toEqual(['one', { id: 'a/b ä+c' }])
  expect(await ask('/Api/Certs/1/KEYS/Zz/')).toEqual(['key', { id: '1', key: 'Zz' }])
  expect(await ask('/api/crl/Root%20A.CRL')).toEqual(['crl', { name: 'Root A' }])
  expect(await ask('/api/crl/Root')).toEqual(['rest', { rest: 'crl/Root' }])
  expect(await ask('/api/a/b%2Fc/D')).toEqual(['rest', { rest: 'a/b/c/D' }])
})

test('a table that minds case does, and characters of expressions are plain text', async () => {
  const { local } = await serving(table([get('/api/a.b(c)+$d/{id}', echo)]))
  const http = client(local)
  const status = async (path: string): Promise<number> => (await http.send({ method: 'GET', path })).status
  expect(await status('/api/a.b(c)+$d/1')).toBe(200)
  expect(await status('/api/a.b%28c%29+%24d/1')).toBe(200)
  expect(await status('/api/aXb(c)+$d/1')).toBe(404)
  expect(await status('/API/a.b(c)+$d/1')).toBe(404)
  expect(await status('/api/a.b(c)+$d/')).toBe(404)
})

test('a method that the path does not have is told which it has; HEAD comes with GET', async () => {
  const { local } = await serving(
    table([
      get('/api/x', echo),
      { method: ['POST', 'PUT'], path: '/api/x', handle: echo },
      { method: '*', path: '/api/any', handle: echo },
    ]),
  )
  const http = client(local)
  const wrong = await http.send({ method: 'DELETE', path: '/api/x' })
  expect([wrong.status, wrong.json()]).toEqual([
    405,
    { missing: '/api/x', allow: ['GET', 'HEAD', 'POST', 'PUT'] },
  ])
  expect((await http.send({ method: 'PATCH', path: '/api/any' })).status).toBe(200)
  const head = await http.send({ method: 'HEAD', path: '/api/x' })
  const full = await http.send({ method: 'GET', path: '/api/x' })
  expect(head.header('content-length')).toBe(String(full.body.length))
  expect(head.body).toHaveLength(0)
})

test('several dialects stand side by side: by route first, then by the longest prefix', async () => {
  const says = (text: string) => async () => json(text)
  const { local, log } = await serving({
    one: table([get('/api/certificates', says('one'))]),
    two: table([get('/api/v1/certificates', says('two'))], {
      prefixes: ['/api/v1/'],
      missing: () => json('two has no such thing', 404),
    }),
  })
  const http = client(local)
  const ask = async (path: string): Promise<unknown> => (await http.send({ method: 'GET', path })).text()
  expect(await ask('/api/certificates')).toBe('"one"')
  expect(await ask('/api/v1/certificates')).toBe('"two"')
  expect(await ask('/api/v1/nothing')).toBe('"two has no such thing"')
  expect(await ask('/api/v10')).toContain('missing')
  expect(await ask('/apis')).toBe('not found\n')
  const lines = await linesOf(log, 5)
  expect(lines.map(({ dialect }) => dialect)).toEqual(['one', 'two', 'two', 'one', null])
})

test('the query is read in order, without case, with both kinds of blanks', async () => {
  let call: Call | undefined
  const { local } = await serving(
    table([
      get('/api/x', async (each) => {
        call = each
        return json(1)
      }),
    ]),
  )
  await client(local).send({ method: 'GET', path: '/api/x?$Filter=a+b%20c&x=1&X=2&empty&=n&%C3%A4=%2B' })
  expect(call?.query.pairs).toEqual([
    ['$Filter', 'a b c'],
    ['x', '1'],
    ['X', '2'],
    ['empty', ''],
    ['', 'n'],
    ['ä', '+'],
  ])
  expect([call?.query.get('$filter'), call?.query.get('X'), call?.query.get('none')]).toEqual([
    'a b c',
    '1',
    undefined,
  ])
})

test('broken percent-encodings and hosts are 400 in the words of the dialect, and no route is asked', async () => {
  let asked = 0
  const { port } = await serving(
    table([
      get('/api/{x}', async () => {
        asked++
        return json(1)
      }),
    ]),
  )
  for (const target of ['/api/%zz', '/api/%', '/api/%ff', '/api/a?x=%zz', '/api/a?x=%E4']) {
    const answer = await talk(port, `GET ${target} HTTP/1.1\r\n${CLOSE}`)
    expect(answer, target).toMatch(/^HTTP\/1\.1 400 .*"code":"input\.invalid"/s)
  }
  for (const host of ['a b', 'a/b', 'a@b', '"', '[::1', 'a:99999999', 'a:99999', '999.1.1.1', '[1:2]', ''])
    expect(
      await talk(port, `GET /api/a HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
      host,
    ).toMatch(/^HTTP\/1\.1 400 /)
  expect(await talk(port, 'GET /api/a HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
  expect(await talk(port, `GET /api/a HTTP/1.1\r\nHost: b\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(await talk(port, `GET api HTTP/1.1\r\n${CLOSE}`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(asked).toBe(0)
})

test('the origin is what the caller asked for, or the public URL', async () => {
  const routes = table([get('/api/x', echo)])
  const { port, url } = await serving(routes)
  const origin = async (text: string, at = port): Promise<unknown> =>
    (JSON.parse((await talk(at, text)).split('\r\n\r\n')[1] ?? '') as { origin: string }).origin
  const close = 'Connection: close\r\n\r\n'
  expect(await origin(`GET /api/x HTTP/1.1\r\nHost: Certs.Example:8443\r\n${close}`)).toBe(
    'https://Certs.Example:8443',
  )
  expect(await origin(`GET /api/x HTTP/1.1\r\nHost: [::1]:1\r\n${close}`)).toBe('https://[::1]:1')
  expect(await origin(`GET https://h/api/x HTTP/1.1\r\nHost: h\r\n${close}`)).toBe('https://h')
  expect(await origin('GET /api/x HTTP/1.0\r\n\r\n')).toBe(url)
  const named = await serving(routes, { publicUrl: 'https://certs.example/' })
  expect(await origin(`GET /api/x HTTP/1.1\r\nHost: other\r\n${close}`, named.port)).toBe(
    'https://certs.example',
  )
})

test('what a handler throws is answered in the form of the dialect; a fault of that form is a bare 500', async () => {
  const { local } = await serving({
    good: table([
      get('/api/known', async () => {
        throw new CertmanError('record.not-found', 'no such thing')
      }),
      get('/api/unknown', async () => {
        throw new Error('hidden')
      }),
      get('/api/header', async () => ({ status: 200, headers: { 'X-A': 'a\nb: hidden' } })),
    ]),
    bad: table(
      [
        get('/bad', async () => {
          throw new Error('hidden')
        }),
      ],
      {
        prefixes: ['bad'],
        failed: () => {
          throw new Error('hidden')
        },
      },
    ),
  })
  const http = client(local)
  const ask = async (path: string): Promise<unknown[]> => {
    const reply = await http.send({ method: 'GET', path })
    return [reply.status, reply.text()]
  }
  expect(await ask('/api/known')).toEqual([400, '{"code":"record.not-found","message":"no such thing"}'])
  expect(await ask('/api/unknown')).toEqual([500, '{"code":"internal"}'])
  expect(await ask('/api/header')).toEqual([500, 'internal fault\n'])
  expect(await ask('/bad')).toEqual([500, 'internal fault\n'])
})

test('a stream is sent in pieces as the caller takes them, and one that breaks cuts the connection', async () => {
  async function* pieces(fail: boolean): AsyncIterable<Uint8Array> {
    for (let turn = 0; turn < 50; turn++) yield Buffer.alloc(100_000, 'x')
    if (fail) throw new Error('hidden')
  }
  const { local, log } = await serving(
    table([
      get('/api/good', async () => ({ status: 200, body: pieces(false) })),
      get('/api/bad', async () => ({ status: 200, body: pieces(true) })),
    ]),
  )
  const http = client(local)
  expect((await http.send({ method: 'GET', path: '/api/good' })).body).toHaveLength(5_000_000)
  expect((await errorOf(http.send({ method: 'GET', path: '/api/bad' }))).message).toContain(
    'was cut off after',
  )
  expect((await http.send({ method: 'HEAD', path: '/api/good' })).body).toHaveLength(0)
  expect(log.map(({ status, bytes }) => [status, bytes])).toEqual([
    [200, 5_000_000],
    [499, 5_000_000],
    [200, 0],
  ])
})

test('the log has one line a request, without values of the query, and what proxies named it', async () => {
  const named = get('/api/{id}', async (call) => {
    call.known('alice')
    return json(1)
  })
  const { local, log } = await serving(table([named]))
  const http = client(local)
  const headers = { 'X-Request-Id': 'from-proxy_1', Authorization: 'Bearer hidden' }
  const reply = await http.send({ method: 'GET', path: '/api/7?sig=hidden', headers })
  expect(reply.header('x-request-id')).toBe('from-proxy_1')
  await http.send({ method: 'GET', path: '/api/7', headers: { 'X-Request-Id': 'bad id"' } })
  expect(JSON.stringify(await linesOf(log, 2))).not.toContain('hidden')
  expect(log[0]).toEqual({
    time: '2030-01-01T00:00:00.000Z',
    requestId: 'from-proxy_1',
    remote: '127.0.0.1',
    method: 'GET',
    path: '/api/7',
    status: 200,
    bytes: 1,
    ms: expect.any(Number) as number,
    user: 'alice',
    dialect: 'test',
  })
  expect(log[1]).toMatchObject({ requestId: '070707070707-1' })
})

test('the health page and the metrics need no credential; counts add up', async () => {
  const { local } = await serving(table([get('/api/x', echo)]), {
    gauges: async () => [
      { name: 'certman_certificates', help: 'Certificates.', value: 3, labels: { store: 'a"b' } },
    ],
  })
  const http = client(local, { retries: 0 })
  const ask = async (path: string) => http.send({ method: 'GET', path })
  expect([(await ask('/healthz')).status, (await ask('/healthz')).text()]).toEqual([200, 'ok\n'])
  for (let turn = 0; turn < 3; turn++) await ask('/api/x')
  await ask('/api/none')
  const lines = (await ask('/metrics')).text().split('\n')
  expect(lines).toContain('certman_requests_total{dialect="test",method="GET",status="200"} 3')
  expect(lines).toContain('certman_requests_total{dialect="test",method="GET",status="404"} 1')
  expect(lines).toContain('certman_request_duration_seconds_count{dialect="test"} 4')
  expect(lines).toContain('certman_request_duration_seconds_bucket{dialect="test",le="+Inf"} 4')
  expect(lines).toContain('certman_requests_in_flight 1')
  expect(lines).toContain('certman_certificates{store="a\\"b"} 3')
  const hidden = await serving(table([]), { metrics: false })
  expect((await client(hidden.local).send({ method: 'GET', path: '/metrics' })).status).toBe(404)
})

test('TLS 1.1 is refused, and so is plain http on the TLS port', async (context) => {
  const curl = trustingCurl(context)
  const { local, port } = await serving(table([get('/api/x', echo)]))
  await expect(curl('--tls-max', '1.1', `${local}/api/x`)).rejects.toThrow(/curl/)
  expect(await curl('--tlsv1.2', '--tls-max', '1.2', `${local}/healthz`)).toBe('ok\n')
  // it names http/1.0 in the handshake
  expect(await curl('--http1.0', `${local}/healthz`)).toBe('ok\n')
  expect(await talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', false)).not.toContain('200')
})

test('plain http is for loopback; a taken address, a strange one and a wrong key are told', async () => {
  const routes = table([get('/api/x', echo)])
  const plain = await serving(routes, { tls: undefined as never })
  expect(plain.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(await talk(plain.port, `GET /healthz HTTP/1.1\r\n${CLOSE}`, false)).toContain('ok')
  const open = await errorOf(
    serving(routes, { tls: undefined as never, listen: { host: '0.0.0.0', port: 0 } }),
  )
  expect(open.code).toBe('cli.usage')
  const taken = await errorOf(serving(routes, { listen: { host: '127.0.0.1', port: plain.port } }))
  expect(taken).toMatchObject({
    code: 'state.refused',
    message: `cannot listen on 127.0.0.1:${plain.port}: another program listens there`,
  })
  const wrong = await errorOf(serving(routes, { tls: () => ({ certificates: caPem, key: 'no key' }) }))
  expect(wrong.code).toBe('settings.invalid')
  expect(wrong.message).not.toContain('no key')
})

test('two requests in one go are answered in order', async () => {
  const { port } = await serving(table([get('/api/{id}', echo)]))
  const { socket, all } = await wire(port)
  socket.write(`GET /api/one HTTP/1.1\r\nHost: a\r\n\r\nGET /api/two HTTP/1.1\r\n${CLOSE}`)
  expect((await all).match(/"id":"\w+"/g)).toEqual(['"id":"one"', '"id":"two"'])
})
