import { toHex } from '../base/bytes.ts'
import { isCertmanError } from '../base/errors.ts'
import { orNoneSync } from '../base/or-none.ts'
import { namesOf } from '../asn1/oids.ts'
import { contentOf, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { bmpText, textOf } from '../asn1/strings.ts'
import { readOid, readSmallInteger } from '../asn1/values.ts'
import type { CsrFacts } from '../domain/facts.ts'
import { readRawExtensions, type RawExtension } from './raw-extensions.ts'

/** One attribute of a request: its type and its SET of values (RFC 2986 section 4.1). */
export interface CsrAttribute {
  readonly oid: string
  readonly values: Tlv
}

/** challengePassword (RFC 2985 section 5.4.1). A secret between requester and authority: its value is never shown. */
export const CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7'

// RFC 2985 section 5.4.2, and what Microsoft used before it
const EXTENSION_REQUESTS = ['1.2.840.113549.1.9.14', '1.3.6.1.4.1.311.2.1.14']

const FAMILIES = ['extension', 'requestAttribute', 'attributeType'] as const

function nameOf(oid: string): string | undefined {
  const family = FAMILIES.find((each) => namesOf(each).has(oid))
  return family && namesOf(family).get(oid)
}

/** Reads the attributes of a request. @throws {CertmanError} `der.malformed` */
export function readCsrAttributes(reader: DerReader): CsrAttribute[] {
  const attributes: CsrAttribute[] = []
  while (!reader.atEnd) {
    const attribute = reader.enter(TAG.sequence, 'an attribute')
    const oid = readOid(attribute.read(TAG.oid, 'the type of an attribute'))
    attributes.push({ oid, values: attribute.read(TAG.set, 'the values of an attribute') })
    attribute.finish('attribute')
  }
  return attributes
}

/** The extensions of all extension requests, in encoded order. @throws {CertmanError} `der.malformed` */
export const requestedExtensions = (attributes: readonly CsrAttribute[]): RawExtension[] =>
  attributes.flatMap(extensionsIn)

/** The same without the extension requests that cannot be read: for showing, never for signing. */
export const readableExtensions = (attributes: readonly CsrAttribute[]): RawExtension[] =>
  attributes.flatMap((attribute) => {
    const asked = tryExtensionsIn(attribute)
    return typeof asked === 'string' ? [] : asked
  })

function extensionsIn({ oid, values }: CsrAttribute): RawExtension[] {
  const reader = DerReader.into(values)
  // an empty set asks for nothing; Java and Go write it
  if (!EXTENSION_REQUESTS.includes(oid) || reader.atEnd) return []
  const extensions = readRawExtensions(reader.read(TAG.sequence, 'the requested extensions'))
  reader.finish('requested extensions')
  return extensions
}

/** @returns what is wrong, where they cannot be read */
function tryExtensionsIn(attribute: CsrAttribute): RawExtension[] | string {
  try {
    return extensionsIn(attribute)
  } catch (error) {
    if (isCertmanError(error, 'der.malformed')) return error.message
    throw error
  }
}

type Attribute = CsrFacts['attributes'][number]
type Described = { -readonly [Field in keyof Attribute]: Attribute[Field] }

/** One attribute as facts: its value where it is known and no secret, else the hex of its values. */
export function describeAttribute(attribute: CsrAttribute): Attribute {
  const { oid, values } = attribute
  const described: Described = { oid }
  const name = nameOf(oid)
  if (name !== undefined) described.name = name
  if (oid === CHALLENGE_PASSWORD) return described
  if (!EXTENSION_REQUESTS.includes(oid)) return withValue(described, attributeValue(oid, values), values)
  const asked = tryExtensionsIn(attribute)
  if (typeof asked === 'string') return { ...withValue(described, undefined, values), malformed: asked }
  const names = asked.map((extension) => nameOf(extension.oid) ?? extension.oid)
  return withValue(described, names, values)
}

function withValue(described: Described, value: unknown, values: Tlv): Described {
  if (value === undefined) described.hex = toHex(contentOf(values))
  else described.value = value
  return described
}

/** Its one value; undefined when there are several, or a malformed one: the attribute only tells, it grants nothing. */
function attributeValue(oid: string, values: Tlv): unknown {
  return orNoneSync(() => {
    const reader = DerReader.into(values)
    const value = reader.atEnd ? undefined : reader.read()
    if (!value || !reader.atEnd) return undefined
    if (oid === '1.3.6.1.4.1.311.13.2.2') return cspOf(value)
    if (oid === '1.3.6.1.4.1.311.21.20') return clientInfoOf(value)
    return textOf(value)
  })
}

/** EnrollmentCSP ([MS-WCCE] section 2.2.2.7.2). */
function cspOf(value: Tlv): unknown {
  const reader = DerReader.into(value)
  const [keySpec, name] = [reader.readIf(TAG.integer), reader.readIf(TAG.bmpString)]
  return keySpec && name ? { keySpec: readSmallInteger(keySpec), name: bmpText(name) } : undefined
}

/** RequestClientInfo ([MS-WCCE] section 2.2.2.7.4). */
function clientInfoOf(value: Tlv): unknown {
  if (value.tag !== TAG.sequence) return undefined
  const reader = DerReader.into(value)
  const clientId = reader.readIf(TAG.integer)
  const texts: (string | undefined)[] = []
  while (!reader.atEnd) texts.push(textOf(reader.read()))
  const [machineName, userName, processName] = texts
  return clientId && { clientId: readSmallInteger(clientId), machineName, userName, processName }
}
