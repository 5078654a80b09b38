import { isObject, type Json, type JsonObject } from '../../base/json.ts'
import type { NameAttributes } from '../../domain/facts.ts'
import type { ListedRecord } from '../../store/store.ts'
import { formatDotnetName } from '../../x509/dotnet-name.ts'
import { bareCertificateRow } from '../certificate-row.ts'
import { textMember } from '../members.ts'
import type { ArmCertificate, ClassicCertificate, WireContract } from './wire.ts'

/**
 * The id of a record on the wire: its name, else the number that the store gave it. What was superseded has none: another
 * certificate has its name.
 */
export function wireId(row: ListedRecord): string | undefined {
  if ((row['supersededBy'] ?? null) !== null) return undefined
  const { name } = row
  return typeof name === 'string' && name !== '' ? name : row.id
}

/** The subject as .NET writes it; where only a text is known, that text. */
export function wireSubject(row: JsonObject): string {
  const attributes = row['subjectAttributes']
  if (Array.isArray(attributes)) return formatDotnetName(attributes as unknown as NameAttributes)
  return typeof row['subject'] === 'string' ? row['subject'] : ''
}

function contractOf(row: JsonObject, bareDates: boolean): WireContract {
  const text = (field: string): string => (typeof row[field] === 'string' ? row[field] : '')
  const notAfter = text('notAfter')
  return {
    subject: wireSubject(row),
    thumbprint: text('thumbprint').toUpperCase(),
    expirationDate: bareDates ? notAfter.replace(/Z$/, '') : notAfter,
  }
}

/** A record in the classic form. @param bareDates leaves the `Z` out, as the service did in 2014 */
export const classicBody = (row: JsonObject, id: string, bareDates: boolean): ClassicCertificate => ({
  id: `/certificates/${id}`,
  ...contractOf(row, bareDates),
})

/** How the caller knows a certificate of ARM. */
interface ArmPlace {
  /** Path of the collection that it is in, as asked for. */
  readonly collection: string
  readonly type: string
  /** Whether the caller's version knows key vaults. */
  readonly tellsVault: boolean
}

/** A record in ARM. */
export function armBody(
  row: JsonObject,
  name: string,
  { collection, type, tellsVault }: ArmPlace,
): ArmCertificate {
  const keyVault = tellsVault ? keyVaultOf(row) : undefined
  const properties = { ...contractOf(row, false), ...(keyVault && { keyVault }) }
  return { id: `${collection}/${name}`, type, name, properties }
}

/** Where the secret of a certificate lies: only rows of another Azure API Management behind a server have it. */
export const keyVaultOf = ({ keyVault }: JsonObject): JsonObject | undefined =>
  isObject(keyVault) ? keyVault : undefined

/** Whether the service could not fetch that secret the last time. */
export function isRefreshFailed(row: JsonObject): boolean {
  const code = textMember(keyVaultOf(row)?.['lastStatus'], 'code')
  return code !== undefined && code.toLowerCase() !== 'success'
}

/**
 * An entity of either form as a row; undefined for what is none. Members that are not known are passed over.
 *
 * @param tag the entity's ETag, where it came with one
 */
export function readEntity(entity: Json | undefined, now: Date, tag?: string): ListedRecord | undefined {
  if (!isObject(entity)) return undefined
  const id = entityId(entity)
  if (id === undefined || id.length > LONGEST_ID) return undefined
  const contract = isObject(entity['properties']) ? entity['properties'] : entity
  const { keyVault } = contract
  return bareCertificateRow(
    {
      id,
      fields: { name: id, hasPrivateKey: true },
      subject: textMember(contract, 'subject'),
      thumbprint: textMember(contract, 'thumbprint')?.replace(/[^0-9A-Fa-f]/g, '') || undefined,
      notAfter: textMember(contract, 'expirationDate'),
      ...(isObject(keyVault) && { facts: { keyVault } }),
      revision: tag,
    },
    now,
  )
}

/** Four times as long as the service takes: ids go into paths and messages. */
const LONGEST_ID = 1024

/** `name` of ARM, else the last part of the classic id. */
function entityId(entity: JsonObject): string | undefined {
  const name = textMember(entity, 'name')
  if (name !== undefined && name !== '') return name
  const id = textMember(entity, 'id')
  const at = id?.toLowerCase().lastIndexOf('/certificates/') ?? -1
  const last = id?.slice(at < 0 ? 0 : at + '/certificates/'.length)
  return last === '' ? undefined : last
}
