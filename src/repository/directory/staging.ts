import type { RecordKind } from '../../domain/records.ts'
import type { Files } from './files.ts'
import type { Touched } from './journal.ts'
import type { StorePath } from './paths.ts'

/** The files that a transaction will write and remove, and the records it touches. Nothing is written yet. */
export class Staging {
  readonly #files: Files
  readonly #writes = new Map<StorePath, string>()
  readonly #removals = new Set<StorePath>()
  readonly #touched = new Map<string, Touched>()
  readonly #lines: string[] = []

  constructor(files: Files) {
    this.#files = files
  }

  write(path: StorePath, text: string): void {
    this.#removals.delete(path)
    this.#writes.set(path, text)
  }

  remove(path: StorePath): void {
    this.#writes.delete(path)
    if (this.#files.facts(path)) this.#removals.add(path)
  }

  touch(touched: Touched): void {
    this.#touched.set(`${touched.kind} ${touched.id}`, touched)
  }

  isTouched(kind: RecordKind, id: string): boolean {
    return this.#touched.has(`${kind} ${id}`)
  }

  log(line: string): void {
    this.#lines.push(line)
  }

  /** The content that `path` will have; undefined when this transaction does not write it. */
  text(path: StorePath): string | undefined {
    return this.#writes.get(path)
  }

  /** Whether there will be a file. */
  exists(path: StorePath): boolean {
    if (this.#writes.has(path)) return true
    return !this.#removals.has(path) && this.#files.facts(path) !== undefined
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#writes.size === 0 && this.#removals.size === 0
  }

  get writes(): ReadonlyMap<StorePath, string> {
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
