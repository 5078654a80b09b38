import { declare } from './declare.ts'
import { renderProfiles } from './render/profiles.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca profile list',
  needs: 'profiles',
  examples: [['certman ca profile list', 'name, validity, what it is for']],
  args: [],
  options: {},
  run: (ctx) => withStore(ctx, async (store) => ctx.emit(renderProfiles(ctx, await store.profiles()))),
})
