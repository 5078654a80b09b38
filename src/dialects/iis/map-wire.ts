import type { Json, JsonObject } from '../../base/json.ts'
import type { CertificateFacts, NameAttributes } from '../../domain/facts.ts'
import type { CertificateRecord } from '../../domain/records.ts'
import type { ListedRecord } from '../../store/store.ts'
import { formatDotnetName } from '../../x509/dotnet-name.ts'
import { purposeLabel, signatureLabel } from './labels.ts'
import { nameAttributes, sanLines } from './san-text.ts'
import { textsMember } from './wire.ts'

/** A certificate to be shown, and where it is. */
export interface Shown {
  readonly row: ListedRecord
  /** Sealed. */
  readonly id: string
  readonly store: { readonly name: string; readonly id: string }
  /** Whether the caller wants links. */
  readonly hal: boolean
}

type Facts = Partial<CertificateFacts> & Partial<CertificateRecord> & { readonly hasPrivateKey?: boolean }

const factsOf = ({ row }: Shown): Facts => row as unknown as Facts

/** Every member of a certificate but `_links`, in the order in which hosts send them. */
const MEMBERS: Readonly<Record<string, (shown: Shown) => Json>> = {
  alias: (shown) => {
    const { friendlyName, name, supersededBy } = factsOf(shown)
    // the name of a superseded certificate is that of its successor by now
    return friendlyName ?? (supersededBy === undefined ? name : undefined) ?? ''
  },
  id: ({ id }) => id,
  issued_by: (shown) => {
    const { issuerAttributes, issuer } = factsOf(shown)
    return shownName(issuerAttributes, issuer)
  },
  subject: (shown) => {
    const { subjectAttributes, subject } = factsOf(shown)
    return shownName(subjectAttributes, subject)
  },
  thumbprint: (shown) => factsOf(shown).thumbprint ?? '',
  signature_algorithm: (shown) => signatureLabel(factsOf(shown).signatureAlgorithm ?? ''),
  valid_from: (shown) => wholeSeconds(factsOf(shown).notBefore),
  valid_to: (shown) => wholeSeconds(factsOf(shown).notAfter),
  version: (shown) => String(factsOf(shown).version ?? 3),
  intended_purposes: (shown) => purposesOf(shown.row).map(purposeLabel),
  private_key: (shown) => {
    const { keyId, hasPrivateKey, exportable } = factsOf(shown)
    return keyId !== undefined || hasPrivateKey === true ? { exportable: exportable !== false } : null
  },
  subject_alternative_names: (shown) => sanLines(factsOf(shown).subjectAltName ?? []),
  store: ({ store, hal }) => storeReference(store, hal),
}

/** Names of the members, in order. */
export const MEMBER_NAMES: readonly string[] = Object.keys(MEMBERS)

/** What a list shows of each certificate unless it is asked for more. */
export const LIST_MEMBERS: readonly string[] = [
  'alias',
  'id',
  'issued_by',
  'subject',
  'thumbprint',
  'valid_to',
]

/** The members that were asked for; `id` and the link are always there. */
export function certificateJson(shown: Shown, members: readonly string[]): JsonObject {
  const json: Record<string, Json> = {}
  for (const member of members) json[member] = MEMBERS[member]!(shown)
  if (shown.hal) json['_links'] = { self: { href: `/api/certificates/${shown.id}` } }
  return json
}

/** A store where something else names it: never with claims. */
const storeReference = ({ name, id }: Shown['store'], hal: boolean): JsonObject => ({
  name,
  id,
  ...(hal && { _links: { self: { href: `/api/certificates/stores/${id}` } } }),
})

/** Key purposes of a row: our names, or OIDs. */
export const purposesOf = (row: ListedRecord): readonly string[] => textsMember(row, 'extendedKeyUsage') ?? []

/** As .NET shows it; a text that cannot be taken apart stands as it is. */
function shownName(attributes: NameAttributes | undefined, text = ''): string {
  const known = attributes ?? nameAttributes(text)
  // a remote store's attributes do not say how they were encoded
  return known ? formatDotnetName(known.map((rdn) => rdn.map(withEncoding))) : text
}

const withEncoding = (attribute: NameAttributes[number][number]): NameAttributes[number][number] =>
  attribute.encoding === undefined ? { ...attribute, encoding: 'utf8' } : attribute

const wholeSeconds = (instant: string | undefined): string | null =>
  instant === undefined || Number.isNaN(Date.parse(instant))
    ? null
    : `${new Date(instant).toISOString().slice(0, 19)}Z`
