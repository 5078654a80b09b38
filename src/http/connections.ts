import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Which connections are open and which of them are at work. */
export interface Connections {
  readonly isStopping: () => boolean
  /** Says that a request is being answered on the socket. */
  readonly work: (socket: Socket, response: ServerResponse) => void
  /** As `Served.stop`. */
  readonly stop: (graceMs: number) => Promise<void>
}

/** Follows the connections of a server from now on. Node's own list takes one that has never asked anything for busy. */
export function watchConnections(server: Server, isTls: boolean): Connections {
  const open = new Set<Socket>()
  const busy = new Set<Socket>()
  let stopping = false
  server.on(isTls ? 'secureConnection' : 'connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  return {
    isStopping: () => stopping,
    work: (socket, response) => {
      busy.add(socket)
      response.once('close', () => {
        busy.delete(socket)
        // the header that says so may have gone out before the stop
        if (stopping) socket.destroySoon()
      })
    },
    stop: async (graceMs) => {
      stopping = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of open) if (!busy.has(socket)) socket.destroy()
      const timer = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(timer)
    },
  }
}
