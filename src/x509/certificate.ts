import { readAlgorithm } from '../asn1/algorithm.ts'
import { naming, requireOneValue } from '../asn1/gate.ts'
import { bytesOf, contentOf, contextTag, DerReader, readTlv, TAG, type Tlv } from '../asn1/reader.ts'
import { asBuffer } from '../asn1/strings.ts'
import { readInstant, readIntegerHex, readSmallInteger, readZonelessInstant } from '../asn1/values.ts'
import { sameBytes } from '../base/bytes.ts'
import { sha1Hex, sha256Hex } from '../crypto/digest.ts'
import type { CertificateFacts, Extension } from '../domain/facts.ts'
import { checkRepeated, signatureAlgorithmName } from './algorithm.ts'
import { extensionFacts } from './extension-facts.ts'
import { decodeExtensions } from './extensions.ts'
import { formatName, readName, sameName } from './name.ts'
import { publicKeyFacts } from './public-key.ts'
import { readRawExtensions, readTaggedExtensions } from './raw-extensions.ts'
import { readSigned, signatureIn, type SignedTlvs } from './signed.ts'

/** A certificate taken apart for verifying, path building and export. Views into the DER; nothing is copied. */
export interface CertificateParts {
  /** What is signed. */
  readonly tbs: Uint8Array
  /** AlgorithmIdentifier DER outside the signed part. */
  readonly signatureAlgorithm: Uint8Array
  /** Whether the AlgorithmIdentifier inside the signed part is the same (RFC 5280 section 4.1.1.2 demands it). */
  readonly signatureAlgorithmsAgree: boolean
  /** Content of the BIT STRING, without the octet of unused bits. */
  readonly signature: Uint8Array
  /** SubjectPublicKeyInfo DER. */
  readonly spki: Uint8Array
  readonly issuerDer: Uint8Array
  readonly subjectDer: Uint8Array
  /** INTEGER DER of the serial number. */
  readonly serialNumberDer: Uint8Array
  /** Octets of the BIT STRINGs, where a very old certificate has them. */
  readonly issuerUniqueId?: Uint8Array
  readonly subjectUniqueId?: Uint8Array
  /** The SEQUENCE OF Extension; absent in version 1. */
  readonly extensionsTlv?: Tlv
}

const WHAT = 'certificate'

/**
 * Everything that a listing shows of a certificate, without decoding the extensions that have no field of their own.
 *
 * @param der exactly one certificate
 * @throws {CertmanError} `der.malformed`, `limit.exceeded`
 */
export function describeCertificate(der: Uint8Array): CertificateFacts {
  // only text leaves here, and a Buffer gives text without a view for each value
  const bytes = asBuffer(der)
  const tlvs = readCertificate(bytes)
  return naming(WHAT, () => factsOf(tlvs, bytes))
}

/**
 * The same of a certificate that `describeCertificate` refuses for times without a zone: they are read as UTC, and named
 * in `zonelessTimes`. For what is kept already; what comes in must be right (RFC 5280 section 4.1.2.5).
 *
 * @throws {CertmanError} `der.malformed` when anything else is wrong, too
 */
export function describeZoneless(der: Uint8Array): CertificateFacts {
  const bytes = asBuffer(der)
  const tlvs = readCertificate(bytes)
  return naming(WHAT, () => {
    const times = {
      notBefore: readZonelessInstant(tlvs.notBefore),
      notAfter: readZonelessInstant(tlvs.notAfter),
    }
    const { notBefore = readInstant(tlvs.notBefore), notAfter = readInstant(tlvs.notAfter) } = times
    const zonelessTimes = (['notBefore', 'notAfter'] as const).filter((time) => times[time] !== undefined)
    return { ...factsOf(tlvs, bytes, { notBefore, notAfter }), zonelessTimes }
  })
}

interface Validity {
  readonly notBefore: string
  readonly notAfter: string
}

const validityIn = ({ notBefore, notAfter }: CertificateTlvs): Validity => ({
  notBefore: readInstant(notBefore),
  notAfter: readInstant(notAfter),
})

function factsOf(
  tlvs: CertificateTlvs,
  der: Uint8Array,
  { notBefore, notAfter }: Validity = validityIn(tlvs),
): CertificateFacts {
  const subjectAttributes = readName(tlvs.subject)
  const isSelfIssued = sameName(tlvs.subject, tlvs.issuer)
  const issuerAttributes = isSelfIssued ? subjectAttributes : readName(tlvs.issuer)
  const subject = formatName(subjectAttributes)
  const { oid } = readAlgorithm(tlvs.outer.signatureAlgorithm)
  checkRepeated(tlvs.tbsSignature, tlvs.outer.signatureAlgorithm)
  return {
    version: tlvs.version,
    serialNumber: readIntegerHex(tlvs.serialNumber),
    subject,
    subjectAttributes,
    issuer: isSelfIssued ? subject : formatName(issuerAttributes),
    issuerAttributes,
    notBefore,
    notAfter,
    thumbprint: sha1Hex(der).toUpperCase(),
    fingerprint: sha256Hex(der),
    publicKey: publicKeyFacts(tlvs.spki),
    signatureAlgorithm: signatureAlgorithmName(oid),
    signatureAlgorithmOid: oid,
    ...extensionFacts(readRawExtensions(tlvs.extensions)),
    selfIssued: isSelfIssued,
  }
}

