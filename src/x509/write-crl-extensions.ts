import { contextTag, TAG } from '../asn1/reader.ts'
import {
  constructed,
  enumerated,
  explicit,
  generalizedTime,
  implicit,
  integer,
  namedBitString,
  sequence,
} from '../asn1/writer.ts'
import { REVOCATION_REASONS, type RevocationReason } from '../domain/revocation-reason.ts'
import { REASON_FLAGS } from './extensions/distribution.ts'
import { extension } from './write-extensions.ts'

/** A reason that a CRL may be limited to (RFC 5280 section 4.2.1.13). */
export type ReasonFlag = Exclude<(typeof REASON_FLAGS)[number], undefined>

/** One DistributionPoint (RFC 5280 section 4.2.1.13): names of one CRL, GeneralName DER each; all lead to the same. */
export interface DistributionPointContent {
  readonly names?: readonly Uint8Array[]
  readonly reasons?: readonly ReasonFlag[]
  /** GeneralName DER: who signs the CRL, when it is not the issuer of the certificate. */
  readonly crlIssuer?: readonly Uint8Array[]
}

/** cRLDistributionPoints (RFC 5280 section 4.2.1.13). */
export const cRLDistributionPoints = (points: readonly DistributionPointContent[]): Uint8Array =>
  extension('2.5.29.31', false, pointList(points))

/** freshestCRL (RFC 5280 section 4.2.1.15): where the delta CRLs are. */
export const freshestCRL = (points: readonly DistributionPointContent[]): Uint8Array =>
  extension('2.5.29.46', false, pointList(points))

function pointList(points: readonly DistributionPointContent[]): Uint8Array {
  if (points.length === 0) throw new TypeError('distribution points: at least one')
  return constructed(TAG.sequence, points.map(writePoint))
}

function writePoint({ names = [], reasons = [], crlIssuer = [] }: DistributionPointContent): Uint8Array {
  if (names.length === 0 && crlIssuer.length === 0)
    throw new TypeError('distribution point: reasons alone are no point')
  return sequence(
    ...pointName(names),
    ...reasonFlags(1, reasons),
    ...(crlIssuer.length === 0 ? [] : [constructed(contextTag(2, true), crlIssuer)]),
  )
}

// DistributionPointName is a CHOICE: its tag [0] is explicit, around fullName [0]
const pointName = (names: readonly Uint8Array[]): Uint8Array[] =>
  names.length === 0 ? [] : [explicit(0, constructed(contextTag(0, true), names))]

function reasonFlags(n: number, reasons: readonly ReasonFlag[]): Uint8Array[] {
  if (reasons.length === 0) return []
  const bits = namedBitString(reasons.map((reason) => REASON_FLAGS.indexOf(reason)))
  bits[0] = contextTag(n, false)
  return [bits]
}

/** What a CRL covers (RFC 5280 section 5.2.5); at most one of the three `onlyContains…`. */
export interface CrlScope {
  /** GeneralName DER: the names that stand in the certificates' distribution points. */
  readonly names?: readonly Uint8Array[]
  readonly onlyContainsUserCerts?: boolean
  readonly onlyContainsCACerts?: boolean
  readonly onlySomeReasons?: readonly ReasonFlag[]
  readonly indirectCRL?: boolean
  readonly onlyContainsAttributeCerts?: boolean
}

/** issuingDistributionPoint of a CRL (RFC 5280 section 5.2.5), critical. It must limit or name something. */
export function issuingDistributionPoint(scope: CrlScope): Uint8Array {
  const { onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts, indirectCRL } = scope
  const limits = [onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts].filter(Boolean)
  if (limits.length > 1) throw new TypeError('issuingDistributionPoint: one limit excludes the others')
  const flag = (n: number, isSet = false): Uint8Array[] => (isSet ? [implicit(n, Uint8Array.of(0xff))] : [])
  const fields = [
    ...pointName(scope.names ?? []),
    ...flag(1, onlyContainsUserCerts),
    ...flag(2, onlyContainsCACerts),
    ...reasonFlags(3, scope.onlySomeReasons ?? []),
    ...flag(4, indirectCRL),
    ...flag(5, onlyContainsAttributeCerts),
  ]
  if (fields.length === 0) throw new TypeError('issuingDistributionPoint: it must not be empty')
  return extension('2.5.29.28', true, sequence(...fields))
}

/** cRLNumber (RFC 5280 section 5.2.3). @param number decimal text or bigint, 0 or more, at most 20 octets */
export const cRLNumber = (number: bigint | string): Uint8Array =>
  extension('2.5.29.20', false, counter(number))

/** deltaCRLIndicator (RFC 5280 section 5.2.4), critical. @param base number of the CRL that the delta is against */
export const deltaCRLIndicator = (base: bigint | string): Uint8Array =>
  extension('2.5.29.27', true, counter(base))

function counter(text: bigint | string): Uint8Array {
  const value = BigInt(text)
  if (value < 0n || value >= 1n << 159n) throw new TypeError('CRL number: from 0 to 20 octets')
  return integer(value)
}

/** expiredCertsOnCRL (X.509 section 9.5.2.8): certificates that expired after this instant are still listed. */
export const expiredCertsOnCRL = (since: Date): Uint8Array =>
  extension('2.5.29.60', false, generalizedTime(since))

/** reasonCode of an entry (RFC 5280 section 5.3.1). `unspecified` is better left out altogether, as `writeTbsCrl` does. */
export const reasonCode = (reason: RevocationReason): Uint8Array =>
  extension('2.5.29.21', false, enumerated(codeOfReason(reason)))

/** The number of a reason. @throws {TypeError} for a name that is none */
export function codeOfReason(reason: RevocationReason): number {
  const row = REVOCATION_REASONS.find(([name]) => name === reason)
  if (!row) throw new TypeError(`no revocation reason: ${reason}`)
  return row[1]
}

/** invalidityDate of an entry (RFC 5280 section 5.3.2): since when the key is not to be trusted. GeneralizedTime always. */
export const invalidityDate = (since: Date): Uint8Array =>
  extension('2.5.29.24', false, generalizedTime(since))

/** certificateIssuer of an entry of an indirect CRL (RFC 5280 section 5.3.3), critical. @param issuer Name DER */
export const certificateIssuer = (issuer: Uint8Array): Uint8Array =>
  extension('2.5.29.29', true, sequence(explicit(4, issuer)))
