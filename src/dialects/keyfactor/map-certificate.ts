import { toBase64 } from '../../base/bytes.ts'
import type { Json, JsonObject } from '../../base/json.ts'
import { oidOfName } from '../../asn1/oids.ts'
import { md5Hex } from '../../crypto/digest.ts'
import type { CertificateFacts, Extension, GeneralName, NameAttributes } from '../../domain/facts.ts'
import type { RevocationReason } from '../../domain/revocation-reason.ts'
import type { ListedRecord } from '../../store/store.ts'
import {
  CERT_STATES,
  certStateText,
  hasUsage,
  keyBits,
  keyTypeCode,
  reasonCode,
  SAN_TYPES,
  signingAlgorithm,
  usageOctet,
} from './codes.ts'
import { attributeOf } from './names.ts'
import { metadataOf } from './metadata.ts'

/** What stands around a certificate in the answer; numbers are those of the wire. */
export interface Surroundings {
  readonly id: number
  readonly authorityId: number | null
  /** `host\logical name`. */
  readonly authorityName: string | null
  readonly requestId: number | null
  /** Name of the store: a certificate store of Keyfactor. */
  readonly store: { readonly guid: string; readonly name: string; readonly host: string }
  /** Members that are empty unless they were asked for. */
  readonly include: {
    readonly locations: boolean
    readonly metadata: boolean
    readonly hasPrivateKey: boolean
  }
}

/** A certificate to be shown: its row, and its bytes where the store gives them. */
export interface ShownCertificate {
  readonly row: ListedRecord
  readonly der?: Uint8Array
  readonly extensions?: readonly Extension[]
}

type PartialFacts = Partial<CertificateFacts> & {
  readonly revocation?: { readonly date: string; readonly reason: RevocationReason }
  readonly importedAt?: string
  readonly profile?: string
  readonly hasPrivateKey?: boolean
  readonly keyId?: string
}

/** A certificate as the listing gives it, members in the vendor's order. */
export function certificateBody(shown: ShownCertificate, around: Surroundings): JsonObject {
  const facts = shown.row as unknown as PartialFacts
  return {
    ...identity(facts, around),
    ...stateAndKey(facts),
    ...revocation(facts),
    CertificateAuthorityId: around.authorityId,
    CertificateAuthorityName: around.authorityName,
    TemplateName: facts.profile ?? null,
    ...keyHolding(facts, around),
    PrincipalName: null,
    CertRequestId: around.requestId,
    RequesterName: null,
    ContentBytes: shown.der ? toBase64(shown.der) : '',
    ExtendedKeyUsages: purposes(facts.extendedKeyUsage ?? []),
    SubjectAltNameElements: alternativeNames(facts.subjectAltName ?? []),
    CRLDistributionPoints: distributionPoints(shown.extensions ?? []),
    LocationsCount: around.include.locations ? [{ Type: 'certman', Count: 1 }] : [],
    SSLLocations: [],
    Locations: around.include.locations ? [location(shown.row, around)] : [],
    Metadata: around.include.metadata ? metadataOf(shown.row) : {},
    CARowIndex: null,
    CARecordId: null,
    DetailedKeyUsage: detailedUsage(facts.keyUsage ?? []),
    KeyRecoverable: holdsKey(facts),
    Curve: facts.publicKey?.curve ?? null,
    EnrollmentPatternId: null,
    Lifespan: lifespan(facts),
  }
}

/** The same with the two members that only `GET /Certificates/{id}` has. */
export const singleCertificateBody = (shown: ShownCertificate, around: Surroundings): JsonObject => {
  const { basicConstraints } = shown.row as unknown as PartialFacts
  return {
    IsCACertificate: basicConstraints?.ca ?? false,
    PathLengthConstraint: basicConstraints?.pathLen ?? null,
    ...certificateBody(shown, around),
  }
}

const empty: NameAttributes = []

function identity(facts: PartialFacts, around: Surroundings): JsonObject {
  const subject = facts.subjectAttributes ?? empty
  return {
    Id: around.id,
    Thumbprint: facts.thumbprint ?? '',
    SerialNumber: wireSerial(facts.serialNumber ?? ''),
    IssuedDN: facts.subject ?? '',
    IssuedCN: attributeOf(subject, '2.5.4.3'),
    ImportDate: milliseconds(facts.importedAt ?? facts.notBefore),
    NotBefore: facts.notBefore ?? null,
    NotAfter: facts.notAfter ?? null,
    IssuerDN: facts.issuer ?? '',
    PrincipalId: null,
    OwnerRoleId: null,
    OwnerRoleName: null,
    TemplateId: null,
  }
}

/** Upper-case hex, whole octets as .NET writes them. */
export const wireSerial = (serial: string): string =>
  (serial.length % 2 === 1 ? `0${serial}` : serial).toUpperCase()

/** `2026-03-07T02:48:19.393Z`: the import date alone has milliseconds. */
const milliseconds = (text: string | undefined): string | null =>
  text === undefined || Number.isNaN(Date.parse(text)) ? null : new Date(text).toISOString()

