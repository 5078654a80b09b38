import { checkName } from '../domain/name.ts'
import { PROFILE_KEY_TYPES, type Profile, type ProfileKeyType } from '../domain/profile.ts'
import { CONTENT_COMMITMENT, KEY_USAGES, keyUsageOf } from '../x509/extensions/usage.ts'
import { purposeOid } from '../x509/write-extensions.ts'
import { BASE_PROFILE, BUILT_IN_PROFILES } from './built-in-profiles.ts'
import { JsonPlace } from './json-place.ts'
import { checkProfile } from './check-profile.ts'
import {
  listOf,
  orNull,
  over,
  readExtensions,
  readFlag,
  readKeys,
  readNames,
  readPolicy,
  readTlsFeature,
  readUrls,
  readValidity,
} from './profile-parts.ts'

const FIELDS = Object.keys({ ...BASE_PROFILE, extends: '' })

/**
 * A profile from its JSON (`docs/profiles.md`). What it leaves out comes from the built-in profile named in
 * `extends`, else from a plain end entity.
 *
 * @throws {CertmanError} `input.invalid`; message and `field` name the path of the fault
 */
export function parseProfile(json: unknown): Profile {
  const whole = new JsonPlace(json)
  const fields = whole.object(FIELDS)
  const base = baseOf(fields.get('extends'))
  const name = fields.get('name')
  if (!name) throw whole.fault('the field name is missing')
  const field = over(fields, base)
  const profile: Profile = {
    name: name.checked(checkName),
    summary: field('summary', (place) => place.text()),
    ca: field('ca', orNull(readCa)),
    keyUsage: field('keyUsage', (place) => readKeyUsage(place, base.keyUsage)),
    extendedKeyUsage: field('extendedKeyUsage', listOf(readPurpose)),
    extendedKeyUsageCritical: field('extendedKeyUsageCritical', readFlag),
    validity: field('validity', (place) => readValidity(place, base.validity)),
    names: field('names', (place) => readNames(place, base.names)),
    keys: field('keys', (place) => readKeys(place, base.keys)),
    extensions: field('extensions', (place) => readExtensions(place, base.extensions)),
    crlUrls: field('crlUrls', readUrls),
    aiaUrls: field('aiaUrls', readUrls),
    ocspUrls: field('ocspUrls', readUrls),
    policies: field('policies', listOf(readPolicy)),
    tlsFeatures: field('tlsFeatures', listOf(readTlsFeature)),
    ocspNoCheck: field('ocspNoCheck', readFlag),
    publicTrust: field('publicTrust', readFlag),
  }
  checkProfile(profile)
  return profile
}

function baseOf(place: JsonPlace | undefined): Profile {
  if (!place) return BASE_PROFILE
  return BUILT_IN_PROFILES.get(place.oneOf([...BUILT_IN_PROFILES.keys()])) ?? BASE_PROFILE
}

function readCa(place: JsonPlace): Profile['ca'] {
  const pathLen = place.object(['pathLen']).get('pathLen')
  return { pathLen: pathLen ? orNull((length) => length.integer(0, 64))(pathLen) : null }
}

/** One list for keys of every type, or one for some types; the others keep theirs. */
function readKeyUsage(place: JsonPlace, base: Profile['keyUsage']): Profile['keyUsage'] {
  const usages = listOf((usage) => keyUsageOf(usage.oneOf([...KEY_USAGES, CONTENT_COMMITMENT]))!)
  const common = place.isArray ? usages(place) : undefined
  const field = over(common ? new Map() : place.object(PROFILE_KEY_TYPES), base)
  const of = (type: ProfileKeyType): readonly string[] => common ?? field(type, usages)
  return {
    rsa: of('rsa'),
    'rsa-pss': of('rsa-pss'),
    ec: of('ec'),
    ed25519: of('ed25519'),
    ed448: of('ed448'),
  }
}

/** By its name or OID, as it is written. */
const readPurpose = (place: JsonPlace): string =>
  place.checked((name) => {
    purposeOid(name)
    return name
  })
