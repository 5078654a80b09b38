import { lstat, open, readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { concat } from '../base/bytes.ts'
import { CertmanError, type ErrorCode } from '../base/errors.ts'
import type { LeftItem } from '../formats/items.ts'

/** 64 MiB: 40,000 to 80,000 certificates, or a CRL with a million entries; what is larger is no certificate file. */
const MAX_FILE_SIZE = 64 * 1024 * 1024
const CHUNK = 1024 * 1024

/** Folders of a directory store whose files are PEM; its index, its locks and its trash are nobody's to read. */
const RECORDS: readonly string[] = ['certificates', 'requests', 'keys']

/** A file to be read, not yet read. */
export interface Source {
  /** As a person would write it: the path given, or the folder given and the way down. `-` for standard input. */
  readonly file: string
  /** Absolute; `-` for standard input. */
  readonly path: string
  /** Whether it was named itself; false when it was found in a folder. */
  readonly named: boolean
}

const PROBLEMS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['file.not-found', 'does not exist'],
  ENOTDIR: ['file.not-found', 'does not exist: something above it is no folder'],
  EISDIR: ['file.is-directory', 'is a folder'],
  EACCES: ['file.not-readable', 'may not be read by this user'],
  EPERM: ['file.not-readable', 'may not be read by this user'],
  ELOOP: ['file.not-readable', 'is a symbolic link that leads back to itself'],
  ENAMETOOLONG: ['file.not-found', 'has a name longer than the file system allows'],
}

/** What the system said about a file, as one of our errors. */
function fileError(file: string, cause: unknown): Error {
  if (!(cause instanceof Error) || cause instanceof CertmanError) return cause as Error
  const code = (cause as NodeJS.ErrnoException).code ?? ''
  const [ours, what] = PROBLEMS[code] ?? ['file.not-readable', `cannot be read (${code || 'unknown cause'})`]
  return new CertmanError(ours, `${quoted(file)} ${what}`, { cause })
}

/** A path in a message: quoted where it has anything that could confuse a person or a terminal. */
export function quoted(file: string): string {
  return /^[\w./:@%+=,~\\-]+$/.test(file) ? file : JSON.stringify(file).replace(/\p{Cc}|\p{Cf}/gu, escaped)
}

const escaped = (character: string): string => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`

/** What there is to read, and what there is not. */
export interface FoundSources {
  readonly sources: readonly Source[]
  readonly left: readonly LeftItem[]
  /** Folders within a folder that could not be looked into. */
  readonly failures: readonly { readonly source: Source; readonly error: CertmanError }[]
}

/**
 * The files that `paths` name, folders recursively in name order. Links are followed; what was seen before, by
 * another link or a loop, is not seen twice. Hidden folders, sockets and devices within a folder are left.
 *
 * @throws {CertmanError} `file.not-found`, `file.not-readable` for a path that was named
 */
export async function findSources(paths: readonly string[], cwd: string): Promise<FoundSources> {
  const finder = new Finder()
  for (const file of paths) {
    if (file === '-') finder.sources.push({ file, path: '-', named: true })
    else await finder.addNamed(file, resolve(cwd, file))
  }
  return finder
}

class Finder {
  readonly sources: Source[] = []
  readonly left: LeftItem[] = []
  readonly failures: FoundSources['failures'][number][] = []
  readonly #seen = new Set<string>()

  async addNamed(file: string, path: string): Promise<void> {
    const about = await stat(path).catch((cause: unknown) => {
      throw fileError(file, cause)
    })
    if (!about.isDirectory()) {
      this.sources.push({ file, path, named: true })
      return
    }
    this.#seen.add(await realpath(path))
    const problem = await this.#addFolder(file, path)
    if (problem) throw problem
  }

  async #addFolder(file: string, path: string): Promise<CertmanError | undefined> {
    let names: string[]
    try {
      names = await readdir(path)
    } catch (cause) {
      return fileError(file, cause) as CertmanError
    }
    const isStore =
      names.includes('store.json') && [...RECORDS, 'index.sqlite'].some((name) => names.includes(name))
    const wanted = isStore ? names.filter((name) => RECORDS.includes(name)) : names
    if (isStore)
      this.#leave(
        file,
        'rest of the store',
        'only its certificates, requests and keys are read, without their names and tags',
      )
    for (const name of wanted.sort()) await this.#addFound(join(file, name), join(path, name), name)
    return undefined
  }

  async #addFound(file: string, path: string, name: string): Promise<void> {
    const about = await stat(path).catch(() => undefined)
    if (!about) {
      const link = await lstat(path).catch(() => undefined)
      this.#leave(
        file,
        'file',
        link?.isSymbolicLink() ? 'a link that leads nowhere' : 'it cannot be looked at',
      )
      return
    }
    if (about.isDirectory() && name.startsWith('.'))
      return this.#leave(file, 'folder', 'hidden folders are not looked into')
    if (!about.isDirectory() && !about.isFile()) return this.#leave(file, 'file', 'no regular file')
    const real = await realpath(path)
    if (this.#seen.has(real)) return
    this.#seen.add(real)
    if (about.isFile()) this.sources.push({ file, path, named: false })
    else {
      const problem = await this.#addFolder(file, path)
      if (problem) this.failures.push({ source: { file, path, named: false }, error: problem })
    }
  }

  #leave(file: string, what: string, why: string): void {
    this.left.push({ what, place: { file }, why })
  }
}

/**
 * The bytes of a source, at most 64 MiB of them.
 *
 * @throws {CertmanError} `file.not-found`, `file.not-readable`, `file.is-directory`, `limit.exceeded`
 */
export async function readSource(source: Source, readStdin: () => Promise<Uint8Array>): Promise<Uint8Array> {
  if (source.path === '-') {
    const bytes = await readStdin()
    if (bytes.length > MAX_FILE_SIZE) throw tooLarge('standard input')
    return bytes
  }
  try {
    return await readBounded(source)
  } catch (cause) {
    throw fileError(source.file, cause)
  }
}

/** Reads in pieces: a pipe or a growing file has no size to trust. */
async function readBounded(source: Source): Promise<Uint8Array> {
  const handle = await open(source.path, 'r')
  try {
    const { size } = await handle.stat()
    if (size > MAX_FILE_SIZE) throw tooLarge(quoted(source.file))
    const parts: Uint8Array[] = []
    let total = 0
    for (;;) {
      const piece = new Uint8Array(Math.min(Math.max(size - total, 0) + 4096, CHUNK))
      const { bytesRead } = await handle.read(piece)
      if (bytesRead === 0) return concat(parts)
      total += bytesRead
      if (total > MAX_FILE_SIZE) throw tooLarge(quoted(source.file))
      parts.push(piece.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

function tooLarge(what: string): CertmanError {
  return new CertmanError('limit.exceeded', `${what} is larger than ${MAX_FILE_SIZE / 1024 / 1024} MiB`, {
    hint: 'a file of certificates is far smaller: split it, or name another one',
  })
}
