import type { JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import { cellText, keyText, listAt, at, tellsOfCrl, textAt } from './cells.ts'
import type { Tone } from './color.ts'
import type { SelectedField } from './fields.ts'
import { subjectText } from './subject-text.ts'
import type { Cell, Column } from './table.ts'
import { dayOf, daysLeft, toneOfDays } from './time-left.ts'

/** A column of a listing: its look and what it shows of a row. */
export interface ListColumn extends Column {
  readonly cell: (row: JsonObject, now: Date) => Cell
}

/** Cells of this many characters and more are cut in `wide` on a terminal. */
export const WIDEST_CELL = 200

const plain = (header: string, path: string, look: Omit<Column, 'header'> = {}): ListColumn => ({
  header,
  ...look,
  cell: (row) => ({ text: textAt(row, path) }),
})

const made = (header: string, text: (row: JsonObject) => string): ListColumn => ({
  header,
  cell: (row) => ({ text: text(row) }),
})

const day = (header: string, path: string): ListColumn => made(header, (row) => dayOf(textAt(row, path)))

/** A column for each field that `--fields` names. */
export function fieldColumns(fields: readonly SelectedField[]): ListColumn[] {
  return fields.map(({ path, read }) => ({
    header: path,
    min: 8,
    cell: (row, now) => ({ text: cellText(read(row, now)) }),
  }))
}

const ID = plain('ID', 'id', { align: 'right' })
const NAME = plain('NAME', 'name', { min: 5 })
const SUBJECT: ListColumn = { header: 'SUBJECT', min: 8, cell: (row) => ({ text: subjectText(row) }) }
const TAGS = plain('TAGS', 'tags')

const EXPIRES = day('EXPIRES', 'notAfter')

const DAYS: ListColumn = {
  header: 'DAYS',
  align: 'right',
  spare: 2,
  cell: (row, now) => {
    const notAfter = textAt(row, 'notAfter')
    if (notAfter === '') return { text: '' }
    const days = daysLeft(notAfter, now)
    return { text: String(days), tone: toneOfDays(days) }
  },
}

const STATE_TONES: Readonly<Record<string, Tone>> = {
  expired: 'bad',
  revoked: 'bad',
  rejected: 'bad',
  notYetValid: 'warn',
  outstanding: 'warn',
  superseded: 'faint',
}

const STATE: ListColumn = {
  header: 'STATE',
  cell: (row) => {
    const state = textAt(row, 'state')
    return { text: state, tone: toneOfState(state) }
  },
}

/** The tone of a state's word. */
export function toneOfState(state: string): Tone | undefined {
  return STATE_TONES[state]
}

/** Whether the store holds the private key. */
const PRIVATE: ListColumn = {
  header: 'KEY',
  spare: 1,
  // some servers say that there is a key, but not which
  cell: (row) => ({ text: textAt(row, 'keyId') === '' && at(row, 'hasPrivateKey') !== true ? '' : 'yes' }),
}

const PUBLIC_KEY = made('PUBLIC KEY', (row) => keyText(at(row, 'publicKey')))
const ALTERNATIVE_NAMES = made('SUBJECT ALT NAMES', (row) => cellText(listAt(row, 'subjectAltName')))
const SHORT_ID = made('ID', (row) => textAt(row, 'id').slice(0, 16))
const KEY_SIZE = made('TYPE', keyText)

const YES_NO: Readonly<Record<string, string>> = { true: 'yes', false: 'no' }
const ENCRYPTED = made('ENCRYPTED', (row) => YES_NO[String(at(row, 'encrypted'))] ?? '')

/** What tells a key from others: the name that a server gives it, else the file that it came from. */
const KEY_FROM: ListColumn = {
  ...made('FROM', (row) => textAt(row, 'name') || textAt(row, 'source.from')),
  min: 8,
}

/** Whether an authority signs; nobody believes one whose own certificate is revoked. */
const ENABLED: ListColumn = {
  header: 'ENABLED',
  cell: (row) =>
    textAt(row, 'revocation.reason') === ''
      ? { text: at(row, 'enabled') === false ? 'no' : 'yes' }
      : { text: 'revoked', tone: 'bad' },
}

/** Until when the CRL holds, nothing where that is not known, `over` where it does not any more; `waits` where revocations are not on it yet. */
const CRL: ListColumn = {
  header: 'CRL UNTIL',
  spare: 3,
  cell: (row, now) => {
    if (at(row, 'crlStale') === true) return { text: 'waits', tone: 'bad' }
    const next = textAt(row, 'crlNextUpdate') || textAt(row, 'crl.nextUpdate')
    // what a server does not tell is not known to be missing
    if (next === '') return { text: tellsOfCrl(row) ? 'none' : '' }
    const isOver = Date.parse(next) < now.getTime()
    return isOver ? { text: `over ${dayOf(next)}`, tone: 'bad' } : { text: dayOf(next) }
  },
}

/** Where the key of an authority is, and how it is kept. */
const AUTHORITY_KEY: ListColumn = {
  header: 'KEY',
  cell: (row) => {
    if (textAt(row, 'keyId') === '') return { text: 'elsewhere' }
    const encrypted = at(row, 'encrypted')
    return encrypted === false
      ? { text: 'no password', tone: 'warn' }
      : { text: encrypted === true ? 'password' : '' }
  },
}

const TABLE: Readonly<Record<RecordKind, readonly ListColumn[]>> = {
  certificate: [ID, NAME, SUBJECT, EXPIRES, DAYS, STATE, PRIVATE],
  request: [
    ID,
    NAME,
    SUBJECT,
    { ...day('REQUESTED', 'requestedAt'), spare: 3 },
    plain('BY', 'requestedBy', { min: 8, spare: 2 }),
    STATE,
    PRIVATE,
  ],
  key: [SHORT_ID, KEY_SIZE, ENCRYPTED, day('IMPORTED', 'importedAt'), KEY_FROM],
  authority: [ID, NAME, SUBJECT, EXPIRES, DAYS, ENABLED, CRL],
  collection: [ID, NAME, plain('FILTER', 'filter', { min: 12 })],
  profile: [ID, NAME, day('ADDED', 'addedAt')],
}

const WIDE: Readonly<Record<RecordKind, readonly ListColumn[]>> = {
  certificate: [
    ...TABLE.certificate,
    PUBLIC_KEY,
    plain('ISSUER', 'issuer'),
    plain('SERIAL', 'serialNumber'),
    ALTERNATIVE_NAMES,
    plain('FRIENDLY NAME', 'friendlyName'),
    TAGS,
    plain('THUMBPRINT', 'thumbprint'),
  ],
  request: [
    ...TABLE.request,
    PUBLIC_KEY,
    ALTERNATIVE_NAMES,
    plain('PROFILE', 'profile'),
    plain('REASON', 'rejectionReason'),
    plain('CERTIFICATE', 'certificateId', { align: 'right' }),
    TAGS,
  ],
  key: [plain('ID', 'id'), ...TABLE.key.slice(1)],
  authority: [
    ...TABLE.authority,
    AUTHORITY_KEY,
    plain('ISSUED', 'issued', { align: 'right' }),
    plain('REVOKED', 'revoked', { align: 'right' }),
    plain('CRL NUMBER', 'crlNumber', { align: 'right' }),
    plain('CERTIFICATE', 'certificateId', { align: 'right' }),
    TAGS,
  ],
  collection: [...TABLE.collection, plain('DESCRIPTION', 'description')],
  profile: [...TABLE.profile, plain('SUMMARY', 'definition.summary')],
}

/** The columns of a listing. */
export function columnsOf(kind: RecordKind, form: 'table' | 'wide'): readonly ListColumn[] {
  return (form === 'table' ? TABLE : WIDE)[kind]
}

/** Fields of the CSV when `--fields` names none: one record in flat values. */
export const CSV_FIELDS: Readonly<Record<RecordKind, readonly string[]>> = {
  certificate: [
    'id',
    'name',
    'state',
    'subject',
    'issuer',
    'serialNumber',
    'notBefore',
    'notAfter',
    'subjectAltName',
    'publicKey.type',
    'publicKey.size',
    'publicKey.curve',
    'signatureAlgorithm',
    'hasKey',
    'friendlyName',
    'tags',
    'thumbprint',
    'fingerprint',
  ],
  request: [
    'id',
    'name',
    'state',
    'subject',
    'subjectAltName',
    'requestedAt',
    'requestedBy',
    'profile',
    'rejectionReason',
    'certificateId',
    'hasKey',
    'tags',
  ],
  key: ['id', 'type', 'size', 'curve', 'encrypted', 'importedAt', 'source.from'],
  authority: [
    'id',
    'name',
    'subject',
    'notAfter',
    'enabled',
    'certificateId',
    'encrypted',
    'issued',
    'revoked',
    'crl.number',
    'crl.nextUpdate',
  ],
  collection: ['id', 'name', 'filter', 'description'],
  profile: ['id', 'name', 'addedAt'],
}
