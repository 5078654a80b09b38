import { CertmanError } from '../src/base/errors.ts'
import type { AuthorityEdit } from '../src/store/authority-orders.ts'
import { declare, present, text } from './declare.ts'
import { AUTHORITY } from './options/arguments.ts'
import { editAuthorities } from './edit-authority.ts'
import { AUTHORITY_SETTINGS, readAuthoritySettings } from './options/authority-settings.ts'

export const verb = declare({
  name: 'ca edit',
  changes: true,
  needs: 'editAuthority',
  examples: [
    ['certman ca edit root --crl-url http://pki.example/root.crl', 'goes into what is issued from now on'],
    ["certman ca edit root --crl-url ''", 'no such URL any more'],
    ['certman ca edit root --crl-days 30 --default-profile server', 'a CRL holds for 30 days'],
  ],
  about: ['The password of its key is another matter: certman password NAME.'],
  args: [AUTHORITY],
  options: { name: text('NAME', 'the new name'), ...AUTHORITY_SETTINGS },
  run: async (ctx, { args, options }) => {
    const { defaultProfile, ...settings } = readAuthoritySettings(options)
    const edit: AuthorityEdit = present({
      ...settings,
      name: options.name,
      defaultProfile: defaultProfile === '' ? null : defaultProfile,
    })
    if (Object.keys(edit).length === 0)
      throw new CertmanError('cli.usage', 'ca edit: nothing to change', {
        hint: 'see what can be changed: certman ca edit --help',
      })
    await editAuthorities(ctx, args, edit)
  },
})
