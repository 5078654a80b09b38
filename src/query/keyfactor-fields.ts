import { compare, fieldIs, type Filter } from '../domain/filter.ts'
import { reasonFromCode } from '../domain/revocation-reason.ts'

/** What a query field stands for. */
export type KeyfactorMeaning =
  /** A field of the catalogue; `ours` turns a value as the server writes it into one of ours. */
  | { readonly field: string; readonly ours?: (value: string) => string }
  /** Codes, each with the filter that it means. */
  | { readonly codes: Readonly<Record<string, Filter>> }

const isCa = (value: boolean): Filter => compare('basicConstraints.ca', '=', { type: 'boolean', value })
const isNotRevoked = compare('revocation.date', '=', { type: 'null' })

/** CertState as the server gives it: active, revoked, CA certificate. Other numbers fit nothing. */
const CERT_STATES: Readonly<Record<string, Filter>> = {
  '1': { op: 'and', terms: [isNotRevoked, isCa(false)] },
  '2': { op: 'not', term: isNotRevoked },
  '6': { op: 'and', terms: [isNotRevoked, isCa(true)] },
}

/** KeyType; only 1 was seen in the vendor's own answers. */
const KEY_TYPES: Readonly<Record<string, Filter>> = {
  '1': { op: 'or', terms: [fieldIs('publicKey.type', 'rsa'), fieldIs('publicKey.type', 'rsa-pss')] },
  '2': fieldIs('publicKey.type', 'dsa'),
  '3': fieldIs('publicKey.type', 'ec'),
}

/** RevocationReason: as in RFC 5280 up to 6; what is 8 there is 7 here. */
const REASONS: Readonly<Record<string, Filter>> = Object.fromEntries(
  [0, 1, 2, 3, 4, 5, 6, 8].map((ours, code) => [
    String(code),
    fieldIs('revocation.reason', reasonFromCode(ours)!),
  ]),
)

/** Names come with and without a blank after the comma, by route and release; ours have none. */
const tightName = (text: string): string => text.replace(/(?<!\\), +(?=[A-Za-z0-9.]+=)/g, ',')

/** `SHA-256withRSA`, as the server shows it. */
const algorithmName = (text: string): string =>
  text
    .replace(/^SHA-(\d+)withRSA$/i, 'sha$1WithRSAEncryption')
    .replace(/^SHA-(\d+)withECDSA$/i, 'ecdsa-with-SHA$1')

const certificateFields: readonly (readonly [names: string, meaning: KeyfactorMeaning])[] = [
  ['CertId', { field: 'id' }],
  ['Thumbprint', { field: 'thumbprint' }],
  ['SerialNumber', { field: 'serialNumber' }],
  ['IssuedCN CN', { field: 'cn' }],
  ['IssuedDN', { field: 'subject', ours: tightName }],
  ['IssuedOU OU', { field: 'ou' }],
  ['IssuerDN', { field: 'issuer', ours: tightName }],
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
  ['SigningAlgorithm', { field: 'signatureAlgorithm', ours: algorithmName }],
  ['SAN SubjectAltName SubjectAltNameElements', { field: 'subjectAltName' }],
  ['TemplateName TemplateShortName', { field: 'profile' }],
  ['Name', { field: 'name' }],
  ['FriendlyName', { field: 'friendlyName' }],
  ['Tags Tag', { field: 'tags' }],
]

const requestFields: readonly (readonly [names: string, meaning: KeyfactorMeaning])[] = [
  ['Id CARequestId', { field: 'id' }],
  ['CommonName CN', { field: 'cn' }],
  ['DistinguishedName', { field: 'subject', ours: tightName }],
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

/** What the vendor calls a field of the catalogue; undefined where it has no word for it. */
export const keyfactorName = (field: string): string | undefined => NAMES.get(field)

/** By the field: the first spelling. The time left is a comparison of the end with `%TODAY%`. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...certificateFields.flatMap(([names, meaning]) =>
    'field' in meaning ? [[meaning.field, names.split(' ')[0]!] as const] : [],
  ),
  ['expires', 'ExpirationDate'],
])
