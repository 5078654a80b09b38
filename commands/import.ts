import { CertmanError } from '../src/base/errors.ts'
import { importFiles, type ImportRequest } from '../src/operations/import-files.ts'
import type { Context } from './context.ts'
import { choice, declare, flag, type Input, many, present, text } from './declare.ts'
import { fileTools } from './passwords.ts'
import { requireUntyped } from './no-say.ts'
import { importDialog } from './import-dialog.ts'
import { INPUT_FORMATS, REPLACE_OPTION } from './options/shared.ts'
import { keyPasswordFlags, keyPasswordOptions, PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { settleOutcomes } from './outcome.ts'
import { progressLine } from './progress.ts'
import { renderImport } from './render/import.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  name: text('NAME', 'name of the end-entity certificate'),
  ...PASSWORD_OPTIONS,
  tag: many('TAG', 'put a tag on each certificate; may be repeated'),
  ...REPLACE_OPTION,
  request: text(
    'REQUEST',
    'attach the certificate that somebody else issued for this request, with its chain',
    { completes: 'request' },
  ),
  only: many('N|HASH', 'take only these: numbers in reading order, or thumbprints'),
  noKeys: flag('leave private keys outside'),
  notExportable: flag('the private key may not leave the store again'),
  friendlyName: text('TEXT', 'friendly name, as Windows and Java show it'),
  inFormat: choice(INPUT_FORMATS, 'what the file is, where its content does not tell', {
    value: 'FORMAT',
    rare: true,
  }),
  ...keyPasswordOptions('encrypt private keys in the store with this password'),
} as const

const OF_NEW_RECORDS = [
  'name',
  'tag',
  'only',
  'notExportable',
  'friendlyName',
  'inFormat',
  'keyPasswordFile',
  'keyPasswordEnv',
  'keyPasswordCommand',
] as const

async function readRequest(ctx: Context, { args, options }: Input<typeof OPTIONS>): Promise<ImportRequest> {
  return present({
    paths: args,
    cwd: ctx.cwd,
    name: options.name,
    friendlyName: options.friendlyName,
    tags: options.tag,
    exportable: options.notExportable ? false : undefined,
    replace: options.replace,
    dryRun: ctx.global.dryRun,
    keyPassword: await ctx.secret(keyPasswordFlags(options)),
    keys: options.noKeys ? false : undefined,
    only: options.only.length > 0 ? options.only : undefined,
    format: options.inFormat,
  })
}

export const verb = declare({
  name: 'import',
  changes: true,
  examples: [
    ['certman import web.pfx --name web', 'certificate, key and chain from a PKCS#12 file'],
    ['certman import fullchain.pem privkey.pem', 'the key finds its certificate by itself'],
    ['certman import /etc/ssl/private', 'every certificate and key below a folder'],
    ['certman import web.pfx --password-file pw --name web --replace', 'the successor takes the name over'],
    ['cat bundle.pem | certman import -', 'from standard input'],
    ['certman import answer.p7b --request 3', 'the answer of another authority to a request'],
  ],
  about: [
    'Files are recognised by their content: PEM, DER, PKCS#7, PKCS#8, PKCS#12, Java key stores, OpenSSH and JSON Web Keys. ' +
      'Private keys are matched to certificates by their public key, whatever file they come from. ' +
      'What is in the store already stays unchanged. What a file holds and the store does not take is listed.',
    'All files of one command go in together or not at all, except that a damaged file in a folder is passed over, with ' +
      'status 9. What is read stays in memory until then: about 9 KB for each certificate. A file may have 64 MiB, which ' +
      'is some 80,000 certificates; split what is larger, and import the parts one after the other.',
    'On a terminal a missing password is asked for, several certificates become a checklist, and a taken name ' +
      'offers to replace it. With --no-input the error names the flag that would have answered.',
  ],
  args: [{ name: 'FILE', help: 'files, folders, or - for standard input', many: true, completes: 'file' }],
  options: OPTIONS,
  async run(ctx, input) {
    if (input.options.request !== undefined) {
      requireUntyped(input.options, OF_NEW_RECORDS, { why: '--request attaches what is signed already' })
      return (await import('./attach.ts')).attachTo(ctx, input.options.request, {
        paths: input.args,
        replace: input.options.replace,
        flags: passwordFlags(input.options, ctx.ambient.env),
      })
    }
    const request = await readRequest(ctx, input)
    const flags = passwordFlags(input.options, ctx.ambient.env)
    const progress = progressLine(ctx)
    const dialog = await importDialog(ctx, { flags, progress, request })
    const tools = fileTools(ctx)
    const report = await withStore(ctx, (store) => importFiles(store, request, { dialog, tools })).finally(
      progress.end,
    )
    await ctx.emit(renderImport(ctx, report))
    for (const { file, code, message, hint } of report.failures) {
      const named = message.startsWith(file) ? message : `${file}: ${message}`
      ctx.terminal.complain(new CertmanError(code, named, { hint }))
    }
    if (report.failures.length > 0) ctx.setExit(9)
    settleOutcomes(ctx, report.outcomes)
  },
})
