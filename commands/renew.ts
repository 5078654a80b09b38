import { CertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import { parseReference, parseSerialNumber } from '../src/domain/reference.ts'
import type { RenewalOrder } from '../src/store/authority-orders.ts'
import type { ListedRecord, Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { declare, flag, type Given, present, text } from './declare.ts'
import { emitDeed } from './outcome.ts'
import { keyPasswordFlags, keyPasswordOptions, PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { readValidity, VALIDITY_OPTIONS } from './options/validity.ts'
import { unlocking } from './passwords.ts'
import { safeText } from './render/safe.ts'
import { namedRevocables, type Revocable } from './revocable.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  reuseKey: flag('keep the key (default: a new one of the same type)'),
  ...VALIDITY_OPTIONS,
  ...PASSWORD_OPTIONS,
  ca: text('NAME', 'another authority than the one that issued it', { completes: 'authority' }),
  profile: text('NAME', 'another profile than that of the request', { completes: 'profile' }),
  allowChanges: flag('go on when not everything is granted; what is not is listed'),
  serial: text('HEX', 'serial number (default: random)', { rare: true }),
  ...keyPasswordOptions('protects the new key in the store; with --reuse-key: opens the old one'),
} as const

/** With `--reuse-key` the old key signs the new request: its password is asked for where it is locked. */
async function oldKeyPassword(
  ctx: Context,
  { store, row, options }: { store: Store; row: ListedRecord; options: Given<typeof OPTIONS> },
): Promise<Secret | undefined> {
  const given = await ctx.secret(keyPasswordFlags(options))
  const keyId = row['keyId']
  if (given || !options.reuseKey || !ctx.canAsk || typeof keyId !== 'string') return given
  const { encrypted } = await store.key(keyId)
  if (!encrypted) return undefined
  const name = String(row['name'] ?? row.id)
  return (await ctx.prompter()).password(safeText(`password of the key of certificate ${name}:`))
}

function readOrder(
  options: Given<typeof OPTIONS>,
  keyPassword: Secret | undefined,
): Omit<RenewalOrder, 'password'> {
  const { ca, profile, serial, reuseKey, allowChanges } = options
  return present({
    ...readValidity(options),
    authority: ca,
    profile,
    serialNumber: serial === undefined ? undefined : parseSerialNumber(serial),
    allowChanges: allowChanges || undefined,
    reuseKey: reuseKey || undefined,
    ...(reuseKey ? { oldKeyPassword: keyPassword } : { keyPassword }),
  })
}

/** A certificate, or the one that a request was answered with. */
async function renewable(store: Store, word: string): Promise<Revocable> {
  const { kind } = parseReference(word)
  if (kind !== 'certificate' && kind !== 'request')
    throw new CertmanError('cli.usage', `certificates are renewed, not a ${kind}`, {
      hint: 'an authority is renewed with: certman ca renew NAME',
    })
  const [found] = await namedRevocables(store, [word])
  if (found?.target.kind === 'certificate') return found
  throw new CertmanError('state.refused', `request ${word} has no certificate to renew`, {
    hint: `see its state: certman show requests/${found?.target.id ?? 'ID'}`,
  })
}

/** The name of the authority that issued a certificate, for the question about its password. */
async function issuerName(store: Store, row: ListedRecord): Promise<string> {
  const id = String(row['authorityId'] ?? '')
  const authority = await store.resolve({ kind: 'authority', by: 'text', text: id }).catch(() => undefined)
  return String(authority?.['name'] ?? id)
}

export const verb = declare({
  name: 'renew',
  changes: true,
  needs: 'renew',
  examples: [
    ['certman renew web', 'same names, new key; the old certificate is superseded, not deleted'],
    ['certman renew web --reuse-key --days 90', 'with the key that it has'],
    ['certman list --due', 'what should be renewed'],
  ],
  args: [{ name: 'REF', help: 'id, name, fingerprint (certman help references)', completes: 'reference' }],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const { target, row } = await renewable(store, args[0]!)
      const order = readOrder(options, await oldKeyPassword(ctx, { store, row, options }))
      const flags = passwordFlags(options, ctx.ambient.env)
      const key = `the key of authority ${options.ca ?? (await issuerName(store, row))}`
      const signing = await unlocking(ctx, { key, flags }, (password) =>
        store.renew(target, present({ ...order, password }), { dryRun: ctx.global.dryRun }),
      )
      await emitDeed(ctx, signing)
    }),
})
