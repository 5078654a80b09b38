import { CertmanError } from '../src/base/errors.ts'
import { shellWord } from '../src/base/text.ts'
import { folderOf } from '../src/settings/places.ts'
import { locationOf } from '../src/settings/remote-place.ts'
import type { Context } from './context.ts'

/**
 * A store of the user's settings.
 *
 * @throws {CertmanError} `store.not-found` that lists the names there are
 */
export function configuredStore(
  ctx: Context,
  name: string,
): { readonly name: string; readonly location: string } {
  const store = Object.hasOwn(ctx.settings.stores, name) ? ctx.settings.stores[name] : undefined
  if (store) return { name, location: locationOf(store) }
  const names = Object.keys(ctx.settings.stores)
  const isFolder = folderOf(name, ctx.cwd, ctx.settings.stores) !== undefined
  throw new CertmanError('store.not-found', `no configured store is called ${JSON.stringify(name)}`, {
    hint:
      names.length > 0 && !isFolder
        ? `there are: ${names.join(', ')}`
        : `add one with: certman store add NAME ${isFolder ? shellWord(name) : 'DIR'}`,
  })
}
