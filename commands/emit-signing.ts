import type { Signing } from '../src/store/authority-orders.ts'
import type { Context } from './context.ts'
import { settleOutcomes } from './outcome.ts'
import { changeLine, renderDeed } from './render/signing.ts'

/** Prints what was issued; what was not granted as asked is told on standard error as well. */
export async function emitSigning(ctx: Context, signing: Signing): Promise<void> {
  for (const change of signing.changes) ctx.terminal.say(`not as asked: ${changeLine(change)}`)
  await ctx.emit(renderDeed(ctx, signing))
  settleOutcomes(ctx, signing.outcomes)
}
