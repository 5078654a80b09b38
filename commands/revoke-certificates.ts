import { CertmanError, isCertmanError } from '../src/base/errors.ts'
import type { Json } from '../src/base/json.ts'
import type { Secret } from '../src/base/secret.ts'
import type { Revoking } from '../src/store/authority-orders.ts'
import type { ListedRecord, Store, Target } from '../src/store/store.ts'
import { confirmDanger, describeCells } from './confirm.ts'
import type { Context, SecretFlags } from './context.ts'
import { flag, text } from './declare.ts'
import { REFERENCES } from './options/arguments.ts'
import { emitDeeds } from './outcome.ts'
import { unlocking } from './passwords.ts'
import { at } from './render/cells.ts'
import { counted } from './render/style.ts'
import { filteredRevocables, namedRevocables, type Revocable } from './revocable.ts'

/** How certificates are named, the same for `revoke`, `hold` and `release`. */
export const CHOICE = {
  args: [
    { ...REFERENCES, help: 'ids, names, fingerprints, requests/… (certman help references)', optional: true },
  ],
  options: {
    filter: text('EXPR', 'all that fit, instead of references (certman help filter)'),
    failEmpty: flag('with --filter: exit with 1 when there is nothing to do'),
  },
} as const

/** Which certificates, as typed, and what is to be done to them. */
export interface RevocationJob {
  readonly refs: readonly string[]
  readonly filter: string | undefined
  /** Exit status 1 when the filter finds nothing that is to be done; a set without members is done already. */
  readonly failEmpty: boolean
  /** The verb, for messages about its use. */
  readonly verb: string
  /** What is asked about: `revoke (keyCompromise)` */
  readonly deed: string
  readonly flags: SecretFlags
  /** Of what a filter finds: whether the deed is still to be done. */
  readonly wanted: (row: ListedRecord) => boolean
  readonly act: (
    targets: readonly Target[],
    password: Secret | undefined,
    options: { readonly dryRun: boolean },
  ) => Promise<Revoking>
  /** What else a person should hear once it is done. */
  readonly after?: (rows: readonly ListedRecord[]) => Promise<void>
}

/** The reason for which a row is revoked, if it is. */
export const reasonOf = (row: ListedRecord): Json | undefined => at(row, 'revocation.reason')

async function choose(
  ctx: Context,
  store: Store,
  { refs, filter, failEmpty, verb, wanted }: RevocationJob,
): Promise<readonly Revocable[]> {
  const given = [refs.length > 0, filter !== undefined].filter(Boolean).length
  if (given !== 1)
    throw new CertmanError('cli.usage', `${verb}: give either references, or --filter`, {
      hint: `for example: certman ${verb} web`,
    })
  if (filter === undefined) return namedRevocables(store, refs)
  const { found, otherAuthorities, alreadySo } = await filteredRevocables(store, filter, wanted)
  if (otherAuthorities > 0)
    ctx.terminal.say(
      `left out: ${counted(otherAuthorities, 'certificate')} that no authority of this store issued`,
    )
  if (alreadySo > 0)
    ctx.terminal.say(`left out: ${counted(alreadySo, 'certificate')} for which there is nothing to do`)
  if (found.length === 0) {
    const which =
      alreadySo + otherAuthorities > 0 ? 'other certificate' : 'certificate of an authority of this store'
    ctx.terminal.say(`no ${which} fits the filter; see what fits: certman list --all --filter '…'`)
    if (failEmpty) ctx.setExit(1)
  }
  return found
}

/** The first authority of the certificates whose key needs a password. */
async function lockedAuthority(store: Store, chosen: readonly Revocable[]): Promise<string | undefined> {
  const ids = new Set(chosen.flatMap(({ row }) => (row['authorityId'] as string | undefined) ?? []))
  for (const id of ids) {
    const row = await store.resolve({ kind: 'authority', by: 'text', text: id }).catch(() => undefined)
    if (row?.['encrypted'] === true) return String(row['name'] ?? id)
  }
  return undefined
}

/**
 * The deed with the password of the flags. Without one the revocation counts all the same, and its CRL waits: so the
 * password is asked for beforehand where someone is there, and Enter lets the CRL wait.
 */
export async function withPassword(
  ctx: Context,
  locked: string | undefined,
  { flags, act }: { readonly flags: SecretFlags; readonly act: (password?: Secret) => Promise<Revoking> },
): Promise<Revoking> {
  const given = await ctx.secret(flags)
  if (given || locked === undefined || !ctx.canAsk || ctx.global.dryRun)
    return unlocking({ ...ctx, secret: async () => given }, { key: 'the key of the authority', flags }, act)
  const prompter = await ctx.prompter()
  const question = `password of the key of authority ${locked}, for its CRL (Enter: sign it later):`
  const typed = await prompter.password(question)
  return act(typed.use((bytes) => bytes.length === 0) ? undefined : typed)
}

/** Several are done all or none, and those that are done already hinder the others: a filter passes over them. */
function hintOfSeveral(error: unknown): never {
  if (!isCertmanError(error, 'state.already-revoked', 'state.already-on-hold', 'state.not-on-hold'))
    throw error
  const hint = "nothing was done to the others: leave it out, or let a filter do so: --filter 'id in (…)'"
  throw new CertmanError(error.code, error.message, { cause: error, hint })
}

/** Revokes or releases: look up everything, show it, ask, act, report. */
export async function revokeCertificates(ctx: Context, store: Store, job: RevocationJob): Promise<void> {
  const chosen = await choose(ctx, store, job)
  if (chosen.length === 0) return emitDeeds(ctx, { outcomes: [], notes: [] })
  const targets = chosen.map(({ target }) => target)
  const act: (...by: [Secret | undefined, { readonly dryRun: boolean }]) => Promise<Revoking> = (...by) =>
    chosen.length > 1 ? job.act(targets, ...by).catch(hintOfSeveral) : job.act(targets, ...by)
  await confirmDanger(ctx, {
    deed: job.deed,
    lines: chosen.map(({ target, row }) => describeCells(target.kind, row)),
    rehearse: () => act(undefined, { dryRun: true }),
  })
  const locked = await lockedAuthority(store, chosen)
  const done = await withPassword(ctx, locked, {
    flags: job.flags,
    act: (password) => act(password, { dryRun: ctx.global.dryRun }),
  })
  await emitDeeds(ctx, done)
  await job.after?.(chosen.map(({ row }) => row))
}
