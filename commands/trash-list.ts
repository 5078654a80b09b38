import type { ListedRecord } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { declare } from './declare.ts'
import { keyText, shortId, textAt } from './render/cells.ts'
import { styleOf, toJson } from './render/style.ts'
import { subjectText } from './render/subject-text.ts'
import { renderRows } from './render/table.ts'
import { dayOf } from './render/time-left.ts'
import { withStore } from './store-request.ts'

const table = (ctx: Context, rows: readonly ListedRecord[]): string =>
  renderRows(
    [
      { header: 'KIND' },
      { header: 'ID' },
      { header: 'NAME', min: 8 },
      { header: 'SUBJECT', min: 12 },
      { header: 'EXPIRES' },
    ],
    rows.map((row) => [
      textAt(row, 'kind'),
      shortId(textAt(row, 'kind'), row.id),
      textAt(row, 'name'),
      subjectText(row) || keyText(row),
      dayOf(textAt(row, 'notAfter')),
    ]),
    styleOf(ctx),
  )

export const verb = declare({
  name: 'trash list',
  needs: 'trash',
  examples: [
    ['certman trash list', 'newest first'],
    ['certman restore 3', 'bring one back'],
    ['certman trash list -o name | xargs -r certman restore', 'bring everything back'],
  ],
  args: [],
  options: {},
  run: (ctx) =>
    withStore(ctx, async (store) => {
      const rows = await store.trash()
      if (rows.length === 0 && ctx.terminal.stderrIsTty) ctx.terminal.say('the trash is empty')
      await ctx.emit({ json: toJson(rows), text: () => table(ctx, rows) })
    }),
})
