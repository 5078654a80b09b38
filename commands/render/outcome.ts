import type { Outcome } from '../../src/store/store.ts'
import type { Emission } from '../context.ts'
import { outcomeLines } from './plan.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'

/** What a mutation did to each record; JSON: the array of outcomes. */
export function renderOutcomes(ctx: RenderContext, outcomes: readonly Outcome[]): Emission {
  return { json: toJson(outcomes), text: () => outcomeLines(outcomes, styleOf(ctx), ctx.global.dryRun) }
}
