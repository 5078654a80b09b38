import { DAY, wholeSecond } from '../base/instant.ts'
import { NO_WELL_DEFINED_END } from '../x509/write-certificate.ts'
import { citation } from './limit-sources.ts'
import { publicTrustDays } from './public-trust.ts'
import type { Findings } from './findings.ts'
import type { Profile } from '../domain/profile.ts'

/** When a certificate shall hold, as far as somebody said so. */
export interface ValidityWish {
  readonly notBefore?: Date
  /** Not together with `days`. */
  readonly notAfter?: Date
  readonly days?: number
}

/** From the first to the last second, both included (RFC 5280 section 4.1.2.5). */
export interface Validity {
  readonly notBefore: Date
  readonly notAfter: Date
}

interface ValidityInput {
  readonly wish: ValidityWish
  readonly profile: Profile
  /** The authority's own, which nothing may outlive; absent for a root. */
  readonly issuer?: Validity
  readonly now: Date
}

const LATEST = Date.parse(NO_WELL_DEFINED_END)
const SECOND = 1000

const wholeSeconds = (time: number): Date => new Date(Math.floor(time / SECOND) * SECOND)

/** Length in days, both ends included. */
const daysOf = ({ notBefore, notAfter }: Validity): number =>
  (notAfter.getTime() - notBefore.getTime() + SECOND) / DAY

/**
 * The validity that is granted. A start that nobody named lies a little before now, an end that nobody named follows
 * from the days; both are clipped to the authority's, and a note says so where it shortens. A date that was named is
 * never moved: it is refused.
 */
export function grantValidity(input: ValidityInput, findings: Findings): Validity {
  if (input.wish.notAfter && input.wish.days !== undefined)
    findings.refuse('both an end and a number of days were named')
  const notBefore = grantStart(input, findings)
  const validity = { notBefore, notAfter: grantEnd(input, notBefore, findings) }
  if (validity.notAfter < notBefore)
    findings.refuse(
      `the end ${wholeSecond(validity.notAfter)} lies before the start ${wholeSecond(notBefore)}`,
      'name a later end, or an earlier start',
    )
  else checkLength(input, validity, findings)
  return validity
}

function grantStart({ wish, profile, issuer, now }: ValidityInput, findings: Findings): Date {
  if (!wish.notBefore) {
    const backdated = now.getTime() - profile.validity.backdateMinutes * 60_000
    return wholeSeconds(Math.max(backdated, issuer ? issuer.notBefore.getTime() : -Infinity))
  }
  const notBefore = wholeSeconds(wish.notBefore.getTime())
  if (issuer && notBefore < issuer.notBefore)
    findings.refuse(
      `the start ${wholeSecond(notBefore)} lies before that of the authority, ${wholeSecond(issuer.notBefore)}`,
      'name a later start, or none',
    )
  return notBefore
}

function grantEnd({ wish, profile, issuer, now }: ValidityInput, notBefore: Date, findings: Findings): Date {
  if (wish.notAfter) {
    const notAfter = wholeSeconds(wish.notAfter.getTime())
    if (issuer && notAfter > issuer.notAfter)
      findings.refuse(
        `the end ${wholeSecond(notAfter)} lies after that of the authority, ${wholeSecond(issuer.notAfter)}`,
        'name an earlier end; --days is cut to the end of the authority',
      )
    return notAfter
  }
  const days = wish.days ?? defaultDays(profile, notBefore)
  // counted from now even when the start is backdated; both ends belong to the validity
  const start = wish.notBefore ? notBefore : wholeSeconds(now.getTime())
  const latest = Math.min(start.getTime() + days * DAY - SECOND, longestEnd(profile, notBefore))
  const notAfter = new Date(Math.min(latest, LATEST))
  if (!issuer || notAfter <= issuer.notAfter) return notAfter
  findings.note(
    `the validity ends with that of the authority, ${wholeSecond(issuer.notAfter)}, not ${wholeSecond(notAfter)}`,
  )
  return issuer.notAfter
}

/** Under public trust the backdating counts, too; it is taken off the end. */
const longestEnd = (profile: Profile, notBefore: Date): number =>
  profile.publicTrust ? notBefore.getTime() + publicTrustDays(notBefore).days * DAY - SECOND : Infinity

const defaultDays = ({ validity, publicTrust }: Profile, notBefore: Date): number =>
  publicTrust ? Math.min(validity.defaultDays, publicTrustDays(notBefore).days) : validity.defaultDays

function checkLength({ wish, profile }: ValidityInput, validity: Validity, findings: Findings): void {
  const { maximumDays, backdateMinutes } = profile.validity
  const days = wish.days ?? daysOf(validity)
  const spare = wish.days === undefined && !wish.notBefore ? backdateMinutes / 1440 : 0
  if (maximumDays !== null && days > maximumDays + spare)
    findings.refuse(
      `${say(days)} days are more than the ${maximumDays} of the profile ${profile.name}${citation(profile, 'maximumDays')}`,
      'ask for fewer days, or choose another profile',
    )
  if (!profile.publicTrust) return
  const limit = publicTrustDays(validity.notBefore)
  if (days > limit.days)
    findings.refuse(
      `${say(days)} days are more than the ${limit.days} of publicly trusted certificates (${limit.source})`,
    )
}

const say = (days: number): string => `${Math.ceil(days * 100) / 100}`
