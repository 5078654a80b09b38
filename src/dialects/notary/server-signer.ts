import { fieldIs } from '../../domain/filter.ts'
import { isOwn } from '../../store/abilities.ts'
import type { ServedStore } from '../house.ts'
import { authorityAt, OF_REQUEST } from './server-authorities.ts'
import { missing, WireFault, WORDS } from './errors.ts'
import type { Desk } from './server-desk.ts'

/**
 * The id of the authority that a caller names for signing.
 *
 * @param served the store of the request: an authority signs what lies in its own store
 * @throws {WireFault} 404, 409 for one that waits for its certificate
 */
export async function signerAt(desk: Desk, served: ServedStore, number: number): Promise<string> {
  const quick = await quickly(desk, served, number)
  if (quick !== undefined) return quick
  const authority = await authorityAt(desk, number)
  if (!authority || authority.served !== served) throw missing()
  if (authority.row) return authority.row.id
  throw new WireFault(409, WORDS.waits)
}

/** An authority of a local store has its certificate; its row is not made, which counts all that it issued. */
async function quickly(
  { numbers, known }: Desk,
  served: ServedStore,
  number: number,
): Promise<string | undefined> {
  if (!isOwn(served.store) || !served.claims.includes('read')) return undefined
  const found = await numbers.find([served], 'authority', number)
  if (!found || Number(found.id) > OF_REQUEST) return undefined
  const { id } = found
  const there = await known.get(served, `authority ${id}`, () =>
    served.store.count('authority', { filter: fieldIs('id', id) }),
  )
  return there === 1 ? id : undefined
}
