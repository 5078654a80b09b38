import { isCertmanError } from '../../base/errors.ts'
import { fieldIs } from '../../domain/filter.ts'
import type { ListedRecord, Store } from '../../store/store.ts'
import { invalidField } from './errors.ts'
import { classicBody, armBody, wireId } from './map.ts'
import type { Desk } from './server-desk.ts'
import { hasShortIds, knowsVaults, nestsProperties } from './versions.ts'
import { ID_PATTERN, MAX_ID, type ArmCertificate, type ClassicCertificate } from './wire.ts'

/**
 * The id in the path.
 *
 * @throws {WireFault} 400 when it cannot be one
 */
export function idOf({ call, form, version }: Desk): string {
  const id = call.params['id'] ?? ''
  const most = form === 'arm' && hasShortIds(version) ? MAX_ID.arm : MAX_ID.classic
  if ([...id].length > most)
    throw invalidField('certificateId', `The certificate id must be at most ${most} characters long.`)
  if (ID_PATTERN.test(id)) return id
  throw invalidField('certificateId', 'The certificate id has one of the characters * # & + : < > ?')
}

/** The current certificate of an id; undefined when there is none. */
export async function findCertificate(
  { store }: { readonly store: Store },
  id: string,
): Promise<ListedRecord | undefined> {
  const row = await resolved(store, id)
  if (row === 'none') return undefined
  if (row !== 'several' && wireId(row) === id) return row
  // a number or the beginning of a thumbprint that somebody has for a name
  const filter = fieldIs('name', id)
  for await (const named of store.list('certificate', { filter, sort: [] }))
    if (wireId(named) === id) return named
  return undefined
}

async function resolved(store: Store, text: string): Promise<ListedRecord | 'none' | 'several'> {
  try {
    return await store.resolve({ kind: 'certificate', by: 'text', text })
  } catch (error) {
    if (isCertmanError(error, 'record.not-found')) return 'none'
    if (isCertmanError(error, 'reference.ambiguous')) return 'several'
    throw error
  }
}

/** A certificate as the caller's form has it. */
export function entityOf(desk: Desk, row: ListedRecord, id: string): ClassicCertificate | ArmCertificate {
  const { form, version, house } = desk
  if (form === 'arm' && nestsProperties(version))
    return armBody(row, id, { ...desk, tellsVault: knowsVaults(version) })
  return classicBody(row, id, form === 'classic' && house.options['azure-apim.bare-dates'] === 'true')
}
