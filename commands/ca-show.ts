import { parseReference } from '../src/domain/reference.ts'
import { showRecord } from '../src/operations/show-record.ts'
import { declare } from './declare.ts'
import { AUTHORITIES } from './options/arguments.ts'
import { renderRecords } from './render/show-records.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca show',
  examples: [
    ['certman ca show root', 'by name or id; the same as certman show authorities/root'],
    [
      'certman ca show root --json --fields crlNumber,crlNextUpdate',
      'when the next CRL is due, for a script',
    ],
  ],
  args: [AUTHORITIES],
  options: {},
  run: (ctx, { args }) =>
    withStore(ctx, async (store) => {
      const records = []
      for (const each of args) records.push(await showRecord(store, parseReference(each, 'authority')))
      await ctx.emit(renderRecords(ctx, records, 'overview'))
    }),
})
