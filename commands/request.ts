import { resolve } from 'node:path'
import { CertmanError } from '../src/base/errors.ts'
import type { Secret } from '../src/base/secret.ts'
import { parseReference } from '../src/domain/reference.ts'
import { makeRequest, type RequestReport } from '../src/operations/make-request.ts'
import { submitFile } from '../src/operations/submit-file.ts'
import { requireFree } from '../src/operations/write-files.ts'
import { keepsKeys } from '../src/store/abilities.ts'
import type { Store } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { declare, flag, type Given, many, present, text } from './declare.ts'
import { requireUntyped } from './no-say.ts'
import {
  DOCUMENT_OPTIONS,
  documentPlace,
  printDocument,
  requireFreePlace,
  saveDocument,
} from './emit-document.ts'
import { keyPasswordFlags, keyPasswordOptions, PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { emitDeed } from './outcome.ts'
import { fileIo } from './passwords.ts'
import { readObject } from './read-object.ts'
import { askForRequest } from './request-dialog.ts'
import { readRequestText, type RequestText } from './request-file.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  subject: text('DN', 'subject, such as CN=www.example.com,O=Example'),
  san: many(
    'NAME',
    'alternative name: dns:www.example.com, ip:192.0.2.7, email:, uri:, upn:, …; may be repeated',
  ),
  keyType: text('TYPE', 'kind of the new key, such as ec-p256 (default) or rsa-2048', {
    completes: 'key-type',
  }),
  name: text('NAME', 'name of the request, and of the certificate to come'),
  profile: text('NAME', 'profile that sign is to take', { completes: 'profile' }),
  ca: text('NAME', 'authority that sign is to take', { completes: 'authority' }),
  csr: text('FILE', 'take in a request that was made elsewhere; - is standard input', { completes: 'file' }),
  like: text('REF', 'names and usages of this certificate or request, with a new key', {
    completes: 'reference',
  }),
  from: text('FILE', 'a file in JSON or YAML that says what is wanted; flags win over it', {
    completes: 'file',
  }),
  keyOut: text('FILE', 'write the new key there (PEM, mode 0600) and do not keep it in the store', {
    completes: 'file',
  }),
  ...DOCUMENT_OPTIONS,
  ...PASSWORD_OPTIONS,
  tag: many('TAG', 'put a tag on it; may be repeated'),
  keyUsage: many('USAGE', 'ask for a key usage, such as digitalSignature; may be repeated'),
  eku: many('PURPOSE', 'ask for a purpose, such as serverAuth; may be repeated'),
  requestedBy: text('WHO', 'who asks (default: the user)'),
  notExportable: flag('the new key may not leave the store'),
  ...keyPasswordOptions('protects the key in the store'),
} as const

type RequestOptions = Given<typeof OPTIONS>

const some = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined)

/** What the flags say about the request itself. */
function flagText(options: RequestOptions): RequestText {
  const { subject, san, keyType, keyUsage, eku, name, tag, profile, ca, requestedBy } = options
  return present({
    subject,
    subjectAltName: some(san),
    keyType,
    keyUsage: some(keyUsage),
    extendedKeyUsage: some(eku),
    name,
    tags: some(tag),
    profile,
    authority: ca,
    requestedBy,
  })
}

/** What is wanted: flags over the file; where neither says anything, answers. */
async function readText(ctx: Context, options: RequestOptions): Promise<RequestText> {
  const { from, like } = options
  const flags = flagText(options)
  if (from !== undefined) return { ...readRequestText(await readObject(ctx, from), from), ...flags }
  if (like !== undefined || flags.subject !== undefined || flags.subjectAltName) return flags
  if (ctx.canAsk && !ctx.global.yes) return { ...(await askForRequest(ctx)), ...flags }
  throw new CertmanError('cli.needs-input', 'request: nothing says what for', {
    hint: 'give --subject or --san, --like REF, --from FILE, or --csr FILE',
    field: 'subject',
  })
}

/** The password that protects the new key, from either set of flags. */
async function keyPassword(ctx: Context, options: RequestOptions): Promise<Secret | undefined> {
  const forKey = await ctx.secret(keyPasswordFlags(options))
  return forKey ?? ctx.secret(passwordFlags(options, ctx.ambient.env))
}

