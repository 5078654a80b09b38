import { declare, flag } from './declare.ts'
import { emitDeed } from './outcome.ts'
import { readObject } from './read-object.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca profile add',
  changes: true,
  needs: 'profiles',
  examples: [
    ['certman ca profile add corp.json', 'then: certman sign 3 --profile corp'],
    ['certman ca profile add corp.yaml --replace', 'in place of the one of that name'],
  ],
  about: [
    'A profile is an object in JSON or YAML: name, and what differs from the profile that extends names. All fields: ' +
      'docs/profiles.md.',
  ],
  args: [{ name: 'FILE', help: 'a file; - is standard input', completes: 'file' }],
  options: { replace: flag('in place of a profile of the store with the same name') },
  run: async (ctx, { args, options }) => {
    const definition = await readObject(ctx, args[0]!)
    await withStore(ctx, async (store) => {
      const how = { replace: options.replace, dryRun: ctx.global.dryRun }
      const outcome = await store.addProfile(definition, how)
      await emitDeed(ctx, { outcomes: [outcome] })
    })
  },
})
