import { keyTypes } from '../asn1/oids.ts'
import type { RecordKind } from '../domain/records.ts'
import { REVOCATION_REASONS } from '../domain/revocation-reason.ts'
import type { FieldSpec, FieldType } from './field-spec.ts'

/** The states of a certificate, in the order that `--sort state` gives them. */
export const CERTIFICATE_STATES = ['valid', 'notYetValid', 'expired', 'superseded', 'revoked'] as const

type Details = Omit<FieldSpec, 'name' | 'type' | 'sortable'> & { readonly sortable?: boolean }

function field(name: string, type: FieldType, details: Details): FieldSpec {
  const isList = type === 'textList' || type === 'generalNames'
  return { name, type, sortable: !isList, ...details }
}

/** The values of one attribute type of a name. */
function attribute(name: string, from: readonly [path: string, attribute: string], help: string): FieldSpec {
  const [path, type] = from
  return field(name, 'textList', { help, from: { how: 'attribute', path, attribute: type } })
}

/** The time since an instant that every row has. */
const age = (path: string): FieldSpec =>
  field('age', 'duration', { help: `time since ${path}`, from: { how: 'since', path }, required: true })

const HANDLE: readonly FieldSpec[] = [
  field('id', 'identifier', { help: 'number given by the store', required: true }),
  field('name', 'text', { help: 'handle, unique among current records' }),
  field('tags', 'textList', { help: 'free labels', aliases: ['tag'] }),
]

const SUBJECT: readonly FieldSpec[] = [
  field('subject', 'text', { help: 'subject as RFC 4514 text', required: true, isName: true }),
  attribute('cn', ['subjectAttributes', 'CN'], 'common names of the subject'),
  attribute('o', ['subjectAttributes', 'O'], 'organizations of the subject'),
  attribute('ou', ['subjectAttributes', 'OU'], 'organizational units of the subject'),
  attribute('c', ['subjectAttributes', 'C'], 'countries of the subject'),
  attribute('l', ['subjectAttributes', 'L'], 'localities of the subject'),
  attribute('st', ['subjectAttributes', 'ST'], 'states or provinces of the subject'),
  attribute('dc', ['subjectAttributes', 'DC'], 'domain components of the subject'),
]

/** As in RFC 5280 section 4.2.1.3. */
const KEY_USAGES =
  'digitalSignature nonRepudiation keyEncipherment dataEncipherment keyAgreement keyCertSign cRLSign encipherOnly decipherOnly'
const keyUsages = () => KEY_USAGES.split(' ')
const synonym = ['contentcommitment', 'nonRepudiation'] as const

const KEY_AND_USAGE: readonly FieldSpec[] = [
  field('publicKey.type', 'text', {
    help: 'kind of key: rsa, ec, ed25519, ml-dsa-44 …',
    aliases: ['keyType'],
    values: keyTypes,
  }),
  field('publicKey.size', 'number', { help: 'bits of an RSA, DSA or DH key', aliases: ['keySize'] }),
  field('publicKey.curve', 'text', {
    help: 'named curve: P-256, P-384, brainpoolP256r1 …',
    aliases: ['curve'],
    oids: 'curve',
  }),
  field('publicKey.algorithmOid', 'text', { help: 'object identifier of the key algorithm' }),
  field('publicKey.spkiHash', 'hex', {
    help: 'SHA-256 of the public key (SubjectPublicKeyInfo)',
    letters: 'lower',
    aliases: ['spki'],
  }),
  field('signatureAlgorithm', 'text', {
    help: 'such as sha256WithRSAEncryption',
    aliases: ['algorithm'],
    oids: 'signatureAlgorithm',
  }),
  field('signatureAlgorithmOid', 'text', { help: 'object identifier of the signature algorithm' }),
  field('subjectAltName', 'generalNames', {
    help: 'subject alternative names; dns:… ip:… email:… narrow the type',
    aliases: ['san'],
  }),
  field('keyUsage', 'textList', { help: 'digitalSignature, keyCertSign …', values: keyUsages, synonym }),
  field('extendedKeyUsage', 'textList', {
    help: 'serverAuth, clientAuth … or an object identifier',
    aliases: ['eku'],
    oids: 'keyPurpose',
  }),
  field('basicConstraints.ca', 'boolean', {
    help: 'whether it may sign certificates; absent counts as false',
    aliases: ['ca', 'isCa'],
    sortable: false,
    from: { how: 'true', path: 'basicConstraints.ca' },
  }),
  field('basicConstraints.pathLen', 'number', {
    help: 'how many authorities may follow',
    aliases: ['pathLen'],
  }),
  field('subjectKeyIdentifier', 'hex', {
    help: 'key identifier of the subject',
    aliases: ['ski'],
    letters: 'lower',
  }),
]

