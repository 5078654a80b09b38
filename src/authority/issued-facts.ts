import { sha1Hex, sha256Hex } from '../crypto/digest.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { extensionValue } from '../x509/extension-value.ts'
import { formatName } from '../x509/name.ts'
import type { LintSubject } from './lint/subject.ts'

/**
 * The facts of a certificate that was just signed, out of what the lints read back: the same bytes are not read twice.
 * Fields are in the order of `describeCertificate`, so that records look alike.
 *
 * @param subject of its signed part; no extension of it is malformed or stands twice, or it would not have been signed
 * @param der the whole certificate
 */
export function factsOfIssued(subject: LintSubject, der: Uint8Array): CertificateFacts {
  const { isSelfIssued, subjectText, extensions } = subject
  return {
    version: subject.version,
    serialNumber: subject.serialNumber,
    subject: subjectText,
    subjectAttributes: subject.subject,
    issuer: isSelfIssued ? subjectText : formatName(subject.issuer),
    issuerAttributes: subject.issuer,
    notBefore: subject.notBefore.text,
    notAfter: subject.notAfter.text,
    thumbprint: sha1Hex(der).toUpperCase(),
    fingerprint: sha256Hex(der),
    publicKey: subject.publicKey,
    signatureAlgorithm: subject.signatureAlgorithm,
    signatureAlgorithmOid: subject.signatureAlgorithmOid,
    subjectAltName: subject.subjectAltName,
    keyUsage: subject.keyUsage as CertificateFacts['keyUsage'],
    extendedKeyUsage: subject.extendedKeyUsage,
    basicConstraints: subject.basicConstraints,
    subjectKeyIdentifier: extensionValue(extensions, 'subjectKeyIdentifier') ?? null,
    authorityKeyIdentifier: extensionValue(extensions, 'authorityKeyIdentifier') ?? null,
    selfIssued: isSelfIssued,
  }
}
