import { nameOrOid, oidOfName } from '../../asn1/oids.ts'

/** Key purposes as an English Windows shows them. Hosts of other languages show others; unknown ones are `null`. */
const PURPOSES: readonly (readonly [oid: string, label: string])[] = [
  ['1.3.6.1.5.5.7.3.1', 'Server Authentication'],
  ['1.3.6.1.5.5.7.3.2', 'Client Authentication'],
  ['1.3.6.1.5.5.7.3.3', 'Code Signing'],
  ['1.3.6.1.5.5.7.3.4', 'Secure Email'],
  ['1.3.6.1.5.5.7.3.5', 'IP security end system'],
  ['1.3.6.1.5.5.7.3.6', 'IP security tunnel termination'],
  ['1.3.6.1.5.5.7.3.7', 'IP security user'],
  ['1.3.6.1.5.5.7.3.8', 'Time Stamping'],
  ['1.3.6.1.5.5.7.3.9', 'OCSP Signing'],
  ['1.3.6.1.5.5.8.2.2', 'IP security IKE intermediate'],
  ['2.5.29.37.0', 'Any Purpose'],
  ['1.3.6.1.4.1.311.20.2.1', 'Certificate Request Agent'],
  ['1.3.6.1.4.1.311.20.2.2', 'Smart Card Logon'],
  ['1.3.6.1.4.1.311.10.3.4', 'Encrypting File System'],
  ['1.3.6.1.4.1.311.10.3.12', 'Document Signing'],
  ['1.3.6.1.5.2.3.5', 'KDC Authentication'],
]

const LABELS = new Map(PURPOSES)
const OIDS = new Map(PURPOSES.map(([oid, label]) => [label.toLowerCase(), oid]))

/** The OID of a purpose by our name for it; what is no name of ours stands for itself. */
export const purposeOid = (name: string): string => oidOfName('keyPurpose', name) ?? name

/** What Windows shows for a purpose (our name or its OID); `null` where it has no name. */
export const purposeLabel = (name: string): string | null => LABELS.get(purposeOid(name)) ?? null

/** Our name of a purpose by its label; labels of another language, and OIDs, stay as they are. */
export function purposeName(label: string): string {
  const oid = OIDS.get(label.trim().toLowerCase())
  return nameOrOid('keyPurpose', oid ?? label)
}

/** Names of signature algorithms: ours (RFC), then those of Windows. PSS carries no digest there. */
const SIGNATURES: readonly (readonly [ours: string, windows: string])[] = [
  ['sha256WithRSAEncryption', 'sha256RSA'],
  ['sha384WithRSAEncryption', 'sha384RSA'],
  ['sha512WithRSAEncryption', 'sha512RSA'],
  ['sha1WithRSAEncryption', 'sha1RSA'],
  ['md5WithRSAEncryption', 'md5RSA'],
  ['md4WithRSAEncryption', 'md4RSA'],
  ['md2WithRSAEncryption', 'md2RSA'],
  ['rsassaPss', 'RSASSA-PSS'],
  ['ecdsa-with-SHA256', 'sha256ECDSA'],
  ['ecdsa-with-SHA384', 'sha384ECDSA'],
  ['ecdsa-with-SHA512', 'sha512ECDSA'],
  ['ecdsa-with-SHA1', 'sha1ECDSA'],
  ['ecdsa-with-Specified', 'specifiedECDSA'],
  ['dsa-with-SHA1', 'sha1DSA'],
]

const TO_WINDOWS = new Map(SIGNATURES)
const TO_OURS = new Map(SIGNATURES.map(([ours, windows]) => [windows.toLowerCase(), ours]))

/** What Windows calls a signature algorithm; those that it does not know keep our name. */
export const signatureLabel = (name: string): string => TO_WINDOWS.get(name) ?? name

/** Our name of what Windows shows; unknown ones stay. */
export const signatureName = (label: string): string => TO_OURS.get(label.toLowerCase()) ?? label
