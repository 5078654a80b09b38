import { CertmanError } from '../base/errors.ts'
import { shellWord } from '../base/text.ts'
import type { RecordKind } from './records.ts'

/** What a person may type to name one record. `text` may be an id, a name or hex digits: the store tries in this order. */
export type Reference =
  | { readonly kind: RecordKind; readonly by: 'text'; readonly text: string }
  | { readonly kind: RecordKind; readonly by: 'serial'; readonly serialNumber: string }

const KIND_PREFIXES: Readonly<Record<string, RecordKind>> = {
  certificates: 'certificate',
  requests: 'request',
  keys: 'key',
  authorities: 'authority',
  collections: 'collection',
  profiles: 'profile',
}

/** Whether a text looks like a file's name: nobody who types it means a record that is not there. */
export const isFileName = (text: string): boolean =>
  /^[./~]|\.(?:pem|crt|cer|der|p7b|p7c|p12|pfx|jks|key|csr|req)$/i.test(text)

/** What to do with a file that was named where a reference is wanted. */
export const fileHint = (file: string, kind: RecordKind): string =>
  kind === 'request'
    ? `a request is taken in first: certman request --csr ${shellWord(file)}`
    : `a file is looked at with: certman show --file ${shellWord(file)}`

/**
 * Parses a reference: `3`, `web`, `9F86D081`, `serial:0a:1b`, `requests/3`, `keys/4be1…`.
 * Thumbprints may carry colons or spaces and any case; that is normalised when they are looked up.
 *
 * @throws {CertmanError} `input.invalid` for an empty reference or an unknown kind before the slash
 */
export function parseReference(text: string, kind: RecordKind = 'certificate'): Reference {
  const trimmed = text.trim()
  if (trimmed === '') throw new CertmanError('input.invalid', 'an empty reference names nothing')
  const slash = trimmed.indexOf('/')
  if (slash >= 0) {
    const named = KIND_PREFIXES[trimmed.slice(0, slash)]
    if (!named)
      throw new CertmanError('input.invalid', `${JSON.stringify(trimmed)} is no reference`, {
        hint: isFileName(trimmed)
          ? fileHint(trimmed, kind)
          : `before the slash stands one of: ${Object.keys(KIND_PREFIXES).join(', ')}; ${fileHint(trimmed, kind)}`,
      })
    return parseReference(trimmed.slice(slash + 1), named)
  }
  if (/^serial:/i.test(trimmed))
    return { kind, by: 'serial', serialNumber: parseSerialNumber(trimmed.slice(7)) }
  return { kind, by: 'text', text: trimmed }
}

/** Several references, of certificates where no kind is named. @throws {CertmanError} `input.invalid` */
export const parseReferences = (words: readonly string[]): readonly Reference[] =>
  words.map((word) => parseReference(word))

/** The error for a record that is not there. @param where ` in the trash` */
export const noRecord = (kind: RecordKind, id: string, where = ''): CertmanError =>
  new CertmanError('record.not-found', `no ${kind} ${JSON.stringify(id)}${where}`)

/**
 * Hex as people paste it, without colons, blanks and the marks of direction that Windows puts before a thumbprint in its
 * certificate dialog.
 */
export const withoutSeparators = (text: string): string => text.replace(/[\s:\u200e\u200f]/g, '')

/** Hex digits of a thumbprint, fingerprint or its prefix (8 or more), lower case; undefined when `text` is none. */
export function hexDigits(text: string): string | undefined {
  const hex = withoutSeparators(text).toLowerCase()
  return /^[0-9a-f]{8,64}$/.test(hex) ? hex : undefined
}

/**
 * A serial number as typed: hex with optional `0x`, colons or spaces, any case. Up to 64 digits, and a minus sign: there are
 * certificates with more than the 40 digits, and with less than the 1, that RFC 5280 section 4.1.2.2 allows.
 *
 * @returns lower-case hex without leading zeros, as `readIntegerHex` has it
 * @throws {CertmanError} `input.invalid`
 */
export function parseSerialNumber(text: string): string {
  const hex = text
    .replace(/^0x|[: ]/gi, '')
    .toLowerCase()
    .replace(/^(-?)0+(?=.)/, '$1')
  if (!/^-?[0-9a-f]{1,64}$/.test(hex))
    throw new CertmanError('input.invalid', `not a serial number: ${JSON.stringify(text)}`, {
      hint: 'write it in hex, such as 0a1b or 0A:1B',
    })
  return hex
}
