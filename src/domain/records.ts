import type { AuthorityRecord } from './authority.ts'
import type { RevocationReason } from './revocation-reason.ts'

/** The kinds of record that a store keeps. */
export const RECORD_KINDS = ['certificate', 'request', 'key', 'authority', 'collection', 'profile'] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** Where a certificate or key came from. */
export interface RecordSource {
  /** imported, issued here, attached to a request, generated (keys and requests that were made here) */
  readonly how: 'imported' | 'issued' | 'attached' | 'generated'
  /** File name as given (no secret can be part of it), or the store it was copied from. */
  readonly from?: string
}

/** When and why a certificate was revoked (RFC 5280 section 5.3). */
export interface Revocation {
  readonly date: string
  readonly reason: RevocationReason
  readonly invalidityDate?: string
  /** When the store learned of it; `date` may lie before. */
  readonly recordedAt?: string
}

/** The mutable side of a certificate; its DER never changes. */
export interface CertificateRecord {
  readonly id: string
  readonly name?: string
  readonly friendlyName?: string
  readonly tags: readonly string[]
  /** SHA-256 of the SPKI; absent when the store holds no private key for it. */
  readonly keyId?: string
  readonly exportable: boolean
  readonly requestId?: string
  readonly authorityId?: string
  /** Name of the profile that it was issued under. */
  readonly profile?: string
  readonly revocation?: Revocation
  /** Id of the certificate that took over the name. */
  readonly supersededBy?: string
  /** Absent where a server does not tell it. */
  readonly importedAt?: string
  readonly source?: RecordSource
}

/** The mutable side of a private key; addressed by the SHA-256 of its SPKI. */
export interface KeyRecord {
  readonly id: string
  readonly encrypted: boolean
  /** Base64 of the SubjectPublicKeyInfo: an encrypted key can be matched without its password. */
  readonly publicKey: string
  /** `false`: it may not leave the store again, whatever certificate it belongs to. */
  readonly exportable?: false
  readonly importedAt: string
  readonly source?: RecordSource
}

/** The request queue's record; the CSR bytes are kept exactly. */
export interface RequestRecord {
  readonly id: string
  readonly state: 'outstanding' | 'issued' | 'rejected' | 'revoked'
  readonly name?: string
  readonly tags: readonly string[]
  readonly keyId?: string
  /** Name of the profile that the asker has in mind. */
  readonly profile?: string
  /** What the certificate is to be called besides. */
  readonly friendlyName?: string
  /** Id of the authority that the asker has in mind. */
  readonly authorityId?: string
  readonly requestedAt: string
  readonly requestedBy?: string
  /** The PEM as it came through a server, where it is not what certman writes itself. */
  readonly submittedText?: string
  readonly rejectedAt?: string
  readonly rejectionReason?: string
  readonly certificateId?: string
  /** What was said of the authority that it is to become. */
  readonly authoritySettings?: WaitingSettings
  readonly source?: RecordSource
}

/** Settings of an authority whose certificate is still to come. */
export type WaitingSettings = Partial<
  Pick<
    AuthorityRecord,
    | 'defaultProfile'
    | 'crlUrls'
    | 'aiaUrls'
    | 'ocspUrls'
    | 'issuingDistributionPoint'
    | 'crlDays'
    | 'crlOverlapHours'
    | 'signature'
  >
>

/** What each store permits (checked before anything is done). */
export const CLAIMS = ['read', 'import', 'export', 'create', 'delete', 'sign', 'revoke'] as const
export type Claim = (typeof CLAIMS)[number]

/** What a certificate is at a moment: see `certificateState`. */
export type CertificateState = 'valid' | 'notYetValid' | 'expired' | 'revoked' | 'superseded'

/**
 * The state of a certificate at `now`; computed, never stored. Both ends of the validity are included
 * (RFC 5280 section 4.1.2.5). Revoked outranks superseded, which outranks the dates.
 */
export function certificateState(
  record: Pick<CertificateRecord, 'revocation' | 'supersededBy'>,
  validity: { readonly notBefore: string; readonly notAfter: string },
  now: Date,
): CertificateState {
  if (record.revocation) return 'revoked'
  if (record.supersededBy !== undefined) return 'superseded'
  const time = now.getTime()
  if (time < Date.parse(validity.notBefore)) return 'notYetValid'
  return time > Date.parse(validity.notAfter) ? 'expired' : 'valid'
}
