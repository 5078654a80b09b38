import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, test } from 'vitest'
import { attempt } from '../../src/http/attempt.ts'
import { openLine } from '../../src/http/connect.ts'
import type { HttpReply } from '../../src/http/request.ts'
import { setupOf } from '../support/tls-world.ts'
import { client, errorOf, http, https, later, rawTls, tcp } from './servers.ts'

const get = (path: string) => ({ method: 'GET', path }) as const

/** Answers by path. */
const by =
  (pages: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>>) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const page = pages[(request.url ?? '').replace('?secret=1', '')]
    if (page) page(response, request)
    else response.writeHead(404).end()
  }

test('the path of the base URL comes first, and an absolute URL of the same origin is taken as it is', async () => {
  const paths: unknown[] = []
  const url = await https((request, response) => {
    paths.push(request.url)
    response.end()
  })
  const http = client(`${url}/console/`)
  await http.send(get('/api/x?y=1'))
  await http.send(get('api/x'))
  await http.send(get(`${url}/else?z`))
  expect(paths).toEqual(['/console/api/x?y=1', '/console/api/x', '/else?z'])
  const error = await errorOf(http.send(get('https://evil.example/x')))
  expect(error).toMatchObject({
    code: 'remote.unexpected',
    message: expect.stringContaining('https://evil.example') as string,
  })
})

test('several calls go over one connection', async () => {
  const ports = new Set<unknown>()
  const url = await https((request, response) => {
    ports.add(request.socket.remotePort)
    response.end('x')
  })
  const http = client(url)
  for (let turn = 0; turn < 5; turn++) await http.send(get('/'))
  expect(ports.size).toBe(1)
})

test('objects are sent as JSON, text and bytes as they are; given headers keep their case', async () => {
  const seen: unknown[] = []
  const url = await https((request, response) => {
    const parts: Uint8Array[] = []
    request.on('data', (part: Uint8Array) => parts.push(part))
    request.on('end', () => {
      seen.push([
        request.headers['content-type'],
        request.headers['content-length'],
        Buffer.concat(parts).toString(),
      ])
      response.end(JSON.stringify(request.rawHeaders))
    })
  })
  const http = client(url)
  const reply = await http.send({
    method: 'POST',
    path: '/',
    headers: { 'Access-Token': 't' },
    body: { ä: 1 },
  })
  await http.send({ method: 'PUT', path: '/', headers: { 'content-type': 'text/plain' }, body: 'text' })
  await http.send({ method: 'POST', path: '/', body: new Uint8Array([0x61]) })
  await http.send({ method: 'POST', path: '/' })
  expect(seen).toEqual([
    ['application/json', '8', '{"ä":1}'],
    ['text/plain', '4', 'text'],
    [undefined, '1', 'a'],
    [undefined, '0', ''],
  ])
  expect(reply.json()).toContain('Access-Token')
})

test('a status is no error; headers, cookies and bytes are there', async () => {
  const url = await https((_, response) => {
    response.writeHead(418, { 'X-A': ['1', '2'], 'Set-Cookie': ['a=1', 'b=2'] }).end(Buffer.from([0, 255]))
  })
  const reply = await client(url).send(get('/'))
  expect(reply.status).toBe(418)
  expect(reply.header('x-a')).toBe('1, 2')
  expect(reply.cookies).toEqual(['a=1', 'b=2'])
  expect([...reply.body]).toEqual([0, 255])
})

test('what is no JSON is named by its status and content type', async () => {
  const url = await https(
    by({
      '/html': (response) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end('<html>'),
      '/half': (response) => response.setHeader('Content-Type', 'application/hal+json').end('{"a":'),
      '/none': (response) => response.writeHead(500).end(),
      '/bom': (response) => response.end('\uFEFF{"a":1}'),
    }),
  )
  const http = client(url)
  const said = async (path: string): Promise<string> => {
    const reply = await http.send(get(`${path}?secret=1`))
    try {
      return JSON.stringify(reply.json())
    } catch (error) {
      return String((error as Error).message).replace(url, '')
    }
  }
  expect(await said('/html')).toBe('GET /html: answered with text/html instead of JSON (HTTP 200)')
  expect(await said('/half')).toBe('GET /half: answered with broken JSON (HTTP 200)')
  expect(await said('/none')).toBe('GET /none: answered with nothing instead of JSON (HTTP 500)')
  expect((await http.send(get('/bom'))).json()).toEqual({ a: 1 })
})

