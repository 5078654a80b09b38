import { parseRevocationReason, REASONS_TO_REVOKE } from '../src/domain/revocation.ts'
import type { RevocationReason } from '../src/domain/revocation-reason.ts'
import type { Context } from './context.ts'
import { declare, many, present, text } from './declare.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { readInstant } from './options/validity.ts'
import { namedRevocables } from './revocable.ts'
import { CHOICE, reasonOf, revokeCertificates } from './revoke-certificates.ts'
import { revokeSerials } from './revoke-serials.ts'
import { tellSameKey } from './same-key.ts'
import { withStore } from './store-request.ts'

/** Reasons that speak of the key, not of the certificate. */
const COMPROMISED: readonly RevocationReason[] = ['keyCompromise', 'cACompromise', 'aACompromise']

/** `unspecified` where nothing is said and nobody can be asked (RFC 5280 section 5.3.1). */
async function readReason(
  ctx: Context,
  given: string | undefined,
  rehearse: () => Promise<unknown>,
): Promise<RevocationReason> {
  if (given !== undefined) return parseRevocationReason(given)
  if (!ctx.canAsk || ctx.global.yes) return 'unspecified'
  await rehearse()
  const choices = REASONS_TO_REVOKE.map((value) => ({ value, name: value }))
  return (await ctx.prompter()).choose('why?', choices)
}

export const verb = declare({
  name: 'revoke',
  changes: true,
  needs: 'revoke',
  examples: [
    ['certman revoke web --reason keyCompromise', 'asks, revokes, and signs the CRL'],
    ['certman revoke web --reason superseded -y --password-file pw', 'in a script'],
    ['certman revoke requests/3 --reason cessationOfOperation', 'what was issued for a request'],
    [
      "certman revoke --filter 'san ~ old.example' --reason cessationOfOperation",
      'many at once: shown first, then counted',
    ],
    [
      'certman revoke --ca root --serial 1003',
      'a certificate whose record was destroyed, or never came along',
    ],
    ['certman hold web', 'for the time being'],
  ],
  about: [
    'A revocation is final; only a hold can be released. Without the password of the authority the revocation ' +
      'counts all the same, and the next certman ca crl signs the CRL.',
    'A filter that finds nothing to do is done already: --fail-empty makes that an exit status of 1. A certificate ' +
      'whose record was destroyed is revoked by --ca and --serial; every CRL lists it from then on.',
    `Reasons: ${REASONS_TO_REVOKE.join(', ')}.`,
  ],
  args: CHOICE.args,
  options: {
    reason: text('REASON', 'why (default: unspecified)', { completes: 'reason' }),
    ...CHOICE.options,
    ca: text('NAME', 'with --serial: the authority that issued it', { completes: 'authority' }),
    serial: many('HEX', 'serial number of a certificate that has no record any more; may be repeated'),
    date: text('TIME', 'since when it counts (default: now)'),
    invalidityDate: text('TIME', 'when the key is thought to have been lost'),
    ...PASSWORD_OPTIONS,
  },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const date = readInstant('date', options.date)
      const invalidityDate = readInstant('invalidity-date', options.invalidityDate)
      // nobody is to think about a reason for what cannot be revoked anyway
      const reason = await readReason(ctx, options.reason, async () => {
        const named = (await namedRevocables(store, args)).map(({ target }) => target)
        const order = present({ reason: 'unspecified' as const, date, invalidityDate })
        return named.length > 0 && store.revoke(named, order, { dryRun: true })
      })
      const flags = passwordFlags(options, ctx.ambient.env)
      const { ca: authority, serial: serials } = options
      if (authority !== undefined || serials.length > 0) {
        const order = present({ reason, date, invalidityDate })
        const others = [args[0], options.filter]
        return revokeSerials(ctx, store, { serials, authority, others, flags, order })
      }
      await revokeCertificates(ctx, store, {
        verb: 'revoke',
        deed: `revoke (${reason})`,
        refs: args,
        filter: options.filter,
        failEmpty: options.failEmpty,
        flags,
        wanted: (row) => {
          const before = reasonOf(row)
          return before === undefined || (before === 'certificateHold' && reason !== 'certificateHold')
        },
        act: (targets, password, how) =>
          store.revoke(targets, present({ reason, date, invalidityDate, password }), how),
        after: (rows) => (COMPROMISED.includes(reason) ? tellSameKey(ctx, store, rows) : Promise.resolve()),
      })
    }),
})
