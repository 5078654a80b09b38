import { fullCrl } from '../src/operations/full-crl.ts'
import type { AuthorityCrl } from '../src/store/authority-orders.ts'
import type { Context } from './context.ts'
import { declare, flag, type Given, present } from './declare.ts'
import { isData } from './options/global.ts'
import { AUTHORITY } from './options/arguments.ts'
import { findRecord } from './found-record.ts'
import {
  DOCUMENT_OPTIONS,
  documentPlace,
  printDocument,
  requireFreePlace,
  saveDocument,
} from './emit-document.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { settleOutcomes } from './outcome.ts'
import { unlocking } from './passwords.ts'
import { renderDeeds } from './render/outcome.ts'
import { toJson } from './render/style.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  ...DOCUMENT_OPTIONS,
  renew: flag('sign a new one although the last one still holds'),
  ...PASSWORD_OPTIONS,
} as const

/** The CRL itself; with --json and its like everything that it says. */
async function emitCrl(ctx: Context, crl: AuthorityCrl, options: Given<typeof OPTIONS>): Promise<void> {
  const document = { der: crl.der, label: 'X509 CRL' } as const
  const place = documentPlace(ctx, options)
  const { id, name } = crl.row
  const facts = {
    kind: 'crl',
    ...fullCrl(crl.der),
    authority: { id, name },
    outcome: crl.outcome,
    notes: crl.notes,
  }
  if (ctx.global.dryRun && crl.outcome === 'changed') return emitRehearsed(ctx, crl, facts)
  crl.notes.forEach((note) => ctx.terminal.say(note))
  if (place && place.out !== '-') {
    await saveDocument(ctx, document, place)
    if (!isData(ctx.global.output)) return
  }
  if (isData(ctx.global.output)) return ctx.emit({ json: toJson(facts), text: () => '' })
  return printDocument(ctx, document, options.format)
}

/** A number stands for one CRL: what a dry run signed under the next one is described, and goes nowhere. */
async function emitRehearsed(ctx: Context, { row, notes }: AuthorityCrl, facts: object): Promise<void> {
  const { pem: _pem, signatureValue: _signature, ...said } = facts as Record<string, unknown>
  if (isData(ctx.global.output)) return ctx.emit({ json: toJson(said), text: () => '' })
  const outcomes = [{ kind: 'authority', id: row.id, outcome: 'changed', what: 'crl signed', row }] as const
  await ctx.emit(renderDeeds(ctx, { outcomes, notes }))
}

export const verb = declare({
  name: 'ca crl',
  changes: true,
  needs: 'crl',
  examples: [
    ['certman ca crl root --password-file pw > root.crl', 'as PEM on standard output'],
    ['certman ca crl root --format der --out /srv/www/root.crl --force', 'as DER, as web servers offer it'],
    ['certman ca crl root --renew', 'signed now, whatever the last one says'],
    ['certman ca crl root --json', 'what it says, for a script'],
  ],
  about: [
    'A CRL that still holds, and lists all that is revoked, is printed as it is and needs no password. Otherwise it is ' +
      'signed anew; its number is one higher. A dry run tells of that one and does not give it out.',
  ],
  args: [AUTHORITY],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      await requireFreePlace(documentPlace(ctx, options))
      const { id } = await findRecord(store, 'authority', args[0]!)
      const flags = passwordFlags(options, ctx.ambient.env)
      const key = `the key of authority ${args[0]!}`
      const crl = await unlocking(ctx, { key, flags }, (password) =>
        store.crl(id, present({ password, renew: options.renew || undefined }), {
          dryRun: ctx.global.dryRun,
        }),
      )
      await emitCrl(ctx, crl, options)
      settleOutcomes(ctx, [crl])
    }),
})
