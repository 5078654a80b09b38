import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import { authorityWishOf } from '../src/operations/authority-text.ts'
import type { AuthorityMaking, NewAuthority } from '../src/store/authority-orders.ts'
import type { Store } from '../src/store/store.ts'
import { AUTHORITY_OPTIONS, readAuthorityText } from './authority-wish.ts'
import type { Context, SecretFlags } from './context.ts'
import { declare, flag, present, text } from './declare.ts'
import { requireUntyped } from './no-say.ts'
import {
  PARENT_PASSWORD_OPTIONS,
  parentPasswordFlags,
  PASSWORD_OPTIONS,
  passwordFlags,
} from './options/password.ts'
import { PROTECTION_OPTIONS, readProtection } from './options/protection.ts'
import { emitDeed } from './outcome.ts'
import { unlocking } from './passwords.ts'
import { withStore } from './store-request.ts'

/**
 * Does something with the parent's password; an error about it names the flags that are for it.
 *
 * @param parent absent: there is none, and nothing is asked for
 */
async function withParent<T>(
  ctx: Context,
  { parent, flags }: { readonly parent: string | undefined; readonly flags: SecretFlags },
  act: (password: Secret | undefined) => Promise<T>,
): Promise<T> {
  if (parent === undefined) return act(undefined)
  try {
    return await unlocking(ctx, { key: `the key of authority ${parent}`, flags }, act)
  } catch (error) {
    if (!isCertmanError(error, 'password.required')) throw error
    throw new CertmanError('password.required', error.message, {
      cause: error,
      hint: 'give it with --parent-password-file, --parent-password-env or --parent-password-command',
      field: 'parent-password-file',
    })
  }
}

async function create(
  ctx: Context,
  store: Store,
  order: NewAuthority & { readonly flags: SecretFlags },
): Promise<AuthorityMaking> {
  const { flags, ...wish } = order
  try {
    return await withParent(ctx, { parent: wish.parent, flags }, (parentPassword) =>
      store.createAuthority(present({ ...wish, parentPassword }), { dryRun: ctx.global.dryRun }),
    )
  } catch (error) {
    if (!isCertmanError(error, 'name.taken')) throw error
    const hint = 'take another name; who has it: certman list --all, certman ca list'
    throw new CertmanError('name.taken', error.message, { cause: error, hint, field: 'name' })
  }
}

const OF_A_PARENT = ['parentPasswordFile', 'parentPasswordEnv', 'parentPasswordCommand'] as const

export const verb = declare({
  name: 'ca create',
  changes: true,
  needs: 'createAuthority',
  examples: [
    [
      'certman ca create --subject "CN=Root" --name root --key-type ec-p256 --days 3650',
      'a root; its password is asked for twice',
    ],
    [
      'certman ca create --subject "CN=Issuing 1" --name issuing --parent root --password-file pw --parent-password-file root.pw',
      'an authority under it',
    ],
    [
      'certman ca create --subject "CN=Corp" --name corp --permit dns:corp.example --password-file pw',
      'a root for one domain only',
    ],
  ],
  about: [
    'The key of an authority is kept with a password. Without one, for machines that sign by themselves, takes two ' +
      'flags: --no-password --insecure. Below a parent the path length is 0 unless --path-len says otherwise.',
  ],
  args: [],
  options: {
    ...AUTHORITY_OPTIONS,
    ...PASSWORD_OPTIONS,
    ...PROTECTION_OPTIONS,
    parent: text('NAME', 'the authority that signs it (default: it signs itself)', {
      completes: 'authority',
    }),
    ...PARENT_PASSWORD_OPTIONS,
    profile: text('NAME', 'with --parent: the profile (default: intermediate)', { completes: 'profile' }),
    allowChanges: flag('with --parent: go on when not everything is granted; what is not is listed'),
  },
  run: (ctx, { options }) =>
    withStore(ctx, async (store) => {
      if (options.parent === undefined)
        requireUntyped(options, OF_A_PARENT, {
          why: 'without --parent an authority signs itself',
          hint: 'name the one that signs it with --parent NAME',
        })
      const wish = authorityWishOf(await readAuthorityText(ctx, options))
      const flags = passwordFlags(options, ctx.ambient.env)
      const protection = await readProtection(ctx, { store, name: wish.name, options, flags })
      const order = present({
        ...wish,
        protection,
        parent: options.parent,
        profile: options.profile,
        allowChanges: options.allowChanges || undefined,
        flags: parentPasswordFlags(options),
      })
      await emitDeed(ctx, await create(ctx, store, order))
    }),
})
