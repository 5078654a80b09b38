import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inRepository } from '../../support/built.ts'
import { caPem, filesOf, issued } from '../../support/tls-world.ts'

/** A file of `fixtures/wire/keyfactor`. */
export const wire = (name: string): string =>
  readFileSync(inRepository(`fixtures/wire/keyfactor/${name}`), 'utf8')

/** One call as it arrived. */
export interface Arrived {
  readonly method: string
  /** Without the API's path. */
  readonly path: string
  readonly query: URLSearchParams
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
      /** Ends the connection in the middle of the body. */
      readonly cut?: boolean
    }

/** `GET /Certificates` → answers in turn (the last one again and again), or a function of the call. */
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

/** Answers by the script over TLS; whatever is not in it is a 404 of the vendor's form. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const calls: Arrived[] = []
  const turns = new Map<string, number>()
  const { certificates, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = createServer({ cert: certificates, key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const call = arrived(request.method ?? '', request.url ?? '', {
        headers: request.headers,
        text: Buffer.concat(parts).toString(),
      })
      calls.push(call)
      const name = `${call.method} ${call.path}`
      const answers = script[name]
      const turn = turns.get(name) ?? 0
      turns.set(name, turn + 1)
      const answer =
        typeof answers === 'function' ? answers(call) : answers?.[Math.min(turn, answers.length - 1)]
      const { status = 200, headers = {}, body = '', cut = false } = whole(answer)
      const length = Buffer.byteLength(body)
      response.writeHead(status, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': length,
        ...headers,
      })
      if (!cut) return void response.end(body)
      response.write(body.slice(0, Math.floor(length / 2)), () => response.destroy())
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
    of: (operation) => calls.filter(({ method, path }) => `${method} ${path}` === operation),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function whole(answer: Scripted | undefined): Exclude<Scripted, string> {
  if (answer === undefined) return { status: 404, body: '{"ErrorCode":"0xA0110004","Message":"Not found."}' }
  return typeof answer === 'string' ? { body: wire(answer) } : answer
}

function arrived(
  method: string,
  target: string,
  { headers, text }: Pick<Arrived, 'headers' | 'text'>,
): Arrived {
  const url = new URL(target, 'https://x')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return {
    method,
    path: url.pathname.replace(/^\/KeyfactorAPI/, ''),
    query: url.searchParams,
    headers,
    text,
    json,
  }
}
