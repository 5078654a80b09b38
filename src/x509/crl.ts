import { readAlgorithm } from '../asn1/algorithm.ts'
import { naming, requireOneValue } from '../asn1/gate.ts'
import { bytesOf, contextTag, DerReader, readTlv, requireTag, TAG, type Tlv } from '../asn1/reader.ts'
import { asBuffer } from '../asn1/strings.ts'
import { readInstant, readSmallInteger } from '../asn1/values.ts'
import { sameBytes } from '../base/bytes.ts'
import { sha256Hex } from '../crypto/digest.ts'
import type { CrlFacts, Extension, RevokedEntry } from '../domain/facts.ts'
import { checkRepeated, signatureAlgorithmName } from './algorithm.ts'
import { readRevokedEntry } from './crl-entry.ts'
import { extensionValue } from './extension-value.ts'
import { decodeExtensions } from './extensions.ts'
import { formatName, readName } from './name.ts'
import { readRawExtensions, readTaggedExtensions } from './raw-extensions.ts'
import { readSigned, signatureIn, type SignedTlvs } from './signed.ts'

/** A CRL taken apart for verifying. Views into the DER. */
export interface CrlParts {
  readonly tbs: Uint8Array
  readonly issuerDer: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signatureAlgorithmsAgree: boolean
  readonly signature: Uint8Array
}

const WHAT = 'CRL'

/**
 * What a CRL says about itself, and how many certificates it revokes.
 *
 * @param der exactly one CertificateList
 * @throws {CertmanError} `der.malformed`, `limit.exceeded`
 */
export function describeCrl(der: Uint8Array): CrlFacts {
  const tlvs = readCrl(der)
  return factsOf(tlvs, der, extensionsOf(tlvs))
}

function factsOf(tlvs: CrlTlvs, der: Uint8Array, extensions: readonly Extension[]): CrlFacts {
  return naming(WHAT, () => {
    const issuerAttributes = readName(tlvs.issuer)
    const { oid } = readAlgorithm(tlvs.outer.signatureAlgorithm)
    checkRepeated(tlvs.tbsSignature, tlvs.outer.signatureAlgorithm)
    return {
      version: tlvs.version,
      issuer: formatName(issuerAttributes),
      issuerAttributes,
      thisUpdate: readInstant(tlvs.thisUpdate),
      nextUpdate: tlvs.nextUpdate ? readInstant(tlvs.nextUpdate) : null,
      crlNumber: extensionValue(extensions, 'cRLNumber') ?? null,
      deltaCrlIndicator: extensionValue(extensions, 'deltaCRLIndicator') ?? null,
      authorityKeyIdentifier: extensionValue(extensions, 'authorityKeyIdentifier') ?? null,
      signatureAlgorithm: signatureAlgorithmName(oid),
      signatureAlgorithmOid: oid,
      fingerprint: sha256Hex(der),
      revokedCount: countEntries(tlvs.revoked),
    }
  })
}

/** The extensions of the CRL itself, in encoded order. @throws {CertmanError} `der.malformed` */
export const crlExtensions = (der: Uint8Array): readonly Extension[] => extensionsOf(readCrl(der))

const extensionsOf = ({ extensions }: CrlTlvs): readonly Extension[] =>
  naming(WHAT, () => decodeExtensions(readRawExtensions(extensions)))

/**
 * The revoked certificates in encoded order, one by one: memory does not grow with the CRL.
 *
 * @throws {CertmanError} `der.malformed`, while iterating when an entry is damaged
 */
export function* revokedEntries(der: Uint8Array): Iterable<RevokedEntry> {
  // a Buffer gives hex and text without a view for each value
  const { revoked } = readCrl(asBuffer(der))
  if (!revoked) return
  const reader = DerReader.into(revoked)
  while (!reader.atEnd) {
    const entry = reader.read(TAG.sequence, 'a revoked certificate')
    yield readRevokedEntry(entry)
  }
}

/** The pieces of a CRL. @throws {CertmanError} `der.malformed` */
export const crlParts = (der: Uint8Array): CrlParts => partsOf(readCrl(der))

function partsOf(tlvs: CrlTlvs): CrlParts {
  const algorithm = bytesOf(tlvs.outer.signatureAlgorithm)
  return {
    tbs: bytesOf(tlvs.outer.signed),
    issuerDer: bytesOf(tlvs.issuer),
    signatureAlgorithm: algorithm,
    signatureAlgorithmsAgree: sameBytes(algorithm, bytesOf(tlvs.tbsSignature)),
    signature: signatureIn(tlvs.outer.signature),
  }
}

/** All of that at once: each of the three walks over all entries. @throws {CertmanError} `der.malformed`, `limit.exceeded` */
export function openCrl(der: Uint8Array): {
  readonly facts: CrlFacts
  readonly extensions: readonly Extension[]
  readonly parts: CrlParts
} {
  const tlvs = readCrl(der)
  const extensions = extensionsOf(tlvs)
  return { facts: factsOf(tlvs, der, extensions), extensions, parts: partsOf(tlvs) }
}

function countEntries(revoked: Tlv | undefined): number {
  if (!revoked) return 0
  let count = 0
  for (let at = revoked.contentStart; at < revoked.end; count++) {
    const entry = readTlv(revoked.source, at, revoked.end)
    at = requireTag(entry, TAG.sequence, 'a revoked certificate').end
  }
  return count
}

type CrlTlvs = ReturnType<typeof readTbs>

/** The pieces of one CRL as they lie in its DER (RFC 5280 section 5.1). */
function readCrl(der: Uint8Array): CrlTlvs {
  requireOneValue(der, WHAT)
  return naming(WHAT, () => readTbs(readSigned(der, 'a certificate list')))
}

function readTbs(outer: SignedTlvs) {
  const reader = DerReader.into(outer.signed)
  const version = reader.readIf(TAG.integer)
  const tbsSignature = reader.read(TAG.sequence, 'the signature algorithm')
  const issuer = reader.read(TAG.sequence, 'the issuer')
  const thisUpdate = reader.read(undefined, 'thisUpdate')
  const nextUpdate = reader.readIf(TAG.utcTime) ?? reader.readIf(TAG.generalizedTime)
  const revoked = reader.readIf(TAG.sequence)
  const extensions = readTaggedExtensions(reader, contextTag(0, true))
  reader.finish('signed part')
  return {
    outer,
    version: version ? readSmallInteger(version, 'the version') + 1 : 1,
    tbsSignature,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    extensions,
  }
}
