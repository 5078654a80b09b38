import { changeSettings } from '../src/settings/write.ts'
import { configuredStore } from './configured-store.ts'
import { declare } from './declare.ts'
import { settleOutcomes } from './outcome.ts'
import { renderSetting } from './render/store.ts'

export const verb = declare({
  name: 'store use',
  changes: true,
  examples: [['certman store use corp', 'commands without --store work on this one']],
  args: [{ name: 'NAME', help: 'a configured store', completes: 'store' }],
  options: {},
  run: async (ctx, { args }) => {
    const { name, location } = configuredStore(ctx, args[0]!)
    const outcome = ctx.settings.defaultStore === name ? 'unchanged' : 'changed'
    if (outcome === 'changed' && !ctx.global.dryRun)
      await changeSettings({ file: ctx.settingsFile, now: ctx.ambient.now }, { defaultStore: name })
    await ctx.emit(
      renderSetting({ name, location, default: true, outcome, what: 'chosen' }, ctx.global.dryRun),
    )
    settleOutcomes(ctx, [{ outcome }])
  },
})
