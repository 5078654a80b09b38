import { checkStore } from '../src/operations/check-store.ts'
import { declare, flag } from './declare.ts'
import { storeRequest } from './store-request.ts'
import { atStore, STORE_ARGUMENT } from './store-argument.ts'
import { renderCheck } from './render/store.ts'

export const verb = declare({
  name: 'store check',
  examples: [
    ['certman store check', 'exit status 1 on any doubt'],
    ['certman store check ./pki --json', 'every finding with its file and the next step'],
  ],
  about: [
    'Reads everything, changes nothing: each file is compared with itself and with the index. A CRL that ended is a ' +
      'doubt as well: who asks for one refuses every certificate of the authority until the next one is signed.',
  ],
  args: [STORE_ARGUMENT],
  options: { secondOpinion: flag('let another library read every certificate too, and compare') },
  run: async (ctx, { args, options }) => {
    const there = atStore(ctx, args[0])
    const report = await checkStore({
      ...storeRequest(there),
      secondOpinion: options.secondOpinion,
    })
    if (!report.ok) ctx.setExit(1)
    await ctx.emit(renderCheck(report, there.global.typed))
  },
})
