import type { Outcome } from '../src/store/store.ts'
import type { Context } from './context.ts'

/**
 * Settles the exit status of a mutation: with `--exit-code`, 10 when nothing had to be changed.
 * A status that the command has set already (9, a part failed) stays.
 */
export function settleOutcomes(ctx: Context, outcomes: readonly Pick<Outcome, 'outcome'>[]): void {
  if (ctx.global.exitCode && outcomes.every(({ outcome }) => outcome === 'unchanged')) ctx.setExit(10)
}
