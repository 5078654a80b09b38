import { installAuthorityFiles } from '../src/operations/attach-files.ts'
import { emitDeed } from './outcome.ts'
import { declare } from './declare.ts'
import { REPLACE_OPTION } from './options/shared.ts'
import { AUTHORITY_SETTINGS, readAuthoritySettings } from './options/authority-settings.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { fileIo } from './passwords.ts'
import { withStore } from './store-request.ts'

export const verb = declare({
  name: 'ca install',
  changes: true,
  needs: 'createAuthority',
  examples: [
    ['certman ca install issuing issuing.crt', 'the certificate that the parent issued'],
    ['certman ca install issuing chain.p7b', 'with its issuers, in any order'],
  ],
  args: [
    { name: 'NAME', help: 'name of the authority, as given to ca csr', completes: 'authority' },
    { name: 'FILE', help: 'files with the certificate and its issuers', many: true, completes: 'file' },
  ],
  options: { ...AUTHORITY_SETTINGS, ...REPLACE_OPTION, ...PASSWORD_OPTIONS },
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const [name, ...paths] = args as [string, ...string[]]
      const request = {
        name,
        paths,
        cwd: ctx.cwd,
        settings: readAuthoritySettings(options),
        dryRun: ctx.global.dryRun,
        replace: options.replace,
      }
      const io = await fileIo(ctx, passwordFlags(options, ctx.ambient.env))
      await emitDeed(ctx, await installAuthorityFiles(store, request, io))
    }),
})
