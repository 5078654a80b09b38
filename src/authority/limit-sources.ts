import type { Profile } from '../domain/profile.ts'

/** A limit of a profile that a rule may stand behind. */
export type ProfileLimit = 'maximumDays' | 'minimumRsaBits' | 'curves'

/** A limit with this value, of profiles with this purpose (absent: any), has it from `source`. */
interface Rule {
  readonly limit: ProfileLimit
  readonly value: string
  readonly purpose?: string
  readonly source: string
}

const RULES: readonly Rule[] = [
  { limit: 'maximumDays', value: '825', purpose: 'serverAuth', source: 'support.apple.com/103769' },
  {
    limit: 'maximumDays',
    value: '825',
    purpose: 'emailProtection',
    source: 'S/MIME Baseline Requirements section 6.3.2',
  },
  {
    limit: 'maximumDays',
    value: '460',
    purpose: 'codeSigning',
    source: 'Code Signing Baseline Requirements section 6.3.2',
  },
  {
    limit: 'maximumDays',
    value: '4109',
    purpose: 'timeStamping',
    source: 'Code Signing Baseline Requirements section 6.3.2',
  },
  {
    limit: 'minimumRsaBits',
    value: '3072',
    purpose: 'codeSigning',
    source: 'Code Signing Baseline Requirements section 6.1.5.2',
  },
  { limit: 'minimumRsaBits', value: '2048', source: 'NIST SP 800-131A section 3' },
  { limit: 'curves', value: 'P-256,P-384,P-521', source: 'Baseline Requirements section 6.1.5' },
]

/**
 * The rule that a limit comes from, to stand behind it in a refusal. A store's own profile may set another value: that
 * is its own choice, and nothing is cited.
 *
 * @returns ` (rule)`, or nothing
 */
export function citation(profile: Profile, limit: ProfileLimit): string {
  const value = String(limit === 'maximumDays' ? profile.validity.maximumDays : profile.keys[limit])
  const rule = RULES.find(
    (each) =>
      each.limit === limit &&
      each.value === value &&
      (each.purpose === undefined || profile.extendedKeyUsage.includes(each.purpose)),
  )
  return rule ? ` (${rule.source})` : ''
}
