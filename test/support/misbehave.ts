import { createServer, request as httpsRequest } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { makeCertificate } from './make-certificates.ts'
import { filesOf } from './tls-world.ts'

/** What may be done to one call. */
export type Misdeed =
  /** 429 with `Retry-After`, instead of the server. */
  | 'busy'
  /** 503, instead of the server. */
  | 'down'
  /** The connection ends before the server hears of it. */
  | 'cut before'
  /** The server does it, and the connection ends before anything of its answer. */
  | 'cut after'
  /** Half of the server's answer, then the connection ends. */
  | 'cut in the middle'
  /** Half of the server's answer as if it were all. */
  | 'half a page'
  /** The answer of a portal: 200 and HTML. */
  | 'web page'
  /** 404 and HTML: the page of a proxy, or of the web server in front. */
  | 'missing page'
  /** The server's answer, said to be HTML. */
  | 'wrong type'
  /** 500 and `{}`, instead of the server. */
  | 'empty failure'
  /** 302 to another origin. */
  | 'elsewhere'
  /** 401, instead of the server. */
  | 'expired'
  /** The server's answer with another `ETag`. */
  | 'stale tag'

/** One call as the proxy saw it. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly body: string
}

/** A proxy between a client and a server of the tests. */
export interface Misbehaving {
  readonly url: string
  /** SHA-256 of its certificate. */
  readonly pin: string
  /** Every call that came, whatever became of it. */
  readonly seen: SeenCall[]
  /** Calls that came to the origin that `elsewhere` names. */
  readonly strangers: string[]
  /** Does this to the next calls that fit; then behaves again. */
  readonly do: (deed: Misdeed, times?: number, when?: (call: SeenCall) => boolean) => void
  close(): Promise<void>
}

interface Order {
  readonly deed: Misdeed
  times: number
  readonly when: (call: SeenCall) => boolean
}

const VALIDITY = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2049-01-01T00:00:00Z' }

/** Starts the proxy. @param ca trusts the server */
export async function misbehave(server: { readonly url: string; readonly ca: string }): Promise<Misbehaving> {
  const leaf = makeCertificate({ cn: 'localhost', dns: ['localhost'], ip: ['127.0.0.1'], ...VALIDITY })
  const { certificates: cert, key } = filesOf(leaf)
  const seen: SeenCall[] = []
  const strangers: string[] = []
  let orders: Order[] = []
  const sockets = new Set<Socket>()
  const stranger = await listening((request, response) => {
    strangers.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}')
  })
  const proxy = await listening((request, response) => {
    void bodyOf(request).then((body) => {
      const call = { method: request.method!, path: request.url!, body: body.toString('latin1') }
      seen.push(call)
      const order = orders.find((each) => each.when(call))
      if (order && --order.times <= 0) orders = orders.filter((each) => each !== order)
      const how = { deed: order?.deed, elsewhere: `https://127.0.0.1:${stranger.port}/` }
      return answer(request, response, { server, body, ...how })
    })
  })

  function listening(handle: (request: IncomingMessage, response: ServerResponse) => void) {
    const made = createServer({ cert, key }, handle)
    made.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
    })
    return new Promise<{ readonly port: number; readonly end: () => void }>((resolve) =>
      made.listen(0, '127.0.0.1', () =>
        resolve({ port: (made.address() as AddressInfo).port, end: () => made.close() }),
      ),
    )
  }

  return {
    url: `https://127.0.0.1:${proxy.port}`,
    pin: leaf.fingerprint,
    seen,
    strangers,
    do: (deed, times = 1, when = () => true) => void orders.push({ deed, times, when }),
    close: async () => {
      proxy.end()
      stranger.end()
      for (const socket of sockets) socket.destroy()
    },
  }
}

interface Passing {
  readonly server: { readonly url: string; readonly ca: string }
  readonly body: Buffer
  readonly deed: Misdeed | undefined
  readonly elsewhere: string
}

async function answer(request: IncomingMessage, response: ServerResponse, passing: Passing): Promise<void> {
  const { deed, elsewhere } = passing
  const say = (status: number, body: string, headers: Record<string, string> = {}): void =>
    void response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body)
  const page = '<!DOCTYPE html><html><body>Sign in</body></html>'
  switch (deed) {
    case 'busy':
      return say(429, '{"message":"slow down"}', { 'Retry-After': '2' })
    case 'down':
      return say(503, '{"message":"maintenance"}')
    case 'cut before':
      return void request.socket.destroy()
    case 'web page':
      return say(200, page, { 'Content-Type': 'text/html; charset=utf-8' })
    case 'missing page':
      return say(404, page, { 'Content-Type': 'text/html' })
    case 'empty failure':
      return say(500, '{}')
    case 'elsewhere':
      return say(302, '', { Location: `${elsewhere}${request.url}` })
    case 'expired':
      return say(401, '{"message":"token expired"}')
    default:
      return passOn(request, response, passing)
  }
}

async function passOn(request: IncomingMessage, response: ServerResponse, passing: Passing): Promise<void> {
  const { deed, server, body } = passing
  const { reply, bytes } = await forward(request, server, body)
  const headers = { ...reply.headers }
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  delete headers['transfer-encoding']
  delete headers.connection
  if (deed === 'cut after') return void request.socket.destroy()
  if (deed === 'wrong type') headers['content-type'] = 'text/html'
  if (deed === 'stale tag' && headers['etag'] !== undefined) headers['etag'] = '"c3RhbGU="'
  const all = deed === 'half a page' ? half : bytes
  response.writeHead(reply.statusCode!, { ...headers, 'content-length': String(all.length) })
  if (deed !== 'cut in the middle') return void response.end(request.method === 'HEAD' ? undefined : all)
  response.write(half, () => request.socket.destroy())
}

function forward(
  { method, url, headers }: IncomingMessage,
  server: Passing['server'],
  body: Buffer,
): Promise<{ readonly reply: IncomingMessage; readonly bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const options = { method, headers, ca: server.ca, agent: false, servername: 'localhost' }
    const sent = httpsRequest(`${server.url}${url}`, options, (reply) => {
      void bodyOf(reply).then((bytes) => resolve({ reply, bytes }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts)
}
