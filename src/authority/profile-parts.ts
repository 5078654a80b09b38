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
import type { JsonPlace } from './json-path.ts'
import { parsePattern } from './name-patterns.ts'

/** The fields of an object that are there. */
export type Fields = ReadonlyMap<string, JsonPlace>

/** A field, read, or what holds where it is absent. */
export const given = <T>(place: JsonPlace | undefined, read: (place: JsonPlace) => T, otherwise: T): T =>
  place ? read(place) : otherwise

/** The part `names` of a profile. */
export function readNames(place: JsonPlace, base: Profile['names']): Profile['names'] {
  const fields = place.object(Object.keys(base))
  const patterns = (field: JsonPlace): string[] => field.list(readPattern)
  return {
    permittedTypes: given(
      fields.get('permittedTypes'),
      (field) => field.list((type) => type.oneOf(PROFILE_NAME_TYPES)),
      base.permittedTypes,
    ),
    required: given(fields.get('required'), (field) => field.boolean(), base.required),
    fromSubject: given(
      fields.get('fromSubject'),
      (field) => (field.isNull ? null : field.oneOf(['dns', 'email'] as const)),
      base.fromSubject,
    ),
    wildcards: given(fields.get('wildcards'), (field) => field.boolean(), base.wildcards),
    allowed: given(fields.get('allowed'), patterns, base.allowed),
    forbidden: given(fields.get('forbidden'), patterns, base.forbidden),
    subjectRequired: given(
      fields.get('subjectRequired'),
      (field) => field.list(readAttributeType),
      base.subjectRequired,
    ),
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
  const fields = place.object(Object.keys(base))
  return {
    types: given(
      fields.get('types'),
      (field) => field.list((type) => type.oneOf(PROFILE_KEY_TYPES)),
      base.types,
    ),
    minimumRsaBits: given(
      fields.get('minimumRsaBits'),
      (field) => field.integer(1024, 16_384),
      base.minimumRsaBits,
    ),
    curves: given(fields.get('curves'), (field) => field.list(readCurve), base.curves),
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
  const fields = place.object(Object.keys(base))
  const ids = (field: JsonPlace): string[] => field.list(readExtensionName)
  return {
    copied: given(fields.get('copied'), ids, base.copied),
    fixed: given(fields.get('fixed'), (field) => field.list(readFixed), base.fixed),
    forbidden: given(fields.get('forbidden'), ids, base.forbidden),
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
  const dotted = id.text()
  if (!isOid(dotted)) throw id.fault(`${JSON.stringify(dotted)} is no object identifier`)
  try {
    requireOneValue(fromHex(value.text()), 'value')
  } catch (error) {
    throw value.fault(error instanceof CertmanError ? error.message : 'expected an even number of hex digits')
  }
  return {
    oid: dotted,
    critical: fields.get('critical')?.boolean() ?? false,
    value: value.text().toLowerCase(),
  }
}

/** URLs, or `null` for those of the authority. */
export const readUrls = (place: JsonPlace): readonly string[] | null =>
  place.isNull
    ? null
    : place.list((url) => {
        const text = url.text()
        // RFC 5280 sections 4.2.1.13 and 4.2.2.1: HTTP or LDAP; IA5String
        if (!/^(?:https?|ldaps?):\/\/[\u0021-\u007e]+$/.test(text) || !URL.canParse(text))
          throw url.fault(`${JSON.stringify(text)} is no http or ldap URL`)
        return text
      })

/** A policy: its OID, or an object with `cps` beside it. */
export function readPolicy(place: JsonPlace): ProfilePolicy {
  const fields = place.isText ? undefined : place.object(['oid', 'cps'])
  const id = fields ? fields.get('oid') : place
  if (!id) throw place.fault('a policy has the field oid')
  const dotted = id.text()
  if (!isOid(dotted)) throw id.fault(`${JSON.stringify(dotted)} is no object identifier`)
  const cps = fields?.get('cps')
  return { oid: dotted, ...(cps && { cps: cps.text() }) }
}

const TLS_FEATURES = { status_request: 5, status_request_v2: 17 } as const

/** A TLS extension by number; status_request is 5 (RFC 7633 section 4.2.2). */
export const readTlsFeature = (place: JsonPlace): number =>
  place.isText ? TLS_FEATURES[place.oneOf(['status_request', 'status_request_v2'])] : place.integer(0, 65_535)
