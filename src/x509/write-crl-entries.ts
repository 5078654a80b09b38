import { TAG } from '../asn1/reader.ts'
import { constructed, integerOfHex, sequence, time } from '../asn1/writer.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { codeOfReason } from '../domain/revocation-reason.ts'
import { ONLY_REASON } from './crl-entry.ts'
import { invalidityDate, reasonCode } from './write-crl-extensions.ts'
import type { CrlEntry } from './write-crl.ts'

/** A quarter of a million octets: small beside the CRLs that matter, large beside one entry. */
const CHUNK = 256 * 1024
/** The longest entry that the fast way writes: serial number of 20 octets and a sign, UTCTime, reason. */
const LONGEST = 64

/** Collects encoded entries of revokedCertificates (RFC 5280 section 5.1) in chunks; nothing is copied as it grows. */
export class CrlEntryWriter {
  readonly #full: Uint8Array[] = []
  #chunk = new Uint8Array(CHUNK)
  #at = 0
  /** Octets written so far. */
  length = 0

  /** Writes one entry. @throws {CertmanError} `input.invalid` for a serial number or an instant that is none */
  write(entry: CrlEntry): void {
    if (this.#at + LONGEST > CHUNK) this.#flush()
    const end = writeUsual(this.#chunk, this.#at, entry)
    if (end > 0) {
      this.length += end - this.#at
      this.#at = end
      return
    }
    const bytes = writeAny(entry)
    if (this.#at + bytes.length > CHUNK) this.#flush()
    if (bytes.length > CHUNK) throw tooLong(entry)
    this.#chunk.set(bytes, this.#at)
    this.#at += bytes.length
    this.length += bytes.length
  }

  /** Puts all entries into `target`. @returns the offset behind them */
  copyTo(target: Uint8Array, start: number): number {
    let at = start
    for (const chunk of [...this.#full, this.#chunk.subarray(0, this.#at)]) {
      target.set(chunk, at)
      at += chunk.length
    }
    return at
  }

  #flush(): void {
    this.#full.push(this.#chunk.subarray(0, this.#at))
    this.#chunk = new Uint8Array(CHUNK)
    this.#at = 0
  }
}

const fault = (what: string, value: string): CertmanError =>
  new CertmanError('input.invalid', `CRL entry: ${what}: "${printable(value.slice(0, 80))}"`)
const tooLong = ({ serialNumber }: CrlEntry): CertmanError => fault('too long a serial number', serialNumber)

/** Any entry, over the general writer. */
function writeAny(entry: CrlEntry): Uint8Array {
  const { serialNumber, reason, invalidityDate: since } = entry
  if (!/^-?[0-9a-f]+$/i.test(serialNumber)) throw fault('no serial number', serialNumber)
  const extensions: Uint8Array[] = []
  if (reason && reason !== 'unspecified') extensions.push(reasonCode(reason))
  if (since) extensions.push(invalidityDate(instantOf(since)))
  const values = [integerOfHex(serialNumber), time(instantOf(entry.revocationDate))]
  if (extensions.length > 0) values.push(constructed(TAG.sequence, extensions))
  return sequence(...values)
}

function instantOf(text: string): Date {
  const instant = new Date(text)
  if (Number.isNaN(instant.getTime())) throw fault('no instant', text)
  // Date takes February 30 for March 2
  if (text.endsWith('Z') && !instant.toISOString().startsWith(text.slice(0, 10)))
    throw fault('no instant', text)
  return instant
}

/**
 * The usual entry (whole seconds from 2000 to 2049, positive serial number of at most 20 octets, no invalidity date),
 * digit by digit into place: a CRL has half a million of them, and an array for each value would take ten times as long.
 *
 * @returns the offset behind the entry, or 0 when the entry is not of this kind
 */
function writeUsual(target: Uint8Array, start: number, entry: CrlEntry): number {
  const { serialNumber, revocationDate, reason, invalidityDate: since } = entry
  if (since || serialNumber.length > 40) return 0
  // the header of the entry has two octets: its content is shorter than 128
  const timeStart = writeHex(target, start + 2, serialNumber)
  if (timeStart === 0) return 0
  let at = writeUtcTime(target, timeStart, revocationDate)
  if (at === 0) return 0
  const code = reason ? codeOfReason(reason) : 0
  if (code > 0) {
    target.set(ONLY_REASON, at)
    at += ONLY_REASON.length
    target[at++] = code
  }
  target[start] = TAG.sequence
  target[start + 1] = at - start - 2
  return at
}

/** INTEGER of 1 to 40 hex digits. @returns the offset behind it, or 0 when a character is no lower-case hex digit */
function writeHex(target: Uint8Array, start: number, hex: string): number {
  let first = 0
  while (first < hex.length - 1 && hex.charCodeAt(first) === 0x30) first++
  if (first === hex.length) return 0
  const isOdd = (hex.length - first) % 2 === 1
  let at = start + 2
  // a first digit from 8 on would make the number negative
  if (!isOdd && hex.charCodeAt(first) > 0x37) target[at++] = 0
  let index = first
  if (isOdd) {
    const digit = digitOf(hex, index++)
    if (digit < 0) return 0
    target[at++] = digit
  }
  for (; index < hex.length; index += 2) {
    const [high, low] = [digitOf(hex, index), digitOf(hex, index + 1)]
    if (high < 0 || low < 0) return 0
    target[at++] = high * 16 + low
  }
  target[start] = TAG.integer
  target[start + 1] = at - start - 2
  return at
}

function digitOf(hex: string, index: number): number {
  const code = hex.charCodeAt(index)
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  return code >= 0x61 && code <= 0x66 ? code - 0x57 : -1
}

/** Where the twelve digits of a UTCTime stand in `2026-03-01T12:00:00Z`. */
const DIGITS = [2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18] as const
const SHAPE = /^20[0-4]\d-(?:0[1-9]|1[0-2])-(?:[01]\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/

/** UTCTime (RFC 5280 section 5.1.2.6). @returns the offset behind it, or 0 for text that takes more thought */
function writeUtcTime(target: Uint8Array, start: number, text: string): number {
  // days from 29 on are left to Date, which knows the months; 00 is none of them
  if (!SHAPE.test(text) || (text.charCodeAt(8) === 0x30 && text.charCodeAt(9) === 0x30)) return 0
  target[start] = TAG.utcTime
  target[start + 1] = 13
  for (let i = 0; i < 12; i++) target[start + 2 + i] = text.charCodeAt(DIGITS[i]!)
  target[start + 14] = 0x5a
  return start + 15
}
