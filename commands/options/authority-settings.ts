import type { AuthoritySettings } from '../../src/store/authority-orders.ts'
import { count, type Given, many, present, text } from '../declare.ts'

/** What an authority can be told at its making and later. */
export const AUTHORITY_SETTINGS = {
  crlUrl: many('URL', 'where its CRL will be found; goes into what it issues'),
  aiaUrl: many('URL', 'where its certificate will be found; goes into what it issues'),
  ocspUrl: many('URL', 'where its OCSP responder answers; goes into what it issues'),
  crlIdp: many('URL', 'name this URL in the CRL itself; only where all it issues has it as --crl-url', {
    rare: true,
  }),
  defaultProfile: text('NAME', 'the profile of sign where none is named', { completes: 'profile' }),
  crlDays: count('N', 'days from one CRL to the latest next one (default 7)'),
  crlOverlapHours: count('N', 'hours before that end from which a new one is due (default 48)', {
    rare: true,
  }),
} as const

const list = (given: readonly string[]): readonly string[] | undefined =>
  given.length === 0 ? undefined : given.filter((url) => url !== '')

/** The settings that were given; an empty URL alone empties the list. */
export function readAuthoritySettings(options: Given<typeof AUTHORITY_SETTINGS>): AuthoritySettings {
  const { crlUrl, aiaUrl, ocspUrl, crlIdp, defaultProfile, crlDays, crlOverlapHours } = options
  return present({
    crlUrls: list(crlUrl),
    aiaUrls: list(aiaUrl),
    ocspUrls: list(ocspUrl),
    issuingDistributionPoint: list(crlIdp),
    defaultProfile,
    crlDays,
    crlOverlapHours,
  })
}
