import { declare } from './declare.ts'
import { AUTHORITIES } from './options/arguments.ts'
import { editAuthorities } from './edit-authority.ts'

export const verb = declare({
  name: 'ca enable',
  changes: true,
  needs: 'editAuthority',
  examples: [['certman ca enable root', 'it signs again']],
  args: [AUTHORITIES],
  options: {},
  run: (ctx, { args }) => editAuthorities(ctx, args, { enabled: true }),
})
