import { declare, present, text } from './declare.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { readInstant } from './options/validity.ts'
import { CHOICE, reasonOf, revokeCertificates } from './revoke-certificates.ts'
import { withStore } from './store-request.ts'

/** `certman hold`: revocation for the reason certificateHold. */
export const verb = declare({
  name: 'hold',
  changes: true,
  needs: 'revoke',
  examples: [
    ['certman hold web', 'on the CRL as certificateHold, until it is released or revoked for good'],
    ['certman release web', 'and off again'],
  ],
  args: CHOICE.args,
  options: {
    ...CHOICE.options,
    date: text('TIME', 'since when it counts (default: now)'),
    ...PASSWORD_OPTIONS,
  },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const date = readInstant('date', options.date)
      await revokeCertificates(ctx, store, {
        verb: 'hold',
        deed: 'put on hold',
        refs: args,
        filter: options.filter,
        failEmpty: options.failEmpty,
        flags: passwordFlags(options, ctx.ambient.env),
        wanted: (row) => reasonOf(row) === undefined,
        act: (targets, password, how) =>
          store.revoke(targets, present({ reason: 'certificateHold' as const, date, password }), how),
      })
    }),
})
