import { CertmanError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { MOST_CRL_DAYS } from '../domain/authority.ts'
import { getProfile } from '../authority/profile.ts'
import type { WriteTransaction } from '../repository/repository.ts'
import type { AuthorityEdit, AuthoritySettings } from './authority-orders.ts'
import { alreadySo, changeRecord, getTarget } from './change-record.ts'
import { claimName } from './name-taken.ts'
import { customProfiles } from './store-profiles.ts'
import type { Outcome, Target } from './store.ts'

/**
 * Enables or disables an authority, and changes what it puts into certificates and how its CRLs are timed.
 *
 * @throws {CertmanError} `record.not-found`, `record.changed`, `name.taken`, `profile.not-found`, `input.invalid`
 */
export async function editAuthority(
  tx: WriteTransaction,
  target: Target,
  edit: AuthorityEdit,
): Promise<readonly Outcome[]> {
  const record = await getTarget(tx, { ...target, kind: 'authority' })
  const { id } = record
  await checkSettings(tx, edit)
  if (edit.name !== undefined) await claimName(tx, { kind: 'authority', name: edit.name, self: id })
  const fields: Record<string, Json | undefined> = {}
  for (const [field, value] of Object.entries(edit) as [string, Json | undefined][])
    if (value !== undefined && JSON.stringify(value) !== JSON.stringify(record.row[field] ?? null))
      fields[field] = value ?? undefined
  if (Object.keys(fields).length === 0) return [alreadySo(record)]
  const what = edit.enabled === undefined ? 'edited' : edit.enabled ? 'enabled' : 'disabled'
  return [await changeRecord(tx, { kind: 'authority', id, fields, action: 'edit', what })]
}

/**
 * Refuses settings that no CRL and no certificate could follow.
 *
 * @throws {CertmanError} `input.invalid` naming the field, `profile.not-found`
 */
export async function checkSettings(
  tx: WriteTransaction,
  settings: AuthoritySettings | AuthorityEdit,
): Promise<void> {
  const { defaultProfile, crlDays, crlOverlapHours } = settings
  if (typeof defaultProfile === 'string') getProfile(defaultProfile, await customProfiles(tx))
  requireRange('crlDays', crlDays, [1, MOST_CRL_DAYS])
  requireRange('crlOverlapHours', crlOverlapHours, [0, 87_600])
  for (const field of ['crlUrls', 'aiaUrls', 'ocspUrls', 'issuingDistributionPoint'] as const)
    for (const url of settings[field] ?? [])
      if (!/^(?:https?|ldaps?|ftp):\/\/[\x21-\x7e]+$/i.test(url))
        throw new CertmanError('input.invalid', `${field}: ${JSON.stringify(url)} is no URL`, {
          field,
          hint: 'write it whole and in ASCII: http://ca.example/root.crl',
        })
}

function requireRange(
  field: string,
  value: number | undefined,
  [least, most]: readonly [number, number],
): void {
  if (value === undefined || (Number.isFinite(value) && value >= least && value <= most)) return
  throw new CertmanError('input.invalid', `${field} is ${value}, it must lie between ${least} and ${most}`, {
    field,
  })
}
