const PKCS7 = '1.2.840.113549.1.7'
const PKCS9 = '1.2.840.113549.1.9'
const BAGS = '1.2.840.113549.1.12.10.1'

/** Object identifiers of RFC 7292 (bags), RFC 2985 (attributes, values) and of Microsoft and Oracle. */
export const OID = {
  data: `${PKCS7}.1`,
  signedData: `${PKCS7}.2`,
  envelopedData: `${PKCS7}.3`,
  encryptedData: `${PKCS7}.6`,
  keyBag: `${BAGS}.1`,
  shroudedKeyBag: `${BAGS}.2`,
  certBag: `${BAGS}.3`,
  crlBag: `${BAGS}.4`,
  secretBag: `${BAGS}.5`,
  safeContentsBag: `${BAGS}.6`,
  x509Certificate: `${PKCS9}.22.1`,
  sdsiCertificate: `${PKCS9}.22.2`,
  friendlyName: `${PKCS9}.20`,
  localKeyId: `${PKCS9}.21`,
  /** Microsoft: name of the cryptographic service provider that is to hold the key. */
  keyProvider: '1.3.6.1.4.1.311.17.1',
  /** ORACLE_TrustedKeyUsage: without it Java ignores a certificate that has no key. */
  javaTrusted: '2.16.840.1.113894.746875.1.1',
  anyExtendedKeyUsage: '2.5.29.37.0',
} as const
