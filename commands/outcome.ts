import { changeText } from '../src/authority/findings.ts'
import type { Outcome } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { type Deed, renderDeed, renderDeeds, renderOutcomes } from './render/outcome.ts'

/**
 * Settles the exit status of a mutation: with `--exit-code`, 10 when nothing had to be changed.
 * A status that the command has set already (9, a part failed) stays.
 */
export function settleOutcomes(ctx: Context, outcomes: readonly Pick<Outcome, 'outcome'>[]): void {
  if (ctx.global.exitCode && outcomes.every(({ outcome }) => outcome === 'unchanged')) ctx.setExit(10)
}

/** Prints what became of each record, and settles the status. @param hasTrash see `renderOutcomes` */
export async function emitOutcomes(
  ctx: Context,
  outcomes: readonly Outcome[],
  hasTrash?: boolean,
): Promise<void> {
  await ctx.emit(renderOutcomes(ctx, outcomes, hasTrash))
  settleOutcomes(ctx, outcomes)
}

/** The same for what made or changed one record; what was not granted as asked is told on standard error as well. */
export async function emitDeed(ctx: Context, deed: Deed): Promise<void> {
  for (const change of deed.changes ?? []) ctx.terminal.say(`not as asked: ${changeText(change)}`)
  await ctx.emit(renderDeed(ctx, deed))
  settleOutcomes(ctx, deed.outcomes)
}

/** The same for what changed several records. */
export async function emitDeeds(ctx: Context, deed: Deed): Promise<void> {
  await ctx.emit(renderDeeds(ctx, deed))
  settleOutcomes(ctx, deed.outcomes)
}
