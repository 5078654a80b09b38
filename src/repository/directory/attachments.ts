import type { RecordKind } from '../../domain/records.ts'
import { isId } from '../ids.ts'
import type { NewRecord } from '../repository.ts'
import { attachmentPath, recordPath, trashPath, type StorePath } from './paths.ts'
import type { Staging } from './staging.ts'

const live = (kind: RecordKind, id: string): StorePath | undefined =>
  attachmentPath(kind, recordPath(kind, id))
const trashed = (kind: RecordKind, id: string): StorePath | undefined =>
  attachmentPath(kind, trashPath(kind, id))

/** The files beside records, in a transaction: they go where their record goes. */
export class Attachments {
  readonly #staging: Staging

  constructor(staging: Staging) {
    this.#staging = staging
  }

  read(kind: RecordKind, id: string): Uint8Array | undefined {
    const path = isId(kind, id) ? live(kind, id) : undefined
    return path === undefined ? undefined : this.#staging.bytes(path)
  }

  write({ kind, id, attachment }: NewRecord): void {
    if (!attachment) return
    const path = live(kind, id)
    if (path === undefined) throw new TypeError(`put: nothing lies beside a ${kind}`)
    this.#staging.write(path, attachment)
  }

  remove(kind: RecordKind, id: string): void {
    this.#staging.move(live(kind, id), trashed(kind, id))
  }

  restore(kind: RecordKind, id: string): void {
    this.#staging.move(trashed(kind, id), live(kind, id))
  }

  destroy(kind: RecordKind, id: string): void {
    const path = trashed(kind, id)
    if (path !== undefined) this.#staging.remove(path)
  }
}
