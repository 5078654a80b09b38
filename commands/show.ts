import { CertmanError } from '../src/base/errors.ts'
import { parseReferences } from '../src/domain/reference.ts'
import { showRecord } from '../src/operations/show-record.ts'
import type { Context } from './context.ts'
import { declare, flag, text } from './declare.ts'
import { IN_FORMAT_OPTION } from './options/shared.ts'
import { HOST_OPTIONS } from './options/host.ts'
import { PASSWORD_OPTIONS } from './options/password.ts'
import { REFERENCE_ARGS, requireOnePlace } from './options/place.ts'
import { withStore } from './store-request.ts'
import { renderRecords, type ShowForm } from './render/show-records.ts'

const OPTIONS = {
  file: text('FILE', 'show what lies in a file, - for standard input; no store is needed', {
    completes: 'file',
  }),
  host: text('HOST:PORT', 'show what a TLS port serves (port 443 when none is given)'),
  text: flag('everything, every extension, in full'),
  pem: flag('the PEM blocks alone'),
  ...PASSWORD_OPTIONS,
  ...HOST_OPTIONS,
  ...IN_FORMAT_OPTION,
} as const

async function showRecords(ctx: Context, refs: readonly string[], form: ShowForm): Promise<void> {
  const references = parseReferences(refs)
  await withStore(ctx, async (store) => {
    const records = []
    for (const reference of references) records.push(await showRecord(store, reference))
    await ctx.emit(renderRecords(ctx, records, form))
  })
}

export const verb = declare({
  name: 'show',
  examples: [
    ['certman show web', 'by name, id, or the first 8 digits of a fingerprint'],
    ['certman show --file x.pfx --password-file pw', 'what lies in a file'],
    ['certman show --host www.example.com:443', 'what a server presents: chain, name, protocol'],
    ['certman show --host mail.example.com:25 --starttls smtp', 'the same for a mail server'],
    ['certman show web --json', 'all fields for a script'],
    ['certman show web --pem', 'the certificate itself'],
  ],
  args: REFERENCE_ARGS,
  options: OPTIONS,
  run: async (ctx, { args, options }) => {
    const { file, host } = options
    requireOnePlace('show', args, options)
    if (options.text && options.pem)
      throw new CertmanError('cli.usage', '--text and --pem exclude each other')
    const form: ShowForm = options.pem ? 'pem' : options.text ? 'text' : 'overview'
    // a record of a store needs neither the readers of files nor the network
    if (file !== undefined) return (await import('./show-file.ts')).showFile(ctx, { ...options, file }, form)
    if (host !== undefined) return (await import('./show-host.ts')).showHost(ctx, { ...options, host }, form)
    return showRecords(ctx, args, form)
  },
})
