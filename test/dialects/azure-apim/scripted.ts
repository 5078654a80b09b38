import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { caPem, filesOf, issued } from '../../support/tls-world.ts'

/** A recorded body. `{origin}` in it becomes the server's. */
export const recorded = (name: string): string =>
  readFileSync(new URL(`../../../fixtures/wire/azure-apim/${name}.json`, import.meta.url), 'utf8')

/** One answer of the script. */
export interface Line {
  readonly status?: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What the server was asked. */
export interface Asked {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A server that answers with one line after the other. */
export interface Scripted {
  readonly url: string
  readonly ca: string
  readonly asked: Asked[]
  close(): void
}

/** Starts it. Past the end of the script it says 599. */
export async function scripted(...lines: readonly Line[]): Promise<Scripted> {
  const leaf = filesOf(issued())
  const asked: Asked[] = []
  let next = 0
  const server: Server = createServer({ cert: leaf.certificates, key: leaf.key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      asked.push({ method, url, headers, body: Buffer.concat(parts).toString() })
      const { status = 200, body = '', headers: more = {} } = lines[next++] ?? { status: 599 }
      response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...more })
      response.end(body.replaceAll('{origin}', origin()))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = (): string => `https://localhost:${(server.address() as AddressInfo).port}`
  return {
    url: origin(),
    ca: caPem,
    asked,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
