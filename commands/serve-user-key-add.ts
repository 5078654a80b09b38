import { CertmanError } from '../src/base/errors.ts'
import { instantText, parseDuration, parseTime } from '../src/query/time.ts'
import { changeUser } from '../src/operations/serve/user-orders.ts'
import { declare, text } from './declare.ts'
import { USER } from './options/arguments.ts'
import { USERS_OPTION } from './options/users.ts'
import { rehearsing } from './serve-users.ts'
import { renderUserDeed } from './render/users.ts'

/** `90d` from now, or a day or instant to come as every other flag takes it. @throws {CertmanError} `cli.usage` */
function parseEnd(given: string | undefined, now: Date): string | null {
  if (given === undefined) return null
  const seconds = parseDuration(given)
  const start = seconds === undefined ? parseTime(given)?.start : instantText(now.getTime() + seconds * 1000)
  if (start !== undefined && new Date(start) > now) return start
  throw new CertmanError('cli.usage', `--expires: ${JSON.stringify(given)} is no time to come`, {
    hint: 'write it as 90d or 2027-01-31',
    field: 'expires',
  })
}

export const verb = declare({
  name: 'serve user key add',
  changes: true,
  examples: [
    ['certman serve user key add ci', 'prints the key, this once'],
    ['certman serve user key add ci --purpose nightly --expires 90d', 'for 90 days'],
  ],
  args: [USER],
  options: {
    purpose: text('TEXT', 'what it is for'),
    expires: text('TIME', 'until when it holds: 90d or 2027-01-31 (default: for ever)'),
    ...USERS_OPTION,
  },
  run: async (ctx, { args, options }) => {
    const expiresAt = parseEnd(options.expires, ctx.ambient.now())
    const apiKey = { purpose: options.purpose ?? 'made with certman serve user', expiresAt }
    const { user, secrets } = await changeUser(
      rehearsing(ctx, options),
      { name: args[0]!, apiKey },
      ctx.ambient,
    )
    await ctx.emit(renderUserDeed(user, { what: 'changed', secrets, dryRun: ctx.global.dryRun }))
  },
})
