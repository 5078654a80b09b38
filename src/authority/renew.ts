/** The validity of a certificate, RFC 3339. */
interface Life {
  readonly notBefore: string
  readonly notAfter: string
}

const DAY = 86_400_000

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
