import { reasonFromCode } from '../domain/revocation-reason.ts'
import type { RevokedEntry } from '../domain/facts.ts'
import { DerReader, TAG, type Tlv } from '../asn1/reader.ts'
import { readInstant, readIntegerHex, readSmallInteger } from '../asn1/values.ts'
import { tryDecode } from './extension-facts.ts'
import { decodeExtensions } from './extensions.ts'
import { readRawExtensions, type RawExtension } from './raw-extensions.ts'

const REASON_CODE = '2.5.29.21'
const INVALIDITY_DATE = '2.5.29.24'

/** The extensions of nearly every entry: one reasonCode, not critical, in its only DER form; the code follows. */
export const ONLY_REASON = Buffer.from('300c300a0603551d1504030a01', 'hex')

/**
 * One entry of revokedCertificates (RFC 5280 section 5.1.2.6 and 5.3). A reason without a name is `null`, so is
 * a malformed one: the entry revokes all the same.
 *
 * @throws {CertmanError} `der.malformed`
 */
export function readRevokedEntry(entry: Tlv): RevokedEntry {
  const reader = DerReader.into(entry)
  const serialNumber = readIntegerHex(reader.read(TAG.integer, 'the serial number'))
  const revocationDate = readInstant(reader.read(undefined, 'the revocation date'))
  const extensions = reader.readIf(TAG.sequence)
  reader.finish('revoked certificate')
  return { serialNumber, revocationDate, ...entryExtensions(extensions) }
}

type EntryExtensions = Pick<RevokedEntry, 'reason' | 'invalidityDate' | 'extensions'>

function entryExtensions(extensions: Tlv | undefined): EntryExtensions {
  const only =
    extensions && isOnlyReason(extensions) && reasonFromCode(extensions.source[extensions.end - 1]!)
  if (only) return { reason: only, invalidityDate: null }
  let reason: RevokedEntry['reason'] = null
  let invalidityDate: string | null = null
  // what has no field, and what does not fit its field: malformed, or a reason without a name
  const others: RawExtension[] = []
  for (const extension of readRawExtensions(extensions)) {
    const { oid, octets } = extension
    if (oid === INVALIDITY_DATE) invalidityDate = tryDecode(octets, readInstant).value ?? null
    else if (oid === REASON_CODE) reason = tryDecode(octets, readReason).value ?? null
    const isTold = oid === INVALIDITY_DATE ? invalidityDate : oid === REASON_CODE ? reason : null
    if (isTold === null) others.push(extension)
  }
  const base = { reason, invalidityDate }
  return others.length === 0 ? base : { ...base, extensions: decodeExtensions(others) }
}

const readReason = (value: Tlv): RevokedEntry['reason'] =>
  reasonFromCode(readSmallInteger(value, 'the reason')) ?? null

function isOnlyReason({ source, start, end }: Tlv): boolean {
  if (end - start !== ONLY_REASON.length + 1) return false
  for (let i = 0; i < ONLY_REASON.length; i++) if (source[start + i] !== ONLY_REASON[i]) return false
  return true
}
