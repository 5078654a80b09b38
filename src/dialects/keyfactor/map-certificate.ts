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
import { LISTED, SINGLE } from './certificate-members.ts'
import { metadataOf } from './metadata.ts'

/** What stands around a certificate in the answer; numbers are those of the wire. */
export interface Surroundings {
  readonly id: number
  readonly authorityId: number | null
  /** `host\logical name`. */
  readonly authorityName: string | null
  readonly requestId: number | null
  /** Of the profile. */
  readonly templateId: number | null
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
  /** Base64 of the DER; empty where the store does not give it. */
  readonly content: string
  /** As `distributionPoints` gives them. */
  readonly points: readonly Json[]
}

type PartialFacts = Partial<CertificateFacts> & {
  readonly revocation?: { readonly date: string; readonly reason: RevocationReason }
  readonly importedAt?: string
  readonly profile?: string
  readonly hasPrivateKey?: boolean
  readonly keyId?: string
}

type Draft = { -readonly [K in keyof typeof LISTED]: Json }

/** A certificate as the listing gives it. */
export function certificateBody(shown: ShownCertificate, around: Surroundings): JsonObject {
  const draft: Draft = { ...LISTED }
  fill(draft, shown, around)
  return draft
}

/** The same with the two members that only `GET /Certificates/{id}` has. */
export function singleCertificateBody(shown: ShownCertificate, around: Surroundings): JsonObject {
  const draft: Draft & { IsCACertificate: Json; PathLengthConstraint: Json } = { ...SINGLE }
  const { basicConstraints } = shown.row as unknown as PartialFacts
  draft.IsCACertificate = basicConstraints?.ca ?? false
  draft.PathLengthConstraint = basicConstraints?.pathLen ?? null
  fill(draft, shown, around)
  return draft
}

function fill(draft: Draft, shown: ShownCertificate, around: Surroundings): void {
  const facts = shown.row as unknown as PartialFacts
  draft.Id = around.id
  draft.ContentBytes = shown.content
  draft.CRLDistributionPoints = shown.points
  fillNames(draft, facts)
  fillKey(draft, facts)
  fillState(draft, facts)
  fillExtensions(draft, facts)
  draft.CertificateAuthorityId = around.authorityId
  draft.CertificateAuthorityName = around.authorityName
  draft.CertRequestId = around.requestId
  draft.TemplateId = around.templateId
  draft.TemplateName = facts.profile ?? null
  draft.HasPrivateKey = around.include.hasPrivateKey && holdsKey(facts)
  if (around.include.metadata) draft.Metadata = metadataOf(shown.row)
  if (!around.include.locations) return
  draft.LocationsCount = [{ Type: 'certman', Count: 1 }]
  draft.Locations = [location(shown.row, around)]
}

const empty: NameAttributes = []

function fillNames(draft: Draft, facts: PartialFacts): void {
  const subject = facts.subjectAttributes ?? empty
  draft.Thumbprint = facts.thumbprint ?? ''
  draft.SerialNumber = wireSerial(facts.serialNumber ?? '')
  draft.IssuedDN = facts.subject ?? ''
  draft.IssuedCN = attributeOf(subject, '2.5.4.3')
  draft.IssuedOU = attributeOf(subject, '2.5.4.11')
  draft.IssuedEmail = attributeOf(subject, '1.2.840.113549.1.9.1')
  draft.IssuerDN = facts.issuer ?? ''
  draft.ImportDate = milliseconds(facts.importedAt ?? facts.notBefore)
  draft.NotBefore = facts.notBefore ?? null
  draft.NotAfter = facts.notAfter ?? null
  draft.Lifespan = lifespan(facts)
}

/** Upper-case hex, whole octets as .NET writes them. */
export const wireSerial = (serial: string): string =>
  (serial.length % 2 === 1 ? `0${serial}` : serial).toUpperCase()

/** `2026-03-07T02:48:19.393Z`: the import date alone has milliseconds. */
function milliseconds(text: string | undefined): string | null {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** The state of a row on the wire: what is not revoked is active, expired or not. */
const certStateOf = (facts: Pick<PartialFacts, 'revocation' | 'basicConstraints'>): number => {
  if (facts.revocation) return CERT_STATES.revoked
  return facts.basicConstraints?.ca ? CERT_STATES.authority : CERT_STATES.active
}

function fillKey(draft: Draft, facts: PartialFacts): void {
  const key = facts.publicKey
  const [keyType, keyTypeName] = keyTypeCode(key?.type ?? '')
  draft.KeySizeInBits = keyBits(key ?? {})
  draft.KeyType = keyType
  draft.KeyTypeString = keyTypeName
  draft.KeyAlgorithm = key?.algorithmOid ?? ''
  draft.Curve = key?.curve ?? null
  draft.SigningAlgorithm = signingAlgorithm(facts.signatureAlgorithm ?? '')
  draft.KeyRecoverable = holdsKey(facts)
}

function fillState(draft: Draft, facts: PartialFacts): void {
  const { revocation: revoked } = facts
  const state = certStateOf(facts)
  draft.CertState = state
  draft.CertStateString = certStateText(state)
  if (!revoked) return
  draft.RevocationEffDate = revoked.date
  draft.RevocationReason = reasonCode(revoked.reason) ?? 999
}

function fillExtensions(draft: Draft, facts: PartialFacts): void {
  const usages = facts.keyUsage ?? []
  draft.KeyUsage = facts.keyUsage ? usageOctet(facts.keyUsage) : null
  draft.DetailedKeyUsage = detailedUsage(usages)
  draft.ExtendedKeyUsages = purposes(facts.extendedKeyUsage ?? [])
  draft.SubjectAltNameElements = alternativeNames(facts.subjectAltName ?? [])
}

const holdsKey = ({ hasPrivateKey, keyId }: PartialFacts): boolean =>
  hasPrivateKey === true || keyId !== undefined

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

/** `CRLDistributionPoints`: the URIs of the extension. */
export function distributionPoints(extensions: readonly Extension[]): readonly Json[] {
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
