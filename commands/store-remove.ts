import { changeSettings } from '../src/settings/write.ts'
import { configuredStore } from './configured-store.ts'
import { confirmDanger } from './confirm.ts'
import { declare } from './declare.ts'
import { settleOutcomes } from './outcome.ts'
import { renderSetting } from './render/store.ts'

export const verb = declare({
  name: 'store remove',
  changes: true,
  examples: [['certman store remove corp', 'the settings forget the name; the folder is not touched']],
  args: [{ name: 'NAME', help: 'a configured store', completes: 'store' }],
  options: {},
  run: async (ctx, { args }) => {
    const { name, location } = configuredStore(ctx, args[0]!)
    const stays = /^https?:/.test(location) ? 'the server stays as it is' : 'the files stay'
    await confirmDanger(ctx, { deed: `forget this name (${stays})`, lines: [[`${name}  ${location}`]] })
    if (!ctx.global.dryRun)
      await changeSettings(
        { file: ctx.settingsFile, now: ctx.ambient.now },
        {
          stores: { [name]: null },
          ...(ctx.settings.defaultStore === name && { defaultStore: null }),
        },
      )
    const outcome = 'changed'
    await ctx.emit(
      renderSetting({ name, location, default: false, outcome, what: 'removed' }, ctx.global.dryRun),
    )
    settleOutcomes(ctx, [{ outcome }])
  },
})
