import type { Outcome } from '../../src/store/store.ts'
import type { Emission } from '../context.ts'
import { outcomeLines } from './plan.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'

/**
 * What a mutation did to each record; JSON: the array of outcomes.
 *
 * @param hasTrash whether what was deleted can be brought back; default: it can
 */
export function renderOutcomes(ctx: RenderContext, outcomes: readonly Outcome[], hasTrash = true): Emission {
  const { dryRun } = ctx.global
  return { json: toJson(outcomes), text: () => outcomeLines(outcomes, styleOf(ctx), { dryRun, hasTrash }) }
}
