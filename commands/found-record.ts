import { CertmanError } from '../src/base/errors.ts'
import { parseReference } from '../src/domain/reference.ts'
import type { ListedRecord, Store, Target } from '../src/store/store.ts'

/** A record as it was found. */
export interface FoundRecord extends Target {
  readonly row: ListedRecord
}

/** Kinds that some verbs are about, so that an id or a name needs no kind before it; and where to look for them. */
const EXPECTED = {
  request: ['a request', 'see the requests: certman list requests'],
  authority: ['an authority', 'see the authorities: certman ca list'],
  collection: ['a collection', 'see the collections: certman list collections'],
} as const

/** The record of that kind that a word names. @throws {CertmanError} `record.not-found`; `cli.usage` for another kind */
export async function findRecord(
  store: Store,
  kind: keyof typeof EXPECTED,
  word: string,
): Promise<FoundRecord> {
  const reference = parseReference(word, kind)
  const [expected, hint] = EXPECTED[kind]
  if (reference.kind !== kind)
    throw new CertmanError('cli.usage', `${expected} is expected, not a ${reference.kind}`, { hint })
  const row = await store.resolve(reference)
  return { kind, id: row.id, row }
}
