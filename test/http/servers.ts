import { once } from 'node:events'
import { createServer as createPlain, type RequestListener } from 'node:http'
import { createServer as createTls, type ServerOptions } from 'node:https'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import * as tls from 'node:tls'
import { afterEach } from 'vitest'
import type { HttpClient, HttpSetup } from '../../src/http/request.ts'
import { httpClient } from '../../src/http/client.ts'
import { filesOf, issued, setupOf } from '../support/tls-world.ts'

const ends: (() => void | Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

/** Runs after the test. */
export const later = (end: () => void | Promise<void>): void => void ends.push(end)

/** Listens on 127.0.0.1 until the test is over; the port. */
export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  later(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

const good = filesOf(issued())

/** An https server of Node; its URL. */
export async function https(answer: RequestListener, options: ServerOptions = {}): Promise<string> {
  const server = createTls({ cert: good.certificates, key: good.key, ...options }, answer)
  server.on('tlsClientError', () => undefined)
  return `https://localhost:${await listen(server)}`
}

/** An http server of Node; its URL. */
export const http = async (answer: RequestListener): Promise<string> =>
  `http://localhost:${await listen(createPlain(answer))}`

/** A TCP server that does with each connection as told; its port. */
export const tcp = (meet: (socket: Socket) => void): Promise<number> => listen(createTcp(meet))

/** A TLS server that speaks no HTTP of its own. */
export async function rawTls(
  meet: (socket: tls.TLSSocket) => void,
  options: tls.TlsOptions = {},
): Promise<string> {
  const server = tls.createServer({ cert: good.certificates, key: good.key, ...options }, (socket) => {
    socket.on('error', () => undefined)
    meet(socket)
  })
  server.on('tlsClientError', () => undefined)
  return `https://localhost:${await listen(server)}`
}

/** A client that is closed after the test. */
export function client(url: string, more: Partial<HttpSetup> = {}): HttpClient {
  const made = httpClient(setupOf(url, more))
  later(() => made.close())
  return made
}

/** A client that does without the authority of the tests. */
export function stranger(url: string, more: Partial<HttpSetup> = {}): HttpClient {
  const { ca: _ca, ...rest } = setupOf(url, more)
  const made = httpClient(rest)
  later(() => made.close())
  return made
}

/** The error of a promise that must fail. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code: string; hint: string }> {
  try {
    await promise
  } catch (error) {
    return error as Error & { code: string; hint: string }
  }
  throw new Error('it did not fail')
}
