import { fromHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { requireOneValue } from '../asn1/gate.ts'
import { nameOrOid, oidOfName } from '../asn1/oids.ts'
import {
  PROFILE_KEY_TYPES,
  PROFILE_NAME_TYPES,
  type FixedExtension,
  type Profile,
  type ProfilePolicy,
} from '../domain/profile.ts'
import { isOid } from '../asn1/writer.ts'
import type { JsonPlace } from './json-place.ts'
import { MOST_RSA_BITS } from './key-policy.ts'
import { parsePattern } from './name-patterns.ts'

/** Reads one field of an object, or takes what holds where it is absent. */
type FieldReader<Base> = <Name extends keyof Base & string>(
  name: Name,
  read: (place: JsonPlace) => Base[Name],
) => Base[Name]

/** The fields of an object over those of `base`, which hold where they are absent. */
export const over =
  <Base extends object>(fields: ReadonlyMap<string, JsonPlace>, base: Base): FieldReader<Base> =>
  (name, read) => {
    const place = fields.get(name)
    return place ? read(place) : base[name]
  }

const partOver = <Base extends object>(place: JsonPlace, base: Base): FieldReader<Base> =>
  over(place.object(Object.keys(base)), base)

/** Reads a list, each element with `read`. */
export const listOf =
  <T>(read: (place: JsonPlace) => T) =>
  (place: JsonPlace): T[] =>
    place.list(read)

/** Reads `null` as it is. */
export const orNull =
  <T>(read: (place: JsonPlace) => T) =>
  (place: JsonPlace): T | null =>
    place.isNull ? null : read(place)

/** Reads `true` or `false`. */
export const readFlag = (place: JsonPlace): boolean => place.boolean()

/** 100 years: more is a slip of the finger. */
const MOST_DAYS = 36_525
const MOST_MINUTES = 7 * 24 * 60
const readDays = (place: JsonPlace): number => place.integer(1, MOST_DAYS)

/** The part `validity` of a profile. */
export function readValidity(place: JsonPlace, base: Profile['validity']): Profile['validity'] {
  const field = partOver(place, base)
  return {
    defaultDays: field('defaultDays', readDays),
    maximumDays: field('maximumDays', orNull(readDays)),
    backdateMinutes: field('backdateMinutes', (minutes) => minutes.integer(0, MOST_MINUTES)),
    renewDays: field('renewDays', orNull(readDays)),
  }
}

/** The part `names` of a profile. */
export function readNames(place: JsonPlace, base: Profile['names']): Profile['names'] {
  const field = partOver(place, base)
  return {
    permittedTypes: field(
      'permittedTypes',
      listOf((type) => type.oneOf(PROFILE_NAME_TYPES)),
    ),
    required: field('required', readFlag),
    fromSubject: field(
      'fromSubject',
      orNull((type) => type.oneOf(['dns', 'email'] as const)),
    ),
    wildcards: field('wildcards', readFlag),
    allowed: field('allowed', listOf(readPattern)),
    forbidden: field('forbidden', listOf(readPattern)),
    subjectRequired: field('subjectRequired', listOf(readAttributeType)),
  }
}

function readPattern(place: JsonPlace): string {
  const text = place.text()
  const pattern = parsePattern(text)
  if (typeof pattern === 'string')
    throw place.fault(pattern, 'write it like dns:*.corp.example or ip:10.0.0.0/8')
  return text
}

function readAttributeType(place: JsonPlace): string {
  const type = place.text()
  if (!isOid(type) && oidOfName('attributeType', type) === undefined)
    throw place.fault(`no attribute is called ${JSON.stringify(type)}`, 'take a name such as CN, O or C')
  return type
}

/** The part `keys` of a profile. */
export function readKeys(place: JsonPlace, base: Profile['keys']): Profile['keys'] {
  const field = partOver(place, base)
  return {
    types: field(
      'types',
      listOf((type) => type.oneOf(PROFILE_KEY_TYPES)),
    ),
    minimumRsaBits: field('minimumRsaBits', (bits) => bits.integer(1024, MOST_RSA_BITS)),
    curves: field('curves', listOf(readCurve)),
  }
}

/** A curve by any of its names, as the one that keys are described with: prime256v1 is P-256. */
function readCurve(place: JsonPlace): string {
  const name = place.text()
  const oid = oidOfName('curve', name)
  if (oid !== undefined) return nameOrOid('curve', oid)
  throw place.fault(`no curve is called ${JSON.stringify(name)}`, 'take a name such as P-256 or secp256k1')
}

/** The part `extensions` of a profile. */
export function readExtensions(place: JsonPlace, base: Profile['extensions']): Profile['extensions'] {
  const field = partOver(place, base)
  return {
    copied: field('copied', listOf(readExtensionName)),
    fixed: field('fixed', listOf(readFixed)),
    forbidden: field('forbidden', listOf(readExtensionName)),
  }
}

function readExtensionName(place: JsonPlace): string {
  const name = place.text()
  if (!isOid(name) && oidOfName('extension', name) === undefined)
    throw place.fault(
      `no extension is called ${JSON.stringify(name)}`,
      'take its RFC name or its object identifier',
    )
  return name
}

function readFixed(place: JsonPlace): FixedExtension {
  const fields = place.object(['oid', 'critical', 'value'])
  const [id, value] = [fields.get('oid'), fields.get('value')]
  if (!id || !value) throw place.fault('a fixed extension has the fields oid and value')
  const oid = readOid(id)
  try {
    requireOneValue(fromHex(value.text()), 'value')
  } catch (error) {
    throw value.fault(error instanceof CertmanError ? error.message : 'expected an even number of hex digits')
  }
  return { oid, critical: fields.get('critical')?.boolean() ?? false, value: value.text().toLowerCase() }
}

function readOid(place: JsonPlace): string {
  const dotted = place.text()
  if (!isOid(dotted)) throw place.fault(`${JSON.stringify(dotted)} is no object identifier`)
  return dotted
}

/** URLs, or `null` for those of the authority. */
export const readUrls = orNull(
  listOf((url) => {
    const text = url.text()
    // RFC 5280 sections 4.2.1.13 and 4.2.2.1: HTTP or LDAP; IA5String
    if (!/^(?:https?|ldaps?):\/\/[\u0021-\u007e]+$/.test(text) || !URL.canParse(text))
      throw url.fault(`${JSON.stringify(text)} is no http or ldap URL`)
    return text
  }),
)

/** A policy: its OID, or an object with `cps` beside it. */
export function readPolicy(place: JsonPlace): ProfilePolicy {
  const fields = place.isText ? undefined : place.object(['oid', 'cps'])
  const id = fields ? fields.get('oid') : place
  if (!id) throw place.fault('a policy has the field oid')
  const cps = fields?.get('cps')
  return { oid: readOid(id), ...(cps && { cps: cps.text() }) }
}

const TLS_FEATURES = { status_request: 5, status_request_v2: 17 } as const

/** A TLS extension by number; status_request is 5 (RFC 7633 section 4.2.2). */
export const readTlsFeature = (place: JsonPlace): number =>
  place.isText ? TLS_FEATURES[place.oneOf(['status_request', 'status_request_v2'])] : place.integer(0, 65_535)
