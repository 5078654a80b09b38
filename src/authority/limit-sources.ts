import type { Profile } from '../domain/profile.ts'
import { BUILT_IN_PROFILES } from './built-in-profiles.ts'

/** A limit of a profile that a rule may stand behind. */
export type ProfileLimit = 'maximumDays' | 'minimumRsaBits' | 'curves'

/** A built-in profile has this limit from `source`; so have others with the same value and the same purpose. */
interface Rule {
  readonly limit: ProfileLimit
  readonly profile: string
  /** Absent: whatever the purpose. */
  readonly purpose?: string
  readonly source: string
}

const RULES: readonly Rule[] = [
  { limit: 'maximumDays', profile: 'server', purpose: 'serverAuth', source: 'support.apple.com/103769' },
  {
    limit: 'maximumDays',
    profile: 'email',
    purpose: 'emailProtection',
    source: 'S/MIME Baseline Requirements section 6.3.2',
  },
  {
    limit: 'maximumDays',
    profile: 'code-signing',
    purpose: 'codeSigning',
    source: 'Code Signing Baseline Requirements section 6.3.2',
  },
  {
    limit: 'maximumDays',
    profile: 'time-stamping',
    purpose: 'timeStamping',
    source: 'Code Signing Baseline Requirements section 6.3.2',
  },
  {
    limit: 'minimumRsaBits',
    profile: 'code-signing',
    purpose: 'codeSigning',
    source: 'Code Signing Baseline Requirements section 6.1.5.2',
  },
  { limit: 'minimumRsaBits', profile: 'server', source: 'NIST SP 800-131A section 3' },
  { limit: 'curves', profile: 'server', source: 'Baseline Requirements section 6.1.5' },
]

/** As text: the names of curves are many. */
const valueOf = (profile: Profile, limit: ProfileLimit): string =>
  String(limit === 'maximumDays' ? profile.validity.maximumDays : profile.keys[limit])

/**
 * The rule that a limit comes from, to stand behind it in a refusal. A store's own profile may set another value: that
 * is its own choice, and nothing is cited.
 *
 * @returns ` (rule)`, or nothing
 */
export function citation(profile: Profile, limit: ProfileLimit): string {
  const value = valueOf(profile, limit)
  const rule = RULES.find(
    (each) =>
      each.limit === limit &&
      value === valueOf(BUILT_IN_PROFILES.get(each.profile)!, limit) &&
      (each.purpose === undefined || profile.extendedKeyUsage.includes(each.purpose)),
  )
  return rule ? ` (${rule.source})` : ''
}
