import { isObject, type Json, type JsonObject, defined } from '../../base/json.ts'
import { member, textMember } from '../members.ts'

/** Names of headers as both sides write them. */
export const HEADER = {
  token: 'Access-Token',
  total: 'X-Total-Count',
  unit: 'Accept-Ranges',
  range: 'Content-Range',
  xsrf: 'XSRF-TOKEN',
} as const

/** The unit of ranges over certificates. */
export const UNIT = 'certificates'

/** The parameter that hosts know; their documents say `store.id`, which hosts ignore. */
export const STORE_FILTER = 'certificate_store.id'

/** A store as a certificate names it. */
export interface WireStore {
  readonly name?: string
  readonly id?: string
}

/** A certificate as hosts of all ages send it; members that an age lacks are absent. */
export interface WireCertificate {
  readonly id: string
  readonly alias?: string
  readonly issuedBy?: string
  readonly subject?: string
  readonly thumbprint?: string
  readonly signatureAlgorithm?: string
  readonly validFrom?: string
  readonly validTo?: string
  readonly version?: string
  /** `null` elements: purposes that the host has no name for. */
  readonly purposes?: readonly (string | null)[]
  /** `null`: the host has no key for it. */
  readonly privateKey?: { readonly exportable?: boolean } | null
  readonly alternativeNames?: readonly string[]
  readonly store?: WireStore
}

/** A certificate store in the list of stores. */
export interface WireStoreItem {
  readonly id: string
  readonly name: string
  readonly claims?: readonly string[]
}

/** An object member; undefined for anything else. */
export function objectMember(value: Json | undefined, name: string): JsonObject | undefined {
  const found = member(value, name)
  return isObject(found) ? found : undefined
}

/** A list member; undefined for anything else. */
export function listMember(value: Json | undefined, name: string): readonly Json[] | undefined {
  const found = member(value, name)
  return Array.isArray(found) ? (found as readonly Json[]) : undefined
}

/** The texts of a list member; undefined for anything else. */
export const textsMember = (value: Json | undefined, name: string): readonly string[] | undefined =>
  listMember(value, name)?.filter((each) => typeof each === 'string')

/** Reads one certificate; undefined for what has no id. Hosts up to 1.0.39 have other names for some members. */
export function readCertificate(value: Json): WireCertificate | undefined {
  const id = textMember(value, 'id')
  if (id === undefined || !isObject(value)) return undefined
  const text = (name: string): string | undefined => textMember(value, name)
  return {
    id,
    ...defined({
      alias: text('alias') ?? text('friendly_name') ?? text('name'),
      issuedBy: text('issued_by'),
      subject: text('subject'),
      thumbprint: text('thumbprint'),
      signatureAlgorithm: text('signature_algorithm') ?? text('hash_algorithm'),
      validFrom: text('valid_from'),
      validTo: text('valid_to'),
      version: versionOf(value['version']),
      purposes: listMember(value, 'intended_purposes')?.map((each) =>
        typeof each === 'string' ? each : null,
      ),
      privateKey: readKey(value['private_key']),
      alternativeNames: textsMember(value, 'subject_alternative_names'),
      store: readStore(objectMember(value, 'store')),
    }),
  }
}

const versionOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined

/** Documents say `"false"`, hosts `false`. */
function readKey(value: Json | undefined): WireCertificate['privateKey'] | undefined {
  if (value === null) return null
  if (!isObject(value)) return undefined
  const { exportable } = value
  if (typeof exportable === 'boolean') return { exportable }
  return typeof exportable === 'string' ? { exportable: exportable.toLowerCase() === 'true' } : {}
}

const readStore = (value: JsonObject | undefined): WireStore | undefined =>
  value && defined({ name: textMember(value, 'name'), id: textMember(value, 'id') })

/** Reads one store of the list; undefined for what has no id or name. */
export function readStoreItem(value: Json): WireStoreItem | undefined {
  const [id, name] = [textMember(value, 'id'), textMember(value, 'name')]
  if (id === undefined || name === undefined) return undefined
  const claims = textsMember(value, 'claims')
  return { id, name, ...(claims && { claims }) }
}

/** The release in a media type: `application/vnd.Microsoft.Certificates.6.0.0+json` is `6.0.0`. */
export const releaseOf = (contentType: string | undefined): string | undefined =>
  /\bvnd\.Microsoft\.[A-Za-z.]+?\.(\d+(?:\.\d+){1,3})\b/i.exec(contentType ?? '')?.[1]

/** `0-49/120`: hosts leave the unit out; what has one is read as well. */
export function readContentRange(
  text: string | undefined,
): { readonly first: number; readonly last: number; readonly total: number } | undefined {
  const found = /^(?:[a-z]+\s+)?(\d{1,9})-(\d{1,9})\/(\d{1,9})$/i.exec(text?.trim() ?? '')
  return found ? { first: Number(found[1]), last: Number(found[2]), total: Number(found[3]) } : undefined
}
