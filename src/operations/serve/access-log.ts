import { open, type FileHandle } from 'node:fs/promises'
import { CertmanError } from '../../base/errors.ts'

/** A log that lines go to. */
export interface AccessLog {
  readonly line: (line: string) => void
  /** After the file was moved away: a new one. Where there can be none it is told, and the old one stays. */
  reopen(): Promise<void>
  /** When everything is written. */
  close(): Promise<void>
}

/**
 * Opens the access log: lines are gathered while the last ones are being written, so that no request waits for a disk.
 *
 * @throws {CertmanError} `file.not-writable`
 */
export async function openAccessLog(order: {
  readonly accessLog: string | undefined
  readonly write: (line: string) => void
  readonly log: (line: string) => void
}): Promise<AccessLog | undefined> {
  const { accessLog: path, write, log } = order
  if (path === undefined) return undefined
  if (path === '-')
    return { line: (line) => write(`${line}\n`), reopen: async () => undefined, close: async () => undefined }
  return new FileLog(path, await openFile(path), log)
}

const openFile = (path: string): Promise<FileHandle> =>
  open(path, 'a', 0o600).catch((cause: NodeJS.ErrnoException) => {
    throw new CertmanError('file.not-writable', `cannot write the access log ${path}: ${cause.code}`, {
      cause,
    })
  })

/** Lines that wait for a disk that takes none. A request has one of some 250 characters. */
const MOST_WAITING = 100_000

class FileLog implements AccessLog {
  readonly #path: string
  readonly #complain: (line: string) => void
  #file: FileHandle
  #pending: string[] = []
  #writing: Promise<void> | undefined
  #isLosing = false
  #isFailing = false

  constructor(path: string, file: FileHandle, complain: (line: string) => void) {
    this.#path = path
    this.#file = file
    this.#complain = complain
  }

  readonly line = (line: string): void => {
    if (this.#pending.length >= MOST_WAITING) return this.#lose()
    this.#isLosing = false
    this.#pending.push(`${line}\n`)
    this.#writing ??= this.#write()
  }

  async reopen(): Promise<void> {
    const old = this.#file
    try {
      this.#file = await openFile(this.#path)
    } catch (error) {
      return this.#complain(`${(error as Error).message}: it goes on where it was`)
    }
    await this.#writing
    await old.close()
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#file.close()
  }

  /** Told once until there is room again. */
  #lose(): void {
    if (!this.#isLosing) this.#complain('the access log is not written fast enough: lines are lost')
    this.#isLosing = true
  }

  /** Told once until lines are written again. */
  #fail(why: string): void {
    if (!this.#isFailing) this.#complain(`the access log cannot be written, lines are lost: ${why}`)
    this.#isFailing = true
  }

  async #append(lines: string): Promise<void> {
    // a full disk may have taken half a line
    await this.#file.appendFile(this.#isFailing ? `\n${lines}` : lines)
    this.#isFailing = false
  }

  async #write(): Promise<void> {
    try {
      // lines of the same turn come along
      await Promise.resolve()
      while (this.#pending.length > 0) await this.#append(this.#pending.splice(0).join(''))
    } catch (error) {
      this.#fail((error as NodeJS.ErrnoException).code ?? 'unknown reason')
    } finally {
      this.#writing = undefined
    }
  }
}
