import { CertmanError } from '../src/base/errors.ts'
import { locateStore } from '../src/operations/open-store.ts'
import { parseDuration } from '../src/query/time.ts'
import { choice, declare, flag, text } from './declare.ts'
import { toJson } from './render/style.ts'
import { atStore } from './store-argument.ts'
import { storeRequest } from './store-request.ts'

/** The server takes none that lasts longer. */
const LONGEST_DAYS = 30

/** In milliseconds. */
function lifetime(given: string): number {
  const seconds = parseDuration(given.trim()) ?? 0
  if (seconds >= 60 && seconds <= LONGEST_DAYS * 86_400) return seconds * 1000
  throw new CertmanError('input.invalid', `${JSON.stringify(given)} is no lifetime of a token`, {
    hint: `write it as 90m, 8h or 7d; at most ${LONGEST_DAYS}d`,
    field: 'expires',
  })
}

export const verb = declare({
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
    const request = storeRequest(atStore(ctx, args[0]))
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
