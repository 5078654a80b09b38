import { CertmanError } from '../base/errors.ts'
import { orNone } from '../base/or-none.ts'
import { compare, fieldIs, type Filter } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { hexDigits, type Reference } from '../domain/reference.ts'
import { findField } from '../query/fields.ts'
import { ambiguous } from '../store/resolve-reference.ts'
import type { ListedRecord } from '../store/store.ts'
import { PageForRecord } from './reply-errors.ts'

/** What a vendor can be asked when a reference is looked up. */
export interface RemoteLookUps {
  /** Asks the server for one record; undefined, `record.not-found` or `PageForRecord`, when there is none. */
  readonly byId: (id: string) => Promise<ListedRecord | undefined>
  /** Lists what fits: names and hashes, as far as the vendor has them; undefined where nothing can. */
  readonly rows: (filter: Filter) => AsyncIterable<ListedRecord> | undefined
}

/** As many candidates as a message lists, and one more. */
const ENOUGH = 11

const HASHES = ['thumbprint', 'fingerprint', 'id', 'keyId', 'publicKey.spkiHash'] as const

/**
 * The one row that a reference names, by the rules of local stores: an id, else a name, else a prefix of a thumbprint,
 * fingerprint or key id; or a serial number. One listing at most.
 *
 * @throws {CertmanError} `record.not-found`; `reference.ambiguous`, whose message lists the candidates
 */
export async function resolveRemote(reference: Reference, lookUps: RemoteLookUps): Promise<ListedRecord> {
  const { kind } = reference
  if (reference.by === 'serial') {
    const serial = reference.serialNumber
    const rows = await collect(
      lookUps.rows(fieldIs('serialNumber', serial)),
      (row) => row['serialNumber'] === serial,
    )
    return only(reference, rows)
  }
  const found = await orNone(lookUps.byId(reference.text), 'record.not-found').catch(pageOf)
  if (found && !(found instanceof PageForRecord)) return found
  const hex = hexDigits(reference.text)
  const { filter, hashes } = textFilter(kind, reference.text, hex)
  const isNamed = (row: ListedRecord): boolean => row['name'] === reference.text
  const isHash = (row: ListedRecord): boolean =>
    hex !== undefined && hashes.some((field) => hashAt(row, field).startsWith(hex))
  const listing = lookUps.rows(filter)
  // whether the record is missing behind a page, or the API, is told by a listing alone
  if (found && !listing) throw found
  const rows = await collect(listing, (row) => isNamed(row) || isHash(row))
  const named = rows.filter(isNamed)
  return only(reference, named.length > 0 ? named : rows)
}

function pageOf(error: unknown): PageForRecord {
  if (error instanceof PageForRecord) return error
  throw error
}

function textFilter(
  kind: RecordKind,
  text: string,
  hex: string | undefined,
): { readonly filter: Filter; readonly hashes: readonly string[] } {
  const known = HASHES.filter((field) => findField(kind, field)?.type === 'hex')
  const named = findField(kind, 'name') ? [fieldIs('name', text)] : []
  const hashes = hex === undefined ? [] : known
  const terms = [...named, ...hashes.map((field) => compare(field, '^=', { type: 'text', value: hex! }))]
  return { filter: terms.length === 1 ? terms[0]! : { op: 'or', terms }, hashes }
}

function hashAt(row: ListedRecord, field: string): string {
  const [first, second] = field.split('.')
  const outer = row[first!] as Readonly<Record<string, unknown>> | string | undefined
  const value = second === undefined || typeof outer === 'string' ? outer : outer?.[second]
  return typeof value === 'string' ? value.toLowerCase() : ''
}

async function collect(
  rows: AsyncIterable<ListedRecord> | undefined,
  fits: (row: ListedRecord) => boolean,
): Promise<readonly ListedRecord[]> {
  const found: ListedRecord[] = []
  for await (const row of rows ?? []) {
    if (fits(row)) found.push(row)
    if (found.length >= ENOUGH && found.every((each) => each['name'] === found[0]!['name'])) break
  }
  return found
}

function only(reference: Reference, rows: readonly ListedRecord[]): ListedRecord {
  if (rows.length > 1)
    throw ambiguous(
      reference,
      rows.map((row) => ({ id: row.id, row })),
    )
  if (rows[0]) return rows[0]
  const { kind } = reference
  const typed = reference.by === 'serial' ? `serial:${reference.serialNumber}` : reference.text
  const others = kind === 'authority' ? 'authorities' : `${kind}s`
  throw new CertmanError('record.not-found', `no ${kind} ${JSON.stringify(typed)}`, {
    hint: `see what is there: certman list ${kind === 'certificate' ? '--all' : others}`,
  })
}
