import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * Requests that a connection may send ahead. No client in use sends so many, and who is cut off knows by RFC 9112
 * section 9.3.2 which of them had no answer.
 */
const MOST_AHEAD = 100

/** Who has just had an answer may be sending the next request: so long idle connections stay when the server stops. */
const LINGER_MS = 100

interface Connection {
  /** What is being answered. */
  working: ServerResponse | undefined
  /** Whether it is the last. */
  isEnding: boolean
  /** What was sent ahead, in order. */
  readonly ahead: (() => void)[]
}

/**
 * Which connections of a server are open and which of them are at work. Node's own list takes one that has never asked
 * anything for busy, and hands over requests that were sent ahead all at once: their answers would wait in memory, and
 * never close when the connection does.
 */
export class Connections {
  readonly #server: Server
  readonly #open = new Map<Duplex, Connection>()
  #isStopping = false
  /** Whether connections outlast their answers. */
  #isLasting = true

  /** Follows the connections of a server from now on. */
  constructor(server: Server, isTls: boolean) {
    this.#server = server
    server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#open.set(socket, { working: undefined, isEnding: false, ahead: [] })
      socket.once('close', () => this.#open.delete(socket))
    })
  }

  get isStopping(): boolean {
    return this.#isStopping
  }

  /** Begins to answer a request, when what was asked before it on the same connection is over. */
  take(socket: Socket, response: ServerResponse, begin: () => void): void {
    const connection = this.#open.get(socket)
    if (!connection) return
    const start = (): void => {
      connection.working = response
      response.on('close', () => this.#over(socket, connection))
      begin()
    }
    if (!connection.working) start()
    else if (connection.ahead.push(start) > MOST_AHEAD) socket.destroy()
  }

  /** Ends the connection after the answer to the whole request that is at work on it; `false`: there is none. */
  endAfterAnswer(socket: Duplex): boolean {
    const connection = this.#open.get(socket)
    if (!connection?.working?.req.complete) return false
    connection.isEnding = true
    connection.working.shouldKeepAlive = false
    return true
  }

  /** As `Served.stop`. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true
    await new Promise((resolve) => setTimeout(resolve, Math.min(graceMs, LINGER_MS)))
    this.#isLasting = false
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const [socket, { working }] of this.#open) if (!working) socket.destroy()
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs)
    await closed
    clearTimeout(timer)
  }

  #over(socket: Socket, connection: Connection): void {
    connection.working = undefined
    // the header that says so may have gone out before
    if (!this.#isLasting || connection.isEnding) socket.destroySoon()
    else if (!socket.destroyed) connection.ahead.shift()?.()
  }
}
