import { CertmanError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { collect } from '../base/lists.ts'
import type { AuthorityRecord } from '../domain/authority.ts'
import { EVERYTHING } from '../domain/filter.ts'
import { parseReference } from '../domain/reference.ts'
import type { IndexedRecord, Reading } from '../repository/repository.ts'
import { resolveReference } from './resolve-reference.ts'

/** The record of an authority as the index has it: kinds without bytes are all row. */
export const authorityOf = ({ id, row }: Pick<IndexedRecord, 'id' | 'row'>): AuthorityRecord =>
  ({ ...row, id }) as unknown as AuthorityRecord

/** Fields of a record as JSON; the id is no field. */
export function fieldsOf(record: { readonly id: string }): JsonObject {
  const { id: _, ...fields } = record
  return fields as JsonObject
}

/**
 * The authority of an id or a name.
 *
 * @throws {CertmanError} `record.not-found`; `input.invalid` for a reference to another kind of record
 */
export async function getAuthority(reading: Reading, text: string): Promise<AuthorityRecord> {
  const reference = parseReference(text, 'authority')
  if (reference.kind !== 'authority')
    throw new CertmanError('input.invalid', `an authority is expected, not a ${reference.kind}`)
  return authorityOf(await resolveReference(reading, reference))
}

/** All authorities of the store in id order. */
export async function allAuthorities(reading: Reading): Promise<readonly AuthorityRecord[]> {
  return (await collect(reading.list('authority', EVERYTHING))).map(authorityOf)
}

/**
 * The authority that is to sign: the one that was named, else the only enabled one.
 *
 * @throws {CertmanError} `record.not-found`; `reference.ambiguous` naming them when there are several;
 *   `state.refused` when all are disabled
 */
export async function chooseAuthority(
  reading: Reading,
  reference: string | undefined,
): Promise<AuthorityRecord> {
  if (reference !== undefined) return getAuthority(reading, reference)
  const authorities = await allAuthorities(reading)
  const enabled = authorities.filter((authority) => authority.enabled)
  const [only, ...others] = enabled
  if (only && others.length === 0) return only
  if (authorities.length === 0)
    throw new CertmanError('record.not-found', 'the store has no authority', {
      hint: 'make one with: certman ca create --name NAME --subject SUBJECT',
    })
  if (!only)
    throw new CertmanError('state.refused', `no authority is enabled, of ${names(authorities)}`, {
      hint: 'enable one with: certman ca enable NAME',
    })
  throw new CertmanError('reference.ambiguous', `several authorities can sign: ${names(enabled)}`, {
    field: 'authority',
    hint: 'choose one with --ca NAME',
  })
}

const names = (authorities: readonly AuthorityRecord[]): string =>
  authorities.map(({ name }) => JSON.stringify(name)).join(', ')
