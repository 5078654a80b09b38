import { CertmanError } from '../src/base/errors.ts'
import { importAuthorityFrom } from '../src/operations/import-authority.ts'
import { emitDeed } from './outcome.ts'
import type { Context } from './context.ts'
import { declare, type Given, present, text } from './declare.ts'
import { REPLACE_OPTION } from './options/shared.ts'
import { AUTHORITY_SETTINGS, readAuthoritySettings } from './options/authority-settings.ts'
import { keyPasswordFlags, keyPasswordOptions, PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { PROTECTION_OPTIONS, wantsNoPassword } from './options/protection.ts'
import { choosingPassword, fileIo } from './passwords.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  name: text('NAME', 'name of the authority'),
  ...PASSWORD_OPTIONS,
  ...keyPasswordOptions('keeps the key under another password than the one that opened it'),
  ...PROTECTION_OPTIONS,
  ...AUTHORITY_SETTINGS,
  ...REPLACE_OPTION,
} as const

async function protectionOf(ctx: Context, options: Given<typeof OPTIONS>) {
  const password = await ctx.secret(keyPasswordFlags(options))
  if (!wantsNoPassword(options)) return password && { password }
  if (password) throw new CertmanError('cli.usage', 'a password and --no-password exclude each other')
  return { noPassword: true, insecure: true } as const
}

export const verb = declare({
  name: 'ca import',
  changes: true,
  needs: 'createAuthority',
  examples: [
    ['certman ca import ca.crt ca.key --name corp', 'certificate and key'],
    [
      'certman ca import ca.crt ca.key ca.crl --name corp',
      'with its last CRL, whose entries and number go on',
    ],
    [
      'certman ca import ca.pfx --name corp --password-file pw',
      'from a PKCS#12 file; the key keeps that password',
    ],
    [
      'certman ca import /etc/easy-rsa/pki --name vpn',
      'a folder of easy-rsa or openssl ca: index, serials and all',
    ],
    [
      'certman ca import published.crl --name corp',
      'after a backup was restored: the numbers, and what was revoked since',
    ],
  ],
  about: [
    'From a folder the issued and the revoked certificates come along, and the number of the next CRL. CRLs go on to ' +
      'hold as long as the last one did, unless --crl-days says otherwise. Where the index and the files disagree nothing is taken, and each place is named. Keys of issued certificates and open requests stay behind: a note says ' +
      'how many there are, and which command takes them.',
    'An authority that is in the store takes a later CRL of its own, given alone.',
  ],
  args: [
    {
      name: 'FILE',
      help: 'files with certificate and key, or one folder of openssl ca or easy-rsa',
      many: true,
      completes: 'file',
    },
  ],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const { name } = options
      if (name === undefined)
        throw new CertmanError('cli.needs-input', 'an authority needs a name', {
          hint: 'give it with --name',
          field: 'name',
        })
      const request = present({
        paths: args,
        cwd: ctx.cwd,
        name,
        protection: await protectionOf(ctx, options),
        settings: readAuthoritySettings(options),
        dryRun: ctx.global.dryRun,
        replace: options.replace,
      })
      const io = await fileIo(ctx, passwordFlags(options, ctx.ambient.env))
      const newPassword = choosingPassword(ctx)
      await emitDeed(ctx, await importAuthorityFrom(store, request, { ...io, newPassword }))
    }),
})
