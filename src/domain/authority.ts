import type { JsonObject } from '../base/json.ts'
import type { RevocationReason } from './revocation-reason.ts'

/** The last CRL of an authority. Its number is never used twice (RFC 5280 section 5.2.3). */
export interface CrlState {
  /** Decimal text. */
  readonly number: string
  readonly thisUpdate: string
  readonly nextUpdate: string
  /** How many certificates it revokes. */
  readonly entries: number
  /** SHA-256 of its DER. */
  readonly fingerprint: string
}

/** An entry of a CRL that another tool signed. */
export interface FormerRevocation {
  readonly serialNumber: string
  readonly revocationDate: string
  readonly reason: RevocationReason | null
  readonly invalidityDate: string | null
}

/** The mutable side of an authority; its certificate and key are records of their own. */
export interface AuthorityRecord {
  readonly id: string
  readonly name: string
  readonly certificateId: string
  /** SHA-256 of the SPKI; absent while the key is elsewhere. */
  readonly keyId?: string
  /** A disabled authority signs no certificates; its CRL goes on. */
  readonly enabled: boolean
  readonly createdAt: string
  /** The profile of `sign` where none is named. */
  readonly defaultProfile?: string
  /** What goes into issued certificates (RFC 5280 sections 4.2.1.13, 4.2.2.1), unless the profile has its own. */
  readonly crlUrls?: readonly string[]
  readonly aiaUrls?: readonly string[]
  readonly ocspUrls?: readonly string[]
  /** URLs that the CRL names as its own (RFC 5280 section 5.2.5): verifiers then use it only for certificates that name one of them. */
  readonly issuingDistributionPoint?: readonly string[]
  /** Days from thisUpdate to nextUpdate. */
  readonly crlDays: number
  /** Hours before nextUpdate from which a new CRL is due. */
  readonly crlOverlapHours: number
  readonly crl?: CrlState
  /** Something was revoked or released since the last CRL, and the key was not at hand to sign another. */
  readonly crlStale?: true
  /** The number that the next CRL gets at least: an imported authority goes on where it was (decimal). */
  readonly nextCrlNumber?: string
  /** Revocations from before it came into this store whose certificates are not here; every CRL repeats them. */
  readonly formerRevocations?: readonly FormerRevocation[]
  /** How it signs, where that does not follow from the key. */
  readonly signature?: { readonly digest?: string; readonly pss?: boolean }
  /** What its certificate says, for listings. */
  readonly subject: string
  readonly notBefore: string
  readonly notAfter: string
  /** Certificates signed so far. */
  readonly issuedCount?: number
}

/** A profile of the store's own, kept as the JSON it was given as. */
export interface CustomProfile {
  readonly name: string
  readonly addedAt: string
  readonly definition: JsonObject
}

/** A week: long enough for a signer with days off, short enough that a revocation is heard of. */
export const DEFAULT_CRL_DAYS = 7

/** Ten years: more than any CRL should hold. */
export const MOST_CRL_DAYS = 3650

/** Two days: readers get the next CRL while the last one still holds. */
export const DEFAULT_CRL_OVERLAP_HOURS = 48

/**
 * Whether a new CRL should be signed at `now` though nothing was revoked: there is none, the last one ends within the
 * overlap, or the clock was wrong when it was signed. An overlap as long as the CRL counts as half of it, else every command would sign one.
 */
export function isCrlDue(authority: Pick<AuthorityRecord, 'crl' | 'crlOverlapHours'>, now: Date): boolean {
  const { crl, crlOverlapHours } = authority
  if (!crl) return true
  const [start, end] = [Date.parse(crl.thisUpdate), Date.parse(crl.nextUpdate)]
  const overlap = Math.min(crlOverlapHours * 3_600_000, (end - start) / 2)
  return now.getTime() >= end - overlap || isBeyond(start, now)
}

/** So far a clock may be set back; what was signed further ahead was signed by a clock that was wrong. */
const SET_BACK_MS = 86_400_000

const isBeyond = (instant: number, now: Date): boolean => instant - now.getTime() > SET_BACK_MS

/**
 * `thisUpdate` of the next CRL: now, and never before that of the last one, since of two CRLs the later is believed. One that
 * lies more than a day ahead does not bind: it holds for nobody yet.
 *
 * @returns whole seconds
 */
export function nextThisUpdate({ crl }: Pick<AuthorityRecord, 'crl'>, now: Date): Date {
  const seconds = Math.floor(now.getTime() / 1000) * 1000
  const last = crl ? Date.parse(crl.thisUpdate) : seconds
  return new Date(isBeyond(last, now) ? seconds : Math.max(seconds, last))
}
