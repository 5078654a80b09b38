import { CertmanError } from '../../base/errors.ts'
import { orNone } from '../../base/or-none.ts'
import type { Filter } from '../../domain/filter.ts'
import type { Target } from '../../store/store.ts'
import type { ServedStore } from '../house.ts'
import { invalid } from './errors.ts'
import { pageAcross } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { inScope } from './server-list.ts'
import { foundIn, type Found, type Scope } from './server-scope.ts'

/** Certificates that one call changes. */
const MOST = 10_000

/** So many are tried each by itself at once: a store of our own revokes them with one CRL. */
const AT_ONCE = 64

/** All that a query finds in a scope. @throws {WireFault} 400 when it is more than one call changes: then none is */
export async function everyFound(desk: Desk, scope: Scope, query: Filter): Promise<readonly Found[]> {
  const { rows, total } = await pageAcross(desk, {
    kind: 'certificate',
    stores: scope.stores,
    filterOf: (served) => inScope(desk, { scope, query }, served),
    sort: [],
    limit: MOST,
    offset: 0,
  })
  if (total > MOST)
    throw invalid(`The query finds ${total} certificates, and one call changes ${MOST} at most: narrow it.`)
  return rows.map((each) => foundIn(desk, 'certificate', each))
}

/**
 * Does one thing with certificates: those of a store together, in one transaction; where that is refused, each by itself,
 * so that one failure does not stop the others.
 *
 * @param act all or none of its targets
 * @param failed told of each that could not be done; what it throws ends everything
 */
export async function together(
  found: readonly Found[],
  act: (served: ServedStore, targets: readonly Target[]) => Promise<unknown>,
  failed: (found: Found, error: CertmanError) => void,
): Promise<void> {
  for (const store of new Set(found.map(({ served }) => served.number))) {
    const group = found.filter(({ served }) => served.number === store)
    const all = async (): Promise<true> => {
      await act(group[0]!.served, group.map(targetOf))
      return true
    }
    if (group.length > 1 && (await orNone(all()))) continue
    for (let at = 0; at < group.length; at += AT_ONCE) {
      const some = group.slice(at, at + AT_ONCE)
      const ends = await Promise.allSettled(some.map((each) => act(each.served, [targetOf(each)])))
      for (const [index, end] of ends.entries()) {
        if (end.status === 'fulfilled') continue
        if (!(end.reason instanceof CertmanError)) throw end.reason
        failed(some[index]!, end.reason)
      }
    }
  }
}

const targetOf = ({ row }: Found): Target => ({ kind: 'certificate', id: row.id })
