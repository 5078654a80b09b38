import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inRepository } from '../../support/built.ts'
import { caPem, filesOf, issued } from '../../support/tls-world.ts'

/** A file of `fixtures/wire/notary`. */
export const wire = (name: string): string =>
  readFileSync(inRepository(`fixtures/wire/notary/${name}`), 'utf8')

/** One call as it arrived. */
export interface Arrived {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  // oxlint-disable-next-line no-explicit-any -- whatever the client sent
  readonly json: any
}

/** What goes back: a fixture's name, or all of it. */
export type Scripted =
  | string
  | {
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** Drops the connection without an answer. */
      readonly drop?: boolean
    }

/** `GET /status` → answers in turn (the last one again and again), or a function of the call. */
export type Script = Readonly<Record<string, readonly Scripted[] | ((call: Arrived) => Scripted)>>

/** A server that knows nothing but its script. */
export interface ScriptedServer {
  readonly url: string
  readonly ca: string
  readonly calls: readonly Arrived[]
  /** Calls of one operation. */
  readonly of: (operation: string) => readonly Arrived[]
  close(): Promise<void>
}

/** A session as Notary 1.1.0 opens one. */
export const SESSION: Scripted = {
  headers: {
    'set-cookie':
      'user_token=a.b.c; Path=/; Expires=Sun, 01 Mar 2026 14:00:00 GMT; HttpOnly; Secure; SameSite=Strict',
  },
  body: '{}',
}

/** Answers by the script over TLS; whatever is not in it is Notary's 404. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const calls: Arrived[] = []
  const turns = new Map<string, number>()
  const { certificates, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = createServer({ cert: certificates, key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const { method = '', url: path = '', headers } = request
      const call = { method, path, headers, text, json: parsed(text) }
      calls.push(call)
      const name = `${method} ${path.replace('/api/v1', '')}`
      const answers = script[name]
      const turn = turns.get(name) ?? 0
      turns.set(name, turn + 1)
      const answer =
        typeof answers === 'function' ? answers(call) : answers?.[Math.min(turn, answers.length - 1)]
      const { status = 200, headers: own = {}, body = '{}', drop = false } = whole(answer)
      if (drop) return void request.socket.destroy()
      response.writeHead(status, { 'content-type': 'application/json', ...own }).end(body)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca: caPem,
    calls,
    of: (operation) =>
      calls.filter(({ method, path }) => `${method} ${path.replace('/api/v1', '')}` === operation),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function whole(answer: Scripted | undefined): Exclude<Scripted, string> {
  if (answer === undefined) return { status: 404, body: wire('current/error-not-found.json') }
  return typeof answer === 'string' ? { body: wire(answer) } : answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
