import type { RecordKind } from '../../domain/records.ts'
import type { Files } from './files.ts'
import type { Touched } from './journal.ts'
import { folderOf, type StorePath } from './paths.ts'

/** So many questions about a folder are asked one by one; then its names are read once. */
const FEW = 16

/** The files that a transaction will write and remove, and the records it touches. Nothing is written yet. */
export class Staging {
  readonly #files: Files
  readonly #writes = new Map<StorePath, string | Uint8Array>()
  readonly #removals = new Set<StorePath>()
  readonly #touched = new Map<string, Touched>()
  readonly #lines: string[] = []
  /** How often a folder was asked for a file, or the names in it. */
  readonly #folders = new Map<StorePath, number | ReadonlySet<string>>()

  constructor(files: Files) {
    this.#files = files
  }

  write(path: StorePath, content: string | Uint8Array): void {
    this.#removals.delete(path)
    this.#writes.set(path, content)
  }

  remove(path: StorePath): void {
    this.#writes.delete(path)
    if (this.#files.facts(path)) this.#removals.add(path)
  }

  /** Nothing will be written where there is no file yet. */
  forget(path: StorePath): void {
    this.#writes.delete(path)
  }

  /** Content of `from` will lie at `to`; nothing happens when there is none, or no such places. */
  move(from: StorePath | undefined, to: StorePath | undefined): void {
    const content = from === undefined ? undefined : this.bytes(from)
    if (from === undefined || to === undefined || content === undefined) return
    this.write(to, content)
    this.remove(from)
  }

  touch(touched: Touched): void {
    this.#touched.set(`${touched.kind} ${touched.id}`, touched)
  }

  /** A record that was touched lies elsewhere now. */
  moved({ kind, id, live }: Pick<Touched, 'kind' | 'id' | 'live'>): void {
    const key = `${kind} ${id}`
    this.#touched.set(key, { ...this.#touched.get(key)!, live })
  }

  isTouched(kind: RecordKind, id: string): boolean {
    return this.#touched.has(`${kind} ${id}`)
  }

  log(line: string): void {
    this.#lines.push(line)
  }

  /** The content that `path` will have; undefined when this transaction does not write it. */
  text(path: StorePath): string | undefined {
    const content = this.#writes.get(path)
    return typeof content === 'string' ? content : undefined
  }

  /** The bytes that `path` will have, or has. */
  bytes(path: StorePath): Uint8Array | undefined {
    const content = this.#writes.get(path)
    if (content !== undefined) return typeof content === 'string' ? Buffer.from(content) : content
    return this.exists(path) ? this.#files.read(path) : undefined
  }

  /** Whether there will be a file. */
  exists(path: StorePath): boolean {
    if (this.#writes.has(path)) return true
    return !this.#removals.has(path) && this.#isThere(path)
  }

  /** Nobody else writes meanwhile, and this transaction only when it commits: what a folder holds stays true. */
  #isThere(path: StorePath): boolean {
    const folder = folderOf(path)
    const known = this.#folders.get(folder) ?? 0
    if (typeof known === 'object') return known.has(path.slice(folder.length + 1))
    this.#folders.set(folder, known < FEW ? known + 1 : new Set(this.#files.names(folder)))
    return this.#files.facts(path) !== undefined
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#writes.size === 0 && this.#removals.size === 0
  }

  get writes(): ReadonlyMap<StorePath, string | Uint8Array> {
    return this.#writes
  }

  get removals(): ReadonlySet<StorePath> {
    return this.#removals
  }

  get touched(): readonly Touched[] {
    return [...this.#touched.values()]
  }

  get lines(): readonly string[] {
    return this.#lines
  }
}
