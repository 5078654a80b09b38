import type { Ambient } from '../base/ambient.ts'
import type { Repository } from '../repository/repository.ts'
import type { Store } from './store.ts'

/** The verbs over a repository. */
export function localStore(
  _repository: Repository,
  _options: { readonly ambient: Ambient; readonly kind: string; readonly location: string },
): Store {
  throw new TypeError('not built yet')
}