test.each([
  ['application/json; charset=iso-8859-1', '{"message":"f\xfcr M\xfcller"}', 'für Müller'],
  ['text/plain; Charset="windows-1250"', '\x8akoda', 'Škoda'],
  ['application/json; charset=iso-8859-1', Buffer.from('"Müller"'), 'Müller'],
  ['application/json; charset=klingon', '"M\xfcller"', 'M\ufffdller'],
])('a text of the type %s is read by its bytes, then by its charset', async (type, body, words) => {
  const url = await https((_, response) =>
    response.writeHead(400, { 'Content-Type': type }).end(Buffer.from(body as string, 'latin1')),
  )
  expect((await client(url).send(get('/'))).text()).toContain(words)
})

test('redirects of the same origin are followed for GET, others are not', async () => {
  const url = await https(
    by({
      '/a': (response) => response.writeHead(302, { Location: '/b' }).end(),
      '/b': (response) => response.writeHead(307, { Location: 'c?x=1' }).end(),
      '/c?x=1': (response) => response.end('there'),
      '/loop': (response) => response.writeHead(302, { Location: '/loop' }).end(),
      '/broken': (response) => response.writeHead(302, { Location: 'https://[' }).end(),
    }),
  )
  const http = client(url)
  expect((await http.send(get('/a'))).text()).toBe('there')
  expect((await http.send({ method: 'POST', path: '/a' })).status).toBe(302)
  expect((await errorOf(http.send(get('/loop')))).message).toContain('redirected more than 5 times')
  expect((await errorOf(http.send(get('/broken')))).message).toContain(
    'redirected (HTTP 302) to a broken address',
  )
})

test('a redirect to another origin is refused by name, and the other server hears nothing', async () => {
  let heard = 0
  const port = await tcp(() => heard++)
  for (const to of [`https://localhost:${port}/x`, `http://localhost:${port}/x`, `//localhost:${port}/x`]) {
    const url = await https((_, response) => void response.writeHead(302, { Location: to }).end())
    const error = await errorOf(
      client(url).send({ ...get('/a'), headers: { Authorization: 'Bearer hidden' } }),
    )
    expect(error.code).toBe('remote.unexpected')
    expect(error.message).toMatch(
      new RegExp(`/a: redirected \\(HTTP 302\\) to another origin: https?://localhost:${port}$`),
    )
  }
  expect(heard).toBe(0)
})

test('a body that ends too early is an error that says how much came', async () => {
  const url = await rawTls((socket) => {
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789'))
  })
  const error = await errorOf(client(url).send(get('/list')))
  expect(error).toMatchObject({
    code: 'remote.unexpected',
    message: expect.stringMatching(
      /\/list: the answer \(HTTP 200\) was cut off after 10 of 100 bytes$/,
    ) as string,
  })
})

test('a connection that is reset in the middle of an answer is no drop before it: nothing is tried again', async () => {
  let calls = 0
  const url = await http((request, response) => {
    calls++
    response.writeHead(200, { 'Content-Length': '100' })
    response.write('0123456789', () => request.socket.resetAndDestroy())
  })
  const error = await errorOf(client(url).send(get('/list')))
  expect(error).toMatchObject({
    code: 'remote.unexpected',
    message: expect.stringMatching(/the answer \(HTTP 200\) was cut off after \d+ of 100 bytes$/) as string,
  })
  expect(calls).toBe(1)
})

test('a server that compresses unless it is told not to answers in clear', async () => {
  const url = await https((request, response) => {
    const isFree = request.headers['accept-encoding'] !== 'identity'
    response.writeHead(200, isFree ? { 'Content-Encoding': 'gzip' } : {}).end('{"a":1}')
  })
  expect((await client(url).send(get('/'))).json()).toEqual({ a: 1 })
})

