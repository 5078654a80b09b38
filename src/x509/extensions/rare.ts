import { toHex } from '../../base/bytes.ts'
import { nameOrOid } from '../../asn1/oids.ts'
import { bytesOf, contentOf, contextTag, requireTag, TAG, type Tlv } from '../../asn1/reader.ts'
import { latin1Text, textOf } from '../../asn1/strings.ts'
import { readBitString, readBoolean, readInstant, readOid, readSmallInteger } from '../../asn1/values.ts'
import { readGeneralName } from '../general-name.ts'
import { asSequence, listOf } from './shape.ts'
import { decodeText } from './simple.ts'
import { namedBits } from './usage.ts'

/** tlsFeature (RFC 7633): TLS extensions by name, numbers as text where unknown. */
export const decodeTlsFeature = (tlv: Tlv): readonly string[] =>
  listOf(tlv, 'the TLS features', (feature) => {
    const number = readSmallInteger(requireTag(feature, TAG.integer, 'a TLS feature'), 'a TLS feature')
    return number === 5 ? 'status_request' : number === 17 ? 'status_request_v2' : String(number)
  })

/** subjectDirectoryAttributes (RFC 5280 section 4.2.1.8): texts and instants, hex of the DER for anything else. */
export const decodeDirectoryAttributes = (
  tlv: Tlv,
): readonly { readonly type: string; readonly values: readonly string[] }[] =>
  listOf(tlv, 'the attributes', (attribute) => {
    const reader = asSequence(attribute, 'an attribute')
    const type = nameOrOid('attributeType', readOid(reader.read(TAG.oid, 'the type of an attribute')))
    const set = reader.enter(TAG.set, 'the values of an attribute')
    const values: string[] = []
    while (!set.atEnd) values.push(valueText(set.read()))
    reader.finish('attribute')
    return { type, values }
  })

const valueText = (tlv: Tlv): string =>
  tlv.tag === TAG.generalizedTime ? readInstant(tlv) : (textOf(tlv) ?? toHex(bytesOf(tlv)))

/** smimeCapabilities (RFC 8551 section 2.5.2): algorithms in order of preference; a lone number is its parameter. */
export const decodeSmimeCapabilities = (
  tlv: Tlv,
): readonly { readonly capability: string; readonly parameters?: number | string }[] =>
  listOf(tlv, 'the capabilities', (member) => {
    const reader = asSequence(member, 'a capability')
    const oid = readOid(reader.read(TAG.oid, 'the capability'))
    const parameters = reader.atEnd ? undefined : reader.read()
    reader.finish('capability')
    return {
      capability: capabilityName(oid),
      ...(parameters && parameters.tag !== TAG.null && { parameters: parameterOf(parameters) }),
    }
  })

function capabilityName(oid: string): string {
  const name = nameOrOid('other', oid)
  return name === oid ? nameOrOid('digest', oid) : name
}

/** Key lengths and the like; what is larger than any of them is shown as it stands. */
const parameterOf = (tlv: Tlv): number | string =>
  tlv.tag === TAG.integer && tlv.end - tlv.contentStart <= 4 ? readSmallInteger(tlv) : toHex(bytesOf(tlv))

/** proxyCertInfo (RFC 3820 section 3.8); `pathLen` null is unlimited, `policy` is hex. */
export function decodeProxyCertInfo(tlv: Tlv): {
  readonly pathLen: number | null
  readonly policyLanguage: string
  readonly policy?: string
} {
  const reader = asSequence(tlv, 'the proxy information')
  const pathLen = reader.readIf(TAG.integer)
  const policy = reader.enter(TAG.sequence, 'the proxy policy')
  const language = nameOrOid('other', readOid(policy.read(TAG.oid, 'the policy language')))
  const octets = policy.readIf(TAG.octetString)
  policy.finish('proxy policy')
  reader.finish('proxy information')
  return {
    pathLen: pathLen ? readSmallInteger(pathLen, 'the path length') : null,
    policyLanguage: language,
    ...(octets && { policy: toHex(contentOf(octets)) }),
  }
}

/** entrustVersionInfo: a version such as `V7.1` and flags as hex. */
export function decodeEntrustVersion(tlv: Tlv): { readonly version: string; readonly flags: string } {
  const reader = asSequence(tlv, 'the version')
  const [version, flags] = [reader.read(), reader.read(TAG.bitString, 'the flags')]
  reader.finish('version')
  return { version: latin1Text(version), flags: toHex(readBitString(flags).bytes) }
}

/** cabfOrganizationIdentifier (EV Guidelines section 9.8.2). */
export function decodeOrganizationIdentifier(tlv: Tlv): Readonly<Record<string, string>> {
  const reader = asSequence(tlv, 'the organization identifier')
  const [scheme, country] = [decodeText(reader.read()), decodeText(reader.read())]
  const state = reader.readIf(contextTag(0, false))
  const reference = decodeText(reader.read())
  reader.finish('organization identifier')
  return {
    registrationSchemeIdentifier: scheme,
    registrationCountry: country,
    ...(state && { registrationStateOrProvince: latin1Text(state) }),
    registrationReference: reference,
  }
}

/** adobeTimestamp: where Adobe's software gets timestamps for this certificate. */
export function decodeAdobeTimestamp(tlv: Tlv): unknown {
  const reader = asSequence(tlv, 'the timestamp service')
  const version = readSmallInteger(reader.read(TAG.integer, 'the version'), 'the version')
  const location = readGeneralName(reader.read(undefined, 'the location'))
  const requiresAuth = reader.readIf(TAG.boolean)
  reader.finish('timestamp service')
  return { version, location, requiresAuth: requiresAuth !== undefined && readBoolean(requiresAuth) }
}

/** netscapeCertType: names of the bits. */
export const decodeNetscapeCertType = (tlv: Tlv): readonly string[] =>
  namedBits(requireTag(tlv, TAG.bitString, 'the type'), [
    'sslClient',
    'sslServer',
    'smime',
    'objectSigning',
    undefined,
    'sslCA',
    'smimeCA',
    'objectSigningCA',
  ])

/** fidoU2fTransports: names of the bits. */
export const decodeFidoTransports = (tlv: Tlv): readonly string[] =>
  namedBits(requireTag(tlv, TAG.bitString, 'the transports'), [
    'bluetooth',
    'bluetoothLowEnergy',
    'usb',
    'nfc',
    'usbInternal',
  ])