const KEY_LINK: readonly FieldSpec[] = [
  field('keyId', 'hex', { help: 'id of the private key in the store', letters: 'lower' }),
  field('hasKey', 'boolean', {
    help: 'whether the store holds the private key',
    sortable: false,
    from: { how: 'present', path: 'keyId' },
  }),
]

const ORIGIN: readonly FieldSpec[] = [
  field('source.how', 'text', {
    help: 'imported, issued, attached or generated',
    values: () => ['imported', 'issued', 'attached', 'generated'],
  }),
  field('source.from', 'text', { help: 'file or store it came from' }),
]

const VALIDITY: readonly FieldSpec[] = [
  field('notBefore', 'instant', { help: 'start of the validity', required: true }),
  field('notAfter', 'instant', { help: 'end of the validity', required: true }),
  field('expires', 'duration', {
    help: 'time left until notAfter; below zero when expired',
    from: { how: 'left', path: 'notAfter' },
    required: true,
  }),
]

const STATE = field('state', 'text', {
  help: CERTIFICATE_STATES.join(', '),
  values: () => CERTIFICATE_STATES,
  from: { how: 'certificateState' },
})

const CERTIFICATE: readonly FieldSpec[] = [
  ...HANDLE,
  STATE,
  ...VALIDITY,
  age('notBefore'),
  ...SUBJECT,
  field('issuer', 'text', { help: 'issuer as RFC 4514 text', required: true, isName: true }),
  attribute('issuerCn', ['issuerAttributes', 'CN'], 'common names of the issuer'),
  attribute('issuerO', ['issuerAttributes', 'O'], 'organizations of the issuer'),
  field('serialNumber', 'hex', {
    help: 'serial number in hex',
    aliases: ['serial'],
    letters: 'lower',
    required: true,
  }),
  field('thumbprint', 'hex', { help: 'SHA-1 of the certificate', letters: 'upper', required: true }),
  field('fingerprint', 'hex', { help: 'SHA-256 of the certificate', letters: 'lower', required: true }),
  ...KEY_AND_USAGE,
  field('authorityKeyIdentifier.keyIdentifier', 'hex', {
    help: 'key identifier of the issuer',
    aliases: ['aki'],
    letters: 'lower',
  }),
  field('selfIssued', 'boolean', { help: 'whether subject and issuer are the same' }),
  field('version', 'number', { help: 'version of the certificate: 1, 2 or 3' }),
  ...KEY_LINK,
  field('exportable', 'boolean', { help: 'whether the private key may leave the store' }),
  field('friendlyName', 'text', { help: 'label from a PKCS#12 file, or set by edit' }),
  field('importedAt', 'instant', { help: 'when it came into the store', required: true }),
  field('supersededBy', 'identifier', { help: 'id of the certificate that took over the name' }),
  field('requestId', 'identifier', { help: 'id of the request it answers' }),
  field('authorityId', 'identifier', { help: 'id of the authority that issued it' }),
  field('revocation.date', 'instant', { help: 'when it was revoked' }),
  field('revocation.reason', 'text', {
    help: 'why it was revoked: keyCompromise, superseded …',
    values: () => REVOCATION_REASONS.map(([name]) => name),
  }),
  field('profile', 'text', { help: 'profile that it was issued under' }),
  ...ORIGIN,
]

