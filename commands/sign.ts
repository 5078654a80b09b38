import { parseSerialNumber } from '../src/domain/reference.ts'
import { type RequestState, requireSignable } from '../src/domain/request-state.ts'
import { requireAbility } from '../src/store/abilities.ts'
import type { Signing, SigningOrder } from '../src/store/authority-orders.ts'
import type { Store } from '../src/store/store.ts'
import { parseGeneralName } from '../src/x509/general-name-text.ts'
import { parseNameText } from '../src/x509/name-text.ts'
import { attachAnswer } from './attach.ts'
import type { Context } from './context.ts'
import { declare, flag, type Given, many, present, text } from './declare.ts'
import { requireUntyped } from './no-say.ts'
import { REPLACE_OPTION } from './options/shared.ts'
import { emitDeed } from './outcome.ts'
import { PASSWORD_OPTIONS, passwordFlags } from './options/password.ts'
import { readValidity, VALIDITY_OPTIONS } from './options/validity.ts'
import { unlocking } from './passwords.ts'
import { pickAuthority } from './pick-authority.ts'
import { findRecord, type FoundRecord } from './found-record.ts'
import { withStore } from './store-request.ts'

const OPTIONS = {
  ca: text('NAME', "the authority that signs (default: the request's, else the only one that is enabled)", {
    completes: 'authority',
  }),
  profile: text(
    'NAME',
    "what kind of certificate (default: the request's, else the authority's, else server)",
    { completes: 'profile' },
  ),
  ...VALIDITY_OPTIONS,
  ...PASSWORD_OPTIONS,
  allowChanges: flag('sign even when not everything that was asked for is granted; what is not is listed'),
  san: many('NAME', 'an alternative name beside those of the request; may be repeated'),
  subject: text('DN', "a subject instead of the request's"),
  name: text('NAME', "name of the certificate (default: the request's)"),
  ...REPLACE_OPTION,
  serial: text('HEX', 'serial number; never one that the authority used before (default: random)', {
    rare: true,
  }),
  certificate: many(
    'FILE',
    'sign nothing: attach the certificate that somebody else issued, with its chain',
    { completes: 'file' },
  ),
} as const

type SignOptions = Given<typeof OPTIONS>

function readOrder(options: SignOptions): SigningOrder {
  const { profile, serial, subject, san, name } = options
  return present({
    profile,
    ...readValidity(options),
    serialNumber: serial === undefined ? undefined : parseSerialNumber(serial),
    subject: subject === undefined ? undefined : parseNameText(subject),
    subjectAltName: san.length > 0 ? san.map(parseGeneralName) : undefined,
    allowChanges: options.allowChanges || undefined,
    name,
  })
}

/** One request to be signed, or to be given its certificate. */
interface Job {
  readonly store: Store
  readonly target: FoundRecord
  readonly options: SignOptions
}

async function signHere(ctx: Context, { store, target: { row, ...target }, options }: Job): Promise<Signing> {
  const order = readOrder(options)
  const meant = row['authorityId']
  const named = options.ca ?? (typeof meant === 'string' ? meant : undefined)
  // nobody is to choose an authority for what cannot be signed anyway
  const { id, state } = row
  const certificateId = store.can.renew ? row['certificateId'] : undefined
  if (named === undefined) requireSignable({ id, state: state as RequestState, certificateId })
  const authority = await pickAuthority(ctx, store, named)
  const flags = passwordFlags(options, ctx.ambient.env)
  const key = authority === undefined ? 'the key of the authority' : `the key of authority ${authority}`
  return unlocking(ctx, { key, flags }, (password) =>
    store.sign(target, present({ ...order, authority, password }), {
      dryRun: ctx.global.dryRun,
      replace: options.replace,
    }),
  )
}

const HOW_TO_SIGN = [
  'ca',
  'profile',
  'days',
  'notAfter',
  'notBefore',
  'serial',
  'subject',
  'san',
  'name',
] as const

async function attach(ctx: Context, { store, target, options }: Job): Promise<Signing> {
  requireUntyped(options, HOW_TO_SIGN, { why: '--certificate attaches what is signed already' })
  const { certificate: paths, replace } = options
  return attachAnswer(ctx, store, { target, paths, replace, flags: passwordFlags(options, ctx.ambient.env) })
}

export const verb = declare({
  name: 'sign',
  changes: true,
  examples: [
    ['certman sign 3 --ca root --profile server --days 90', 'issue; the password of the key is asked for'],
    ['certman sign web --password-file pw', 'by name; the only authority signs with its default profile'],
    ['certman sign 3 --dry-run', 'what would be issued, and whether anything speaks against it'],
    ['certman sign 3 --allow-changes', 'leave out what the profile does not grant, and list it'],
    ['certman sign 3 --certificate answer.p7b', 'attach what another authority issued for it'],
  ],
  about: [
    'Names and key come from the request. What it asks for and the profile does not grant is refused, or with ' +
      '--allow-changes left out and listed. Every certificate is held to RFC 5280 before it is signed.',
  ],
  args: [{ name: 'REQUEST', help: 'id or name of a request: 3, requests/3, web', completes: 'request' }],
  options: OPTIONS,
  run: (ctx, { args, options }) =>
    withStore(ctx, async (store) => {
      const attaching = options.certificate.length > 0
      requireAbility(store, attaching ? 'attach' : 'sign')
      const target = await findRecord(store, 'request', args[0]!)
      const signing = await (attaching ? attach : signHere)(ctx, { store, target, options })
      await emitDeed(ctx, signing)
    }),
})
