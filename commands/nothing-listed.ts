import type { RecordKind } from '../src/domain/records.ts'
import type { Abilities } from '../src/store/store.ts'
import { PLURALS } from './references.ts'

/** How the first record of a kind comes into a store, where the store can take one. */
const FIRST: Readonly<Partial<Record<RecordKind, readonly [ability: keyof Abilities, words: string]>>> = {
  certificate: ['import', 'take some in: certman import FILE'],
  request: ['request', 'make one: certman request'],
  authority: ['createAuthority', 'make one: certman ca create'],
}

/**
 * What people read instead of a table without rows.
 *
 * @param isNarrowed whether less than all was asked for: then the store may have others
 */
export function nothingListed(kind: RecordKind, can: Abilities, isNarrowed: boolean): string {
  if (isNarrowed) return `no ${kind} fits`
  const [ability, words] = FIRST[kind] ?? []
  const none = `no ${PLURALS[kind]}`
  return ability !== undefined && can[ability] === true ? `${none}; ${words}` : none
}
