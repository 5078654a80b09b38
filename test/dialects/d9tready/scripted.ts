import { readFileSync } from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { caPem, filesOf, issued } from '../../support/tls-world.ts'

/** An answer of a scripted server. */
export interface Scripted {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Text goes as it is, anything else as JSON, `null` not at all. */
  readonly body?: unknown
}

/** A request as it arrived. */
export interface Received {
  /** `GET /rest/privatekeys` */
  readonly request: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // oxlint-disable-next-line no-explicit-any -- whatever was sent
  readonly body: any
}

/** A server that says what it was told to say, and remembers what it was asked. */
export interface ScriptedServer {
  readonly url: string
  readonly ca: string
  readonly received: readonly Received[]
  /** Answers to `METHOD /path`, one after the other; the last one stays. */
  say(request: string, ...answers: readonly Scripted[]): void
  close(): Promise<void>
}

/** A documented exchange of `fixtures/wire/d9tready`, with the request it answers. */
export function sample(name: string): Scripted & { readonly request: string } {
  return JSON.parse(fixture(`${name}.json`)) as Scripted & { readonly request: string }
}

/** A file of `fixtures/wire/d9tready` as text. */
export const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../../fixtures/wire/d9tready', name), 'utf8')

/** Starts on a real TLS socket; says 404 to what nobody told it. */
export async function scriptedServer(samples: readonly string[] = []): Promise<ScriptedServer> {
  const script = new Map<string, Scripted[]>()
  const received: Received[] = []
  const say: ScriptedServer['say'] = (request, ...answers) => void script.set(request, [...answers])
  for (const name of samples) say(sample(name).request, sample(name))
  const { certificates: cert, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = https.createServer({ cert, key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      const name = `${request.method} ${request.url}`
      received.push({
        request: name,
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      })
      const answers = script.get(name) ?? [{ status: 404, body: '' }]
      const { status, headers = {}, body } = answers.length > 1 ? answers.shift()! : answers[0]!
      response.writeHead(status, headers)
      response.end(
        typeof body === 'string' ? body : body === null || body === undefined ? '' : JSON.stringify(body),
      )
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca: caPem,
    received,
    say,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
