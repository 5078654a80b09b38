import type { IncomingMessage, ServerResponse } from 'node:http'
import { toHex } from '../base/bytes.ts'
import { Connections } from './connections.ts'
import { Deadlines } from './deadlines.ts'
import { Entrance } from './entrance.ts'
import { Exit } from './exit.ts'
import { refuseGarbage } from './garbage.ts'
import { handleRequest, type Hall } from './handle-request.ts'
import { listening, makeServer } from './listen.ts'
import { Metrics } from './metrics.ts'
import { buildRouter } from './router.ts'
import { DEFAULT_LIMITS, type Limits, type Served, type ServeOptions } from './serve-options.ts'

const STRANGERS = 'too many callers without a credential are sending a body'
const TOO_MANY = 'too many bodies are coming at the same time'

/** So many of the longest may be held at a time. */
const BODIES = 8

/**
 * Listens, and answers by the tables. `/healthz` and `/metrics` are answered here, without a credential.
 *
 * @throws {CertmanError} `cli.usage` for plain http beyond loopback; `settings.invalid` for a certificate that is of no use;
 *   `state.refused` when the address cannot be had
 */
export async function serveRoutes(options: ServeOptions): Promise<Served> {
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits }
  const { server, reload } = await makeServer(options, limits)
  const connections = new Connections(server, options.tls !== undefined)
  let url = ''
  const hall: Hall = {
    options,
    limits,
    find: buildRouter(options.tables),
    metrics: new Metrics(),
    deadlines: new Deadlines(limits.requestMs),
    atWork: { count: 0 },
    entrances: {
      strangers: new Entrance({ callers: Math.ceil(limits.concurrent / 4), bytes: Infinity }, STRANGERS),
      known: new Entrance({ callers: limits.concurrent, bytes: BODIES * limits.bodyBytes }, TOO_MANY),
    },
    // the other connections are for those who come and go
    exit: new Exit({ callers: Math.ceil(limits.connections / 4), bytes: limits.untakenBytes }),
    requestId: requestIds(options),
    url: () => url,
    isStopping: () => connections.isStopping,
  }
  const take = (waits: boolean) => (request: IncomingMessage, response: ServerResponse) =>
    connections.take(request.socket, response, () => void handleRequest(hall, { request, response, waits }))
  server.on('request', take(false)).on('checkContinue', take(true))
  server.on('clientError', refuseGarbage(hall, connections))
  url = await listening(server, options)
  return { url, reloadTls: reload, stop: (graceMs) => connections.stop(graceMs) }
}

/** Takes over what a proxy in front gave, when it is harmless; else numbers of its own, different in every run. */
function requestIds({ ambient }: ServeOptions): Hall['requestId'] {
  const run = toHex(ambient.random(6))
  let count = 0
  return (given) =>
    given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : `${run}-${(++count).toString(36)}`
}
