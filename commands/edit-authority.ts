import { parseReference } from '../src/domain/reference.ts'
import { CertmanError } from '../src/base/errors.ts'
import type { AuthorityEdit } from '../src/store/authority-orders.ts'
import type { Store, Target } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { emitDeeds } from './outcome.ts'
import { withStore } from './store-request.ts'

/** The authority of a name or id. @throws {CertmanError} `record.not-found`; `cli.usage` for another kind */
export async function authorityTarget(store: Store, word: string): Promise<Target> {
  const reference = parseReference(word, 'authority')
  if (reference.kind !== 'authority')
    throw new CertmanError('cli.usage', `an authority is expected, not a ${reference.kind}`, {
      hint: 'see the authorities: certman ca list',
    })
  const { id } = await store.resolve(reference)
  return { kind: 'authority', id }
}

/** Makes the same change to each of the authorities; all are looked up before the first is changed. */
export async function editAuthorities(
  ctx: Context,
  names: readonly string[],
  edit: AuthorityEdit,
): Promise<void> {
  await withStore(ctx, async (store) => {
    const targets: Target[] = []
    for (const name of names) targets.push(await authorityTarget(store, name))
    const outcomes = []
    for (const target of targets)
      outcomes.push(await store.editAuthority(target, edit, { dryRun: ctx.global.dryRun }))
    await emitDeeds(ctx, { outcomes })
  })
}