/**
 * All extensions in encoded order, decoded where they are known. A malformed one says why and gives its hex.
 *
 * @throws {CertmanError} `der.malformed` when the certificate itself cannot be read
 */
export const certificateExtensions = (der: Uint8Array): readonly Extension[] =>
  decodeExtensions(readRawExtensions(readCertificate(der).extensions))

/** The pieces of a certificate as views into `der`. @throws {CertmanError} `der.malformed` */
export function certificateParts(der: Uint8Array): CertificateParts {
  const tlvs = readCertificate(der)
  const algorithm = bytesOf(tlvs.outer.signatureAlgorithm)
  return {
    tbs: bytesOf(tlvs.outer.signed),
    signatureAlgorithm: algorithm,
    signatureAlgorithmsAgree: sameBytes(algorithm, bytesOf(tlvs.tbsSignature)),
    signature: signatureIn(tlvs.outer.signature),
    spki: bytesOf(tlvs.spki),
    issuerDer: bytesOf(tlvs.issuer),
    subjectDer: bytesOf(tlvs.subject),
    serialNumberDer: bytesOf(tlvs.serialNumber),
    ...(tlvs.issuerUniqueId && { issuerUniqueId: contentOf(tlvs.issuerUniqueId).subarray(1) }),
    ...(tlvs.subjectUniqueId && { subjectUniqueId: contentOf(tlvs.subjectUniqueId).subarray(1) }),
    ...(tlvs.extensions && { extensionsTlv: tlvs.extensions }),
  }
}

/**
 * Cuts an OpenSSL `TRUSTED CERTIFICATE` into the certificate and its auxiliary part (trust settings, alias).
 *
 * @returns `auxiliary` is absent when nothing follows the certificate
 * @throws {CertmanError} `der.malformed` when no value stands at the start
 */
export function splitTrustedCertificate(der: Uint8Array): {
  readonly certificate: Uint8Array
  readonly auxiliary?: Uint8Array
} {
  const { end } = naming(WHAT, () => readTlv(der, 0, der.length))
  if (end === der.length) return { certificate: der }
  return { certificate: der.subarray(0, end), auxiliary: der.subarray(end) }
}

type CertificateTlvs = ReturnType<typeof readTbs>

/** The pieces of one certificate as they lie in its DER (RFC 5280 section 4.1). */
function readCertificate(der: Uint8Array): CertificateTlvs {
  requireOneValue(der, WHAT)
  return naming(WHAT, () => readTbs(readSigned(der, 'a certificate')))
}

function readTbs(outer: SignedTlvs) {
  const reader = DerReader.into(outer.signed)
  const version = readVersion(reader)
  const serialNumber = reader.read(TAG.integer, 'the serial number')
  const tbsSignature = reader.read(TAG.sequence, 'the signature algorithm')
  const issuer = reader.read(TAG.sequence, 'the issuer')
  const validity = reader.enter(TAG.sequence, 'the validity')
  const notBefore = validity.read(undefined, 'notBefore')
  const notAfter = validity.read(undefined, 'notAfter')
  validity.finish('validity')
  const subject = reader.read(TAG.sequence, 'the subject')
  const spki = reader.read(TAG.sequence, 'the public key')
  // obsolete, and still to be read (RFC 5280 section 4.1.2.8)
  const issuerUniqueId = reader.readIf(contextTag(1, false))
  const subjectUniqueId = reader.readIf(contextTag(2, false))
  const extensions = readTaggedExtensions(reader, contextTag(3, true))
  reader.finish('signed part')
  // one literal: spreading one object into another costs more than reading the certificate
  return {
    outer,
    version,
    serialNumber,
    tbsSignature,
    issuer,
    notBefore,
    notAfter,
    subject,
    spki,
    issuerUniqueId,
    subjectUniqueId,
    extensions,
  }
}

/** The number that people know: version 1 is absent (RFC 5280 section 4.1.2.1). */
function readVersion(reader: DerReader): number {
  const tagged = reader.enterIf(contextTag(0, true))
  if (!tagged) return 1
  const version = readSmallInteger(tagged.read(TAG.integer, 'the version'), 'the version') + 1
  tagged.finish('version')
  return version
}
