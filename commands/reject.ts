import type { Target } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { declare, text } from './declare.ts'
import { emitDeeds } from './outcome.ts'
import { findRecord } from './found-record.ts'
import { withStore } from './store-request.ts'

/** Why not; asked for where someone is there and may still think about it. */
async function readReason(
  ctx: Context,
  given: string | undefined,
  rehearse: () => Promise<unknown>,
): Promise<string | undefined> {
  if (given !== undefined || !ctx.canAsk || ctx.global.yes) return given?.trim() || undefined
  await rehearse()
  return (await (await ctx.prompter()).text('why (Enter: no reason):')).trim() || undefined
}

export const verb = declare({
  name: 'reject',
  changes: true,
  needs: 'reject',
  examples: [
    ['certman reject 3 --reason "no ticket"', 'for good: a rejected request cannot be signed'],
    ['certman list requests --state rejected', 'what was rejected'],
  ],
  about: ['A rejected request stays in the store. What was issued already can be revoked instead.'],
  args: [
    {
      name: 'REQUEST',
      help: 'ids or names of requests: 3, requests/3, web',
      many: true,
      completes: 'request',
    },
  ],
  options: { reason: text('TEXT', 'why, for the one who asked') },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const targets = new Map<string, Target>()
      for (const each of args) {
        const target = await findRecord(store, 'request', each)
        targets.set(target.id, target)
      }
      const named = [...targets.values()]
      // what cannot be rejected anyway needs no reason
      const reason = await readReason(ctx, options.reason, () =>
        store.reject(named, undefined, { dryRun: true }),
      )
      const outcomes = await store.reject(named, reason, { dryRun: ctx.global.dryRun })
      await emitDeeds(ctx, { outcomes })
    }),
})
