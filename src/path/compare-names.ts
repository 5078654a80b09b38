import { requireOneValue } from '../asn1/gate.ts'
import { orNoneSync } from '../base/or-none.ts'
import { foldNameValue } from '../base/fold-name.ts'
import type { NameAttributes } from '../domain/facts.ts'
import { certificateParts } from '../x509/certificate.ts'
import { readName } from '../x509/name.ts'
import { parseNameText } from '../x509/name-text.ts'

/**
 * The RDNs, equal where RFC 5280 section 7.1 takes them for the same: upper and lower case alike, runs of spaces as one,
 * in any order inside.
 */
export const foldedRdns = (name: NameAttributes): readonly string[] =>
  // as JSON: a value may hold whatever stands between the others
  name.map((rdn) => JSON.stringify(rdn.map(({ oid, value }) => `${oid}=${foldNameValue(value)}`).toSorted()))

/** Names are asked for again with every issuer and every CRL: half of the time of a search went into folding them. */
const keys = new WeakMap<NameAttributes, string>()

/** Equal for names that RFC 5280 section 7.1 takes for the same; no name to be shown. */
export function nameKey(name: NameAttributes): string {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = JSON.stringify(foldedRdns(name))
  keys.set(name, key)
  return key
}

/** The key of a certificate's subject, without the price of reading all of it. @throws {CertmanError} `der.malformed` */
export const subjectKey = (der: Uint8Array): string =>
  nameKey(readName(requireOneValue(certificateParts(der).subjectDer, 'name')))

/** The RDNs of RFC 4514 text; undefined for a name that nobody may have: an attribute of it is empty. */
export const rdnsOfText = (text: string): NameAttributes | undefined =>
  orNoneSync(() => readName(requireOneValue(parseNameText(text), 'name')))

/** The key of a name that is given as RFC 4514 text; equal to no other for a name that nobody may have. */
export function nameTextKey(text: string): string {
  const rdns = rdnsOfText(text)
  return rdns ? nameKey(rdns) : `? ${text}`
}
