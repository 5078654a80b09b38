import { DerReader, isConstructed } from '../asn1/reader.ts'
import { withBouncyCastle } from './bouncy-castle.ts'
import { orNoneSync } from '../base/or-none.ts'

/** A structure that certman recognises and does not read. */
export interface ForeignDer {
  /** `format.unsupported` when certificates or keys may be inside: a folder with such a file is not wholly read. */
  readonly code: 'format.unknown' | 'format.unsupported'
  /** What it is, as the message calls it. */
  readonly what: string
  readonly hint: string
}

const look = (command: string): string => `look at it with: openssl ${command}`

const PKCS10 = 'certman takes requests as PKCS#10: openssl req -new -key KEY -out FILE makes one'

type Shape = readonly [sketch: RegExp, what: string, hint: string, code?: ForeignDer['code']]

/** Structures by their sketch. They are told apart only after everything that certman reads. */
const SHAPES: readonly Shape[] = [
  // RFC 5755 section 4.1: holder, issuer [0], signature, serialNumber, validity of two GeneralizedTimes
  [
    /^30\(30\(02,30\(.*\),a0\(.*\),30\(06.*\),02,30\(18,18\)/,
    'an attribute certificate',
    'certman keeps X.509 public key certificates only',
  ],
  // RFC 6960 section 4.2.1: responseStatus ENUMERATED
  [
    /^30\(0a[,)]/,
    'an OCSP response',
    `${look('ocsp -respin FILE -resp_text -noverify')}; let it count with: certman verify REF --ocsp FILE`,
  ],
  // RFC 6960 section 4.1.1: requestList of CertID, which begins with an algorithm
  [
    /^30\(30\((?:a0\(02\),)?(?:a1\(.*\),)?30\(30\(30\(30\(06/,
    'an OCSP request',
    look('ocsp -reqin FILE -req_text'),
  ],
  // RFC 3161 section 2.4.1: version, messageImprint
  [/^30\(02,30\(30\(06[^)]*\),04\)/, 'a time-stamp request', look('ts -query -in FILE -text')],
  // RFC 3161 section 2.4.2: PKIStatusInfo, then the token
  [
    /^30\(30\(02(?:,30\([^)]*\))?(?:,03)?\)(?:,30\(06,a0|\)$)/,
    'a time-stamp response',
    look('ts -reply -in FILE -text'),
  ],
  // PKCS#3 section 9, RFC 3279 section 2.3.2 and 2.3.3
  [
    /^30\(02,02(?:,02)?(?:,30\(.*\))?\)$/,
    'parameters for Diffie-Hellman or DSA',
    'parameters are neither certificate nor key',
  ],
  // X9.62: version, FieldID, Curve
  [
    /^30\(02,30\(06,.*\),30\(04,04/,
    'parameters of an elliptic curve',
    'parameters are neither certificate nor key',
  ],
  // RFC 4211 section 3 and 5: one CertReqMsg or several; a CertTemplate has context tags alone
  [/^30\((?:30\()?30\(02,30\([8a]/, 'a certificate request message (CRMF)', PKCS10],
  // RFC 9810 section 5.1: PKIHeader begins with its version and the sender, a GeneralName
  [/^30\(30\(02,a4\(/, 'a message of the certificate management protocol (CMP)', PKCS10],
  // ObjectStore of Bouncy Castle: EncryptedObjectStoreData, PbkdMacIntegrityCheck
  [
    /^30\(30\(30\(06.*\),04\),30\(30\(06/,
    'a BCFKS key store',
    withBouncyCastle('BCFKS'),
    'format.unsupported',
  ],
]

const MAX_DEPTH = 7
/** The beginning decides; a sketch of this many values stays short enough for the patterns. */
const MAX_VALUES = 200

/**
 * What a DER value is that certman does not read: OCSP, time stamps, CRMF, CMP, attribute certificates, parameters, BCFKS.
 *
 * @param der definite lengths
 * @returns undefined also for what certman does read, unless its shape is also one of these
 */
export const foreignDer = (der: Uint8Array): ForeignDer | undefined =>
  orNoneSync(() => {
    const sketch = sketchOf(new DerReader(der), MAX_DEPTH, { left: MAX_VALUES })
    const found = SHAPES.find(([shape]) => shape.test(sketch))
    if (!found) return undefined
    const [, what, hint, code = 'format.unknown'] = found
    return { what, hint, code }
  })

/** Tags in hex, children in brackets: `30(0a,a0(30(06,04)))`. */
function sketchOf(reader: DerReader, depth: number, values: { left: number }): string {
  const parts: string[] = []
  while (!reader.atEnd) {
    if (values.left-- <= 0) break
    const value = reader.read()
    const hasMembers = isConstructed(value.tag)
    const inside = hasMembers && depth > 1 ? sketchOf(DerReader.into(value), depth - 1, values) : ''
    parts.push(value.tag.toString(16).padStart(2, '0') + (hasMembers ? `(${inside})` : ''))
  }
  return parts.join(',')
}
