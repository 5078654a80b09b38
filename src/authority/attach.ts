import { CertmanError } from '../base/errors.ts'
import { nameOrOid } from '../asn1/oids.ts'
import { contentOf } from '../asn1/reader.ts'
import { sameBytes } from '../base/bytes.ts'
import type { CertificateFacts, GeneralName } from '../domain/facts.ts'
import { signedBy } from '../path/choose-issuer.ts'
import { certificateParts, describeCertificate, type CertificateParts } from '../x509/certificate.ts'
import { readRawExtensions } from '../x509/raw-extensions.ts'
import { shortHex, type Change } from './findings.ts'
import { OID } from './granted-template.ts'
import type { OpenRequest } from './request.ts'

/** A chain issued elsewhere that belongs to a request. */
export interface Attachment {
  /** DER each, the request's certificate first, each followed by its issuer (as RFC 8446 section 4.4.2). */
  readonly chain: readonly Uint8Array[]
  /** Whether the last one is self-signed. */
  readonly isComplete: boolean
  /** What the certificate does not say as the request asked. */
  readonly differences: readonly Change[]
  /** Certificates that are no part of the chain: their place in the input, from 0, and their subject. */
  readonly strays: readonly { readonly index: number; readonly subject: string }[]
}

/** What is said of certificates that were left out, a sentence each. */
export const strayNotes = (strays: readonly { readonly subject: string }[]): readonly string[] =>
  strays.map(({ subject }) => `${JSON.stringify(subject)} is no part of the chain and was left out`)

interface Link {
  readonly index: number
  readonly der: Uint8Array
  readonly facts: CertificateFacts
  readonly parts: CertificateParts
}

/** Longer chains than this do not exist; signatures cost time. */
const LONGEST_CHAIN = 16

/**
 * Checks that certificates issued elsewhere answer a request: one has its public key, the others lead from it upwards.
 * Their order does not matter. Whether anybody trusts the chain is another question.
 *
 * @param certificates DER each, at least one
 * @throws {CertmanError} `policy.refused` when none has the request's key, it is not signed by the issuer that is
 *   given, or several have the key; `format.unsupported` when a signature cannot be checked; `der.malformed`
 */
export function checkAttachment(request: OpenRequest, certificates: readonly Uint8Array[]): Attachment {
  const links = withoutCopies(certificates).map((der): Link => ({
    index: certificates.indexOf(der),
    der,
    facts: describeCertificate(der),
    parts: certificateParts(der),
  }))
  const leaf = leafOf(request, links)
  const chain = chainOf(leaf, links)
  return {
    chain: chain.map(({ der }) => der),
    isComplete: isSelfSigned(chain.at(-1)!),
    differences: [...differencesOf(request, leaf.facts), ...lostExtensions(request, leaf.parts)],
    strays: links
      .filter((link) => !chain.includes(link))
      .map(({ index, facts }) => ({ index, subject: facts.subject })),
  }
}

const withoutCopies = (certificates: readonly Uint8Array[]): Uint8Array[] =>
  certificates.filter((der, i) => certificates.findIndex((other) => sameBytes(der, other)) === i)

function leafOf(request: OpenRequest, links: readonly Link[]): Link {
  const { spkiHash } = request.facts.publicKey
  const matching = links.filter(({ facts }) => facts.publicKey.spkiHash === spkiHash)
  if (matching.length === 1) return matching[0]!
  if (matching.length > 1)
    throw new CertmanError(
      'policy.refused',
      `${matching.length} different certificates have the key of the request`,
      { hint: 'give the one certificate that answers the request, and its chain' },
    )
  const subjects = links.map(({ facts }) => facts.subject || 'a certificate without subject').join('; ')
  throw new CertmanError('policy.refused', `no certificate has the public key of the request: ${subjects}`, {
    hint: 'the chain belongs to another request',
  })
}

/** From the leaf to the last issuer that was given. */
function chainOf(leaf: Link, links: readonly Link[]): Link[] {
  const chain = [leaf]
  for (let link = leaf; !isSelfSigned(link) && chain.length <= LONGEST_CHAIN;) {
    const issuer = issuerOf(link, links, chain)
    if (!issuer) break
    chain.push(issuer)
    link = issuer
  }
  return chain
}

