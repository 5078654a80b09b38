import { CertmanError } from '../src/base/errors.ts'
import { checkName } from '../src/domain/name.ts'
import { openStore } from '../src/operations/open-store.ts'
import { changeSettings } from '../src/settings/write.ts'
import { declare, flag } from './declare.ts'
import { settleOutcomes } from './outcome.ts'
import { storeRequest } from './store-request.ts'
import { atStore } from './store-argument.ts'
import { renderSetting } from './render/store.ts'

/** The path as typed, forced to be read as one: `pki` is a folder here, not a configured name. */
const asPath = (path: string): string => (/[/\\]/.test(path) || /^\.\.?$/.test(path) ? path : `./${path}`)

/** `certman store add`. */
export const storeAdd = declare({
  name: 'store add',
  summary: 'give a store a name in the settings',
  changes: true,
  examples: [
    ['certman store add corp /srv/pki', 'from now on: certman --store corp list'],
    ['certman store add corp /srv/pki --use', 'and make it the default'],
  ],
  args: [
    { name: 'NAME', help: 'the name to use with --store' },
    { name: 'DIR', help: 'the folder of an existing store', completes: 'folder' },
  ],
  options: {
    use: flag('make it the default store'),
    replace: flag('change the place of a name that exists'),
  },
  run: async (ctx, { args, options }) => {
    const name = checkName(args[0]!)
    const store = await openStore(storeRequest(atStore(ctx, asPath(args[1]!)), 'store add'))
    const { location } = await store.info()
    await store.close()
    const before = ctx.settings.stores[name]
    if (before && before.path !== location && !options.replace)
      throw new CertmanError('name.taken', `the name ${JSON.stringify(name)} stands for ${before.path}`, {
        hint: 'take another name, or give --replace',
        field: 'name',
      })
    const isDefault = ctx.settings.defaultStore === name
    const unchanged = before?.path === location && (!options.use || isDefault)
    if (!unchanged && !ctx.global.dryRun)
      await changeSettings(ctx.settingsFile, {
        stores: { [name]: { path: location } },
        ...(options.use && { defaultStore: name }),
      })
    const outcome = unchanged ? 'unchanged' : 'changed'
    const isNowDefault = options.use || isDefault
    await ctx.emit(
      renderSetting({ name, location, default: isNowDefault, outcome, what: 'added' }, ctx.global.dryRun),
    )
    settleOutcomes(ctx, [{ outcome }])
  },
})
