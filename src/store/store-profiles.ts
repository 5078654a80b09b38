import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { collect } from '../base/lists.ts'
import { parseProfile } from '../authority/parse-profile.ts'
import { builtInProfiles, customProfile, isBuiltInProfile } from '../authority/profile.ts'
import type { CustomProfile } from '../domain/authority.ts'
import { EVERYTHING } from '../domain/filter.ts'
import type { IndexedRecord, Reading, WriteTransaction } from '../repository/repository.ts'
import type { ListedProfile } from './authority-orders.ts'
import { changeRecord, unchanged } from './change-record.ts'
import { claimName } from './name-taken.ts'
import type { Outcome } from './store.ts'

/** The profiles that the store keeps, in id order. */
export async function customProfiles(reading: Reading): Promise<readonly CustomProfile[]> {
  const records = await collect(reading.list('profile', EVERYTHING))
  return records.map(({ row }) => row as unknown as CustomProfile)
}

/** Built-in profiles, then those of the store. @throws {CertmanError} `input.invalid` when one was damaged by hand */
export async function listProfiles(reading: Reading): Promise<readonly ListedProfile[]> {
  const own = await customProfiles(reading)
  return [
    ...builtInProfiles().map((profile) => ({ profile, builtIn: true })),
    ...own.map((each) => ({ profile: customProfile(each), builtIn: false, addedAt: each.addedAt })),
  ]
}

/** Keeps a profile under the name that it gives itself; the same definition again is unchanged. */
export async function addProfile(
  tx: WriteTransaction,
  definition: JsonObject,
  { now, replace }: { readonly now: Date; readonly replace: boolean },
): Promise<Outcome> {
  const { name } = parseProfile(definition)
  if (isBuiltInProfile(name))
    throw new CertmanError('name.taken', `${JSON.stringify(name)} is a built-in profile`, {
      field: 'name',
      hint: 'give the profile another name',
    })
  const known = await findProfile(tx, name)
  const fields = { name, addedAt: now.toISOString(), definition }
  if (!known) return createProfile(tx, fields)
  const { id, row } = known
  if (JSON.stringify(row['definition']) === JSON.stringify(definition)) return unchanged(known)
  if (!replace) await claimName(tx, { kind: 'profile', name })
  return changeRecord(tx, { kind: 'profile', id, fields, action: 'add-profile', what: 'replaced' })
}

async function createProfile(tx: WriteTransaction, fields: JsonObject): Promise<Outcome> {
  const id = await tx.nextId('profile')
  await tx.put({ kind: 'profile', id, fields }, 'absent', { action: 'add-profile', kind: 'profile', id })
  return { kind: 'profile', id, outcome: 'changed', what: 'created', row: { id, ...fields } }
}

/** Moves a profile of the store to the trash. @throws {CertmanError} `profile.not-found` */
export async function removeProfile(tx: WriteTransaction, name: string): Promise<Outcome> {
  const known = await findProfile(tx, name)
  if (!known)
    throw new CertmanError('profile.not-found', `the store has no profile ${JSON.stringify(name)} of its own`)
  const { id, revision, row } = known
  await tx.remove('profile', id, revision, { action: 'remove-profile', kind: 'profile', id })
  return { kind: 'profile', id, outcome: 'changed', what: 'deleted', row }
}

async function findProfile(tx: Reading, name: string): Promise<IndexedRecord | undefined> {
  const [known] = await tx.find('profile', { by: 'name', name })
  return known
}
