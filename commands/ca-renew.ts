import { emitDeed } from './outcome.ts'
import { declare, present } from './declare.ts'
import { AUTHORITY } from './options/arguments.ts'
import { findRecord } from './found-record.ts'
import {
  PARENT_PASSWORD_OPTIONS,
  parentPasswordFlags,
  PASSWORD_OPTIONS,
  passwordFlags,
} from './options/password.ts'
import { readValidity, VALIDITY_OPTIONS } from './options/validity.ts'
import { unlocking } from './passwords.ts'
import { textAt } from './render/cells.ts'
import { withStore } from './store-request.ts'

const { notBefore: _, ...VALIDITY } = VALIDITY_OPTIONS

export const verb = declare({
  name: 'ca renew',
  changes: true,
  needs: 'editAuthority',
  examples: [
    ['certman ca renew root --days 3650', 'a root signs itself anew'],
    ['certman ca renew issuing --parent-password-file root.pw', 'one under another is signed by its parent'],
  ],
  about: [
    'What it issued stays valid under the new certificate: name, key, key identifier and powers are the same. Where certificates name the old one by its serial number, as those of easy-rsa do, a note says so. For a parent that is elsewhere ' +
      'there are certman ca csr and certman ca install.',
    'With a new key it is another authority: make it with certman ca create, and certman ca disable the old one, whose ' +
      'CRLs go on.',
  ],
  args: [AUTHORITY],
  options: { ...VALIDITY, ...PASSWORD_OPTIONS, ...PARENT_PASSWORD_OPTIONS },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const { days, notAfter } = readValidity({ ...options, notBefore: undefined })
      const { row } = await findRecord(store, 'authority', args[0]!)
      const parentPassword = await ctx.secret(parentPasswordFlags(options))
      const key = `the key of authority ${textAt(row, 'name') || row.id}, or of its parent`
      const flags = passwordFlags(options, ctx.ambient.env)
      const making = await unlocking(ctx, { key, flags }, (password) =>
        store.renewAuthority(
          row.id,
          present({ days, notAfter, password, parentPassword: parentPassword ?? password }),
          { dryRun: ctx.global.dryRun },
        ),
      )
      await emitDeed(ctx, making)
    }),
})
