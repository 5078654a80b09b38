import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Which connections are open and which of them are at work. */
export interface Connections {
  readonly isStopping: () => boolean
  /** Begins to answer a request, when what was asked before it on the same connection is over. */
  readonly take: (socket: Socket, response: ServerResponse, begin: () => void) => void
  /** As `Served.stop`. */
  readonly stop: (graceMs: number) => Promise<void>
}

/**
 * Requests that a connection may send ahead. No client in use sends so many, and who is cut off knows by RFC 9112
 * section 9.3.2 which of them had no answer.
 */
const MOST_AHEAD = 100

interface Connection {
  isBusy: boolean
  /** What was sent ahead, in order. */
  readonly ahead: (() => void)[]
}

/**
 * Follows the connections of a server from now on. Node's own list takes one that has never asked anything for busy, and
 * hands over requests that were sent ahead all at once: their answers would wait in memory, and never close when the
 * connection does.
 */
export function watchConnections(server: Server, isTls: boolean): Connections {
  const open = new Map<Socket, Connection>()
  let stopping = false
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.set(socket, { isBusy: false, ahead: [] })
    socket.once('close', () => open.delete(socket))
  })
  const over = (socket: Socket, connection: Connection): void => {
    connection.isBusy = false
    // the header that says so may have gone out before the stop
    if (stopping) socket.destroySoon()
    else if (!socket.destroyed) connection.ahead.shift()?.()
  }
  return {
    isStopping: () => stopping,
    take: (socket, response, begin) => {
      const connection = open.get(socket)
      if (!connection) return
      const start = (): void => {
        connection.isBusy = true
        response.once('close', () => over(socket, connection))
        begin()
      }
      if (!connection.isBusy) start()
      else if (connection.ahead.push(start) > MOST_AHEAD) socket.destroy()
    },
    stop: async (graceMs) => {
      stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const [socket, { isBusy }] of open) if (!isBusy) socket.destroy()
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}
