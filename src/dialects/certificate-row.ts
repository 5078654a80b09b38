import type { JsonObject } from '../base/json.ts'
import { certificateState, type CertificateRecord } from '../domain/records.ts'
import type { ListedRecord, StoredCertificate } from '../store/store.ts'
import { describeCsr } from '../x509/csr.ts'
import { certificateExtensions } from '../x509/certificate.ts'
import { formatName } from '../x509/name.ts'
import { parseDotnetName } from '../x509/dotnet-name.ts'
import { knownFacts } from '../x509/known-facts.ts'

/** What a vendor says of a certificate beside its bytes; what it does not say stays absent. */
export type RemoteFields = Partial<Omit<CertificateRecord, 'id'>> & {
  /** For vendors that know that there is a key, but not which. */
  readonly hasPrivateKey?: boolean
}

/** What stands beside the bytes of a certificate. */
export interface RemoteBytes {
  /** The vendor's. */
  readonly id: string
  readonly fields?: RemoteFields
  readonly now: Date
}

const asJson = (value: object): JsonObject => value as JsonObject

/**
 * The row of a certificate whose bytes the vendor gives: facts and state as local stores list them, and the vendor's
 * fields. `tags` are empty where the vendor has none.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function certificateRow(der: Uint8Array, { id, fields = {}, now }: RemoteBytes): ListedRecord {
  const facts = knownFacts(der)
  const state = certificateState(fields, facts, now)
  return { id, tags: [], ...asJson(fields), ...asJson(facts), state }
}

/**
 * A certificate with everything, of a vendor that gives its bytes.
 *
 * @param revision the vendor's tag; default: the fingerprint, since the bytes never change
 * @throws {CertmanError} `der.malformed`
 */
export function remoteCertificate(
  der: Uint8Array,
  { id, fields = {}, now, revision }: RemoteBytes & { readonly revision?: string },
): StoredCertificate {
  const facts = knownFacts(der)
  const { hasPrivateKey: _known, ...own } = fields
  const { tags = [], exportable = true } = own
  const record: CertificateRecord = { id, ...own, tags, exportable }
  const state = certificateState(record, facts, now)
  return {
    record,
    facts,
    extensions: certificateExtensions(der),
    state,
    revision: revision ?? facts.fingerprint,
    der,
  }
}

/** The row of a request whose bytes the vendor gives. @throws {CertmanError} `der.malformed` */
export const requestRow = (der: Uint8Array, id: string, fields: JsonObject): ListedRecord => ({
  id,
  tags: [],
  ...fields,
  ...asJson(describeCsr(der)),
})

/** What a vendor tells of a certificate whose bytes it does not give. */
export interface BareCertificate {
  readonly id: string
  /** Names as .NET writes them: `CN=www.example.com, O="Example, Inc.", S=Bavaria`. */
  readonly subject?: string | undefined
  readonly issuer?: string | undefined
  /** RFC 3339, any zone and fraction; in the row it is UTC with whole seconds. */
  readonly notBefore?: string | undefined
  readonly notAfter?: string | undefined
  /** Hex, any case. */
  readonly thumbprint?: string | undefined
  readonly serialNumber?: string | undefined
  readonly fields?: RemoteFields
  /** Facts that the vendor knows besides: `signatureAlgorithm`, `subjectAltName`, `extendedKeyUsage` … */
  readonly facts?: JsonObject
  /** The vendor's tag. */
  readonly revision?: string | undefined
}

/** The row of a certificate from what a vendor tells; unknown fields are absent, `state` too without dates. */
export function bareCertificateRow(bare: BareCertificate, now: Date): ListedRecord {
  const { id, fields = {}, facts = {} } = bare
  const notBefore = utcInstant(bare.notBefore)
  const notAfter = utcInstant(bare.notAfter)
  // a vendor that tells no start shows only certificates in use: the end decides
  const validity = notAfter && { notBefore: notBefore ?? '1970-01-01T00:00:00Z', notAfter }
  return {
    id,
    tags: [],
    ...asJson(fields),
    ...nameFields('subject', bare.subject),
    ...nameFields('issuer', bare.issuer),
    ...(bare.serialNumber !== undefined && { serialNumber: plainSerial(bare.serialNumber) }),
    ...(notBefore !== undefined && { notBefore }),
    ...(notAfter !== undefined && { notAfter }),
    ...(bare.thumbprint !== undefined && { thumbprint: bare.thumbprint.toUpperCase() }),
    ...facts,
    ...(bare.revision !== undefined && { revision: bare.revision }),
    ...(validity && { state: certificateState(fields, validity, now) }),
  }
}

/** An instant of a vendor as ours: UTC, whole seconds; undefined for what is no instant. */
export function utcInstant(text: string | undefined): string | undefined {
  const exact = exactInstant(text)
  return exact && `${exact.slice(0, 19)}Z`
}

/** The same with milliseconds. */
export function exactInstant(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  // .NET leaves the zone out of instants that are UTC
  const isZoned = /(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$/i.test(text)
  const time = Date.parse(isZoned ? text : `${text}${text.includes('T') ? 'Z' : ' UTC'}`)
  return Number.isNaN(time) || time < YEAR_2 ? undefined : new Date(time).toISOString()
}

/** .NET and Go write an instant that is not set as the first of the year 1. */
const YEAR_2 = Date.parse('0002-01-01')

const plainSerial = (text: string): string =>
  text
    .replace(/[: ]/g, '')
    .toLowerCase()
    .replace(/^0+(?=.)/, '')

/** A name as both text and attributes; a text that cannot be taken apart stands as it is. */
function nameFields(field: 'subject' | 'issuer', dotnet?: string): JsonObject {
  if (dotnet === undefined) return {}
  const attributes = parseDotnetName(dotnet)
  if (!attributes) return { [field]: dotnet }
  const shown = attributes.map((rdn) => rdn.map(({ type, oid, value }) => ({ type, oid, value })))
  return { [field]: formatName(attributes), [`${field}Attributes`]: shown }
}
