import { reasonFromCode } from '../domain/revocation-reason.ts'
import type { RevokedEntry } from '../domain/facts.ts'
import { DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readInstant, readIntegerHex, readSmallInteger } from '../asn1/values.ts'
import { innerValue } from './extension-facts.ts'
import { readRawExtensions } from './raw-extensions.ts'

const REASON_CODE = '2.5.29.21'
const INVALIDITY_DATE = '2.5.29.24'

/**
 * One entry of revokedCertificates (RFC 5280 section 5.1.2.6 and 5.3). A reason without a name is `null`.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function readRevokedEntry(entry: Tlv): RevokedEntry {
  const reader = DerReader.into(entry)
  const serialNumber = readIntegerHex(reader.read(TAG.integer, 'the serial number'))
  const revocationDate = readInstant(reader.read(undefined, 'the revocation date'))
  const extensions = reader.readIf(TAG.sequence)
  reader.finish('revoked certificate')
  let reason: string | null = null
  let invalidityDate: string | null = null
  for (const { oid, octets } of readRawExtensions(extensions)) {
    if (oid === REASON_CODE)
      reason = reasonFromCode(readSmallInteger(innerValue(octets).value, 'the reason')) ?? null
    if (oid === INVALIDITY_DATE) invalidityDate = readInstant(innerValue(octets).value)
  }
  return { serialNumber, revocationDate, reason, invalidityDate }
}
