import type { JsonObject } from '../../base/json.ts'
import type { GeneralName, NameAttribute, NameAttributes } from '../../domain/facts.ts'
import { ia5String, oid, printableString, sequence, setOf, utf8String } from '../../asn1/writer.ts'
import type { PemBlock } from '../../formats/pem.ts'
import { knownFacts } from '../../x509/known-facts.ts'
import { SUBJECT_MEMBERS, type WireSubject } from './wire.ts'

/** The certificates among blocks of PEM, every one of them looked into. @throws {CertmanError} `der.malformed` */
export function certificateBlocks(blocks: readonly PemBlock[]): readonly Uint8Array[] {
  const found = blocks.filter(({ label }) => /^(?:X509 )?CERTIFICATE$/.test(label)).map(({ der }) => der)
  for (const der of found) knownFacts(der)
  return found
}

/** What of a certificate or request its subject members are read from. */
export interface Named {
  readonly subjectAttributes?: NameAttributes | undefined
  readonly subjectAltName?: readonly GeneralName[] | null | undefined
}

/** The same of a listed row, whose types nobody vouches for. */
export const namedOf = (row: JsonObject): Named => ({
  subjectAttributes: row['subjectAttributes'] as unknown as NameAttributes | undefined,
  subjectAltName: row['subjectAltName'] as unknown as readonly GeneralName[] | undefined,
})

const lastOf = (name: NameAttributes, type: string): string | undefined =>
  name.flat().findLast((attribute) => attribute.oid === type)?.value

/** A subject as the vendor has it. The first DNS name stands in for a common name that is missing. */
export function subjectMembers({ subjectAttributes = [], subjectAltName }: Named): WireSubject {
  const members = Object.fromEntries(
    SUBJECT_MEMBERS.map(([name, type]) => [name, lastOf(subjectAttributes, type) ?? '']),
  ) as unknown as WireSubject
  if (members.common_name !== '') return members
  const dns = subjectAltName?.find(({ type }) => type === 'dns')
  return { ...members, common_name: dns?.value ?? '' }
}

/** Order of the attributes in a name, as OpenSSL's requests have it; the vendor's time knew no other. */
const ORDER = [
  'country_code',
  'state_province',
  'locality',
  'organization_name',
  'organization_unit',
  'common_name',
  'email',
] as const satisfies readonly (keyof WireSubject)[]

const TYPES = new Map<string, string>(SUBJECT_MEMBERS.map(([name, type]) => [name, type]))

/** Name DER of a subject; empty members are left out. Values must fit their string type already. */
export function writeSubject(subject: WireSubject): Uint8Array {
  const given = ORDER.filter((name) => subject[name] !== '')
  return sequence(...given.map((name) => setOf([sequence(oid(TYPES.get(name)!), text(name, subject[name]))])))
}

// RFC 5280 appendix A.1: countries are PrintableString, addresses IA5String
function text(name: keyof WireSubject, value: WireSubject[typeof name]): Uint8Array {
  if (name === 'country_code') return printableString(String(value))
  return name === 'email' ? ia5String(String(value)) : utf8String(String(value))
}

/** The attributes of a name that the vendor has no member for: other types, and second values. */
export function attributesLost(name: NameAttributes): readonly NameAttribute[] {
  const seen = new Set<string>()
  const known = new Set(TYPES.values())
  return name.flat().filter(({ oid: type }) => {
    const isLost = !known.has(type) || seen.has(type)
    seen.add(type)
    return isLost
  })
}