test('a compressed answer, and headers without end, are refused by name', async () => {
  const url = await https(
    by({
      '/gzip': (response) => response.setHeader('Content-Encoding', 'gzip').end('x'),
      '/many': (response) => response.setHeader('X-A', 'x'.repeat(70_000)).end('x'),
      '/some': (response) => response.setHeader('X-A', 'x'.repeat(50_000)).end('x'),
    }),
  )
  const http = client(url)
  expect((await errorOf(http.send(get('/gzip')))).message).toContain(
    'content encoding gzip, which was not asked for',
  )
  expect((await errorOf(http.send(get('/many')))).message).toContain('more headers than 64 KiB')
  expect((await http.send(get('/some'))).header('x-a')).toHaveLength(50_000)
})

test('when a change is answered with what nobody can read then it may have been done', async () => {
  const url = await https(
    by({
      '/gzip': (response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('x'),
      '/many': (response) => response.writeHead(200, { 'X-A': 'a'.repeat(70_000) }).end(),
      '/long': (response) => response.writeHead(200, { 'Content-Length': String(2 ** 40) }).flushHeaders(),
      '/noise': (response) => response.socket!.end('noise\r\n\r\n'),
    }),
  )
  const http = client(url)
  for (const path of ['/gzip', '/many', '/long', '/noise'])
    expect(await errorOf(http.send({ method: 'POST', path }))).toMatchObject({
      code: 'remote.unexpected',
      hint: 'it may have been done all the same: look first, then try again',
    })
  const half = await https((_request, response) => response.end('{"id":'))
  const reply = await client(half).send({ method: 'POST', path: '/' })
  expect(() => reply.json()).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('may have been done') as string }) as Error,
  )
})

