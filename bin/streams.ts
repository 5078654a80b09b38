import { writeSync } from 'node:fs'
import { ClosedPipe, type Sink } from '../commands/world.ts'
import { CertmanError } from '../src/base/errors.ts'
import { isTerminal } from './terminal.ts'

const CLOSED: readonly (string | undefined)[] = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'EOF']

function writeFailure(cause: unknown, what: string): Error {
  const code = (cause as NodeJS.ErrnoException).code
  if (CLOSED.includes(code)) return new ClosedPipe()
  const isFull = code === 'ENOSPC'
  const why = isFull ? 'no space is left on the disk' : (code ?? 'unknown reason')
  const hint = isFull ? 'make room on the disk that it goes to' : 'see where it is redirected to'
  return new CertmanError('file.not-writable', `cannot write to ${what}: ${why}`, { cause, hint })
}

/** Writes the rest through the stream: the descriptor does not block and the other side is slower than we are. */
function writeSlowly(stream: NodeJS.WriteStream, bytes: Uint8Array, what: string): Promise<void> {
  return new Promise((settle, reject) => {
    const fail = (cause: Error): void => reject(writeFailure(cause, what))
    stream.once('error', fail)
    stream.write(bytes, (cause) => {
      stream.removeListener('error', fail)
      if (cause) fail(cause)
      else settle()
    })
  })
}

/** UTF-16 units that are encoded at once: the bytes of a text of 100 MB need not stand beside it. */
const PIECE = 1024 * 1024

const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800

/** The UTF-8 of a text, piece by piece. */
export function* encoded(text: string): Iterable<Uint8Array> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = at + PIECE
    // the two halves of a character stay together
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end++
    yield Buffer.from(text.slice(at, end))
  }
}

/**
 * An output stream of the process. Writing straight to the descriptor saves the 2 ms that setting up
 * `process.stdout` costs; the stream takes over where the descriptor would block.
 *
 * @param stream asked for only when needed
 */
export function processSink(fd: 1 | 2, stream: () => NodeJS.WriteStream): Sink {
  const what = fd === 1 ? 'standard output' : 'standard error'
  let known: boolean | undefined
  const isTty = (): boolean => (known ??= isTerminal(fd))
  let slow = false
  const put = async (bytes: Uint8Array): Promise<void> => {
    let at = 0
    while (!slow && at < bytes.length) {
      try {
        at += writeSync(fd, bytes, at)
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN') throw writeFailure(cause, what)
        slow = true
      }
    }
    if (at < bytes.length) await writeSlowly(stream(), bytes.subarray(at), what)
  }
  return {
    get isTty() {
      return isTty()
    },
    get columns() {
      return isTty() ? stream().columns : undefined
    },
    async write(data) {
      for (const bytes of typeof data === 'string' ? encoded(data) : [data]) await put(bytes)
    },
  }
}
