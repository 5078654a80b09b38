import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { inRepository } from './built.ts'
import { caPem, filesOf, issued } from './tls-world.ts'

/** One call as it arrived. */
export interface Arrived {
  readonly method: string
  /** As the vendor's `read` gives it. */
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

/** How one vendor's service looks from outside. */
export interface ScriptedVendor {
  /** The folder in `fixtures/wire`. */
  readonly folder: string
  readonly contentType: string
  /** The body of an answer that names none. */
  readonly emptyBody: string
  /** The body of the 404 for what is not in the script: a fixture's text, or its own. */
  readonly missing: () => string
  /** From the target of a request: the path to tell, and the one that the script knows it by. */
  readonly read: (target: string) => { readonly path: string; readonly operation: string }
}

/** A file of `fixtures/wire`. */
export const wireFile = (folder: string, name: string): string =>
  readFileSync(inRepository(`fixtures/wire/${folder}/${name}`), 'utf8')

/** Answers by the script over TLS; whatever is not in it is a 404 of the vendor's form. */
export async function scriptedVendor(vendor: ScriptedVendor, script: Script): Promise<ScriptedServer> {
  const calls: Arrived[] = []
  const turns = new Map<string, number>()
  const operations: string[] = []
  const { certificates, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = createServer({ cert: certificates, key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const text = Buffer.concat(parts).toString()
      const { path, operation } = vendor.read(url)
      const query = new URL(url, 'https://x').searchParams
      const call: Arrived = { method, path, query, headers, text, json: parsed(text) }
      const name = `${method} ${operation}`
      calls.push(call)
      operations.push(name)
      const answers = script[name]
      const turn = turns.get(name) ?? 0
      turns.set(name, turn + 1)
      const answer =
        typeof answers === 'function' ? answers(call) : answers?.[Math.min(turn, answers.length - 1)]
      const whole = wholeOf(vendor, answer)
      const { status = 200, body = vendor.emptyBody, cut = false, drop = false } = whole
      if (drop) return void request.socket.destroy()
      const length = Buffer.byteLength(body)
      response.writeHead(status, {
        'content-type': vendor.contentType,
        'content-length': length,
        ...whole.headers,
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
    of: (operation) => calls.filter((_, at) => operations[at] === operation),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function wholeOf(vendor: ScriptedVendor, answer: Scripted | undefined): Exclude<Scripted, string> {
  if (answer === undefined) return { status: 404, body: vendor.missing() }
  return typeof answer === 'string' ? { body: wireFile(vendor.folder, answer) } : answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
