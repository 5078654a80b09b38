import { CertmanError, isCertmanError } from '../base/errors.ts'
import { commandOn, printable } from '../base/text.ts'
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
  if (own) return customProfile(own)
  const builtIn = BUILT_IN_PROFILES.get(ALIASES[wanted] ?? wanted)
  if (builtIn) return builtIn
  const names = [...BUILT_IN_PROFILES.keys(), ...custom.map((profile) => profile.name)].join(', ')
  throw new CertmanError('profile.not-found', `no profile is called "${printable(name)}"`, {
    field: 'profile',
    hint: `take one of ${names}`,
  })
}

/**
 * A profile of the store.
 *
 * @throws {CertmanError} `input.invalid` that names it: damaged by hand, or taken by an earlier release and refused by this one
 */
export function customProfile({ name, definition }: CustomProfile): Profile {
  try {
    return parseProfile(definition)
  } catch (cause) {
    if (!isCertmanError(cause)) throw cause
    const message = cause.message.replace(
      /^the profile is/,
      `the profile ${JSON.stringify(name)} of the store is`,
    )
    throw new CertmanError(cause.code, message, {
      cause,
      hint: `put another in its place with certman ca profile add FILE --replace, or take it away: ${commandOn('ca profile remove', name)}`,
      ...(cause.field !== undefined && { field: cause.field }),
    })
  }
}

/** The built-in profiles in the order of listings. */
export const builtInProfiles = (): readonly Profile[] => [...BUILT_IN_PROFILES.values()]

/** Whether a name belongs to a built-in profile or is an alias of one: no profile of a store may take it. */
export const isBuiltInProfile = (name: string): boolean => {
  const wanted = name.trim().toLowerCase()
  return BUILT_IN_PROFILES.has(ALIASES[wanted] ?? wanted)
}
