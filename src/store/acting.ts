import type { Change, WriteTransaction } from '../repository/repository.ts'

/**
 * A transaction whose changes are logged under somebody else's name than that of who opened the repository: a server
 * acts for its users.
 *
 * @param actor undefined: the transaction itself
 */
export function actingTransaction(tx: WriteTransaction, actor: string | undefined): WriteTransaction {
  if (actor === undefined) return tx
  const by = (change: Change): Change => ({ ...change, actor })
  return {
    list: (kind, query) => tx.list(kind, query),
    count: (kind, query) => tx.count(kind, query),
    find: (kind, lookUp) => tx.find(kind, lookUp),
    read: (kind, id) => tx.read(kind, id),
    readAttachment: (kind, id) => tx.readAttachment(kind, id),
    trashed: (kind) => tx.trashed(kind),
    revoked: (authorityId) => tx.revoked(authorityId),
    nextId: (kind) => tx.nextId(kind),
    put: (record, expected, change) => tx.put(record, expected, by(change)),
    remove: (...[kind, id, expected, change]) => tx.remove(kind, id, expected, by(change)),
    restore: (kind, id, change) => tx.restore(kind, id, by(change)),
    destroy: (kind, id, change) => tx.destroy(kind, id, by(change)),
    setHead: (changes) => tx.setHead(changes),
  }
}
