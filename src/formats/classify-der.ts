import { CertmanError } from '../base/errors.ts'
import { DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readOid } from '../asn1/values.ts'
import { orNoneSync } from '../base/or-none.ts'

/** What a DER value is by its shape. */
export type DerKind =
  | 'certificate'
  | 'certificate-request'
  | 'crl'
  | 'pkcs8'
  | 'encrypted-pkcs8'
  | 'pkcs1'
  | 'sec1'
  | 'dsa'
  | 'public-key'
  | 'rsa-public-key'
  | 'pkcs7'
  | 'pkcs12'

/** The kinds as people call them. */
export const DER_KIND_NAMES: Readonly<Record<DerKind, string>> = {
  certificate: 'a certificate',
  'certificate-request': 'a certificate request',
  crl: 'a CRL',
  pkcs8: 'a private key (PKCS#8)',
  'encrypted-pkcs8': 'an encrypted private key (PKCS#8)',
  pkcs1: 'an RSA private key (PKCS#1)',
  sec1: 'an EC private key (SEC 1)',
  dsa: 'a DSA private key',
  'public-key': 'a public key',
  'rsa-public-key': 'an RSA public key (PKCS#1)',
  pkcs7: 'a PKCS#7 structure',
  pkcs12: 'a PKCS#12 file',
}

/** What is thrown where a PEM label promises one thing, and another stands there. */
export const mislabelled = (expected: string, found: string, cause?: unknown): CertmanError =>
  new CertmanError('der.malformed', `expected ${expected}, found ${found}`, {
    cause,
    hint: 'the label is wrong; without the BEGIN and END lines the content decides',
  })

/**
 * What a DER value is, by the tags of its first two levels; its content may still be malformed.
 *
 * @param der definite lengths
 * @returns undefined when the shape is none that certman knows
 */
export const classifyDer = (der: Uint8Array): DerKind | undefined =>
  orNoneSync(() => {
    const outer = new DerReader(der).enter(TAG.sequence)
    const children = childrenOf(outer, 10)
    if (children[0]?.tag === TAG.integer) return classifyNumbered(children)
    if (children[0]?.tag === TAG.oid) return isContentInfo(children) ? 'pkcs7' : undefined
    return children[0]?.tag === TAG.sequence ? classifyPair(children) : undefined
  })

function childrenOf(reader: DerReader, limit: number): readonly Tlv[] {
  const children: Tlv[] = []
  while (!reader.atEnd && children.length < limit) children.push(reader.read())
  return children
}

/** PKCS#7 (1.2.840.113549.1.7) and CMS content types (1.9.16.1) with their content. */
function isContentInfo(children: readonly Tlv[]): boolean {
  return /^1\.2\.840\.113549\.1\.(?:7|9\.16\.1)\.\d+$/.test(readOid(children[0]!))
}

/** Structures that begin with a version or a number. */
function classifyNumbered(children: readonly Tlv[]): DerKind | undefined {
  const second = children[1]
  if (second?.tag === TAG.octetString) return 'sec1'
  if (second?.tag === TAG.sequence) return children[2]?.tag === TAG.octetString ? 'pkcs8' : pkcs12Kind(second)
  if (second?.tag !== TAG.integer) return undefined
  const numbers = children.filter((child) => child.tag === TAG.integer).length
  if (children.length === 2) return isOdd(children[1]!) ? 'rsa-public-key' : undefined
  if (children.length === 6 && numbers === 6) return 'dsa'
  return numbers >= 9 ? 'pkcs1' : undefined
}

/** The exponent of RSA is odd; the second number of Diffie-Hellman parameters, their generator, mostly is 2. */
const isOdd = (number: Tlv): boolean => (number.source[number.end - 1]! & 1) === 1

/** PFX is a version and a ContentInfo (RFC 7292 section 4); the parameters of a curve begin likewise. */
function pkcs12Kind(content: Tlv): DerKind | undefined {
  const children = childrenOf(DerReader.into(content), 2)
  return children[0]?.tag === TAG.oid && isContentInfo(children) ? 'pkcs12' : undefined
}

/** Structures that begin with an algorithm or a body to be signed. */
function classifyPair(children: readonly Tlv[]): DerKind | undefined {
  const [first, second, third] = children
  const startsWithOid = DerReader.into(first!).peek() === TAG.oid
  if (children.length === 2 && startsWithOid && second!.tag === TAG.bitString) return 'public-key'
  if (children.length === 2 && startsWithOid && second!.tag === TAG.octetString) return 'encrypted-pkcs8'
  if (second?.tag !== TAG.sequence || third?.tag !== TAG.bitString) return undefined
  return classifySigned(childrenOf(DerReader.into(first!), 6).map((child) => child.tag))
}

const isTime = (tag: number | undefined): boolean => tag === TAG.utcTime || tag === TAG.generalizedTime

/** Certificate, request or CRL by the tags of the signed body (RFC 5280 sections 4.1, 5.1; RFC 2986 section 4.1). */
function classifySigned(tags: readonly number[]): DerKind | undefined {
  if (tags[0] === 0xa0) return 'certificate'
  if (tags[0] === TAG.sequence) return isTime(tags[2]) ? 'crl' : undefined
  if (tags[0] !== TAG.integer) return undefined
  if (isTime(tags[3])) return 'crl'
  if (tags[2] === 0xa0) return undefined // an attribute certificate names its issuer so (RFC 5755 section 4.1)
  return tags[3] === TAG.sequence ? 'certificate' : 'certificate-request'
}
