import { CertmanError } from '../src/base/errors.ts'
import { locateStore } from '../src/operations/open-store.ts'
import { choice, declare, flag, text } from './declare.ts'
import { toJson } from './render/style.ts'
import { atStore } from './store-argument.ts'
import { storeRequest } from './store-request.ts'

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The server takes none that lasts longer. */
const LONGEST_DAYS = 30

function lifetime(given: string): number {
  const match = /^(\d{1,5})([mhd])$/.exec(given.trim())
  const time = match ? Number(match[1]) * UNITS[match[2]!]! : 0
  if (time >= UNITS['m']! && time <= LONGEST_DAYS * UNITS['d']!) return time
  throw new CertmanError('input.invalid', `${JSON.stringify(given)} is no lifetime of a token`, {
    hint: `write it as 90m, 8h or 7d; at most ${LONGEST_DAYS}d`,
    field: 'expires',
  })
}

/** `certman store token`. */
export const storeToken = declare({
  name: 'store token',
  examples: [
    ['certman store token apim', 'a shared access signature, for an Authorization header'],
    ['curl -H "Authorization: $(certman store token apim --expires 8h)" …', 'for other tools'],
    ['certman store token apim --explain', 'its parts, on standard error'],
  ],
  about: [
    'The token is made here from the id and the access key of the store; nothing is sent. Whoever has it can do what ' +
      'the key can do until it expires, and it cannot be taken back except by renewing the key.',
  ],
  args: [{ name: 'NAME', help: 'a configured store of kind azure-apim', completes: 'store' }],
  options: {
    expires: text('TIME', 'how long it lasts: 90m, 8h, 7d (default and at most 30d)'),
    form: choice(['long', 'compact'], 'long (uid=…&ex=…&sn=…) or compact (id&time&signature)'),
    explain: flag('say on standard error what its parts are'),
  },
  run: async (ctx, { args, options }) => {
    const request = storeRequest(atStore(ctx, args[0]), 'store token')
    const { remote: place, name } = locateStore(request)
    const expires = new Date(ctx.ambient.now().getTime() + lifetime(options.expires ?? `${LONGEST_DAYS}d`))
    const { accessToken } = await import('../src/operations/access-token.ts')
    const form = options.form ?? 'long'
    const made = await accessToken({ name, place, expires, form }, request)
    if (options.explain) {
      ctx.terminal.say(`uid ${made.id}: which key signed it`)
      ctx.terminal.say(`ex ${made.expiry}: until when it counts, UTC`)
      ctx.terminal.say('sn: Base64 of the HMAC-SHA-512 of uid, a line feed and ex, with the key as text')
      if (form === 'compact') ctx.terminal.say('compact: the same three, the time as yyyyMMddHHmm')
    }
    const { token, id, expiry } = made
    const expiresAt = `${expiry.slice(0, 19)}Z`
    await ctx.emit({ json: toJson({ token, id, expiresAt, form }), text: () => `${token}\n` })
  },
})