const REQUEST: readonly FieldSpec[] = [
  ...HANDLE,
  field('state', 'text', {
    help: 'outstanding, issued, rejected, revoked',
    values: () => ['outstanding', 'issued', 'rejected', 'revoked'],
    required: true,
  }),
  ...SUBJECT,
  field('requestedAt', 'instant', { help: 'when it came into the queue', required: true }),
  age('requestedAt'),
  field('requestedBy', 'text', { help: 'who asked' }),
  field('rejectedAt', 'instant', { help: 'when it was rejected' }),
  field('rejectionReason', 'text', { help: 'why it was rejected' }),
  field('certificateId', 'identifier', { help: 'id of the certificate issued for it' }),
  field('profile', 'text', { help: 'profile that it is meant for' }),
  field('authorityId', 'identifier', { help: 'id of the authority that it is meant for' }),
  field('fingerprint', 'hex', { help: 'SHA-256 of the request', letters: 'lower', required: true }),
  ...KEY_AND_USAGE,
  ...KEY_LINK,
  field('challengePassword', 'boolean', { help: 'whether it carries a challenge password' }),
  ...ORIGIN,
]

const KEY: readonly FieldSpec[] = [
  field('id', 'hex', {
    help: 'SHA-256 of the public key (SubjectPublicKeyInfo)',
    letters: 'lower',
    required: true,
  }),
  field('name', 'text', { help: 'name that a d9tready server gives it' }),
  field('type', 'text', { help: 'rsa, ec, ed25519 …', aliases: ['keyType'], values: keyTypes }),
  field('size', 'number', { help: 'bits of an RSA, DSA or DH key', aliases: ['keySize'] }),
  field('curve', 'text', { help: 'named curve', oids: 'curve' }),
  field('encrypted', 'boolean', { help: 'whether a password protects it' }),
  field('importedAt', 'instant', { help: 'when it came into the store', required: true }),
  age('importedAt'),
  ...ORIGIN,
]

const AUTHORITY: readonly FieldSpec[] = [
  ...HANDLE,
  field('enabled', 'boolean', { help: 'whether it signs' }),
  field('subject', 'text', { help: 'subject of its certificate', required: true, isName: true }),
  field('notBefore', 'instant', { help: 'start of the validity of its certificate' }),
  field('notAfter', 'instant', { help: 'end of the validity of its certificate' }),
  field('expires', 'duration', { help: 'time left until notAfter', from: { how: 'left', path: 'notAfter' } }),
  field('certificateId', 'identifier', { help: 'id of its certificate' }),
  field('keyId', 'hex', { help: 'id of its private key', letters: 'lower' }),
  field('createdAt', 'instant', { help: 'when it was made or taken in' }),
  field('defaultProfile', 'text', { help: 'profile of sign where none is named' }),
  field('crl.number', 'text', { help: 'number of its last CRL', aliases: ['crlNumber'] }),
  field('crl.thisUpdate', 'instant', { help: 'when that was signed', aliases: ['crlThisUpdate'] }),
  field('crl.nextUpdate', 'instant', { help: 'until when it holds', aliases: ['crlNextUpdate'] }),
  field('crlStale', 'boolean', { help: 'whether revocations wait for a new one' }),
]

const COLLECTION: readonly FieldSpec[] = [
  ...HANDLE,
  field('filter', 'text', { help: 'its filter' }),
  field('description', 'text', { help: 'what it is for' }),
]

const PROFILE: readonly FieldSpec[] = [
  ...HANDLE,
  field('addedAt', 'instant', { help: 'when it was added', required: true }),
  age('addedAt'),
]

/** The fields of each kind, in the order that help and docs show them. */
export const CATALOGUE: Readonly<Record<RecordKind, readonly FieldSpec[]>> = {
  certificate: CERTIFICATE,
  request: REQUEST,
  key: KEY,
  authority: AUTHORITY,
  collection: COLLECTION,
  profile: PROFILE,
}
