import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import type { CustomProfile } from '../domain/authority.ts'
import type { Profile } from '../domain/profile.ts'
import { BUILT_IN_PROFILES } from './built-in-profiles.ts'
import { parseProfile } from './parse-profile.ts'

/** Other spellings that people use. */
const ALIASES: Readonly<Record<string, string>> = {
  'server+client': 'server-client',
  'client+server': 'server-client',
  'client-server': 'server-client',
  'code signing': 'code-signing',
  codesigning: 'code-signing',
  'e-mail': 'email',
  smime: 'email',
  's/mime': 'email',
  timestamping: 'time-stamping',
  'time stamping': 'time-stamping',
  ocsp: 'ocsp-responder',
  'sub-ca': 'intermediate',
  subca: 'intermediate',
}

/**
 * The profile of a name: one of the store's own first, then a built-in one; upper and lower case alike,
 * `server+client` and other aliases included.
 *
 * @param custom the profiles of the store
 * @throws {CertmanError} `profile.not-found`; `input.invalid` when a profile of the store is damaged
 */
export function getProfile(name: string, custom: readonly CustomProfile[] = []): Profile {
  const wanted = name.trim().toLowerCase()
  const own = custom.find((profile) => profile.name.toLowerCase() === wanted)
  if (own) return parseProfile(own.definition)
  const builtIn = BUILT_IN_PROFILES.get(ALIASES[wanted] ?? wanted)
  if (builtIn) return builtIn
  const names = [...BUILT_IN_PROFILES.keys(), ...custom.map((profile) => profile.name)].join(', ')
  throw new CertmanError('profile.not-found', `no profile is called "${printable(name)}"`, {
    field: 'profile',
    hint: `take one of ${names}`,
  })
}

/** The built-in profiles in the order of listings. */
export const builtInProfiles = (): readonly Profile[] => [...BUILT_IN_PROFILES.values()]

/** Whether a name belongs to a built-in profile or is an alias of one: no profile of a store may take it. */
export const isBuiltInProfile = (name: string): boolean => {
  const wanted = name.trim().toLowerCase()
  return BUILT_IN_PROFILES.has(ALIASES[wanted] ?? wanted)
}
