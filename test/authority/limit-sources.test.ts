import { expect, test } from 'vitest'
import { citation } from '../../src/authority/limit-sources.ts'
import { parseProfile } from '../../src/authority/parse-profile.ts'
import { builtInProfiles } from '../../src/authority/profile.ts'
import { failureOf, makeCsr, makeRoot, prepareWith } from './material.ts'

// Code Signing and S/MIME Baseline Requirements section 6.3.2, Apple's support.apple.com/103769
const TELLING = {
  server: [826, 'support.apple.com/103769'],
  'server-client': [826, 'support.apple.com/103769'],
  'code-signing': [461, 'Code Signing Baseline Requirements section 6.3.2'],
  email: [826, 'S/MIME Baseline Requirements section 6.3.2'],
  'time-stamping': [4110, 'Code Signing Baseline Requirements section 6.3.2'],
} as const
const root = await makeRoot({ notAfter: new Date('2049-01-01T00:00:00Z') })

test.each(Object.entries(TELLING))(
  'when the most days of the profile %s come from a rule then the refusal cites it',
  async (profile, [days, source]) => {
    const csr = await makeCsr({ sans: ['dns:w.example'] })
    const failure = await failureOf(() => prepareWith(root, csr, { profile, wish: { days } }))
    expect(failure.message).toContain(
      `${days} days are more than the ${days - 1} of the profile ${profile} (${source})`,
    )
  },
)

test('when the profile of a store sets a limit of its own then no rule is cited, but with the inherited ones', () => {
  const own = parseProfile({ extends: 'code-signing', name: 'own', validity: { maximumDays: 400 } })
  expect(citation(own, 'maximumDays')).toBe('')
  expect(citation(own, 'minimumRsaBits')).toBe(' (Code Signing Baseline Requirements section 6.1.5.2)')
})

test('every built-in profile has a rule for its keys', () => {
  for (const profile of builtInProfiles()) {
    expect(citation(profile, 'minimumRsaBits'), profile.name).toMatch(/section/)
    expect(citation(profile, 'curves'), profile.name).toBe(' (Baseline Requirements section 6.1.5)')
  }
})