/** The issuer has the name that the certificate gives, and its key verifies the signature. */
function issuerOf(link: Link, links: readonly Link[], chain: readonly Link[]): Link | undefined {
  const named = links.filter(
    (other) => !chain.includes(other) && sameBytes(other.parts.subjectDer, link.parts.issuerDer),
  )
  const signer = named.find((other) => isSignedBy(link, other))
  if (signer || named.length === 0) return signer
  const { subject, issuer, signatureAlgorithm } = link.facts
  if (named.some((other) => signedBy(link, other) === 'unsupported'))
    throw new CertmanError(
      'format.unsupported',
      `the signature of the certificate of ${subject} is unsupported (${signatureAlgorithm}), so it cannot be checked`,
      { hint: 'ask the authority for one that it signs with RSA, ECDSA, Ed25519 or Ed448' },
    )
  throw new CertmanError(
    'policy.refused',
    `the certificate of ${subject} is not signed by ${issuer} as it was given`,
    { hint: 'the chain has an older or newer certificate of that authority: fetch the right one' },
  )
}

const isSignedBy = (link: Link, issuer: Link): boolean =>
  link.parts.signatureAlgorithmsAgree && signedBy(link, issuer) === 'valid'

const isSelfSigned = (link: Link): boolean => link.facts.selfIssued && isSignedBy(link, link)

const why = 'the issuing authority decided so'

function differencesOf({ facts: asked }: OpenRequest, granted: CertificateFacts): Change[] {
  const changes: Change[] = []
  if (asked.subject !== granted.subject)
    changes.push({ field: 'subject', asked: asked.subject, granted: granted.subject, why })
  const [wanted, given] = [names(asked.subjectAltName), names(granted.subjectAltName)]
  for (const name of wanted)
    if (!given.includes(name)) changes.push({ field: 'subjectAltName', asked: name, granted: null, why })
  for (const name of given)
    if (!wanted.includes(name)) changes.push({ field: 'subjectAltName', asked: null, granted: name, why })
  for (const field of ['keyUsage', 'extendedKeyUsage'] as const)
    for (const usage of asked[field] ?? [])
      if (!(granted[field] ?? []).includes(usage)) changes.push({ field, asked: usage, granted: null, why })
  if (asked.basicConstraints?.ca && granted.basicConstraints?.ca !== true)
    changes.push({ field: 'basicConstraints', asked: 'cA', granted: 'an end entity', why })
  return [...changes, ...pathLengthChange(asked.basicConstraints, granted.basicConstraints)]
}

type Constraints = CertificateFacts['basicConstraints']

function pathLengthChange(asked: Constraints, granted: Constraints): Change[] {
  if (!asked?.ca || !granted?.ca || asked.pathLen === granted.pathLen) return []
  const [wanted, given] = [asked, granted].map(({ pathLen }) =>
    pathLen === null ? 'any depth' : `pathlen ${pathLen}`,
  )
  return [{ field: 'basicConstraints', asked: wanted!, granted: given!, why }]
}

/** Those that are compared by what they say, and the one that every authority writes in its own way. */
const COMPARED: readonly string[] = [
  OID.subjectAltName,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.basicConstraints,
  OID.subjectKeyIdentifier,
]

/** Other extensions that are asked for (name constraints, policies, OCSP must-staple …) and are not there, or are others. */
function lostExtensions({ extensions }: OpenRequest, { extensionsTlv }: CertificateParts): Change[] {
  const granted = readRawExtensions(extensionsTlv)
  return extensions.flatMap(({ oid, value }) => {
    const own = granted.find((extension) => extension.oid === oid)
    if (COMPARED.includes(oid) || (own && sameBytes(contentOf(own.octets), value))) return []
    const change = { field: nameOrOid('extension', oid), asked: shortHex(value), why }
    return [{ ...change, granted: own ? shortHex(contentOf(own.octets)) : null }]
  })
}

const names = (list: readonly GeneralName[] | null): string[] =>
  (list ?? []).map(({ type, value }) => `${type}:${value}`)
