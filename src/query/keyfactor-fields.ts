import type { Filter, FilterOperator } from '../domain/filter.ts'

/** What a query field stands for. */
export type KeyfactorMeaning =
  /** A field of the catalogue. */
  | { readonly field: string; readonly dn?: true }
  /** Codes, each with the filter that it means. */
  | { readonly codes: Readonly<Record<string, Filter>> }

const compare = (field: string, operator: FilterOperator, value: string | boolean): Filter => ({
  op: 'compare',
  field,
  operator,
  value: typeof value === 'boolean' ? { type: 'boolean', value } : { type: 'text', value },
})
const missing = (field: string): Filter => ({
  op: 'compare',
  field,
  operator: '=',
  value: { type: 'null' },
})
const isCa = (value: boolean): Filter => compare('basicConstraints.ca', '=', value)
const isNull = missing('revocation.date')

/** CertState as the server gives it: active, revoked, CA certificate. Other numbers fit nothing. */
const CERT_STATES: Readonly<Record<string, Filter>> = {
  '1': { op: 'and', terms: [isNull, isCa(false)] },
  '2': { op: 'not', term: isNull },
  '6': { op: 'and', terms: [isNull, isCa(true)] },
}

/** KeyType; only 1 was seen in the vendor's own answers. */
const KEY_TYPES: Readonly<Record<string, Filter>> = {
  '1': {
    op: 'or',
    terms: [compare('publicKey.type', '=', 'rsa'), compare('publicKey.type', '=', 'rsa-pss')],
  },
  '2': compare('publicKey.type', '=', 'dsa'),
  '3': compare('publicKey.type', '=', 'ec'),
}

const REASONS: Readonly<Record<string, Filter>> = Object.fromEntries(
  [
    'unspecified',
    'keyCompromise',
    'cACompromise',
    'affiliationChanged',
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'removeFromCRL',
  ].map((reason, code) => [String(code), compare('revocation.reason', '=', reason)]),
)

const certificateFields: readonly (readonly [names: string, meaning: KeyfactorMeaning])[] = [
  ['CertId', { field: 'id' }],
  ['Thumbprint', { field: 'thumbprint' }],
  ['SerialNumber', { field: 'serialNumber' }],
  ['IssuedCN CN', { field: 'cn' }],
  ['IssuedDN', { field: 'subject', dn: true }],
  ['IssuedOU OU', { field: 'ou' }],
  ['IssuerDN', { field: 'issuer', dn: true }],
  ['IssuerCN CA CertificateAuthorityName', { field: 'issuerCn' }],
  ['CertState', { codes: CERT_STATES }],
  ['CertRequestId', { field: 'requestId' }],
  ['IssuedDate NotBefore EffectiveDate', { field: 'notBefore' }],
  ['ExpirationDate NotAfter', { field: 'notAfter' }],
  ['ImportDate', { field: 'importedAt' }],
  ['RevocationDate RevocationEffDate', { field: 'revocation.date' }],
  ['RevocationReason', { codes: REASONS }],
  ['HasPrivateKey', { field: 'hasKey' }],
  ['IsCACertificate', { field: 'basicConstraints.ca' }],
  ['KeyType', { codes: KEY_TYPES }],
  ['KeySize KeySizeInBits', { field: 'publicKey.size' }],
  ['Curve', { field: 'publicKey.curve' }],
  ['SigningAlgorithm', { field: 'signatureAlgorithm' }],
  ['SAN SubjectAltName SubjectAltNameElements', { field: 'subjectAltName' }],
  ['TemplateName TemplateShortName', { field: 'profile' }],
  ['Name', { field: 'name' }],
  ['FriendlyName', { field: 'friendlyName' }],
  ['Tags Tag', { field: 'tags' }],
]

const requestFields: readonly (readonly [names: string, meaning: KeyfactorMeaning])[] = [
  ['Id CARequestId', { field: 'id' }],
  ['CommonName CN', { field: 'cn' }],
  ['DistinguishedName', { field: 'subject', dn: true }],
  ['SubmissionDate', { field: 'requestedAt' }],
  ['Requester', { field: 'requestedBy' }],
  ['Template', { field: 'profile' }],
]

const plainFields: readonly (readonly [names: string, meaning: KeyfactorMeaning])[] = [
  ['Id', { field: 'id' }],
  ['Name', { field: 'name' }],
  ['LogicalName', { field: 'name' }],
  ['Query Content', { field: 'filter' }],
  ['Description', { field: 'description' }],
]

/** Kinds of record that Keyfactor's queries are about. */
export type KeyfactorKind = 'certificate' | 'request' | 'collection' | 'authority'

const TABLES: Readonly<Record<KeyfactorKind, typeof certificateFields>> = {
  certificate: certificateFields,
  request: requestFields,
  collection: plainFields,
  authority: plainFields,
}

/** The meaning of a query field, in any letter case; undefined when there is none of that name. */
export function keyfactorField(kind: KeyfactorKind, name: string): KeyfactorMeaning | undefined {
  const wanted = name.toLowerCase()
  return TABLES[kind].find(([names]) => names.toLowerCase().split(' ').includes(wanted))?.[1]
}

/** The first spelling of every query field: what `QueryParsers` lists. */
export const keyfactorFieldNames = (kind: KeyfactorKind): readonly string[] =>
  TABLES[kind].map(([names]) => names.split(' ')[0]!)
