import { CertmanError } from '../../src/base/errors.ts'
import { parseTime } from '../../src/query/time.ts'
import { count, type Given, present, text } from '../declare.ts'

/** From when, until when. */
export const VALIDITY_OPTIONS = {
  days: count('N', "valid for so many days (default: the profile's); cut to the issuer's end"),
  notAfter: text('TIME', "valid until then, such as 2027-01-31; refused beyond the issuer's end"),
  notBefore: text('TIME', 'valid from then on (default: now, or a little before as the profile says)', {
    rare: true,
  }),
} as const

function timeFault(flagName: string, typed: string): CertmanError {
  return new CertmanError('cli.usage', `--${flagName}: ${JSON.stringify(typed)} is no time`, {
    hint: 'write a day as 2027-01-31, or an instant as 2027-01-31T12:00:00Z',
    field: flagName,
  })
}

/**
 * An instant as typed; a day means its first second, with `end` its last one.
 *
 * @throws {CertmanError} `cli.usage` naming the flag
 */
export function readInstant(flagName: string, typed: string | undefined, end = false): Date | undefined {
  if (typed === undefined) return undefined
  const time = parseTime(typed.trim())
  if (!time) throw timeFault(flagName, typed)
  return new Date((end ? time.last : undefined) ?? time.start)
}

/** The validity as the store wants it. @throws {CertmanError} `cli.usage` */
export function readValidity(options: Given<typeof VALIDITY_OPTIONS>) {
  const { days, notAfter, notBefore } = options
  if (days !== undefined && notAfter !== undefined)
    throw new CertmanError('cli.usage', '--days and --not-after exclude each other')
  if (days === 0) throw new CertmanError('cli.usage', '--days: a certificate lives for at least one day')
  return present({
    days,
    notAfter: readInstant('not-after', notAfter, true),
    notBefore: readInstant('not-before', notBefore),
  })
}
