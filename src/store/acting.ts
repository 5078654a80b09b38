import type { Query } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import type { Change, LookUp, NewRecord, StoreHead, WriteTransaction } from '../repository/repository.ts'

/**
 * A transaction whose changes are logged under somebody else's name than that of who opened the repository: a server
 * acts for its users.
 *
 * @param actor undefined: the transaction itself
 */
export function actingTransaction(tx: WriteTransaction, actor: string | undefined): WriteTransaction {
  return actor === undefined ? tx : new ActingTransaction(tx, actor)
}

class ActingTransaction implements WriteTransaction {
  readonly #tx: WriteTransaction
  readonly #actor: string

  constructor(tx: WriteTransaction, actor: string) {
    this.#tx = tx
    this.#actor = actor
  }

  list(kind: RecordKind, query: Query): ReturnType<WriteTransaction['list']> {
    return this.#tx.list(kind, query)
  }

  count(kind: RecordKind, query: Pick<Query, 'filter'>): Promise<number> {
    return this.#tx.count(kind, query)
  }

  find(kind: RecordKind, lookUp: LookUp): ReturnType<WriteTransaction['find']> {
    return this.#tx.find(kind, lookUp)
  }

  read(kind: RecordKind, id: string): ReturnType<WriteTransaction['read']> {
    return this.#tx.read(kind, id)
  }

  readAttachment(kind: RecordKind, id: string): ReturnType<WriteTransaction['readAttachment']> {
    return this.#tx.readAttachment(kind, id)
  }

  trashed(kind?: RecordKind): ReturnType<WriteTransaction['trashed']> {
    return this.#tx.trashed(kind)
  }

  revoked(authorityId: string): ReturnType<WriteTransaction['revoked']> {
    return this.#tx.revoked(authorityId)
  }

  nextId(kind: RecordKind): Promise<string> {
    return this.#tx.nextId(kind)
  }

  put(record: NewRecord, expected: string, change: Change): ReturnType<WriteTransaction['put']> {
    return this.#tx.put(record, expected, this.#by(change))
  }

  remove(...[kind, id, expected, change]: Parameters<WriteTransaction['remove']>): Promise<void> {
    return this.#tx.remove(kind, id, expected, this.#by(change))
  }

  restore(kind: RecordKind, id: string, change: Change): Promise<void> {
    return this.#tx.restore(kind, id, this.#by(change))
  }

  destroy(kind: RecordKind, id: string, change: Change): Promise<void> {
    return this.#tx.destroy(kind, id, this.#by(change))
  }

  setHead(changes: Partial<Pick<StoreHead, 'name' | 'claims'>>): Promise<void> {
    return this.#tx.setHead(changes)
  }

  #by(change: Change): Change {
    return { ...change, actor: this.#actor }
  }
}
