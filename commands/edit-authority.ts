import type { AuthorityEdit } from '../src/store/authority-orders.ts'
import type { Target } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { findRecord } from './found-record.ts'
import { emitDeeds } from './outcome.ts'
import { withStore } from './store-request.ts'

/** Makes the same change to each of the authorities; all are looked up before the first is changed. */
export async function editAuthorities(
  ctx: Context,
  names: readonly string[],
  edit: AuthorityEdit,
): Promise<void> {
  await withStore(ctx, async (store) => {
    const targets: Target[] = []
    for (const name of names) targets.push(await findRecord(store, 'authority', name))
    const outcomes = []
    for (const target of targets)
      outcomes.push(await store.editAuthority(target, edit, { dryRun: ctx.global.dryRun }))
    await emitDeeds(ctx, { outcomes })
  })
}
