import { CertmanError, type StateCode } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { wholeSecond } from '../base/instant.ts'
import type { CertificateRecord, Revocation } from './records.ts'
import { REVOCATION_REASONS, type RevocationReason } from './revocation-reason.ts'

/** What a revocation says; the date is when it counts from. */
export interface RevocationWish {
  readonly reason: RevocationReason
  readonly date: Date
  /** When the key is thought to have been lost (RFC 5280 section 5.3.2). */
  readonly invalidityDate?: Date
}

/** The part of a certificate's record that revocation changes, and what names it in messages. */
export type Revocable = Pick<CertificateRecord, 'id' | 'revocation'>

/** What a person may choose from. removeFromCRL, which ends a hold, is understood, and refused with a better word. */
export const REASONS_TO_REVOKE = REVOCATION_REASONS.map(([name]) => name).filter(
  (name) => name !== 'removeFromCRL',
)

const refused = (code: StateCode, message: string, hint: string): CertmanError =>
  new CertmanError(code, message, { hint })

/** Whether a certificate is revoked for good; a hold can be released. */
export const isRevokedForGood = ({ revocation }: Pick<CertificateRecord, 'revocation'>): boolean =>
  revocation !== undefined && revocation.reason !== 'certificateHold'

/**
 * A reason as typed: its RFC 5280 name, upper and lower case alike, also in kebab-case (`key-compromise`).
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseRevocationReason(text: string): RevocationReason {
  const typed = text.trim().toLowerCase().replace(/[-_ ]/g, '')
  const row = REVOCATION_REASONS.find(([name]) => name.toLowerCase() === typed)
  if (row) return row[0]
  throw new CertmanError('input.invalid', `no reason of revocation is called "${printable(text)}"`, {
    field: 'reason',
    hint: `take one of ${REASONS_TO_REVOKE.join(', ')}`,
  })
}

/**
 * The record revoked or on hold. A certificate on hold may be revoked for another reason (RFC 5280 section 5.3.1);
 * then the new date counts. The same certificate is not revoked twice.
 *
 * @throws {CertmanError} `state.already-revoked`, `state.already-on-hold`; `input.invalid` for removeFromCRL, which `releaseHold` is for
 */
export function revoke<T extends Revocable>(record: T, wish: RevocationWish): T & { revocation: Revocation } {
  if (wish.reason === 'removeFromCRL')
    throw new CertmanError('input.invalid', 'removeFromCRL is no reason to revoke: it ends a hold', {
      field: 'reason',
      hint: 'release a certificate on hold with: certman release REF',
    })
  const before = record.revocation
  if (before && before.reason !== 'certificateHold')
    throw refused(
      'state.already-revoked',
      `certificate ${record.id} is revoked already, since ${before.date} (${before.reason})`,
      'a revocation is final; only certificateHold can become another reason',
    )
  if (before && wish.reason === 'certificateHold')
    throw refused(
      'state.already-on-hold',
      `certificate ${record.id} is on hold already, since ${before.date}`,
      'release it, or revoke it for another reason',
    )
  return {
    ...record,
    revocation: {
      date: wholeSecond(wish.date),
      reason: wish.reason,
      ...(wish.invalidityDate && { invalidityDate: wholeSecond(wish.invalidityDate) }),
    },
  }
}

/**
 * Holds the dates of a revocation to what can be: it was decided by now, after the certificate began, and so was the
 * loss of the key discovered (RFC 5280 section 5.3.2: it may lie before the certificate, never ahead). A date ahead
 * would not delay anything: who reads a CRL takes what it lists for revoked.
 *
 * @param certificate `notBefore` as RFC 3339 text
 * @throws {CertmanError} `input.invalid`
 */
export function requireDates(
  { id, notBefore }: { readonly id: string; readonly notBefore: string },
  { date, invalidityDate }: RevocationWish,
  now: Date,
): void {
  const hint = 'leave the time out: then it counts from now'
  const cannot = `cannot revoke certificate ${id} from ${wholeSecond(date)}`
  const invalid = (field: string, message: string): CertmanError =>
    new CertmanError('input.invalid', message, { field, hint })
  if (date > now) throw invalid('date', `${cannot}: that time is yet to come`)
  // what is not valid yet can be revoked now; there is no earlier time that would mean more
  if (date.getTime() < Date.parse(notBefore) && Date.parse(notBefore) <= now.getTime())
    throw invalid('date', `${cannot}: it is valid only from ${notBefore}`)
  if (invalidityDate && invalidityDate > now)
    throw invalid(
      'invalidityDate',
      `the key of certificate ${id} cannot have been lost on ${wholeSecond(invalidityDate)}: that time is yet to come`,
    )
}

/**
 * The record without its hold: it leaves the next CRL (a full CRL has no entry for it; removeFromCRL stands in delta
 * CRLs only, RFC 5280 section 5.3.1).
 *
 * @throws {CertmanError} `state.not-on-hold`, `state.already-revoked`
 */
export function releaseHold<T extends Revocable>(record: T): Omit<T, 'revocation'> {
  const { revocation, ...rest } = record
  if (!revocation)
    throw refused(
      'state.not-on-hold',
      `certificate ${record.id} is not on hold: it is not revoked`,
      'there is nothing to release',
    )
  if (revocation.reason !== 'certificateHold')
    throw refused(
      'state.already-revoked',
      `certificate ${record.id} is not on hold: it is revoked for ${revocation.reason}`,
      'a revocation is final; request a new certificate',
    )
  return rest
}
