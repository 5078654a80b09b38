import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import { publicKeyOctets } from '../crypto/public-key-info.ts'
import type { PublicKeyFacts } from '../domain/facts.ts'
import { PROFILE_KEY_TYPES, type Profile, type ProfileKeyType } from '../domain/profile.ts'
import { citation } from './limit-sources.ts'
import { rsaWeakness } from './weak-rsa.ts'

/** OpenSSL refuses to use longer moduli (OPENSSL_RSA_MAX_MODULUS_BITS). */
export const MOST_RSA_BITS = 16_384

/** The family of a key as profiles tell them apart; undefined for keys that no profile knows. */
export const profileKeyType = (key: Pick<PublicKeyFacts, 'type'>): ProfileKeyType | undefined =>
  PROFILE_KEY_TYPES.find((type) => type === key.type)

/** A public key as it stands in a request. */
export interface OfferedKey {
  readonly facts: PublicKeyFacts
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Uint8Array
}

/** Why a profile does not certify a key; undefined when it does. */
export function keyRefusal(key: OfferedKey, profile: Profile): string | undefined {
  const { facts } = key
  const type = profileKeyType(facts)
  if (type === undefined) return `a key of type ${facts.type} is not certified`
  if (!profile.keys.types.includes(type))
    return `a key of type ${type} is not allowed by the profile ${profile.name} (${profile.keys.types.join(', ')})`
  if (type === 'ec') return curveRefusal(facts, profile)
  return type === 'rsa' || type === 'rsa-pss' ? rsaRefusal(key, profile) : undefined
}

/**
 * Refuses a request whose key the profile that it names would not certify: whoever asks hears of it at once, not
 * days later.
 *
 * @throws {CertmanError} `policy.refused`
 */
export function requireCertifiable(key: OfferedKey, profile: Profile): void {
  const why = keyRefusal(key, profile)
  if (why === undefined) return
  throw new CertmanError('policy.refused', `the request is refused: ${why}`, {
    field: 'profile',
    hint: `make a request with another key, or for another profile; what it wants: ${commandOn('ca profile show', profile.name)}`,
  })
}

/** RFC 5480 section 4: curves below have less than 112 bits of strength. */
const LEAST_CURVE_BITS = 224

/** Whether a key that no profile here certifies is weak: one of another kind or on another curve may suit another authority. */
function isWeak({ facts, spki }: OfferedKey): boolean {
  if (profileKeyType(facts) === undefined) return false
  return !(facts.type === 'ec' && isNamed(facts.curve) && coordinateBits(spki) >= LEAST_CURVE_BITS)
}

/** RFC 5480 section 2.1.1: certificates name their curve. */
const isNamed = (curve: string | undefined): curve is string =>
  curve !== undefined && curve !== 'explicit' && curve !== 'inherited'

/** Of the point of an EC key, uncompressed or not (SEC 1 section 2.3.3). */
function coordinateBits(spki: Uint8Array): number {
  const { length, 0: form } = publicKeyOctets(spki)
  return 8 * (form === 4 ? (length - 1) / 2 : length - 1)
}

/**
 * Refuses a request with a weak key that no profile certifies: it would wait in the queue for nothing.
 *
 * @param profiles all that the store has; asked one by one, as far as needed
 * @throws {CertmanError} `policy.refused`, with what the first of them says
 */
export function requireCertifiableBySome(key: OfferedKey, profiles: Iterable<Profile>): void {
  if (!isWeak(key)) return
  let first: string | undefined
  for (const profile of profiles) {
    const why = keyRefusal(key, profile)
    if (why === undefined) return
    first ??= why
  }
  throw new CertmanError(
    'policy.refused',
    `the request is refused, no profile would certify its key: ${first}`,
    {
      hint: 'make a request with another key; only its size or curve can be allowed by a profile: certman ca profile add --help',
    },
  )
}

function curveRefusal({ curve }: PublicKeyFacts, profile: Profile): string | undefined {
  if (!isNamed(curve)) return 'an EC key whose curve is not named (RFC 5480 section 2.1.1)'
  if (profile.keys.curves.includes(curve)) return undefined
  return `the curve ${curve} is not allowed by the profile ${profile.name} (${profile.keys.curves.join(', ')})${citation(profile, 'curves')}`
}

function rsaRefusal({ facts, spki }: OfferedKey, profile: Profile): string | undefined {
  const bits = facts.size ?? 0
  const least = profile.keys.minimumRsaBits
  if (bits < least)
    return `the RSA key has ${bits} bits, the profile ${profile.name} wants ${least}${citation(profile, 'minimumRsaBits')}`
  if (bits > MOST_RSA_BITS) return `the RSA key has ${bits} bits, readers stop at ${MOST_RSA_BITS}`
  return rsaWeakness(spki)
}
