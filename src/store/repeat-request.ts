import { contentOf } from '../asn1/reader.ts'
import { certificateParts } from '../x509/certificate.ts'
import { csrParts, requestedExtensions } from '../x509/csr.ts'
import { readRawExtensions } from '../x509/raw-extensions.ts'
import { extension } from '../x509/write-extensions.ts'

/** Names and usages that the next request asks for again. */
export interface Repeated {
  /** Name DER. */
  readonly subject: Uint8Array
  /** Extension DER each. */
  readonly extensions: readonly Uint8Array[]
}

/** RFC 5280 section 4.2.1.6. */
export const SUBJECT_ALT_NAME = '2.5.29.17'
/** RFC 5280 section 4.2.1.3. */
export const KEY_USAGE = '2.5.29.15'
/** RFC 5280 section 4.2.1.12. */
export const EXTENDED_KEY_USAGE = '2.5.29.37'

/** The names of a certificate and these of its extensions, byte for byte. @throws {CertmanError} `der.malformed` */
export function repeatCertificate(der: Uint8Array, oids: readonly string[]): Repeated {
  const { subjectDer, extensionsTlv } = certificateParts(der)
  const extensions = readRawExtensions(extensionsTlv)
    .filter(({ oid }) => oids.includes(oid))
    .map(({ oid, critical, octets }) => extension(oid, critical, contentOf(octets)))
  return { subject: subjectDer, extensions }
}

/** The same of a request. @throws {CertmanError} `der.malformed` */
export function repeatCsr(der: Uint8Array, oids: readonly string[]): Repeated {
  const extensions = requestedExtensions(der)
    .filter(({ oid }) => oids.includes(oid))
    .map(({ oid, critical, value }) => extension(oid, critical, value))
  return { subject: csrParts(der).subjectDer, extensions }
}
