import { builtInProfiles, customProfile } from '../authority/profile.ts'
import { isRenewalDue, maybeDue } from '../authority/renew.ts'
import type { IndexedRecord, Reading } from '../repository/repository.ts'
import { customProfiles } from './store-profiles.ts'

/**
 * Current certificates that should be renewed at `now`, those that end first in front: past two thirds of their life,
 * or within the window of the profile they were issued under. Revoked and superseded ones are not renewed.
 */
export async function* dueForRenewal(reading: Reading, now: Date): AsyncIterable<IndexedRecord> {
  const windows = await renewalWindows(reading)
  const filter = maybeDue(now, Math.max(0, ...windows.values()))
  const query = { filter, sort: [{ field: 'notAfter', descending: false }] } as const
  for await (const record of reading.list('certificate', query)) {
    const { row } = record
    if (row['revocation'] !== undefined || row['supersededBy'] !== undefined) continue
    const life = { notBefore: String(row['notBefore']), notAfter: String(row['notAfter']) }
    if (isRenewalDue(life, now, windows.get(String(row['profile'])))) yield record
  }
}

/** Days before the end, by name of the profile; only of those that say so. */
async function renewalWindows(reading: Reading): Promise<ReadonlyMap<string, number>> {
  const own = (await customProfiles(reading)).map(customProfile)
  const windows = new Map<string, number>()
  for (const { name, validity } of [...builtInProfiles(), ...own])
    if (validity.renewDays !== null) windows.set(name, validity.renewDays)
  return windows
}
