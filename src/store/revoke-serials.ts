import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import type { AuthorityRecord, FormerRevocation } from '../domain/authority.ts'
import { requireDates, revoke, type RevocationWish } from '../domain/revocation.ts'
import type { Repository, WriteTransaction } from '../repository/repository.ts'
import { type CrlTools, followCrls, openForCrls, type Followed, type Openers } from './authority-crl.ts'
import type { RevocationOrder } from './authority-orders.ts'
import { authorityOf, getAuthority } from './authority-records.ts'
import { changeRecord, getIndexed } from './change-record.ts'
import { numbered } from './numbered.ts'

/** Certificates of an authority that the store does not have (any more). */
interface SerialTargets {
  readonly authorityId: string
  /** Lower-case hex without zeros in front, each once. */
  readonly serialNumbers: readonly string[]
}

/** What is asked. */
interface SerialOrder {
  readonly authority: string
  readonly serials: readonly string[]
  readonly order: RevocationOrder
}

/** Opens the authority, and revokes; see `revokeSerials`. @throws {CertmanError} `password.wrong` */
export async function revokeSerialsOf(
  repository: Repository,
  { authority, serials, order }: SerialOrder,
  { desk, now, write }: CrlTools<Followed>,
): Promise<Followed> {
  const { reason, date = now, invalidityDate, password } = order
  const { id: authorityId } = await getAuthority(repository, authority)
  const openers = await openForCrls(repository, [authorityId], { desk, password, now })
  const opener = openers.get(authorityId)
  // without a record here and without a CRL nobody would ever know
  if (opener instanceof CertmanError && opener.code === 'policy.refused') throw opener
  const targets = { authorityId, serialNumbers: [...new Set(serials)] }
  const wish = { reason, date, ...(invalidityDate && { invalidityDate }) }
  return write((tx) => revokeSerials(tx, targets, { wish, openers, now }))
}

/**
 * Revokes certificates whose records were destroyed, or never came along: the authority remembers them, and every one
 * of its CRLs lists them, since nobody knows when they end.
 *
 * @throws {CertmanError} `state.refused` for what is revoked already or has a record, which has to be revoked itself;
 *   `input.invalid` for a hold, which nothing could release, and for dates that cannot be
 */
async function revokeSerials(
  tx: WriteTransaction,
  { authorityId, serialNumbers }: SerialTargets,
  { wish, openers, now }: { readonly wish: RevocationWish; readonly openers: Openers; readonly now: Date },
): Promise<Followed> {
  if (wish.reason === 'certificateHold')
    throw new CertmanError(
      'input.invalid',
      'a certificate without a record cannot be held: nothing could release it',
      { field: 'reason', hint: 'revoke it for another reason' },
    )
  const record = authorityOf(await getIndexed(tx, 'authority', authorityId))
  const entries = new Map((record.formerRevocations ?? []).map((entry) => [entry.serialNumber, entry]))
  for (const serialNumber of serialNumbers) {
    await requireNoRecord(tx, record, serialNumber)
    entries.set(serialNumber, entryOf(serialNumber, { record, wish, now, before: entries.get(serialNumber) }))
  }
  const fields = { formerRevocations: [...entries.values()] } as unknown as JsonObject
  const what = `revoked ${serialNumbers.join(' ')}`
  const changed = await changeRecord(tx, {
    kind: 'authority',
    id: authorityId,
    fields,
    action: 'revoke',
    what,
  })
  const { outcomes, notes } = await followCrls(tx, [authorityId], { openers, now })
  // a CRL that waits already is not changed once more, but the authority was
  return { outcomes: outcomes.length > 0 ? outcomes : [{ ...changed, what: 'crl waiting' }], notes }
}

interface Entry {
  readonly record: AuthorityRecord
  readonly wish: RevocationWish
  readonly now: Date
  readonly before: FormerRevocation | undefined
}

function entryOf(serialNumber: string, { record, wish, now, before }: Entry): FormerRevocation {
  const id = `with the serial number ${serialNumber}`
  requireDates({ id, notBefore: record.notBefore }, wish, now)
  const known = before && { date: before.revocationDate, reason: before.reason ?? ('unspecified' as const) }
  const { revocation } = revoke({ id, ...(known && { revocation: known }) }, wish)
  const { date, reason, invalidityDate = null } = revocation
  return { serialNumber, revocationDate: date, reason, invalidityDate }
}

/** One truth for each certificate: its record, where there is one. */
async function requireNoRecord(
  tx: WriteTransaction,
  { id: authorityId, subject: issuer }: AuthorityRecord,
  serialNumber: string,
): Promise<void> {
  const number = { authorityId, issuer, serialNumber }
  const live = await numbered(tx, number, 'live')
  if (live) throw hasRecord(serialNumber, `certificate ${live.id}`, `certman revoke ${live.id}`)
  const trashed = await numbered(tx, number, 'trash')
  if (trashed)
    throw hasRecord(
      serialNumber,
      `certificate ${trashed.id} in the trash`,
      `certman restore ${trashed.id}, then certman revoke ${trashed.id}`,
    )
}

const hasRecord = (serialNumber: string, which: string, command: string): CertmanError =>
  new CertmanError('state.refused', `the serial number ${serialNumber} is that of ${which}`, {
    hint: `revoke the certificate: ${command}`,
  })