/** As ASP.NET and Go write JSON. */
const escaped = (text: string): string =>
  text.replace(/["'&+<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`)

test.each([
  ['correct horse', escaped],
  ['"+<Pass&word>+"', escaped],
  ['message', (text: string) => text],
])(
  'a refusal that repeats the credential of its call (password %j) is read without it',
  async (secret, write) => {
    const basic = `Basic ${Buffer.from(`ann:${secret}`).toString('base64')}`
    const url = await https((request, response) => {
      const { authorization = '', 'access-token': token } = request.headers
      response.writeHead(400).end(`{"message":"${write(`${authorization} (${secret}), ${token}, ann`)}"}`)
    })
    const headers = { Authorization: basic, 'Access-Token': 'Bearer t0ken-of-ann' }
    const lines: string[] = []
    const reply = await client(url, { trace: (line) => lines.push(line) }).send({ ...get('/'), headers })
    expect(reply.json()).toEqual({ message: '[masked] ([masked]), [masked], ann' })
    expect(lines.join('\n')).not.toMatch(/[A-Za-z0-9+/]{16}=|t0ken/)
  },
)

test('a refusal that repeats the password, or the key, in the body of its call is read without it', async () => {
  const body = {
    Name: 'web',
    Password: 'correct "horse"',
    Pfx: { data: 'AAECAwQFBgc=' },
    odd: { one: 'two three' },
  }
  const sent = async (answer: (text: string) => string): Promise<HttpReply> => {
    const url = await https((request, response) => {
      let text = ''
      request.on('data', (part) => (text += String(part)))
      request.on('end', () => response.writeHead(400).end(answer(text)))
    })
    return client(url).send({ method: 'POST', path: '/', body, masked: ['/odd'] })
  }
  const shown = '{"Name":"web","Password":"[masked]","Pfx":{"data":"[masked]"},"odd":{"one":"[masked]"}}'
  expect((await sent((text) => `cannot take ${text}`)).text()).toBe(`cannot take ${shown}`)
  const inJson = await sent((text) => JSON.stringify({ message: `${text}, correct "horse"` }))
  expect(inJson.json()).toEqual({ message: `${shown}, [masked]` })
})

test('a refusal of no JSON, or of JSON without end, is read without the credential too', async () => {
  const deep = '['.repeat(100_000)
  const url = await https((request, response) =>
    response
      .writeHead(400)
      .end(`${deep}"${request.headers.authorization}"${request.url === '/' ? '' : ']'.repeat(100_000)}`),
  )
  for (const path of ['/', '/deep']) {
    const reply = await client(url).send({ ...get(path), headers: { Authorization: 'Bearer t0ken-of-ann' } })
    expect(reply.text()).toContain('"[masked]"')
  }
})

test('a server that never answers, or never ends its answer, meets the time limit', async () => {
  const url = await https(
    by({
      '/silent': () => undefined,
      '/drip': (response) => void response.write('a'),
    }),
  )
  const http = client(url, { timeoutMs: 60 })
  for (const path of ['/silent', '/drip'])
    expect(await errorOf(http.send(get(path)))).toMatchObject({ code: 'remote.timeout' })
  const post = await errorOf(http.send({ method: 'POST', path: '/silent' }))
  expect(post.hint).toContain('it may have been done all the same')
})

test('when a part of the answer came in time then its end is said to be missing', async () => {
  const url = await http((_, response) => void response.write('a'))
  const error = await errorOf(client(url, { timeoutMs: 300 }).send(get('/drip')))
  expect(error.message).toMatch(/\/drip: no end of the answer within 0\.3 s$/)
})

test('an answer over the limit is refused, announced or not', async () => {
  const url = await https(
    by({
      '/announced': (response) =>
        void response.writeHead(200, { 'Content-Length': String(2 ** 40) }).flushHeaders(),
      '/stream': (response) => {
        const more = (): void => {
          while (response.write(Buffer.alloc(65_536)));
          response.once('drain', more)
        }
        more()
      },
    }),
  )
  expect((await errorOf(client(url).send(get('/announced')))).message).toContain(
    'the answer is larger than 268435456 bytes',
  )
  const line = await openLine(setupOf(url))
  later(() => line.agent.destroy())
  const order = {
    method: 'GET',
    url: new URL(`${url}/stream`),
    headers: {},
    body: undefined,
    masked: [],
    limit: 1_000_000,
    call: 'GET /stream',
    timeoutMs: 20_000,
    repeatable: true,
  }
  expect(await errorOf(attempt(line, order))).toMatchObject({
    code: 'remote.unexpected',
    message: 'GET /stream: the answer is larger than 1000000 bytes',
  })
})

test('a large answer arrives whole', async () => {
  const bytes = Buffer.alloc(8_000_000, 'certman')
  const url = await https((_, response) => void response.end(bytes))
  const reply = await client(url).send(get('/'))
  const digest = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex')
  expect(digest(reply.body)).toBe(digest(bytes))
})

test('HEAD has headers and no body, and 204 has none either', async () => {
  const url = await https(
    by({
      '/a': (response) => void response.writeHead(200, { 'Content-Length': '1000' }).end(),
      '/b': (response) => void response.writeHead(204).end(),
    }),
  )
  const head = await client(url).send({ method: 'HEAD', path: '/a' })
  expect([head.status, head.header('content-length'), head.body.length]).toEqual([200, '1000', 0])
  expect((await client(url).send(get('/b'))).status).toBe(204)
})

test('a header that HTTP cannot carry is refused without showing it', async () => {
  const error = await errorOf(
    client('https://localhost:1').send({ ...get('/'), headers: { Authorization: 'a\nhidden' } }),
  )
  expect(error.code).toBe('input.invalid')
  expect(error.message).not.toContain('hidden')
})

test('what changes to another protocol is told at once, and an empty content encoding is none', async () => {
  const answers = [
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Encoding: \r\nContent-Length: 1\r\n\r\nx',
  ]
  const url = await rawTls((socket) => {
    socket.on('data', () => socket.write(answers.shift() ?? ''))
  })
  const error = await errorOf(client(url).send(get('/')))
  expect(error).toMatchObject({
    code: 'remote.unexpected',
    message: expect.stringContaining('answered with another protocol (HTTP 101)') as string,
  })
  expect((await client(url).send(get('/'))).text()).toBe('x')
})
