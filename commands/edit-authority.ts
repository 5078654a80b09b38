import { CertmanError } from '../src/base/errors.ts'
import { commandOn } from '../src/base/text.ts'
import { type AuthorityRecord, isCrlDue } from '../src/domain/authority.ts'
import type { AuthorityEdit } from '../src/store/authority-orders.ts'
import { scopeNotes } from '../src/store/scope-notes.ts'
import type { Outcome, Store, Target } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { findRecord } from './found-record.ts'
import { emitDeeds } from './outcome.ts'
import type { Deed } from './render/outcome.ts'
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
    const outcomes: Outcome[] = []
    const notes: string[] = []
    for (const target of targets) {
      const edited = await store.editAuthority(target, edit, { dryRun: ctx.global.dryRun })
      const crl = await dueCrl(ctx, store, edited)
      outcomes.push(edited, ...crl.outcomes)
      notes.push(...crl.notes)
      if (edit.issuingDistributionPoint || edit.crlUrls)
        notes.push(...scopeNotes(edited.row as unknown as AuthorityRecord))
    }
    await emitDeeds(ctx, { outcomes, notes })
  })
}

/** A CRL whose time has come is signed along where its key can be used unasked; where it cannot, that is said. */
async function dueCrl(
  ctx: Context,
  store: Store,
  { id, row }: Outcome,
): Promise<Required<Pick<Deed, 'outcomes' | 'notes'>>> {
  const authority = row as unknown as AuthorityRecord
  // the CRLs of a remote authority, which has no such setting, are its server's to sign
  const isOurs = authority.crlDays !== undefined
  const isDue = isOurs && (authority.crlStale === true || isCrlDue(authority, ctx.ambient.now()))
  if (!isDue) return { outcomes: [], notes: [] }
  try {
    const crl = await store.crl(id, {}, { dryRun: ctx.global.dryRun })
    const signed = { kind: 'authority', id, outcome: 'changed', what: 'crl signed', row: crl.row } as const
    return { outcomes: crl.outcome === 'changed' ? [signed] : [], notes: crl.notes }
  } catch (error) {
    if (!(error instanceof CertmanError)) throw error
    // what was edited stays so; an authority that may sign no CRL has none that could be due
    const sign = commandOn('ca crl', authority.name)
    const notes =
      error.code === 'policy.refused' ? [] : [`the CRL is due: ${error.message}; sign it with: ${sign}`]
    return { outcomes: [], notes }
  }
}
