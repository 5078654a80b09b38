import { CertmanError } from '../base/errors.ts'
import type { Revocation } from '../domain/records.ts'
import { parseRevocationReason } from '../domain/revocation.ts'

/** One line of the index that `openssl ca` and easy-rsa keep (openssl-ca(1)). */
export interface IndexLine {
  readonly line: number
  /** Lower-case hex without zeros in front. */
  readonly serialNumber: string
  /** RFC 3339. */
  readonly notAfter: string
  readonly subject: string
  readonly revocation: Revocation | undefined
}

/**
 * Reads an `index.txt`: status, end, revocation, serial number, file, subject; separated by tabs.
 *
 * @param file shown in messages
 * @throws {CertmanError} `input.invalid` naming the line
 */
export function parseIndex(text: string, file: string): readonly IndexLine[] {
  const lines: IndexLine[] = []
  for (const [at, line] of text.split(/\r?\n/).entries())
    if (line.trim() !== '') lines.push(parseLine(line, { file, line: at + 1 }))
  return lines
}

interface At {
  readonly file: string
  readonly line: number
}

function parseLine(text: string, at: At): IndexLine {
  const [status, end, revoked, serial, , ...subject] = text.split('\t')
  if (!/^[VRE]$/.test(status ?? ''))
    throw bad(at, `the status ${JSON.stringify(status ?? '')} is none of V, R, E`)
  if (!/^[0-9A-Fa-f]+$/.test(serial ?? '')) throw bad(at, 'there is no serial number in the fourth column')
  if ((status === 'R') !== (revoked ?? '').length > 0) throw bad(at, 'status and date of revocation disagree')
  return {
    line: at.line,
    serialNumber: serial!.toLowerCase().replace(/^0+(?=.)/, ''),
    notAfter: instant(end ?? '', at),
    subject: subject.join('\t'),
    revocation: status === 'R' ? parseRevocation(revoked!, at) : undefined,
  }
}

/** `date[,reason[,more]]`. `keyTime` and `CAkeyTime` carry the date of compromise, `holdInstruction` an OID. */
function parseRevocation(text: string, at: At): Revocation {
  const [date = '', reason = 'unspecified', more = ''] = text.split(',')
  const when = instant(date, at)
  if (/^(?:CA)?keyTime$/i.test(reason))
    return {
      date: when,
      reason: /^CA/i.test(reason) ? 'cACompromise' : 'keyCompromise',
      invalidityDate: instant(more, at),
    }
  if (/^holdInstruction$/i.test(reason)) return { date: when, reason: 'certificateHold' }
  try {
    return { date: when, reason: parseRevocationReason(reason) }
  } catch (cause) {
    throw bad(at, `${JSON.stringify(reason)} is no reason of revocation`, cause)
  }
}

const TIME = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/

/** UTCTime or GeneralizedTime; two digits from 50 on are of the last century (RFC 5280 section 4.1.2.5.1). */
function instant(text: string, at: At): string {
  const found = TIME.exec(text)
  if (!found) throw bad(at, `${JSON.stringify(text)} is no time`)
  const [, year = '', month, day, hour, minute, second] = found
  const full = year.length === 4 ? year : `${Number(year) >= 50 ? '19' : '20'}${year}`
  return `${full}-${month}-${day}T${hour}:${minute}:${second}Z`
}

const bad = ({ file, line }: At, why: string, cause?: unknown): CertmanError =>
  new CertmanError('input.invalid', `${file}, line ${line}: ${why}`, cause === undefined ? {} : { cause })
