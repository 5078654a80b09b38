import { toHex } from '../base/bytes.ts'
import { sha1, sha256 } from '../crypto/digest.ts'
import { publicKeyOctets } from '../crypto/public-key-info.ts'
import { verifySignature } from '../crypto/verify.ts'
import { certificateParts } from '../x509/certificate.ts'
import { type OcspAnswer, type OcspResponse, readOcspResponse } from '../x509/ocsp-response.ts'
import { signedBy } from './choose-issuer.ts'
import { certificateFaults, digestFaults, forgeryOf } from './judge-certificate.ts'
import { pathMember, type PathMember } from './path-member.ts'
import { purposeFaults } from './purposes.ts'
import type { RevocationStatus } from './revocation.ts'

/** A certificate of a path, the one above it, and the moment. */
export interface OcspQuestion {
  readonly member: PathMember
  readonly issuer: PathMember
  readonly at: Date
}

/** Digests that responders identify certificates with (RFC 6960 section 4.1.1, RFC 5019 section 2.1.1). */
const DIGESTS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  '1.3.14.3.2.26': sha1,
  '2.16.840.1.101.3.4.2.1': sha256,
}

/** OCSP responses to be asked, whoever signed them: files, nothing is fetched. */
export class OcspShelf {
  readonly #responses: readonly OcspResponse[]

  /** @throws {CertmanError} `der.malformed`, `input.invalid` for a response without an answer */
  constructor(responses: readonly Uint8Array[]) {
    this.#responses = responses.map((der) => readOcspResponse(der))
  }

  /**
   * What the responses say of a certificate (RFC 6960 section 3.2); undefined where none is about it. Those count that
   * its issuer signed, or a responder that the issuer certified for this. That it is not revoked is believed of those
   * only that hold at this moment; that it is revoked for good also of others.
   */
  statusOf(question: OcspQuestion): RevocationStatus | undefined {
    if (this.#responses.length === 0) return undefined
    const isAbout = aboutTest(question)
    const statuses = this.#responses.flatMap((response) => {
      const answers = response.answers.filter(isAbout)
      if (answers.length === 0) return []
      // a response is verified once, however often it says the same
      const obstacle = obstacleTo(response, question)
      if (obstacle !== undefined) return [unknown(obstacle)]
      const forgery = forgeryOf(response.signatureAlgorithmName, response)
      return answers.map((answer) => statusBy(answer, forgery, question.at))
    })
    const of = (wanted: RevocationStatus['status']): RevocationStatus | undefined =>
      statuses.find(({ status }) => status === wanted)
    return of('revoked') ?? of('good') ?? of('unknown')
  }
}

/** Tells whether the certID of an answer is that of the certificate (RFC 6960 section 4.1.1). */
function aboutTest({ member, issuer }: OcspQuestion): (answer: OcspAnswer) => boolean {
  const { subjectDer, spki } = certificateParts(issuer.der)
  const { issuerDer } = certificateParts(member.der)
  const ids = new Map(
    Object.entries(DIGESTS).map(([oid, digest]) => {
      const [key, ...names] = [publicKeyOctets(spki), issuerDer, subjectDer].map((each) =>
        toHex(digest(each)),
      )
      return [oid, { key, names }] as const
    }),
  )
  return ({ hashAlgorithm, serialNumber, issuerNameHash, issuerKeyHash }) => {
    const id = ids.get(hashAlgorithm)
    const isOfIssuer = id !== undefined && id.key === issuerKeyHash && id.names.includes(issuerNameHash)
    return isOfIssuer && serialNumber === member.facts.serialNumber
  }
}

const unknown = (why: string): RevocationStatus => ({ status: 'unknown', why: `the OCSP response ${why}` })

/** @param forgery why the signature says little */
function statusBy(answer: OcspAnswer, forgery: string | undefined, at: Date): RevocationStatus {
  const { status, thisUpdate } = answer
  const gap = gapOf(answer, at) ?? forgery
  if (status.is === 'revoked' && at >= new Date(status.date)) {
    // a hold may have been lifted since
    if (status.reason === 'certificateHold' && gap !== undefined) return unknown(gap)
    const reason = status.reason ?? 'unspecified'
    return { status: 'revoked', why: `the OCSP response of ${thisUpdate} says so`, date: status.date, reason }
  }
  if (gap !== undefined) return unknown(gap)
  if (status.is === 'unknown') return unknown(`of ${thisUpdate} does not know it`)
  return { status: 'good', why: `the OCSP response of ${thisUpdate} says so` }
}

/** Whether an answer holds at a moment; if not, why. */
function gapOf({ thisUpdate, nextUpdate }: OcspAnswer, at: Date): string | undefined {
  if (at < new Date(thisUpdate)) return `is from ${thisUpdate}, after the time in question`
  // section 4.2.2.1: then there is always newer information, which a file does not have
  if (nextUpdate === null) return `of ${thisUpdate} does not say how long it holds`
  return at > new Date(nextUpdate) ? `ended on ${nextUpdate}` : undefined
}

/** Why nothing in a response counts: the rest of a sentence about it. */
function obstacleTo(response: OcspResponse, question: OcspQuestion): string | undefined {
  const { signatureAlgorithm, signed, signature, criticalExtension } = response
  if (criticalExtension !== undefined)
    return `has the critical extension ${criticalExtension}, which is not understood`
  const isSigner = ({ der }: PathMember): boolean => {
    const { spki } = certificateParts(der)
    return verifySignature({ algorithm: signatureAlgorithm, signed, signature, spki }) === 'valid'
  }
  if (isSigner(question.issuer)) return undefined
  // a renewed responder may bring its former certificate, too
  const signers = response.certificates.map((der) => pathMember(der)).filter(isSigner)
  if (signers.length === 0)
    return 'is signed neither by the issuer nor by a responder whose certificate it brings'
  return signers.some((signer) => isResponder(signer, question))
    ? undefined
    : 'is signed by a responder that the issuer did not certify for it'
}

/** Section 4.2.2.2: certified by the very issuer, for OCSP. Its own revocation is not asked, as with id-pkix-ocsp-nocheck. */
const isResponder = (signer: PathMember, { issuer, at }: OcspQuestion): boolean =>
  signer.facts.issuer === issuer.facts.subject &&
  signedBy(signer, issuer) === 'valid' &&
  certificateFaults(signer, at).length === 0 &&
  digestFaults(signer).length === 0 &&
  purposeFaults([signer], 'ocsp-responder').length === 0
