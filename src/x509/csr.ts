import { readAlgorithm } from '../asn1/algorithm.ts'
import { naming, requireOneValue } from '../asn1/gate.ts'
import { bytesOf, contentOf, contextTag, DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { asBuffer } from '../asn1/strings.ts'
import { readSmallInteger } from '../asn1/values.ts'
import { sha256Hex } from '../crypto/digest.ts'
import { verifySignature, type SignatureVerdict } from '../crypto/verify.ts'
import type { CsrFacts, Extension } from '../domain/facts.ts'
import { signatureAlgorithmName } from './algorithm.ts'
import {
  CHALLENGE_PASSWORD,
  describeAttribute,
  readableExtensions,
  readCsrAttributes,
  requestedExtensions as extensionsOf,
  type CsrAttribute,
} from './csr-attributes.ts'
import { extensionFacts } from './extension-facts.ts'
import { decodeExtensions } from './extensions.ts'
import { formatName, readName } from './name.ts'
import { publicKeyFacts } from './public-key.ts'
import { readSigned, signatureIn, type SignedTlvs } from './signed.ts'

/** The pieces of one PKCS#10 request as views into its DER (RFC 2986 section 4). */
export interface CsrParts {
  /** What is signed. */
  readonly info: Uint8Array
  readonly subjectDer: Uint8Array
  readonly spki: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signature: Uint8Array
}

const WHAT = 'certificate request'

/**
 * What a PKCS#10 request asks for. Its signature is not checked here, see `csrSignature`. Requested extensions that cannot
 * be told apart are named in `malformedExtensions`, and the rest is read: an authority refuses such a request.
 *
 * @param der exactly one request
 * @throws {CertmanError} `der.malformed`
 */
export function describeCsr(der: Uint8Array): CsrFacts {
  return factsOf(readCsr(der), der)
}

/** Everything that an authority looks at, read in one go. @throws {CertmanError} `der.malformed`, also for the requested extensions */
export function takeCsrApart(der: Uint8Array): {
  readonly facts: CsrFacts
  readonly parts: CsrParts
  readonly extensions: readonly RequestedExtension[]
} {
  const tlvs = readCsr(asBuffer(der))
  return { facts: factsOf(tlvs, der), parts: partsOf(tlvs), extensions: requestedOf(tlvs) }
}

function factsOf(tlvs: CsrTlvs, der: Uint8Array): CsrFacts {
  return naming(WHAT, () => {
    const subjectAttributes = readName(tlvs.subject)
    const { oid } = readAlgorithm(tlvs.outer.signatureAlgorithm)
    const { authorityKeyIdentifier: _, ...facts } = extensionFacts(readableExtensions(tlvs.attributes))
    const attributes = tlvs.attributes.map(describeAttribute)
    const broken = attributes.filter(({ malformed }) => malformed !== undefined)
    const malformed = [...(facts.malformedExtensions ?? []), ...broken.map(({ name, oid }) => name ?? oid)]
    return {
      version: tlvs.version,
      subject: formatName(subjectAttributes),
      subjectAttributes,
      publicKey: publicKeyFacts(tlvs.spki),
      signatureAlgorithm: signatureAlgorithmName(oid),
      signatureAlgorithmOid: oid,
      fingerprint: sha256Hex(der),
      ...facts,
      ...(malformed.length > 0 && { malformedExtensions: malformed }),
      attributes,
      challengePassword: tlvs.attributes.some((attribute) => attribute.oid === CHALLENGE_PASSWORD),
    }
  })
}

/** The requested extensions in encoded order, as far as they can be told apart. @throws {CertmanError} `der.malformed` */
export function csrExtensions(der: Uint8Array): readonly Extension[] {
  const { attributes } = readCsr(der)
  return naming(WHAT, () => decodeExtensions(readableExtensions(attributes)))
}

/** One extension that a request asks for, not decoded. */
export interface RequestedExtension {
  readonly oid: string
  readonly critical: boolean
  /** DER of the value as it came: content of the OCTET STRING, a view. */
  readonly value: Uint8Array
}

/**
 * The extensions that a request asks for, byte for byte and in encoded order, in PKCS#9 form and in Microsoft's.
 * One asked for twice stands there twice.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function requestedExtensions(der: Uint8Array): readonly RequestedExtension[] {
  return requestedOf(readCsr(der))
}

function requestedOf({ attributes }: CsrTlvs): readonly RequestedExtension[] {
  const raw = naming(WHAT, () => extensionsOf(attributes))
  return raw.map(({ oid, critical, octets }) => ({ oid, critical, value: contentOf(octets) }))
}

/** Whether the request is signed by the key it carries: the proof of possession. @throws {CertmanError} `der.malformed` */
export function csrSignature(der: Uint8Array): SignatureVerdict {
  const { info, signatureAlgorithm, signature, spki } = csrParts(der)
  return verifySignature({ algorithm: signatureAlgorithm, signed: info, signature, spki })
}

/** The pieces of a request. @throws {CertmanError} `der.malformed` */
export function csrParts(der: Uint8Array): CsrParts {
  return partsOf(readCsr(der))
}

const partsOf = (tlvs: CsrTlvs): CsrParts => ({
  info: bytesOf(tlvs.outer.signed),
  subjectDer: bytesOf(tlvs.subject),
  spki: bytesOf(tlvs.spki),
  signatureAlgorithm: bytesOf(tlvs.outer.signatureAlgorithm),
  signature: signatureIn(tlvs.outer.signature),
})

interface CsrTlvs {
  readonly outer: SignedTlvs
  readonly version: number
  readonly subject: Tlv
  readonly spki: Tlv
  readonly attributes: readonly CsrAttribute[]
}

function readCsr(der: Uint8Array): CsrTlvs {
  requireOneValue(der, WHAT)
  return naming(WHAT, () => {
    const outer = readSigned(der, 'a certificate request')
    const reader = DerReader.into(outer.signed)
    const version = reader.read(TAG.integer, 'the version')
    const subject = reader.read(TAG.sequence, 'the subject')
    const spki = reader.read(TAG.sequence, 'the public key')
    // RFC 2986 wants the attributes, if only as an empty set; some writers leave them out
    const attributes = reader.enterIf(contextTag(0, true))
    reader.finish('signed part')
    return {
      outer,
      version: readSmallInteger(version, 'the version') + 1,
      subject,
      spki,
      attributes: attributes ? readCsrAttributes(attributes) : [],
    }
  })
}
