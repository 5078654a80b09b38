import { CertmanError } from '../../src/base/errors.ts'
import { notEmpty } from '../../src/base/secret.ts'
import { keepsKeys } from '../../src/store/abilities.ts'
import type { KeyProtection } from '../../src/store/authority-orders.ts'
import type { Store } from '../../src/store/store.ts'
import type { Context, SecretFlags } from '../context.ts'
import { flag, type Given } from '../declare.ts'
import { choosingPassword } from '../passwords.ts'

/** The two flags that together leave a CA key without a password: one alone is a slip of the hand. */
export const PROTECTION_OPTIONS = {
  noPassword: flag('keep the key without a password; only together with --insecure'),
  insecure: flag('yes, without a password: whoever can read the store can sign'),
} as const

/** Whether the flags leave the key unprotected. @throws {CertmanError} `cli.usage` when only one is given */
export function wantsNoPassword({ noPassword, insecure }: Given<typeof PROTECTION_OPTIONS>): boolean {
  if (noPassword === insecure) return noPassword
  if (insecure) throw new CertmanError('cli.usage', '--insecure means nothing without --no-password')
  throw new CertmanError('cli.usage', '--no-password leaves the key of an authority unprotected', {
    hint: 'give a password, or add --insecure when that is what you want',
    field: 'insecure',
  })
}

/** Whose key, and what was given on the command line. */
export interface ProtectionWish {
  readonly store: Pick<Store, 'can'>
  readonly name: string
  readonly options: Given<typeof PROTECTION_OPTIONS>
  readonly flags: SecretFlags
}

/**
 * How the new key of an authority is kept: the password of the flags, none when two flags say so, else one that is
 * asked for twice. A server that makes the key itself keeps it in its own way, and nobody is asked.
 *
 * @throws {CertmanError} `cli.usage`, `password.required` when nobody can be asked, `input.invalid` for an empty one
 */
export async function readProtection(
  ctx: Context,
  { store, name, options, flags }: ProtectionWish,
): Promise<KeyProtection> {
  const none = wantsNoPassword(options)
  if (!keepsKeys(store)) return { noPassword: true, insecure: true }
  const given = await ctx.secret(flags)
  if (none && given) throw new CertmanError('cli.usage', 'a password and --no-password exclude each other')
  if (none) return { noPassword: true, insecure: true }
  const ask = choosingPassword(ctx)
  const password = given ?? (await ask({ file: name, what: 'the key of authority', attempt: 1 }))
  if (!password)
    throw new CertmanError(
      'password.required',
      `the key of authority ${JSON.stringify(name)} needs a password`,
      { hint: 'give it with --password-file, or insist on none with --no-password --insecure' },
    )
  return { password: notEmpty(password, 'give another one, or --no-password --insecure') }
}
