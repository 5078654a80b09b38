import { parseReferences, type Reference } from '../src/domain/reference.ts'
import { EXPORT_FORMATS, type ExportFormat } from '../src/operations/export-formats.ts'
import { exportRecords } from '../src/operations/export-records.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { CertmanError } from '../src/base/errors.ts'
import { choice, declare, flag, type Input, present, text } from './declare.ts'
import { requireNoTerminal } from './emit-document.ts'
import { REFERENCES } from './options/arguments.ts'
import { keyPasswordFlags, keyPasswordOptions, PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { settleOutcomes } from './outcome.ts'
import { askingPassword, choosingPassword } from './passwords.ts'
import { withStore } from './store-request.ts'
import { renderExport } from './render/export.ts'

const FORMATS = Object.keys(EXPORT_FORMATS) as ExportFormat[]

/** What `export` and `ca export` take. */
export const EXPORT_OPTIONS = {
  format: choice(FORMATS, 'what to write (default: by the ending of --out, else pem)', {
    short: 'f',
    value: 'FORMAT',
  }),
  out: text(
    'FILE',
    'a file, a folder, or - for standard output (default: a file here, named after the certificate)',
    { completes: 'file' },
  ),
  chain: flag('with the issuers that the store holds'),
  noChain: flag('without them, where the format would take them'),
  withKey: flag('append the private key to a PEM file; p12, jks and key have it anyway'),
  noKey: flag('p12, jks: certificates only, as a trust store'),
  ...PASSWORD_OPTIONS,
  noPassword: flag('write the private key unprotected'),
  for: choice(
    ['modern', 'windows-2016', 'java8', 'macos', 'openssl3', 'fips'],
    'p12: so that this program reads it',
    { value: 'TARGET' },
  ),
  force: flag('overwrite files that exist'),
  separate: flag('one file for each reference instead of one for all'),
  order: choice(['leaf-first', 'root-first'], 'order of the chain (default leaf-first)'),
  root: flag('the chain includes the root'),
  noRoot: flag('the chain ends before the root'),
  headers: flag('subject and issuer lines before each PEM block'),
  encoding: choice(['pem', 'der'], "other than the format's own"),
  friendlyName: text('TEXT', 'p12, jks: the name shown by Windows, the alias of Java'),
  ...keyPasswordOptions('password of a private key that is encrypted in the store'),
} as const

/** Yes, no, or not said. */
function either(yes: boolean, no: boolean, flags: string): boolean | undefined {
  if (yes && no) throw new CertmanError('cli.usage', `${flags} exclude each other`)
  return yes ? true : no ? false : undefined
}

/** The ending of a file name, where it is the name of a format. */
function formatOf(out: string | undefined): ExportFormat {
  const ending = /\.([a-z0-9]+)$/i.exec(out ?? '')?.[1]?.toLowerCase()
  return FORMATS.find((format) => format === ending) ?? 'pem'
}

/** What the flags say. The password is read at once, so that a wrong flag is noticed before anything is written. */
async function readRequest(ctx: Context, { options }: Input<typeof EXPORT_OPTIONS>) {
  return present({
    format: options.format ?? formatOf(options.out),
    encoding: options.encoding,
    chain: either(options.chain, options.noChain, '--chain and --no-chain'),
    order: options.order,
    root: either(options.root, options.noRoot, '--root and --no-root'),
    headers: options.headers,
    // not said is not "no": a PKCS#12 has its key unless told otherwise
    withKey: either(options.withKey, options.noKey, '--with-key and --no-key'),
    out: options.out,
    cwd: ctx.cwd,
    separate: options.separate,
    force: options.force,
    dryRun: ctx.global.dryRun,
    password: await ctx.secret(passwordFlags(options, ctx.ambient.env)),
    noPassword: options.noPassword,
    target: options.for,
    friendlyName: options.friendlyName,
  })
}

async function writeOut(ctx: Context, bytes: Uint8Array, notes: readonly string[]): Promise<void> {
  if (bytes.includes(0)) requireNoTerminal(ctx)
  notes.forEach((note) => ctx.terminal.say(note))
  await ctx.terminal.write(bytes)
}

/** Reads the flags, writes the files, reports. @param references which records leave */
export async function runExport(
  ctx: Context,
  input: Input<typeof EXPORT_OPTIONS>,
  references: (store: Store) => Promise<readonly Reference[]>,
): Promise<void> {
  const request = await readRequest(ctx, input)
  const keyPassword = await askingPassword(ctx, keyPasswordFlags(input.options))
  const tools = { ambient: ctx.ambient, keyPassword, newPassword: choosingPassword(ctx) }
  const report = await withStore(ctx, async (store) =>
    exportRecords(store, { ...request, references: await references(store) }, tools),
  )
  if (report.stdout) await writeOut(ctx, report.stdout, report.notes)
  else await ctx.emit(renderExport(report))
  settleOutcomes(ctx, report.files)
}

export const verb = declare({
  name: 'export',
  changes: true,
  examples: [
    ['certman export web', 'the certificate as PEM, into a file named after it'],
    ['certman export web --format fullchain --out /etc/nginx/web.pem', 'what nginx and others want'],
    [
      'certman export web --format p12 --for java8 --password-file pw --out web.p12',
      'a PKCS#12 file that old Java reads',
    ],
    ['certman export root --format p12 --no-key --no-password --out trust.p12', 'a trust store'],
    [
      'certman export web --format key --no-password --out -',
      'the private key, unprotected, on standard output',
    ],
    ['certman export web mail --separate --out certs/', 'one file each, into a folder'],
  ],
  about: [
    'A file that exists is not overwritten without --force; one that holds the same already is let be. Private keys get mode 0600. A key that was imported ' +
      'with --not-exportable stays where it is.',
    '--for fips writes the MAC PBMAC1 (RFC 9579), because FIPS 140 does not approve the older one of PKCS#12. OpenSSL 3.4, ' +
      'GnuTLS 3.8 and Java 26 and newer read it; OpenSSL 3.0 to 3.3, Java 17, NSS 3.87 and Node.js 20 refuse it. ' +
      'For them, and where you do not know, leave --for out.',
    'jks is the key store that Java wrote before version 9; every Java reads PKCS#12 as well, which protects the key ' +
      'far better. Write jks only for a program that insists on it.',
  ],
  args: [REFERENCES],
  options: EXPORT_OPTIONS,
  run: (ctx, input) => {
    const references = parseReferences(input.args)
    return runExport(ctx, input, async () => references)
  },
})
