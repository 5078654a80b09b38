import { attachFiles } from '../src/operations/attach-files.ts'
import { requireAbility } from '../src/store/abilities.ts'
import type { Signing } from '../src/store/authority-orders.ts'
import type { Store, Target } from '../src/store/store.ts'
import type { Context, SecretFlags } from './context.ts'
import { fileIo } from './passwords.ts'
import { emitDeed } from './outcome.ts'
import { findRecord } from './found-record.ts'
import { withStore } from './store-request.ts'

/** Files with the certificate that somebody else issued. */
export interface Answer {
  readonly paths: readonly string[]
  readonly replace: boolean
  readonly flags: SecretFlags
}

/** Attaches the answer of another authority: `sign --certificate FILE`. */
export async function attachAnswer(
  ctx: Context,
  store: Store,
  { target, paths, replace, flags }: Answer & { readonly target: Target },
): Promise<Signing> {
  return attachFiles(
    store,
    { paths, cwd: ctx.cwd, target, dryRun: ctx.global.dryRun, replace },
    await fileIo(ctx, flags),
  )
}

/** `import --request REF FILE…`. */
export async function attachTo(ctx: Context, word: string, answer: Answer): Promise<void> {
  await withStore(ctx, async (store) => {
    requireAbility(store, 'attach')
    const target = await findRecord(store, 'request', word)
    await emitDeed(ctx, await attachAnswer(ctx, store, { ...answer, target }))
  })
}
