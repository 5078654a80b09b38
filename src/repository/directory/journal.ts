import type { JsonObject } from '../../base/json.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { sha256HexOfText } from '../../crypto/digest.ts'
import type { RecordPlace } from '../record-index.ts'
import { isMissing, type Files } from './files.ts'
import { undecided } from './unfinished.ts'
import { isInside, JOURNAL, type StorePath } from './paths.ts'

/** One step of applying a committed transaction. Each can be done again without harm. */
export type Step =
  /** Writes text at an offset and cuts off what lay behind: lines of the log, the commit line of a segment. */
  | { readonly do: 'append'; readonly path: StorePath; readonly at: number; readonly text: string }
  /** Puts prepared content in place; `fresh` when there was no such file. */
  | { readonly do: 'rename'; readonly from: StorePath; readonly to: StorePath; readonly fresh: boolean }
  | { readonly do: 'remove'; readonly path: StorePath }

/** What became of one record: enough to bring the index up to date from the files. */
export interface Touched {
  readonly kind: RecordKind
  readonly id: string
  /** Where the record lies now; `gone` when it is no live record. */
  readonly live: RecordPlace | 'gone'
  readonly trashed: boolean
  /** No segment holds a copy any more. */
  readonly destroyed?: true
}

/** What must be undone when the transaction does not come to its commit. */
export interface Undo {
  /** Prepared files. */
  readonly prepared: readonly StorePath[]
  /** Files that grew, and the size they had; 0: they were new. */
  readonly grown: readonly { readonly path: StorePath; readonly size: number }[]
}

/** A committed transaction. */
export interface Redo {
  readonly steps: readonly Step[]
  readonly touched: readonly Touched[]
  /** Segments that were rewritten: what lies in them has moved. */
  readonly rewritten: readonly { readonly kind: RecordKind; readonly segment: number }[]
  /** Positions of the index before and after. */
  readonly from: string
  readonly to: string
}

/** What the journal holds: nothing, an unfinished transaction, or a committed one. */
export type Pending =
  | { readonly state: 'none' }
  | { readonly state: 'begun'; readonly undo: readonly Undo[] }
  | { readonly state: 'committed'; readonly redo: Redo }

/** The journal of the transaction that is under way. */
export class Journal {
  readonly #files: Files
  #size = 0
  /** Size before the commit. */
  #begun = 0
  #isCommitted = false
  readonly #undo: Undo[] = []

  constructor(files: Files) {
    this.#files = files
  }

  /** Notes what to undo. Not flushed: a prepared file that survives a power cut is swept by `check`. */
  begin(undo: Undo): void {
    this.#undo.push(undo)
    this.#append(`${JSON.stringify({ undo })}\n`)
  }

  /** The same, flushed: before anything is appended to a file that readers know. */
  async beginDurably(undo: Undo): Promise<void> {
    this.begin(undo)
    await this.#files.sync([JOURNAL])
  }

  /**
   * The commit point: when this resolves the transaction has happened.
   *
   * @throws the error of the system; an `UnfinishedChange` when the commit could not be taken back
   */
  async commit(redo: Redo): Promise<void> {
    const text = JSON.stringify(redo)
    this.#begun = this.#size
    this.#isCommitted = true
    try {
      this.#append(`{"redo":${text},"sha256":"${sha256HexOfText(text)}"}\n`)
      await this.#files.sync([JOURNAL])
    } catch (error) {
      await this.revoke().catch(() => {
        throw undecided(error, this.#files)
      })
      throw error
    }
  }

  /** Takes the commit back, flushed: after a power cut it would be done again, without what was prepared for it. */
  async revoke(): Promise<void> {
    this.#files.truncate(JOURNAL, this.#begun)
    this.#size = this.#begun
    await this.#files.sync([JOURNAL])
    this.#isCommitted = false
  }

  /** Whether the commit stands, or may stand, so that nothing may be undone. */
  get isCommitted(): boolean {
    return this.#isCommitted
  }

  /** What has to be undone. */
  get undo(): readonly Undo[] {
    return this.#undo
  }

  /** The transaction is applied, or undone. */
  clear(): void {
    if (this.#size > 0) this.#files.truncate(JOURNAL, 0)
    this.#size = 0
    this.#undo.length = 0
  }

  #append(text: string): void {
    this.#files.writeAt(JOURNAL, this.#size, text)
    this.#size += Buffer.byteLength(text)
  }
}

/** Whether a transaction is under way, or was left behind by a writer that died. Costs one call. */
export const isPending = (files: Files): boolean => (files.facts(JOURNAL)?.size ?? 0) > 0

/** Reads the journal. Torn lines count as not written. */
export function readJournal(files: Files): Pending {
  let text: string
  try {
    text = files.read(JOURNAL).toString('utf8')
  } catch (error) {
    if (isMissing(error)) return { state: 'none' }
    throw error
  }
  const undo: Undo[] = []
  for (const line of text.split('\n')) {
    const entry = parseLine(line)
    if (entry?.redo) return { state: 'committed', redo: entry.redo }
    if (entry?.undo) undo.push(entry.undo)
  }
  return text === '' ? { state: 'none' } : { state: 'begun', undo }
}

interface Line {
  readonly undo?: Undo
  readonly redo?: Redo
}

function parseLine(line: string): Line | undefined {
  let entry: JsonObject & Line & { readonly sha256?: string }
  try {
    entry = JSON.parse(line)
  } catch {
    return undefined // torn
  }
  if (entry.undo) return pathsOf(entry.undo).every(isInside) ? { undo: entry.undo } : undefined
  if (!entry.redo || sha256HexOfText(JSON.stringify(entry.redo)) !== entry.sha256) return undefined
  const isSane =
    entry.redo.steps.flatMap(stepPaths).every(isInside) &&
    entry.redo.touched.every(({ kind }) => RECORD_KINDS.includes(kind))
  return isSane ? { redo: entry.redo } : undefined
}

const pathsOf = (undo: Undo): StorePath[] => [...undo.prepared, ...undo.grown.map(({ path }) => path)]
const stepPaths = (step: Step): StorePath[] => (step.do === 'rename' ? [step.from, step.to] : [step.path])
