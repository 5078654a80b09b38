import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { codeOf } from './call-errors.ts'
import type { Connections } from './connections.ts'
import type { Hall } from './handle-request.ts'

const STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
}

/**
 * Answers and logs what is no request: broken HTTP, headers over the limit, a request that does not arrive in time. What
 * comes after a whole request that is still at work must not take its answer away: whoever asked would think that nothing
 * was done.
 */
export function refuseGarbage(
  { options }: Hall,
  connections: Pick<Connections, 'endAfterAnswer'>,
): (error: Error, socket: Duplex) => void {
  return (error, socket) => {
    const code = codeOf(error)
    const isGone = code === 'ECONNRESET' || !socket.writable
    if (!isGone && code !== 'HPE_INVALID_EOF_STATE' && connections.endAfterAnswer(socket)) return
    const answering = (socket as { _httpMessage?: ServerResponse })._httpMessage
    // the second: the peer ended the connection in the middle of its own request
    if (isGone || code === 'HPE_INVALID_EOF_STATE' || answering?.headersSent) {
      socket.destroy()
      return
    }
    const status = STATUS[code] ?? '400 Bad Request'
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
    options.log?.(
      JSON.stringify({
        time: options.ambient.now().toISOString(),
        remote: (socket as { remoteAddress?: string }).remoteAddress ?? '',
        status: Number(status.slice(0, 3)),
        error: code,
      }),
    )
  }
}
