import { fromBase64 } from '../../base/bytes.ts'
import { defined, isObject, type Json, type JsonObject } from '../../base/json.ts'
import { orNoneSync } from '../../base/or-none.ts'
import type { GeneralName } from '../../domain/facts.ts'
import type { Revocation } from '../../domain/records.ts'
import { parseKeyfactorQuery } from '../../query/keyfactor-parse.ts'
import { printFilter } from '../../query/print.ts'
import type { ListedRecord } from '../../store/store.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import {
  bareCertificateRow,
  certificateRow,
  exactInstant,
  utcInstant,
  type RemoteFields,
} from '../certificate-row.ts'
import { CERT_STATES, reasonOf, SAN_TYPES } from './codes.ts'
import { readMetadata, type MetadataField } from './metadata.ts'
import { listMember, member, numberMember, textMember } from './wire.ts'

/** What reading a server's answers needs to know. */
export interface Reading {
  readonly now: Date
  readonly fields: Readonly<Record<MetadataField, string>>
}

/** A certificate of the wire as ours: bytes where there are some, and everything that is said beside them. */
export interface ReadCertificate {
  readonly id: string
  readonly der: Uint8Array | undefined
  readonly fields: RemoteFields
  /** As it came: an edit sends all of it back. */
  readonly metadata: JsonObject
}

/** Reads a certificate of a listing or of `GET /Certificates/{id}`. */
export function readCertificate(wire: Json, { fields: names }: Reading): ReadCertificate {
  const der = readableDer(textMember(wire, 'ContentBytes') ?? '')
  const metadata = member(wire, 'Metadata')
  const { name, friendlyName, tags } = readMetadata(metadata, names)
  const hasKey = member(wire, 'HasPrivateKey') === true
  const fields: RemoteFields = defined({
    name: name || undefined,
    friendlyName: friendlyName || undefined,
    tags,
    keyId: hasKey && der ? knownFacts(der).publicKey.spkiHash : undefined,
    hasPrivateKey: (hasKey && !der) || undefined,
    requestId: idMember(wire, 'CertRequestId'),
    authorityId: idMember(wire, 'CertificateAuthorityId'),
    profile: textMember(wire, 'TemplateName') || undefined,
    // this date alone has milliseconds, as ours has
    importedAt: exactInstant(textMember(wire, 'ImportDate')),
    revocation: revocationOf(wire),
  })
  const id = String(numberMember(wire, 'Id') ?? '')
  return { id, der, fields, metadata: isObject(metadata) ? metadata : {} }
}

/** Inventories of networks hold what nobody can read: the server's own words about it are left, and the others of the list. */
function readableDer(base64: string): Uint8Array | undefined {
  const der = fromBase64(base64)
  return orNoneSync(() => knownFacts(der)) && der
}

/** A number of the server as our text; 0 is none. */
function idMember(wire: Json, name: string): string | undefined {
  const id = numberMember(wire, name) ?? 0
  return id > 0 ? String(id) : undefined
}

function revocationOf(wire: Json): Revocation | undefined {
  const date = utcInstant(textMember(wire, 'RevocationEffDate'))
  if (date === undefined && numberMember(wire, 'CertState') !== CERT_STATES.revoked) return undefined
  const reason = reasonOf(numberMember(wire, 'RevocationReason') ?? 0) ?? 'unspecified'
  // a server that does not say since when: the certificate counts as revoked all the time
  const since = date ?? utcInstant(textMember(wire, 'NotBefore')) ?? '1970-01-01T00:00:00Z'
  return { date: since, reason }
}

/** The row of a certificate. */
export function rowOf(wire: Json, reading: Reading): ListedRecord {
  const { id, der, fields } = readCertificate(wire, reading)
  if (der) return certificateRow(der, { id, fields, now: reading.now })
  const names = listMember(wire, 'SubjectAltNameElements').flatMap(sanOf)
  return bareCertificateRow(
    {
      id,
      fields,
      subject: textMember(wire, 'IssuedDN') || undefined,
      issuer: textMember(wire, 'IssuerDN') || undefined,
      notBefore: textMember(wire, 'NotBefore') || undefined,
      notAfter: textMember(wire, 'NotAfter') || undefined,
      thumbprint: textMember(wire, 'Thumbprint') || undefined,
      serialNumber: textMember(wire, 'SerialNumber') || undefined,
      facts: { subjectAltName: names.length === 0 ? null : (names as unknown as Json) },
    },
    reading.now,
  )
}

const sanOf = (element: Json): readonly GeneralName[] => {
  const code = numberMember(element, 'Type')
  const type = (Object.keys(SAN_TYPES) as (keyof typeof SAN_TYPES)[]).find((each) => SAN_TYPES[each] === code)
  const value = textMember(element, 'Value')
  return type === undefined || value === undefined ? [] : [{ type, value }]
}

/** The row of a pending or denied request; its bytes are not given. */
export function requestRowOf(wire: Json, state: 'outstanding' | 'rejected'): ListedRecord {
  const id = String(numberMember(wire, 'Id') ?? '')
  const subject = textMember(wire, 'DistinguishedName') || undefined
  const bare = bareCertificateRow({ id, subject }, new Date(0))
  const said = defined({
    requestedAt: utcInstant(textMember(wire, 'SubmissionDate')),
    requestedBy: textMember(wire, 'Requester') || undefined,
    profile: textMember(wire, 'Template') || undefined,
    rejectionReason: (state === 'rejected' && textMember(wire, 'DenialComment')) || undefined,
  })
  return { ...bare, state, ...said }
}

/** The row of a certificate authority. */
export function authorityRowOf(wire: Json): ListedRecord {
  const enabled = member(wire, 'UseForEnrollment')
  const types = numberMember(wire, 'AllowedEnrollmentTypes')
  return {
    id: String(numberMember(wire, 'Id') ?? ''),
    name: textMember(wire, 'LogicalName') ?? '',
    tags: [],
    ...defined({ host: textMember(wire, 'HostName') || undefined }),
    enabled: typeof enabled === 'boolean' ? enabled : types !== 0,
  }
}

/** The row of a collection; a query that we have no words for stands as it came. */
export function collectionRowOf(wire: Json): ListedRecord {
  const query = textMember(wire, 'Query') || textMember(wire, 'Content') || ''
  const description = textMember(wire, 'Description')
  return {
    id: String(numberMember(wire, 'Id') ?? ''),
    name: textMember(wire, 'Name') ?? '',
    tags: [],
    filter: orNoneSync(() => printFilter(parseKeyfactorQuery(query))) ?? query,
    ...(description && { description }),
  }
}
