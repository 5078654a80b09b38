import { readAlgorithm } from '../asn1/algorithm.ts'
import { naming, requireOneValue } from '../asn1/gate.ts'
import { bytesOf, contentOf, contextTag, DerReader, malformedDer, TAG, type Tlv } from '../asn1/reader.ts'
import { readInstant, readIntegerHex, readOid, readSmallInteger } from '../asn1/values.ts'
import { toHex } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { reasonFromCode, type RevocationReason } from '../domain/revocation-reason.ts'
import { signatureAlgorithmName } from './algorithm.ts'
import { listOf } from './extensions/shape.ts'
import { readRawExtensions, readTaggedExtensions } from './raw-extensions.ts'
import { signatureIn } from './signed.ts'

/** What a responder says of one certificate (RFC 6960 section 4.2.1). */
export interface OcspAnswer {
  /** Dotted OID of the digest of the two hashes. */
  readonly hashAlgorithm: string
  /** Hex, of the issuer's name as DER. */
  readonly issuerNameHash: string
  /** Hex, of the bits of the issuer's key. */
  readonly issuerKeyHash: string
  readonly serialNumber: string
  readonly status:
    | { readonly is: 'good' | 'unknown' }
    | { readonly is: 'revoked'; readonly date: string; readonly reason: RevocationReason | null }
  readonly thisUpdate: string
  readonly nextUpdate: string | null
}

/** A BasicOCSPResponse, taken apart for verifying. */
export interface OcspResponse {
  readonly answers: readonly OcspAnswer[]
  /** A critical extension, of which none is known that changes the meaning: its OID. */
  readonly criticalExtension: string | undefined
  readonly signed: Uint8Array
  readonly signatureAlgorithm: Uint8Array
  readonly signatureAlgorithmName: string
  readonly signature: Uint8Array
  /** DER of what the responder sent along: its own certificate, where the issuer did not sign. */
  readonly certificates: readonly Uint8Array[]
}

const WHAT = 'OCSP response'
const BASIC = '1.3.6.1.5.5.7.48.1.1'

/** OCSPResponseStatus; 4 is unused. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

/**
 * Reads an OCSPResponse.
 *
 * @param der exactly one value
 * @throws {CertmanError} `der.malformed`; `input.invalid` for a refusal, or an answer in another form than the basic one
 */
export function readOcspResponse(der: Uint8Array): OcspResponse {
  requireOneValue(der, WHAT)
  return naming(WHAT, () => {
    const outer = new DerReader(der).enter(TAG.sequence, 'an OCSP response')
    const status = readSmallInteger(outer.read(TAG.enumerated, 'the status of the response'), 'the status')
    if (status !== 0)
      throw new CertmanError('input.invalid', `the OCSP responder refused: ${REFUSALS[status] ?? status}`)
    const reader = outer.enter(contextTag(0, true), 'the response').enter(TAG.sequence, 'the response')
    outer.finish('response')
    const form = readOid(reader.read(TAG.oid, 'the type of the response'))
    if (form !== BASIC)
      throw new CertmanError('input.invalid', `an OCSP response of type ${form} is not understood`)
    return readBasic(contentOf(reader.read(TAG.octetString, 'the response')))
  })
}

function readBasic(der: Uint8Array): OcspResponse {
  requireOneValue(der, WHAT)
  const outer = new DerReader(der).enter(TAG.sequence, 'a basic response')
  const signed = outer.read(TAG.sequence, 'the signed part')
  const signatureAlgorithm = outer.read(TAG.sequence, 'the signature algorithm')
  const signature = outer.read(TAG.bitString, 'the signature')
  const certificates = outer.enterIf(contextTag(0, true))?.read(TAG.sequence, 'the certificates')
  outer.finish('certificates')
  return {
    ...readData(DerReader.into(signed)),
    signed: bytesOf(signed),
    signatureAlgorithm: bytesOf(signatureAlgorithm),
    signatureAlgorithmName: signatureAlgorithmName(readAlgorithm(signatureAlgorithm).oid),
    signature: signatureIn(signature),
    certificates: certificates ? listOf(certificates, 'the certificates', bytesOf) : [],
  }
}

/** ResponseData. Who says that he answers (responderID) does not matter: the signature tells. */
function readData(data: DerReader): Pick<OcspResponse, 'answers' | 'criticalExtension'> {
  data.readIf(contextTag(0, true))
  data.read(undefined, 'the responder')
  data.read(TAG.generalizedTime, 'producedAt')
  const list = data.enter(TAG.sequence, 'the answers')
  const answers: OcspAnswer[] = []
  const critical: string[] = []
  const note = (extensions: Tlv | undefined): void => {
    for (const each of readRawExtensions(extensions)) if (each.critical) critical.push(each.oid)
  }
  while (!list.atEnd) {
    const single = list.enter(TAG.sequence, 'an answer')
    answers.push(readAnswer(single))
    note(readTaggedExtensions(single, contextTag(1, true)))
    single.finish('answer')
  }
  note(readTaggedExtensions(data, contextTag(1, true)))
  data.finish('answers')
  return { answers, criticalExtension: critical[0] }
}

function readAnswer(single: DerReader): OcspAnswer {
  const id = single.enter(TAG.sequence, 'the id of a certificate')
  const algorithm = id.enter(TAG.sequence, 'the digest')
  const hashAlgorithm = readOid(algorithm.read(TAG.oid, 'the digest'))
  const hash = (what: string): string => toHex(contentOf(id.read(TAG.octetString, what)))
  const issuerNameHash = hash('the hash of the name')
  const issuerKeyHash = hash('the hash of the key')
  const serialNumber = readIntegerHex(id.read(TAG.integer, 'the serial number'))
  id.finish('id of a certificate')
  const status = readStatus(single.read(undefined, 'the status of a certificate'))
  const thisUpdate = readInstant(single.read(TAG.generalizedTime, 'thisUpdate'))
  const next = single.enterIf(contextTag(0, true))?.read(TAG.generalizedTime, 'nextUpdate')
  const nextUpdate = next ? readInstant(next) : null
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber, status, thisUpdate, nextUpdate }
}

function readStatus(tlv: Tlv): OcspAnswer['status'] {
  switch (tlv.tag) {
    case contextTag(0, false):
      return { is: 'good' }
    case contextTag(2, false):
      return { is: 'unknown' }
    case contextTag(1, true): {
      const revoked = DerReader.into(tlv)
      const date = readInstant(revoked.read(TAG.generalizedTime, 'the revocation date'))
      const reason = revoked.enterIf(contextTag(0, true))?.read(TAG.enumerated, 'the reason')
      revoked.finish('reason')
      return { is: 'revoked', date, reason: (reason && reasonFromCode(readSmallInteger(reason))) ?? null }
    }
    default:
      throw malformedDer('expected the status of a certificate', tlv.start)
  }
}
