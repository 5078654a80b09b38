import { CertmanError } from '../src/base/errors.ts'
import { KEY_TYPES } from '../src/crypto/generate-key.ts'
import { SIGNING_DIGESTS } from '../src/crypto/signer.ts'
import { checkName } from '../src/domain/name.ts'
import { parseSerialNumber } from '../src/domain/reference.ts'
import type { AuthorityText } from '../src/operations/authority-text.ts'
import { parseNameText } from '../src/x509/name-text.ts'
import type { Context } from './context.ts'
import { choice, flag, type Given, many, present, text } from './declare.ts'
import { faultOf } from './fault-of.ts'
import { AUTHORITY_SETTINGS, readAuthoritySettings } from './options/authority-settings.ts'
import { readValidity, VALIDITY_OPTIONS } from './options/validity.ts'
import { asSubject, KEY_CHOICES } from './request-dialog.ts'

/** What describes an authority that is to be made. */
export const AUTHORITY_OPTIONS = {
  subject: text('DN', 'subject, such as "CN=Example Root,O=Example"'),
  name: text('NAME', 'name of the authority and of its certificate'),
  keyType: text('TYPE', `kind of the key: ${KEY_TYPES.map(([name]) => name).join(', ')}`, {
    completes: 'key-type',
  }),
  ...VALIDITY_OPTIONS,
  pathLen: text('N', 'how many authorities may follow below; none: no limit'),
  permit: many(
    'NAME',
    'only names below this may be certified: dns:corp.example, ip:10.0.0.0/8; may be repeated',
  ),
  exclude: many('NAME', 'no names below this may be certified; may be repeated'),
  policy: many('OID', 'certificate policy; may be repeated'),
  ...AUTHORITY_SETTINGS,
  pss: flag('with an RSA key: sign with RSASSA-PSS', { rare: true }),
  digest: choice(SIGNING_DIGESTS, 'digest of its signatures (default: as the key wants)', {
    value: 'DIGEST',
    rare: true,
  }),
  serial: text('HEX', 'serial number of its certificate (default: random)', { rare: true }),
} as const

type AuthorityOptions = Given<typeof AUTHORITY_OPTIONS>

function readPathLen(typed: string | undefined): number | null | undefined {
  if (typed === undefined) return undefined
  if (typed === 'none') return null
  if (/^\d{1,3}$/.test(typed)) return Number(typed)
  throw new CertmanError('cli.usage', `--path-len: ${JSON.stringify(typed)} is neither a number nor none`, {
    field: 'path-len',
  })
}

/** Subject, name and kind of key: without them there is no authority. */
interface Core {
  readonly subject: string
  readonly name: string
  readonly keyType: string
}

async function askCore(ctx: Context, options: AuthorityOptions): Promise<Core> {
  const prompter = await ctx.prompter()
  const subject =
    options.subject ??
    asSubject(
      await prompter.text('subject, such as CN=Example Root,O=Example:', (answer) =>
        answer.trim() === ''
          ? 'an authority needs a subject'
          : faultOf(() => parseNameText(asSubject(answer))),
      ),
    )
  const name = options.name ?? (await prompter.text('name:', (answer) => faultOf(() => checkName(answer))))
  const keyType = options.keyType ?? (await prompter.choose('key:', KEY_CHOICES))
  return { subject, name, keyType }
}

async function readCore(ctx: Context, options: AuthorityOptions): Promise<Core> {
  const { subject, name, keyType = 'ec-p256' } = options
  if (subject !== undefined && name !== undefined) return { subject, name, keyType }
  if (ctx.canAsk && !ctx.global.yes) return askCore(ctx, options)
  const missing = subject === undefined ? 'subject' : 'name'
  throw new CertmanError('cli.needs-input', `an authority needs a ${missing}`, {
    hint: `give it with --${missing}`,
    field: missing,
  })
}

/**
 * The authority as typed; what is missing is asked for where someone is there.
 *
 * @throws {CertmanError} `cli.needs-input`, `cli.usage`
 */
export async function readAuthorityText(ctx: Context, options: AuthorityOptions): Promise<AuthorityText> {
  const { permit, exclude, policy, serial, digest, pss } = options
  return present({
    ...(await readCore(ctx, options)),
    ...readValidity(options),
    pathLen: readPathLen(options.pathLen),
    permitted: permit.length > 0 ? permit : undefined,
    excluded: exclude.length > 0 ? exclude : undefined,
    policies: policy.length > 0 ? policy : undefined,
    serialNumber: serial === undefined ? undefined : parseSerialNumber(serial),
    digest,
    pss: pss || undefined,
    settings: readAuthoritySettings(options),
  }) as AuthorityText
}