/** The file of the new key, free to be written; undefined: the store keeps it. A store that does not would lose it. */
async function keyPlace(ctx: Context, store: Store, { keyOut }: RequestOptions): Promise<string | undefined> {
  let file = keyOut
  if (file === undefined && !keepsKeys(store)) {
    if (!ctx.canAsk || ctx.global.yes)
      throw new CertmanError(
        'cli.needs-input',
        'the store keeps no private keys: where shall the new one go?',
        {
          hint: 'give --key-out FILE, or make the request in a folder and take it in with --csr FILE',
          field: 'key-out',
        },
      )
    file = await (await ctx.prompter()).text('the store keeps no private keys; file for the new one:')
  }
  if (file === undefined) return undefined
  const path = resolve(ctx.cwd, file)
  await requireFree(path, false)
  return path
}

async function make(ctx: Context, store: Store, options: RequestOptions): Promise<RequestReport> {
  const { like, notExportable } = options
  const keyOut = await keyPlace(ctx, store, options)
  const wish = present({
    ...(await readText(ctx, options)),
    like: like === undefined ? undefined : parseReference(like),
    keyPassword: await keyPassword(ctx, options),
    exportable: notExportable ? (false as const) : undefined,
    keyOut,
    dryRun: ctx.global.dryRun,
  })
  const report = await makeRequest(store, wish, { ambient: ctx.ambient })
  if (keyOut !== undefined && !ctx.global.dryRun) ctx.terminal.say(`the private key is in ${keyOut}`)
  return report
}

/** What describes a new request has no meaning for one that exists. */
const OF_A_NEW_ONE = [
  'subject',
  'san',
  'keyType',
  'like',
  'from',
  'keyUsage',
  'eku',
  'notExportable',
  'keyOut',
  'keyPasswordFile',
  'keyPasswordEnv',
  'keyPasswordCommand',
] as const

async function submit(
  ctx: Context,
  store: Store,
  options: RequestOptions & { readonly csr: string },
): Promise<RequestReport> {
  requireUntyped(options, OF_A_NEW_ONE, { why: '--csr takes a request as it is' })
  const { csr, name, tag, profile, ca, requestedBy } = options
  const wish = present({
    path: csr,
    cwd: ctx.cwd,
    name,
    tags: some(tag),
    profile,
    authority: ca,
    requestedBy,
    keyPassword: await ctx.secret(keyPasswordFlags(options)),
    dryRun: ctx.global.dryRun,
  })
  return submitFile(store, wish, await fileIo(ctx, passwordFlags(options, ctx.ambient.env)))
}

/** A key that is kept without a password is worth a word. */
function notesOn({ outcomes, notes = [] }: RequestReport): readonly string[] {
  const plain = outcomes.some(
    ({ kind, outcome, row }) => kind === 'key' && outcome === 'changed' && row['encrypted'] === false,
  )
  return plain ? [...notes, 'the private key is kept without a password (mode 0600)'] : notes
}

export const verb = declare({
  name: 'request',
  changes: true,
  needs: 'request',
  examples: [
    [
      'certman request --subject CN=w --san dns:w.example --san ip:192.0.2.7 --name w',
      'a new key and a request for it',
    ],
    ['certman request --csr web.csr', 'a request that somebody else made'],
    ['certman request --like web --out web.csr', 'same names and usages, a new key; the CSR goes to a file'],
    ['certman request --from web.yaml --out -', 'described in a file; the CSR on standard output'],
    ['certman request', 'on a terminal: asks'],
  ],
  about: [
    'The request waits in the queue of the store (certman list requests) until somebody signs or rejects it. Its ' +
      'private key stays in the store, with a password or without. A server that keeps no keys gets the request ' +
      'alone: then --key-out says where the key goes.',
    'A file for --from has subject, subjectAltName, keyType, keyUsage, extendedKeyUsage, name, tags, profile, ' +
      'authority.',
  ],
  args: [],
  options: OPTIONS,
  run: async (ctx, { options }) => {
    const { csr } = options
    const place = documentPlace(ctx, options)
    await requireFreePlace(place)
    const report = await withStore(ctx, (store) =>
      csr === undefined ? make(ctx, store, options) : submit(ctx, store, { ...options, csr }),
    )
    const document = { der: report.csr, label: 'CERTIFICATE REQUEST' } as const
    // nobody has the key of what a dry run makes
    if (place?.out === '-' && !ctx.global.dryRun) return printDocument(ctx, document, place.format)
    if (place) await saveDocument(ctx, document, place)
    await emitDeed(ctx, { outcomes: report.outcomes, notes: notesOn(report) })
  },
})
