import { DAY } from '../base/instant.ts'
import { compare, type Filter } from '../domain/filter.ts'

/** The validity of a certificate, RFC 3339. */
interface Life {
  readonly notBefore: string
  readonly notAfter: string
}

/**
 * The instant from which a certificate should be renewed: after two thirds of its life (what Let's Encrypt advises, RFC
 * 9773 leaves to the server), or as many days before its end as a profile says.
 *
 * @param windowDays `renewDays` of the profile; never earlier than the start
 */
function renewalDueAt({ notBefore, notAfter }: Life, windowDays?: number | null): Date {
  const [start, end] = [Date.parse(notBefore), Date.parse(notAfter)]
  if (typeof windowDays === 'number') return new Date(Math.max(start, end - windowDays * DAY))
  return new Date(start + Math.ceil((end - start) * (2 / 3)))
}

/** Whether it should be renewed at `now`: also when it expired. */
export const isRenewalDue = (life: Life, now: Date, windowDays?: number | null): boolean =>
  now >= renewalDueAt(life, windowDays)

/** Ages by which `maybeDue` tells certificates apart, in days: to over forty years, each half as long again as the last. */
const AGES = Array.from({ length: 25 }, (_, n) => 1.5 ** n)

/**
 * A filter that every certificate passes for which `isRenewalDue`, and few others: a large store asks it before it reads
 * rows. What is no older than an age is not due when more than half of that age is left of its life.
 *
 * @param windowDays the longest of the profiles in question
 */
export function maybeDue(now: Date, windowDays: number): Filter {
  // filters compare whole seconds: one more, and nothing is lost to rounding
  const instant = (days: number) =>
    ({ type: 'instant', value: new Date(now.getTime() + days * DAY + 1000).toISOString() }) as const
  const ages = AGES.map((age): Filter => {
    const terms = [compare('notAfter', '<=', instant(age / 2)), compare('notBefore', '<', instant(-age))]
    return { op: 'or', terms }
  })
  return { op: 'or', terms: [compare('notAfter', '<=', instant(windowDays)), { op: 'and', terms: ages }] }
}
