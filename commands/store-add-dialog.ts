import { resolve } from 'node:path'
import { CertmanError } from '../src/base/errors.ts'
import { DIALECT_NAMES, type DialectName } from '../src/dialects/dialect.ts'
import { dialects } from '../src/dialects/index.ts'
import { checkName } from '../src/domain/name.ts'
import { inspectHost } from '../src/operations/inspect-host.ts'
import { parseTimeout } from '../src/operations/open-remote.ts'
import type { RemotePlace, StoredSecret } from '../src/settings/remote-place.ts'
import { type SecretSource, sourceOf } from '../src/settings/secret-source.ts'
import { knownFacts } from '../src/x509/known-facts.ts'
import type { Context, SecretFlags } from './context.ts'
import { kebab } from './declare.ts'
import { faultOf } from './fault-of.ts'
import { passwordFlags } from './options/password.ts'
import { safeText } from './render/safe.ts'

/** The name of the store to add. @throws {CertmanError} `cli.needs-input` */
export async function askName(ctx: Context): Promise<string> {
  if (!ctx.canAsk)
    throw new CertmanError('cli.needs-input', 'store add: no name was given', {
      hint: 'name the store, and where it is: certman store add corp /srv/pki',
      field: 'name',
    })
  return (await (await ctx.prompter()).text('name, to use with --store:', faultBy(checkName))).trim()
}

/** The kind of server, from a list. @throws {CertmanError} `cli.needs-input` */
export async function askKind(ctx: Context): Promise<DialectName> {
  if (!ctx.canAsk)
    throw new CertmanError('cli.needs-input', 'store add: neither a folder nor a kind of server was given', {
      hint: `name a folder, or give --kind: one of ${DIALECT_NAMES.join(', ')}`,
      field: 'kind',
    })
  const choices = (await dialects()).map(({ name, title }) => ({ value: name, name: title }))
  return (await ctx.prompter()).choose('what kind of server is it?', choices)
}

const something = (text: string): string | undefined => (text.trim() === '' ? 'type something' : undefined)

/** The fault of a line that `check` refuses. */
const faultBy =
  (check: (text: string) => unknown) =>
  (text: string): string | undefined =>
    something(text) ?? faultOf(() => check(text.trim()))

/**
 * One line that no flag gave.
 *
 * @param check throws for a line that is to be typed again
 * @throws {CertmanError} `cli.needs-input` that names the flag
 */
export async function askMissing(
  ctx: Context,
  question: string,
  { field, check }: { readonly field: string; readonly check?: (text: string) => unknown },
): Promise<string> {
  if (!ctx.canAsk)
    throw new CertmanError('cli.needs-input', `store add needs --${kebab(field)}`, {
      hint: `give it with --${kebab(field)}`,
      field,
    })
  const answer = await (await ctx.prompter()).text(question, check ? faultBy(check) : something)
  return answer.trim()
}

/** Where a secret lies, as the settings keep it; standard input is no place to come back to. */
export function keptSource(ctx: Context, flags: SecretFlags): SecretSource | undefined {
  const source = sourceOf(flags)
  if (source?.from !== 'file') return source
  if (source.path === '-')
    throw new CertmanError('cli.usage', 'standard input cannot be read again by later commands', {
      hint: 'name a file, or add --save-secret to keep the secret in the settings',
      field: 'password-file',
    })
  return { from: 'file', path: resolve(ctx.cwd, source.path) }
}

/** What is asked about a secret. */
export interface SecretQuestion {
  readonly url: string
  readonly options: Parameters<typeof passwordFlags>[0] & { readonly saveSecret: boolean }
}

type Way = 'file' | 'env' | 'command' | 'ask' | 'save'

/**
 * Where the secret of a store lies: as the flags say, else asked. Undefined: it is asked for each time.
 *
 * @throws {CertmanError} `password.required` for `--save-secret` with no secret
 */
export async function askSecretPlace(ctx: Context, wish: SecretQuestion): Promise<StoredSecret | undefined> {
  const flags = passwordFlags(wish.options, ctx.ambient.env)
  if (wish.options.saveSecret) return savedSecret(ctx, flags, wish)
  const source = keptSource(ctx, flags)
  if (source || !ctx.canAsk) return source
  const way = await (await ctx.prompter()).choose<Way>('where does its secret lie?', WAYS)
  if (way === 'ask') return undefined
  if (way === 'save') return savedSecret(ctx, {}, wish)
  const [field, question] = PLACES[way]
  return keptSource(ctx, { [field]: await askMissing(ctx, question, { field }) })
}

const PLACES = {
  file: ['passwordFile', 'file:'],
  env: ['passwordEnv', 'name of the variable:'],
  command: ['passwordCommand', 'command:'],
} as const

const WAYS = [
  { value: 'ask', name: 'in my head: ask me each time' },
  { value: 'file', name: 'in a file' },
  { value: 'env', name: 'in an environment variable' },
  { value: 'command', name: 'a command prints it' },
  { value: 'save', name: 'keep it in the settings file', description: 'readable by this user alone' },
] as const

async function savedSecret(ctx: Context, flags: SecretFlags, { url }: SecretQuestion): Promise<StoredSecret> {
  const secret =
    (await ctx.secret(flags)) ??
    (ctx.canAsk ? await (await ctx.prompter()).password(safeText(`secret for ${url}:`)) : undefined)
  if (!secret)
    throw new CertmanError('password.required', '--save-secret needs the secret', {
      hint: 'give it with --password-file, --password-env or --password-command',
      field: 'save-secret',
    })
  return { from: 'saved', value: secret.useText((text) => text) }
}

const PIN_TIMEOUT_MS = 10_000

/**
 * Shows the certificate of a server that nobody here trusts, and asks whether to trust exactly this one.
 *
 * @returns its SHA-256, or undefined when the answer is no or the server is behind a proxy
 */
export async function askPin(ctx: Context, place: RemotePlace, why: Error): Promise<string | undefined> {
  if (place.proxy !== undefined) return undefined
  const { hostname, port } = new URL(place.url)
  const host = hostname.replace(/^\[|\]$/g, '')
  const timeoutMs = place.timeout === undefined ? PIN_TIMEOUT_MS : parseTimeout(place.timeout)
  const report = await inspectHost({ host, port: Number(port || 443), timeoutMs })
  const facts = knownFacts(report.chain[0]!)
  const names = (facts.subjectAltName ?? []).map(({ type, value }) => `${type}:${value}`)
  const lines = [
    why.message,
    `  subject  ${facts.subject}`,
    `  issuer   ${facts.issuer}`,
    `  names    ${names.join(' ') || 'none'}`,
    `  valid    ${facts.notBefore} to ${facts.notAfter}`,
    `  SHA-256  ${facts.fingerprint.toUpperCase().replace(/..(?=.)/g, '$&:')}`,
    'compare this fingerprint with what the one who runs the server says',
  ]
  for (const line of lines) ctx.terminal.draw(`${safeText(line)}\n`)
  const agreed = await (await ctx.prompter()).confirm('trust exactly this certificate from now on?', false)
  return agreed ? facts.fingerprint : undefined
}
