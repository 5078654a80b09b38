import { writeFileSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { CertmanError, type ErrorCode } from '../../src/base/errors.ts'
import type { Answer, Route, RouteTable } from '../../src/http/exchange.ts'
import { serveRoutes } from '../../src/http/serve.ts'
import type { Served, ServeOptions } from '../../src/http/serve-options.ts'
import { requireCurl } from '../support/curl.ts'
import type { Skippable } from '../support/oracles.ts'
import { caPem, filesOf, issued } from '../support/tls-world.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { later } from './servers.ts'

/** A JSON answer. */
export const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
})

/** A table whose errors are JSON with the code. */
export const table = (routes: readonly Route[], more: Partial<RouteTable> = {}): RouteTable => ({
  routes,
  ignoreCase: false,
  prefixes: ['api'],
  missing: (call, allow) => ({
    ...json({ missing: call.path, allow: allow.toSorted() }, allow.length === 0 ? 404 : 405),
  }),
  failed: (error) => {
    if (!(error instanceof CertmanError)) return json({ code: 'internal' }, 500)
    return json({ code: error.code, message: error.message }, STATUS[error.code] ?? 400)
  },
  ...more,
})

const STATUS: Partial<Record<ErrorCode, number>> = { 'limit.exceeded': 413, 'server.busy': 503 }

/** A `GET` route. */
export const get = (path: string, handle: Route['handle']): Route => ({ method: 'GET', path, handle })

/** A server and the lines of its log; stopped after the test. */
export async function serving(
  tables: RouteTable | Readonly<Record<string, RouteTable>>,
  more: Partial<ServeOptions> = {},
): Promise<
  Served & { readonly log: Record<string, unknown>[]; readonly port: number; readonly local: string }
> {
  const log: Record<string, unknown>[] = []
  const named: Readonly<Record<string, RouteTable>> =
    'routes' in tables ? { test: tables as RouteTable } : (tables as Record<string, RouteTable>)
  const files = filesOf(issued())
  const served = await serveRoutes({
    tables: Object.entries(named).map(([dialect, each]) => ({ dialect, table: each })),
    listen: { host: '127.0.0.1', port: 0 },
    tls: () => files,
    log: (line) => log.push(JSON.parse(line) as Record<string, unknown>),
    ambient: {
      now: () => new Date('2030-01-01T00:00:00Z'),
      random: (length) => new Uint8Array(length).fill(7),
    },
    ...more,
  })
  later(() => served.stop(0))
  const port = Number(new URL(served.url).port)
  return { ...served, log, port, local: served.url.replace('127.0.0.1', 'localhost') }
}

/** The lines of a log when there are so many: a caller may have its answer before the server has written its line. */
export async function linesOf(
  log: readonly Record<string, unknown>[],
  count: number,
): Promise<readonly Record<string, unknown>[]> {
  for (let turn = 0; turn < 10_000 && log.length < count; turn++)
    await new Promise((resolve) => setImmediate(resolve))
  return log
}

/** Curl with the test CA, see requireCurl. */
export function trustingCurl(context: Skippable): ReturnType<typeof requireCurl> {
  const caFile = join(temporaryFolder('curl'), 'ca.pem')
  writeFileSync(caFile, caPem)
  return requireCurl(context, '--cacert', caFile)
}

/** A bare connection to a server, and everything that comes back. */
export async function wire(
  port: number,
  tls = true,
): Promise<{ socket: Socket | TLSSocket; all: Promise<string> }> {
  const socket = tls
    ? connect({ host: '127.0.0.1', servername: 'localhost', port, ca: caPem })
    : connectTcp({ host: '127.0.0.1', port })
  let text = ''
  socket.on('data', (part: Uint8Array) => (text += Buffer.from(part).toString('latin1')))
  socket.on('error', () => undefined)
  const all = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  later(() => void socket.destroy())
  await new Promise<void>((resolve) => socket.once(tls ? 'secureConnect' : 'connect', () => resolve()))
  return { socket, all }
}

/** Sends text and waits for the end of the connection. */
export async function talk(port: number, text: string, tls = true): Promise<string> {
  const { socket, all } = await wire(port, tls)
  socket.write(text)
  return all
}
