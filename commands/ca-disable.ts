import { declare } from './declare.ts'
import { AUTHORITIES } from './options/arguments.ts'
import { editAuthorities } from './edit-authority.ts'

export const verb = declare({
  name: 'ca disable',
  changes: true,
  needs: 'editAuthority',
  examples: [['certman ca disable old-root', 'no further certificates; revoke and ca crl still work']],
  args: [AUTHORITIES],
  options: {},
  run: (ctx, { args }) => editAuthorities(ctx, args, { enabled: false }),
})
