import { contextTag } from '../asn1/reader.ts'
import { enumerated, generalizedTime, implicit, integer, namedBitString, sequence } from '../asn1/writer.ts'
import { codeOfReason, type RevocationReason } from '../domain/revocation-reason.ts'
import { REASON_FLAGS } from './extensions/distribution.ts'
import { extension, pointName } from './write-extensions.ts'

/** A reason that a CRL may be limited to (RFC 5280 section 4.2.1.13). */
export type ReasonFlag = Exclude<(typeof REASON_FLAGS)[number], undefined>

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
  const { names = [], onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts } = scope
  const limits = [onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts].filter(Boolean)
  if (limits.length > 1) throw new TypeError('issuingDistributionPoint: one limit excludes the others')
  const flag = (n: number, isSet = false): Uint8Array[] => (isSet ? [implicit(n, Uint8Array.of(0xff))] : [])
  const fields = [
    ...(names.length > 0 ? [pointName(names)] : []),
    ...flag(1, onlyContainsUserCerts),
    ...flag(2, onlyContainsCACerts),
    ...reasonFlags(3, scope.onlySomeReasons ?? []),
    ...flag(4, scope.indirectCRL),
    ...flag(5, onlyContainsAttributeCerts),
  ]
  if (fields.length === 0) throw new TypeError('issuingDistributionPoint: it must not be empty')
  return extension('2.5.29.28', true, sequence(...fields))
}

/** cRLNumber (RFC 5280 section 5.2.3). @param number decimal text or bigint, 0 or more, at most 20 octets */
export const cRLNumber = (number: bigint | string): Uint8Array =>
  extension('2.5.29.20', false, counter(number))

function counter(text: bigint | string): Uint8Array {
  const value = BigInt(text)
  if (value < 0n || value >= 1n << 159n) throw new TypeError('CRL number: from 0 to 20 octets')
  return integer(value)
}

/** reasonCode of an entry (RFC 5280 section 5.3.1). `unspecified` is better left out altogether, as `writeTbsCrl` does. */
export const reasonCode = (reason: RevocationReason): Uint8Array =>
  extension('2.5.29.21', false, enumerated(codeOfReason(reason)))

/** invalidityDate of an entry (RFC 5280 section 5.3.2): since when the key is not to be trusted. GeneralizedTime always. */
export const invalidityDate = (since: Date): Uint8Array =>
  extension('2.5.29.24', false, generalizedTime(since))
