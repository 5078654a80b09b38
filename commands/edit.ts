import { CertmanError } from '../src/base/errors.ts'
import { parseReferences } from '../src/domain/reference.ts'
import { resolveTargets } from '../src/operations/resolve-targets.ts'
import type { Edit } from '../src/store/store.ts'
import { declare, flag, type Given, many, present, text } from './declare.ts'
import { REPLACE_OPTION } from './options/shared.ts'
import { REFERENCES } from './options/arguments.ts'
import { emitOutcomes } from './outcome.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  name: text('NAME', 'the new name; an empty text removes it'),
  tag: many('TAG', 'add a tag; may be repeated'),
  untag: many('TAG', 'remove a tag; may be repeated'),
  friendlyName: text('TEXT', 'friendly name, as Windows and Java show it; an empty text removes it'),
  notExportable: flag('the private key may not leave the store again; this cannot be undone'),
  ...REPLACE_OPTION,
} as const

const orNull = (value: string | undefined): string | null | undefined => (value === '' ? null : value)

function readEdit(options: Given<typeof OPTIONS>, records: number): Edit {
  const edit: Edit = present({
    name: orNull(options.name),
    friendlyName: orNull(options.friendlyName),
    addTags: options.tag.length > 0 ? options.tag : undefined,
    removeTags: options.untag.length > 0 ? options.untag : undefined,
    exportable: options.notExportable ? (false as const) : undefined,
  })
  if (Object.keys(edit).length === 0)
    throw new CertmanError('cli.usage', 'edit: nothing to change', {
      hint: 'give --name, --tag, --untag, --friendly-name or --not-exportable',
    })
  if (options.name && records > 1)
    throw new CertmanError('cli.usage', `one name cannot be given to ${records} records`, { field: 'name' })
  return edit
}

export const verb = declare({
  name: 'edit',
  changes: true,
  needs: 'edit',
  examples: [
    ['certman edit 3 --name web', 'give a name'],
    ["certman edit web --name ''", 'take the name away'],
    ['certman edit 3 4 5 --tag legacy --untag new', 'tags of several records'],
  ],
  args: [REFERENCES],
  options: OPTIONS,
  run: async (ctx, { args, options }) => {
    const change = readEdit(options, args.length)
    await withStore(ctx, async (store) => {
      const targets = await resolveTargets(store, parseReferences(args))
      const outcomes = await store.editAll(
        targets.map(({ target }) => target),
        change,
        { dryRun: ctx.global.dryRun, replace: options.replace },
      )
      await emitOutcomes(ctx, outcomes)
    })
  },
})
