import { requireOneValue } from '../asn1/gate.ts'
import { isCertmanError } from '../base/errors.ts'
import type { NameAttributes } from '../domain/facts.ts'
import { certificateParts } from '../x509/certificate.ts'
import { readName } from '../x509/name.ts'
import { parseNameText } from '../x509/name-text.ts'

/**
 * Characters that RFC 4518 section 2.2 maps to nothing: they are not to be seen. A function: V8 takes a millisecond to
 * parse the properties, and ASCII needs none.
 */
const unseen = (): RegExp => /[\p{Cf}\p{Variation_Selector}\u1806\ufffc]|\u034f/gu

const isAscii = (value: string): boolean => /^[\x20-\x7e]*$/.test(value)

const fold = (value: string): string =>
  (isAscii(value) ? value : value.replace(unseen(), '').normalize('NFKC'))
    .toLowerCase()
    .trim()
    .replace(/\s+/g, ' ')

/** Upper and lower case alike, runs of spaces as one (RFC 5280 section 7.1); the order inside an RDN does not count. */
export const foldRdn = (rdn: NameAttributes[number]): string =>
  // as JSON: a value may hold whatever stands between the others
  JSON.stringify(rdn.map(({ oid, value }) => `${oid}=${fold(value)}`).toSorted())

/** Names are asked for again with every issuer and every CRL: half of the time of a search went into folding them. */
const keys = new WeakMap<NameAttributes, string>()

/** Equal for names that RFC 5280 section 7.1 takes for the same; no name to be shown. */
export function nameKey(name: NameAttributes): string {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = JSON.stringify(name.map((rdn) => foldRdn(rdn)))
  keys.set(name, key)
  return key
}

/** The key of a certificate's subject, without the price of reading all of it. @throws {CertmanError} `der.malformed` */
export const subjectKey = (der: Uint8Array): string =>
  nameKey(readName(requireOneValue(certificateParts(der).subjectDer, 'name')))

/** The RDNs of RFC 4514 text; undefined for a name that nobody may have: an attribute of it is empty. */
export function rdnsOfText(text: string): NameAttributes | undefined {
  try {
    return readName(requireOneValue(parseNameText(text), 'name'))
  } catch (error) {
    if (isCertmanError(error)) return undefined
    throw error
  }
}

/** The key of a name that is given as RFC 4514 text; equal to no other for a name that nobody may have. */
export function nameTextKey(text: string): string {
  const rdns = rdnsOfText(text)
  return rdns ? nameKey(rdns) : `? ${text}`
}
