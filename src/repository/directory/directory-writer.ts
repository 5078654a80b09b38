import type { Describe, Finding } from '../repository.ts'
import { adopt } from './adopt.ts'
import { flushSteps, takeBack } from './apply.ts'
import { checkLog } from './check-log.ts'
import { checkStore } from './check.ts'
import { commitTransaction } from './commit.ts'
import type { Files } from './files.ts'
import type { IndexHost } from './index-host.ts'
import type { IndexKeeper } from './index-keeper.ts'
import { Journal, type Redo } from './journal.ts'
import type { KnownHead } from './known-head.ts'
import type { OpenOptions } from './options.ts'
import type { Rebuilt } from './rebuild.ts'
import { DirectoryTransaction } from './transaction.ts'

/** The store that is written, and what its readers remember of it. */
export interface WritingPlace {
  readonly files: Files
  readonly options: OpenOptions
  readonly describe: Describe
  readonly keeper: IndexKeeper
  readonly head: KnownHead
  /** What was seen of the store in this turn: to be forgotten after a change. */
  readonly news: readonly { forget(): void }[]
}

/** A transaction that will not be lost any more. */
export interface Written<T> {
  readonly result: T
  /** Fulfilled when it needs the journal no more: until then nobody else may write. Never rejected. */
  readonly isFinished: Promise<void>
}

/** The half of a directory store that changes and checks it. The caller holds the store's lock. */
export class DirectoryWriter {
  readonly #place: WritingPlace

  constructor(place: WritingPlace) {
    this.#place = place
  }

  /** One transaction. @throws what `body` throws, and then nothing has changed */
  async write<T>(body: (tx: DirectoryTransaction) => Promise<T>): Promise<Written<T>> {
    this.#place.keeper.returnToDisk()
    const { host, head, end, position: from } = await this.#place.keeper.currentForWriter()
    const journal = new Journal(this.#place.files)
    const draft = host.begin()
    const { files, describe, options } = this.#place
    const { ambient } = options
    const tools = { files, index: draft.index, journal, describe, ...ambient }
    const tx = new DirectoryTransaction(tools, head)
    let result: T
    let redo: Redo | undefined
    try {
      result = await body(tx)
      draft.settle()
      const time = ambient.now().toISOString()
      const place = { files: this.#place.files, journal, storeId: head.id, from, end, time }
      redo = tx.isEmpty ? undefined : await commitTransaction(tx, place)
    } catch (error) {
      draft.rollback()
      if (!(await takeBack(this.#place.files, journal)))
        this.#place.options.onNotice?.('left-overs of the failed change stay until the next command')
      throw error
    }
    // where nothing changed nothing is written into the index either
    this.#follow(host, () => (redo ? draft.commit(redo.to) : draft.rollback()))
    return { result, isFinished: this.#finish(journal, redo) }
  }

  /** Everything that is wrong; left-overs are swept. */
  async check(): Promise<readonly Finding[]> {
    const { host } = await this.#place.keeper.currentForWriter()
    return checkStore({ ...this.#place, host, maySweep: true })
  }

  /** The same where nothing can be written: needs no lock, leaves everything as it is. */
  async checkWithoutWriting(): Promise<readonly Finding[]> {
    const host = await this.#place.keeper.current()
    return checkStore({ ...this.#place, host, maySweep: false })
  }

  /** Builds the index anew from the files and takes in what was put among them. */
  async reindex(): Promise<{ readonly records: number; readonly adopted: readonly string[] }> {
    await this.#place.keeper.currentForWriter()
    this.#place.keeper.discard()
    const { records, problems } = await this.#place.keeper.rebuild()
    const adopted = await this.#adoptAll(problems)
    // what was taken in has left the place where it lay
    return { records: adopted.length === 0 ? records : (await this.#place.keeper.rebuild()).records, adopted }
  }

  /** Takes in what was put among the records by hand; then those files go, and ids that were given stay given. */
  async #adoptAll(problems: Rebuilt['problems']): Promise<readonly string[]> {
    const taken: { readonly path: string; readonly id: string }[] = []
    const { isFinished } = await this.write(async (tx) => {
      tx.raiseNextIds(checkLog({ files: this.#place.files, index: tx.tools.index, add: () => undefined }))
      for (const { path, kind, what } of problems) {
        if (what === 'unreadable' || what === 'prepared') continue
        const id = await adopt(tx, { path, kind })
        if (id !== undefined) taken.push({ path, id })
      }
    })
    await isFinished
    for (const { path, id } of taken) if (!path.endsWith(`/${id}.pem`)) this.#place.files.remove(path)
    return taken.map(({ id }) => id)
  }

  /** The files have the change. An index that cannot follow (disk full) is stale by its position and mended later. */
  #follow(host: IndexHost, commitIndex: () => void): void {
    this.#place.head.forget()
    try {
      commitIndex()
    } catch {
      host.close()
      this.#place.keeper.close()
      this.#place.options.onNotice?.('the index could not be written; the next command rebuilds it')
    }
    for (const each of this.#place.news) each.forget()
  }

  /** The journal goes when all that it says is flushed. */
  async #finish(journal: Journal, redo: Redo | undefined): Promise<void> {
    try {
      if (redo) await flushSteps(this.#place.files, redo.steps)
    } catch {
      return this.#place.options.onNotice?.(
        'the change is recorded but not finished; the next command finishes it',
      )
    }
    try {
      journal.clear()
    } catch {
      // the next command does the same change once more, which changes nothing
    }
  }
}
