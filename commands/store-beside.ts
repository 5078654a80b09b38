import { isCertmanError } from '../src/base/errors.ts'
import { locateStore, openStore } from '../src/operations/open-store.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { storeRequest } from './store-request.ts'

/** Whether the store in use is a folder. @throws {CertmanError} `store.not-found` */
export const isDirectory = (ctx: Context): boolean => locateStore(storeRequest(ctx)).remote === undefined

/**
 * The store; for files and hosts a directory, or what was named. That there is none is no reason to fail where nobody
 * named one.
 *
 * @param isNeeded whether the answer is in the store
 */
export async function openIfWanted(ctx: Context, isNeeded: boolean): Promise<Store | undefined> {
  const request = storeRequest(ctx)
  if (isNeeded || ctx.global.store !== undefined) return openStore(request)
  try {
    return isDirectory(ctx) ? await openStore(request) : undefined
  } catch (error) {
    if (!isCertmanError(error)) throw error
    ctx.terminal.say(`note: no store is asked: ${error.message}`)
    return undefined
  }
}
