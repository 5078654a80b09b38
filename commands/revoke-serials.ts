import { CertmanError } from '../src/base/errors.ts'
import { parseSerialNumber } from '../src/domain/reference.ts'
import type { RevocationOrder } from '../src/store/authority-orders.ts'
import type { Store } from '../src/store/store.ts'
import { confirmDanger } from './confirm.ts'
import type { Context, SecretFlags } from './context.ts'
import { present } from './declare.ts'
import { emitDeeds } from './outcome.ts'
import { withPassword } from './revoke-certificates.ts'

/** Certificates without a record, as typed. */
export interface SerialJob {
  readonly serials: readonly string[]
  /** `--ca` */
  readonly authority: string | undefined
  /** References and the filter of the same command line: there must be none. */
  readonly others: readonly (string | undefined)[]
  readonly flags: SecretFlags
  readonly order: RevocationOrder
}

/** Revokes by serial number what the store has no record of. */
export async function revokeSerials(ctx: Context, store: Store, job: SerialJob): Promise<void> {
  const { authority, serials, flags, order } = job
  const hint = 'for example: certman revoke --ca root --serial 1003'
  if (authority === undefined || serials.length === 0)
    throw new CertmanError('cli.usage', 'revoke: --ca and --serial belong together', { hint })
  if (job.others.some((other) => other !== undefined))
    throw new CertmanError('cli.usage', 'revoke: give either references, or --filter, or --serial', { hint })
  const numbers = [...new Set(serials.map(parseSerialNumber))]
  const row = await store.resolve({ kind: 'authority', by: 'text', text: authority })
  const name = String(row['name'] ?? row.id)
  const act = (password: RevocationOrder['password'] | undefined, dryRun = ctx.global.dryRun) =>
    store.revokeSerials(row.id, numbers, { ...order, ...present({ password }) }, { dryRun })
  await confirmDanger(ctx, {
    deed: `revoke (${order.reason})`,
    lines: numbers.map((serial) => [`serial number ${serial} of authority ${name}, which has no record`]),
    rehearse: () => act(undefined, true),
  })
  const locked = row['encrypted'] === true ? name : undefined
  await emitDeeds(ctx, await withPassword(ctx, locked, { flags, act: (password) => act(password) }))
}