/** The state of a row on the wire: what is not revoked is active, expired or not. */
export const certStateOf = (facts: Pick<PartialFacts, 'revocation' | 'basicConstraints'>): number => {
  if (facts.revocation) return CERT_STATES.revoked
  return facts.basicConstraints?.ca ? CERT_STATES.authority : CERT_STATES.active
}

function stateAndKey(facts: PartialFacts): JsonObject {
  const key = facts.publicKey
  const [keyType, keyTypeName] = keyTypeCode(key?.type ?? '')
  const subject = facts.subjectAttributes ?? empty
  const state = certStateOf(facts)
  return {
    CertState: state,
    KeySizeInBits: keyBits(key ?? {}),
    KeyType: keyType,
    KeyAlgorithm: key?.algorithmOid ?? '',
    AltKeyAlgorithm: null,
    AltKeySizeInBits: 0,
    AltKeyType: null,
    RequesterId: null,
    IssuedOU: attributeOf(subject, '2.5.4.11'),
    IssuedEmail: attributeOf(subject, '1.2.840.113549.1.9.1'),
    KeyUsage: facts.keyUsage ? usageOctet(facts.keyUsage) : null,
    SigningAlgorithm: signingAlgorithm(facts.signatureAlgorithm ?? ''),
    AltSigningAlgorithm: null,
    CertStateString: certStateText(state),
    KeyTypeString: keyTypeName,
    AltKeyTypeString: null,
  }
}

const revocation = ({ revocation: revoked }: PartialFacts): JsonObject => ({
  RevocationEffDate: revoked?.date ?? null,
  RevocationReason: revoked ? (reasonCode(revoked.reason) ?? 999) : null,
  RevocationComment: null,
})

const holdsKey = ({ hasPrivateKey, keyId }: PartialFacts): boolean =>
  hasPrivateKey === true || keyId !== undefined

const keyHolding = (facts: PartialFacts, { include }: Surroundings): JsonObject => ({
  ArchivedKey: false,
  HasPrivateKey: include.hasPrivateKey && holdsKey(facts),
  HasAltPrivateKey: false,
})

const purposes = (names: readonly string[]): readonly Json[] =>
  names.map((name, index) => ({
    Id: index + 1,
    Oid: oidOfName('keyPurpose', name) ?? name,
    DisplayName: PURPOSE_NAMES[name] ?? name,
  }))

const PURPOSE_NAMES: Readonly<Record<string, string>> = {
  serverAuth: 'Server Authentication',
  clientAuth: 'Client Authentication',
  codeSigning: 'Code Signing',
  emailProtection: 'Secure Email',
  timeStamping: 'Time Stamping',
  OCSPSigning: 'OCSP Signing',
}

/** Upper-case hex of MD5 over UTF-16LE. */
const wireHash = (text: string): string => md5Hex(Buffer.from(text, 'utf16le')).toUpperCase()

const alternativeNames = (names: readonly GeneralName[]): readonly Json[] =>
  names.map(({ type, value }, index) => ({
    Id: index + 1,
    Value: value,
    Type: SAN_TYPES[type],
    ValueHash: wireHash(value),
  }))

function distributionPoints(extensions: readonly Extension[]): readonly Json[] {
  const points = extensions.find(({ name }) => name === 'cRLDistributionPoints')?.value
  if (!Array.isArray(points)) return []
  const names = (points as readonly { readonly fullName?: readonly GeneralName[] }[]).flatMap(
    ({ fullName = [] }) => fullName.filter(({ type }) => type === 'uri'),
  )
  return names.map(({ value }, index) => ({ Id: index + 1, Url: value, UrlHash: wireHash(value) }))
}

const location = (row: ListedRecord, { store }: Surroundings): Json => ({
  StoreMachine: store.host,
  StorePath: store.name,
  StoreType: 0,
  Alias: typeof row['name'] === 'string' ? row['name'] : row.id,
  ChainLevel: 0,
  CertStoreId: store.guid,
})

const detailedUsage = (usages: readonly string[]): Json => ({
  CrlSign: hasUsage(usages, 'cRLSign'),
  DataEncipherment: hasUsage(usages, 'dataEncipherment'),
  DecipherOnly: hasUsage(usages, 'decipherOnly'),
  DigitalSignature: hasUsage(usages, 'digitalSignature'),
  EncipherOnly: hasUsage(usages, 'encipherOnly'),
  KeyAgreement: hasUsage(usages, 'keyAgreement'),
  KeyCertSign: hasUsage(usages, 'keyCertSign'),
  KeyEncipherment: hasUsage(usages, 'keyEncipherment'),
  NonRepudiation: hasUsage(usages, 'nonRepudiation'),
  HexCode: usageOctet(usages).toString(16).padStart(2, '0'),
})

function lifespan({ notBefore, notAfter }: PartialFacts): number {
  const days = (Date.parse(notAfter ?? '') - Date.parse(notBefore ?? '')) / 86_400_000
  return Number.isFinite(days) ? Math.floor(days) : 0
}
