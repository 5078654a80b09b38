import { isUtf8 } from 'node:buffer'
import { CertmanError } from '../base/errors.ts'
import { oidOfName } from '../asn1/oids.ts'
import { TAG } from '../asn1/reader.ts'
import {
  constructed,
  ia5String,
  isOid,
  oid as writeOid,
  printableString,
  sequence,
  setOf,
  utf8String,
} from '../asn1/writer.ts'
import { parseTypedDer, quoted } from './name-fault.ts'

/** One attribute as typed: `hex` for a value given as `#0c0141`. */
interface TypedAttribute {
  readonly oid: string
  readonly value: { readonly text: string } | { readonly hex: string }
}

const COUNTRY = ['2.5.4.6', '1.3.6.1.4.1.311.60.2.1.3', '1.3.6.1.5.5.7.9.4', '1.3.6.1.5.5.7.9.5']
// RFC 5280 appendix A.1: serialNumber, dnQualifier and countries are PrintableString; DC and emailAddress IA5String
const PRINTABLE = [...COUNTRY, '2.5.4.5', '2.5.4.46']
const IA5 = ['0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1']

const bad = (why: string, hint?: string): CertmanError =>
  new CertmanError('input.invalid', `not a name: ${why}`, {
    field: 'subject',
    hint: hint ?? 'write it like: CN=www.example.com,O=Example\\, Inc.,C=DE',
  })

/**
 * The DER of a Name typed as RFC 4514 text (`CN=w,O=Example\, Inc`, most specific first) or in OpenSSL's old form
 * (`/C=DE/O=Example/CN=w`, most specific last). Types are short names, long names, aliases, or OIDs (`OID.` may stand
 * before); values may be quoted (RFC 2253) or `#hex`. The empty text is the empty name.
 *
 * Values become UTF8String, except where RFC 5280 demands PrintableString or IA5String.
 *
 * @throws {CertmanError} `input.invalid`
 */
export function parseNameText(text: string): Uint8Array {
  // only in front: a space at the end may be an escaped one
  const trimmed = text.trimStart()
  if (trimmed === '') return sequence()
  if (!trimmed.includes('='))
    throw bad(`${JSON.stringify(trimmed)} is not of the form type=value`, `write it as CN=${trimmed}`)
  const rdns = trimmed.startsWith('/') ? splitSlashed(trimmed) : splitName(trimmed, ',;').toReversed()
  const sets = rdns.map((rdn) => setOf(splitName(rdn, '+').map((part) => encode(parseAttribute(part)))))
  return constructed(TAG.sequence, sets)
}

// a slash begins a new RDN only where `type=` follows: values with a slash in them are common in this form
const splitSlashed = (text: string): string[] =>
  text
    .slice(1)
    .split(/(?<!\\)\/(?=[A-Za-z0-9.]+=)/)
    .map((rdn) => rdn.replaceAll('\\/', '/'))

/** Splits at separators that are neither escaped nor inside quotes. */
function splitName(text: string, separators: string): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\') at++
    else if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && separators.includes(char)) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  if (isQuoted) throw bad('a quotation mark is not closed')
  parts.push(text.slice(start))
  return parts
}

function parseAttribute(part: string): TypedAttribute {
  const equals = part.indexOf('=')
  const type = part.slice(0, Math.max(equals, 0)).trim()
  if (type === '') throw bad(`${JSON.stringify(part.trim())} is not of the form type=value`)
  const oid = typeOid(type)
  const raw = withoutEnd(part.slice(equals + 1).trimStart())
  if (raw.startsWith('#')) return { oid, value: { hex: raw.slice(1) } }
  const inQuotes = /^"(.*)"$/s.exec(raw)
  return { oid, value: { text: unescape(inQuotes ? inQuotes[1]! : raw, inQuotes !== null) } }
}

/** Without the spaces at its end, but for an escaped one. A pattern would take the square of a run of spaces inside. */
function withoutEnd(value: string): string {
  let end = value.length
  while (value[end - 1] === ' ') end--
  let escapes = 0
  while (value[end - 1 - escapes] === '\\') escapes++
  return value.slice(0, escapes % 2 === 0 ? end : end + 1)
}

function typeOid(type: string): string {
  const dotted = type.replace(/^OID\./i, '')
  if (isOid(dotted)) return dotted
  const oid = oidOfName('attributeType', type)
  if (oid === undefined)
    throw bad(
      `the attribute type ${JSON.stringify(type)} is unknown`,
      'give its object identifier, as in 2.5.4.3=www',
    )
  return oid
}

function unescape(value: string, isQuoted: boolean): string {
  const bytes: Buffer[] = []
  // either `\` and two hex digits (an octet of UTF-8), or `\` and the character itself, or a run of plain text
  for (const [piece, hex, char] of value.matchAll(/\\([0-9A-Fa-f]{2})|\\([\s\S])|[^\\]+|\\$/g)) {
    if (piece === '\\') throw bad('a backslash at the end escapes nothing')
    if (!isQuoted && hex === undefined && char === undefined && piece.includes('"'))
      throw bad('a quotation mark must be written as \\"')
    bytes.push(hex === undefined ? Buffer.from(char ?? piece, 'utf8') : Buffer.from(hex, 'hex'))
  }
  const octets = Buffer.concat(bytes)
  if (!isUtf8(octets) || /[\ud800-\udfff]/u.test(value))
    throw bad(
      `${JSON.stringify(value)} is no Unicode text`,
      'give other octets as # and the hex of the DER value',
    )
  return octets.toString('utf8')
}

const encode = ({ oid, value }: TypedAttribute): Uint8Array =>
  sequence(writeOid(oid), 'hex' in value ? hexValue(value.hex) : textValue(oid, value.text))

const hexValue = (hex: string): Uint8Array =>
  parseTypedDer(hex, (why) => bad(`the value ${quoted(`#${hex}`)} ${why}`))

function textValue(oid: string, text: string): Uint8Array {
  if (text === '') throw bad('an attribute has an empty value', 'leave the attribute out')
  if (COUNTRY.includes(oid) && !/^[A-Za-z]{2}$/.test(text))
    throw bad(
      `the country ${JSON.stringify(text)} is no code of two letters`,
      'use the code of ISO 3166, such as DE',
    )
  if (PRINTABLE.includes(oid)) {
    if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text))
      throw bad(`${JSON.stringify(text)} has characters outside PrintableString`)
    return printableString(text)
  }
  if (!IA5.includes(oid)) return utf8String(text)
  if (/[^\u0000-\u007f]/.test(text)) throw bad(`${JSON.stringify(text)} has characters outside ASCII`)
  return ia5String(text)
}
