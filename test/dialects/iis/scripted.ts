import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inRepository } from '../../support/built.ts'
import { caPem, filesOf, issued } from '../../support/tls-world.ts'

/** A file of `fixtures/wire/iis`. */
export const wire = (name: string): string => readFileSync(inRepository(`fixtures/wire/iis/${name}`), 'utf8')

/** One call as it arrived. */
export interface Arrived {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What goes back; `file` is a fixture. */
export interface Scripted {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly file?: string
  /** Ends the connection in the middle of the body. */
  readonly cut?: boolean
}

/** `GET /api/certificates` → answers in turn (the last one again and again), or a function of the call. */
export type Script = Readonly<Record<string, readonly Scripted[] | ((call: Arrived) => Scripted)>>

/** A server that knows nothing but its script. */
export interface ScriptedServer {
  readonly url: string
  readonly ca: string
  readonly calls: readonly Arrived[]
  close(): Promise<void>
}

/** Answers by the script over TLS; whatever is not in it is an empty 404, as of an old host. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const calls: Arrived[] = []
  const turns = new Map<string, number>()
  const { certificates, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = createServer({ cert: certificates, key }, (request, response) => {
    const url = new URL(request.url ?? '', 'https://x')
    const call: Arrived = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
    }
    calls.push(call)
    const name = `${call.method} ${call.path}`
    const answers = script[name]
    const turn = turns.get(name) ?? 0
    turns.set(name, turn + 1)
    const answer =
      typeof answers === 'function'
        ? answers(call)
        : (answers?.[Math.min(turn, answers.length - 1)] ?? { status: 404 })
    const { status = 200, headers = {}, file, cut = false } = answer
    const body = file === undefined ? (answer.body ?? '') : wire(file)
    const length = Buffer.byteLength(body)
    response.writeHead(status, {
      'content-type': 'application/vnd.Microsoft.Certificates.6.0.0.hal+json; charset=utf-8',
      'content-length': length,
      ...headers,
    })
    if (!cut) return void response.end(body)
    response.write(body.slice(0, Math.floor(length / 2)), () => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: caPem,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** A certificate of a long list. */
export const numbered = (index: number, storeName = 'My'): Record<string, unknown> => ({
  alias: `c${index}`,
  id: `bnVtYmVyLQ${index}`,
  issued_by: 'CN=localhost',
  subject: `CN=c${index}`,
  thumbprint: index.toString(16).toUpperCase().padStart(40, '0'),
  valid_to: '2027-02-28T14:32:33Z',
  store: { name: storeName, id: storeName },
})

/** A host with many certificates that answers ranges as hosts do; `shift` changes what it has before each call. */
export function longList(
  total: number,
  { shift = (items) => items }: { readonly shift?: (items: unknown[], call: number) => unknown[] } = {},
): Script {
  const items: unknown[] = Array.from({ length: total }, (_, index) => numbered(index))
  let ranged = 0
  return {
    'HEAD /api/certificates': () => ({
      headers: { 'X-Total-Count': String(shift(items, ranged).length), 'Accept-Ranges': 'certificates' },
    }),
    'GET /api/certificates': ({ headers }) => {
      const [, first, last] = /^certificates=(\d+)-(\d+)$/.exec(String(headers['range'] ?? '')) ?? []
      if (first === undefined) return { body: JSON.stringify({ certificates: shift(items, ranged) }) }
      const now = shift(items, ranged++)
      if (Number(last) >= now.length) return { status: 416, file: 'error-range.json' }
      const page = now.slice(Number(first), Number(last) + 1)
      return {
        headers: {
          'Accept-Ranges': 'certificates',
          'Content-Range': `${first}-${last}/${now.length}`,
          'X-Total-Count': String(page.length),
        },
        body: JSON.stringify({ certificates: page }),
      }
    },
  }
}
