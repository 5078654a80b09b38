import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { caPem, filesOf, issued } from './tls-world.ts'

/** One call as it arrived. */
export interface ArrivedCall {
  readonly method: string
  /** Path and query as sent. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** What goes back. */
export interface Answered {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends the connection in the middle of the body. */
  readonly cut?: boolean
  /** Drops the connection without an answer. */
  readonly drop?: boolean
}

/** A server on a real TLS socket that nobody of ours has written the answers of. */
export interface AnsweringServer {
  readonly url: string
  readonly ca: string
  close(): Promise<void>
}

/** Starts it. @param answer is asked for each call, once the call is whole */
export async function answeringServer(answer: (call: ArrivedCall) => Answered): Promise<AnsweringServer> {
  const { certificates, key } = filesOf(issued({ ip: ['127.0.0.1'] }))
  const server = createServer({ cert: certificates, key }, (request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const text = Buffer.concat(parts).toString()
      const answered = answer({ method, url, headers, text })
      const { status = 200, body = '', cut = false, drop = false } = answered
      if (drop) return void request.socket.destroy()
      const length = Buffer.byteLength(body)
      response.writeHead(status, { 'content-length': length, ...answered.headers })
      if (!cut) return void response.end(body)
      response.write(body.slice(0, Math.floor(length / 2)), () => response.destroy())
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `https://127.0.0.1:${port}`,
    ca: caPem,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
