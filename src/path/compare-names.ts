import { requireOneValue } from '../asn1/gate.ts'
import type { NameAttributes } from '../domain/facts.ts'
import { certificateParts } from '../x509/certificate.ts'
import { readName } from '../x509/name.ts'

/** Upper and lower case alike, runs of spaces as one (RFC 5280 section 7.1); the order inside an RDN does not count. */
export const foldRdn = (rdn: NameAttributes[number]): string =>
  rdn
    .map(({ oid, value }) => `${oid}=${value.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')}`)
    .toSorted()
    .join('+')

/** Equal for names that RFC 5280 section 7.1 takes for the same; no name to be shown. */
export const nameKey = (name: NameAttributes): string => JSON.stringify(name.map((rdn) => foldRdn(rdn)))

/** The key of a certificate's subject, without the price of reading all of it. @throws {CertmanError} `der.malformed` */
export const subjectKey = (der: Uint8Array): string =>
  nameKey(readName(requireOneValue(certificateParts(der).subjectDer, 'name')))
