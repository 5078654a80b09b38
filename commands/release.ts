import { declare, present } from './declare.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { CHOICE, reasonOf, revokeCertificates } from './revoke-certificates.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'release',
  changes: true,
  needs: 'revoke',
  examples: [
    ['certman release web', 'the certificate counts again; the CRL follows at once'],
    ["certman release --filter 'revocation.reason = certificateHold'", 'all that are on hold'],
  ],
  args: CHOICE.args,
  options: {
    ...CHOICE.options,
    ...PASSWORD_OPTIONS,
  },
  run: (ctx, { args, options }) =>
    withStore(ctx, (store) =>
      revokeCertificates(ctx, store, {
        verb: 'release',
        deed: 'release',
        refs: args,
        filter: options.filter,
        failEmpty: options.failEmpty,
        flags: passwordFlags(options, ctx.ambient.env),
        wanted: (row) => reasonOf(row) === 'certificateHold',
        act: (targets, password, how) => store.release(targets, present({ password }), how),
      }),
    ),
})
