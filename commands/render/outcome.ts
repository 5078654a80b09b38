import type { SigningChange } from '../../src/store/authority-orders.ts'
import type { Outcome } from '../../src/store/store.ts'
import type { Emission } from '../context.ts'
import { noteLines, outcomeLines } from './plan.ts'
import { type RenderContext, styleOf, toJson } from './style.ts'

/** Anything that made or changed one record, and touched others by the way. */
export interface Deed {
  /** The record that it is all about first. */
  readonly outcomes: readonly Outcome[]
  readonly changes?: readonly SigningChange[]
  readonly notes?: readonly string[]
}

/**
 * What a mutation did to each record; JSON: the array of outcomes.
 *
 * @param hasTrash whether what was deleted can be brought back; default: it can
 */
export function renderOutcomes(ctx: RenderContext, outcomes: readonly Outcome[], hasTrash = true): Emission {
  const { dryRun } = ctx.global
  return { json: toJson(outcomes), text: () => outcomeLines(outcomes, styleOf(ctx), { dryRun, hasTrash }) }
}

/**
 * What became of one record. JSON: its row, with `kind`, `outcome` and `what`; `changes` and `notes` where the deed has them;
 * the other records that were touched in `others`.
 */
export function renderDeed(ctx: RenderContext, { outcomes, changes, notes }: Deed): Emission {
  const { dryRun } = ctx.global
  const [main, ...others] = outcomes
  const json = {
    ...(main && { ...main.row, kind: main.kind, id: main.id, outcome: main.outcome, what: main.what }),
    ...(dryRun && { dryRun }),
    ...(changes && { changes }),
    ...(notes && { notes }),
    others,
  }
  return { json: toJson(json), text: () => deedText(ctx, outcomes, notes ?? []) }
}

/** What became of several records: `{outcome, outcomes, notes}`. */
export function renderDeeds(ctx: RenderContext, { outcomes, notes = [] }: Deed): Emission {
  const { dryRun } = ctx.global
  const changed = outcomes.some(({ outcome }) => outcome === 'changed')
  return {
    json: toJson({ outcome: changed ? 'changed' : 'unchanged', dryRun, outcomes, notes }),
    text: () => deedText(ctx, outcomes, notes),
  }
}

function deedText(ctx: RenderContext, outcomes: readonly Outcome[], notes: readonly string[]): string {
  const style = styleOf(ctx)
  return outcomeLines(outcomes, style, { dryRun: ctx.global.dryRun }) + noteLines(notes, style)
}
