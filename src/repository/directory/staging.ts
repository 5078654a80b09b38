import type { RecordKind } from '../../domain/records.ts'
import type { Files } from './files.ts'
import { hasDecimalIds } from '../record-index.ts'
import type { Touched } from './journal.ts'
import { LogLines } from './log-lines.ts'
import { folderOf, type StorePath } from './paths.ts'

/** So many questions about a folder are asked one by one; then its names are read once. */
const FEW = 16

/** So many records are named in the journal one by one, for the index to follow when the writer dies just then. */
const MOST_TOUCHED = 2000

/** The files that a transaction will write and remove, and the records it touches. Nothing is written yet. */
export class Staging {
  readonly #files: Files
  readonly #writes = new Map<StorePath, string | Uint8Array>()
  readonly #removals = new Set<StorePath>()
  /** Undefined: one of too many to say more of it than that it was touched. */
  readonly #touched = new Map<RecordKind, Map<number | string, Touched | undefined>>()
  #touches = 0
  readonly lines = new LogLines()
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
    const { kind, id } = touched
    let records = this.#touched.get(kind)
    if (!records) this.#touched.set(kind, (records = new Map()))
    const before = records.size
    records.set(idValue(kind, id), this.#areManyTouched ? undefined : touched)
    if (records.size > before && ++this.#touches === MOST_TOUCHED + 1) this.#forgetWhat()
  }

  #forgetWhat(): void {
    for (const records of this.#touched.values()) for (const id of records.keys()) records.set(id, undefined)
  }

  get #areManyTouched(): boolean {
    return this.#touches > MOST_TOUCHED
  }

  /** A record that was touched lies elsewhere now. */
  moved({ kind, id, live }: Pick<Touched, 'kind' | 'id' | 'live'>): void {
    const touched = this.#touched.get(kind)?.get(idValue(kind, id))
    if (touched) this.touch({ ...touched, live })
  }

  isTouched(kind: RecordKind, id: string): boolean {
    return this.#touched.get(kind)?.has(idValue(kind, id)) === true
  }

  log(line: string): void {
    this.lines.add(line)
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
    return this.lines.isEmpty && this.#writes.size === 0 && this.#removals.size === 0
  }

  get writes(): ReadonlyMap<StorePath, string | Uint8Array> {
    return this.#writes
  }

  get removals(): ReadonlySet<StorePath> {
    return this.#removals
  }

  /** Undefined when there are too many to name: then an index that missed the commit is built anew. */
  get touched(): readonly Touched[] | undefined {
    if (this.#areManyTouched) return undefined
    const all = Array.from(this.#touched.values(), (records) => [...records.values()])
    return all.flat().filter((touched) => touched !== undefined)
  }
}

/** A number takes a tenth of the room of a text, and an import touches a hundred thousand. */
const idValue = (kind: RecordKind, id: string): number | string => (hasDecimalIds(kind) ? Number(id) : id)
