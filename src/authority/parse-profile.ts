import { checkName } from '../domain/name.ts'
import { PROFILE_KEY_TYPES, type Profile, type ProfileKeyType } from '../domain/profile.ts'
import { CertmanError } from '../base/errors.ts'
import { KEY_USAGES } from '../x509/extensions/usage.ts'
import { purposeOid } from '../x509/write-extensions.ts'
import { BASE_PROFILE, BUILT_IN_PROFILES } from './built-in-profiles.ts'
import { JsonPlace } from './json-path.ts'
import { checkProfile } from './check-profile.ts'
import {
  given,
  readExtensions,
  readKeys,
  readNames,
  readPolicy,
  readTlsFeature,
  readUrls,
  type Fields,
} from './profile-parts.ts'

/** 100 years: more is a slip of the finger. */
const MOST_DAYS = 36_525
const MOST_MINUTES = 7 * 24 * 60

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
  const profile: Profile = {
    name: asName(name),
    summary: fields.get('summary')?.text() ?? base.summary,
    ca: given(fields.get('ca'), readCa, base.ca),
    keyUsage: given(fields.get('keyUsage'), (place) => readKeyUsage(place, base.keyUsage), base.keyUsage),
    extendedKeyUsage: given(fields.get('extendedKeyUsage'), readPurposes, base.extendedKeyUsage),
    extendedKeyUsageCritical: flag(fields, 'extendedKeyUsageCritical', base),
    validity: given(fields.get('validity'), (place) => readValidity(place, base.validity), base.validity),
    names: given(fields.get('names'), (place) => readNames(place, base.names), base.names),
    keys: given(fields.get('keys'), (place) => readKeys(place, base.keys), base.keys),
    extensions: given(
      fields.get('extensions'),
      (place) => readExtensions(place, base.extensions),
      base.extensions,
    ),
    crlUrls: given(fields.get('crlUrls'), readUrls, base.crlUrls),
    aiaUrls: given(fields.get('aiaUrls'), readUrls, base.aiaUrls),
    ocspUrls: given(fields.get('ocspUrls'), readUrls, base.ocspUrls),
    policies: given(fields.get('policies'), (place) => place.list(readPolicy), base.policies),
    tlsFeatures: given(fields.get('tlsFeatures'), (place) => place.list(readTlsFeature), base.tlsFeatures),
    ocspNoCheck: flag(fields, 'ocspNoCheck', base),
    publicTrust: flag(fields, 'publicTrust', base),
  }
  checkProfile(profile)
  return profile
}

type Flag = 'extendedKeyUsageCritical' | 'ocspNoCheck' | 'publicTrust'

const flag = (fields: Fields, name: Flag, base: Profile): boolean =>
  given(fields.get(name), (place) => place.boolean(), base[name])

function baseOf(place: JsonPlace | undefined): Profile {
  if (!place) return BASE_PROFILE
  return BUILT_IN_PROFILES.get(place.oneOf([...BUILT_IN_PROFILES.keys()])) ?? BASE_PROFILE
}

function asName(place: JsonPlace): string {
  const name = place.text()
  try {
    return checkName(name)
  } catch (error) {
    if (error instanceof CertmanError) throw place.fault(error.message, error.hint)
    throw error
  }
}

function readCa(place: JsonPlace): Profile['ca'] {
  if (place.isNull) return null
  const pathLen = place.object(['pathLen']).get('pathLen')
  return { pathLen: !pathLen || pathLen.isNull ? null : pathLen.integer(0, 64) }
}

/** One list for keys of every type, or one for some types; the others keep theirs. */
function readKeyUsage(place: JsonPlace, base: Profile['keyUsage']): Profile['keyUsage'] {
  const usages = (list: JsonPlace): string[] => list.list((usage) => usage.oneOf(KEY_USAGES))
  const fields = place.isArray ? undefined : place.object(PROFILE_KEY_TYPES)
  const common = fields ? undefined : usages(place)
  const of = (type: ProfileKeyType): readonly string[] => {
    const own = fields?.get(type)
    return own ? usages(own) : (common ?? base[type])
  }
  return {
    rsa: of('rsa'),
    'rsa-pss': of('rsa-pss'),
    ec: of('ec'),
    ed25519: of('ed25519'),
    ed448: of('ed448'),
  }
}

const readPurposes = (place: JsonPlace): string[] =>
  place.list((purpose) => {
    const name = purpose.text()
    try {
      purposeOid(name)
      return name
    } catch (error) {
      if (error instanceof CertmanError) throw purpose.fault(error.message, error.hint)
      throw error
    }
  })

function readValidity(place: JsonPlace, base: Profile['validity']): Profile['validity'] {
  const fields = place.object(Object.keys(base))
  const orNull = (read: (place: JsonPlace) => number) => (field: JsonPlace) =>
    field.isNull ? null : read(field)
  const days = (field: JsonPlace): number => field.integer(1, MOST_DAYS)
  return {
    defaultDays: given(fields.get('defaultDays'), days, base.defaultDays),
    maximumDays: given(fields.get('maximumDays'), orNull(days), base.maximumDays),
    backdateMinutes: given(
      fields.get('backdateMinutes'),
      (f) => f.integer(0, MOST_MINUTES),
      base.backdateMinutes,
    ),
    renewDays: given(fields.get('renewDays'), orNull(days), base.renewDays),
  }
}
