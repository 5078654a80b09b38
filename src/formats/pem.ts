import { isUtf8 } from 'node:buffer'
import { toBase64 } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'
import { decodeBody } from './pem-base64.ts'
import { LineCounter, toSingleByteText } from './pem-text.ts'

/** One armoured block (RFC 7468 section 2), decoded. */
export interface PemBlock {
  /** `CERTIFICATE`, `X509 CRL` … as it stands in the file. */
  readonly label: string
  readonly der: Uint8Array
  /** RFC 1421 headers such as `Proc-Type` and `DEK-Info`, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Counts from 1, damaged blocks included. */
  readonly number: number
  /** Line of its BEGIN, from 1. */
  readonly line: number
  /** Explanatory text between the block before and this one (RFC 7468 section 5.2), at most its last 16 KiB. */
  readonly text: string
}

/** A block that cannot be decoded. */
export interface PemDamage {
  readonly number: number
  readonly line: number
  /** What is wrong, in words that follow `line N:`. */
  readonly what: string
}

/** What stands in a text: whole blocks and damaged ones, each in file order. */
export interface PemFile {
  readonly blocks: readonly PemBlock[]
  readonly damaged: readonly PemDamage[]
}

const BEGIN = Buffer.from('-----BEGIN ')
const END = '-----END '
const DASHES = Buffer.from('-----')
/** What is wrong with a PEM out of a string of JSON or an environment file. */
const ESCAPED = 'its line ends are written as "\\n"'
const MAX_LABEL = 80
const MAX_TEXT = 16_384
/** RFC 1421 messages have about ten; what comes after is read as base64 and fails there. */
const MAX_HEADER_LINES = 100

/**
 * Every armoured block of a text, in file order. Reads RFC 7468 and what tools write: CR, LF or both, white space,
 * a byte order mark, UTF-16, text around the blocks, RFC 1421 headers, lines of any length. Linear in its input.
 *
 * @returns no block at all when the text has no BEGIN line; nothing is thrown
 */
export function readPem(bytes: Uint8Array): PemFile {
  const blocks: PemBlock[] = []
  const damaged: PemDamage[] = []
  for (const found of scan(bytes)) {
    if ('what' in found) damaged.push(found)
    else blocks.push(found)
  }
  return { blocks, damaged }
}

/** Blocks and damages in file order, one by one, so that a reader may stop at the first damage. */
function* scan(bytes: Uint8Array): Iterable<PemBlock | PemDamage> {
  const source = toSingleByteText(bytes)
  const lines = new LineCounter(source)
  let textStart = 0
  let number = 0
  for (let at = findBegin(source, 0); at >= 0; at = findBegin(source, textStart)) {
    number++
    const line = lines.at(at)
    const found = readBlock(source, at)
    if ('what' in found) {
      yield { number, line: lines.at(found.wrongAt), what: found.what }
    } else {
      const text = textOf(source.subarray(Math.max(textStart, at - MAX_TEXT), at))
      yield { label: found.label, headers: found.headers, der: found.der, number, line, text }
    }
    textStart = found.end
  }
}

/** UTF-8; where it is none, Latin-1, in which `openssl pkcs12` prints friendly names. */
function textOf(octets: Buffer): string {
  // a character cut in two at the start is no sign of anything
  return isUtf8(octets.subarray(octets.findIndex((octet) => (octet & 0xc0) !== 0x80)))
    ? octets.toString('utf8')
    : octets.toString('latin1')
}

/** Whether a text has any BEGIN line, of whatever label. */
export const hasPem = (bytes: Uint8Array): boolean => findBegin(toSingleByteText(bytes), 0) >= 0

/**
 * Like `readPem`, for texts that must be whole.
 *
 * @param file shown in the message
 * @throws {CertmanError} `pem.malformed` at the first damaged block: names the block, the line and what is wrong
 */
export function requirePem(bytes: Uint8Array, file: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  for (const found of scan(bytes)) {
    if ('what' in found)
      throw new CertmanError(
        'pem.malformed',
        `${printable(file)}: damaged PEM block ${found.number}, line ${found.line}: ${found.what}`,
        found.what === ESCAPED ? { hint: 'write them as such: printf %b "$(cat FILE)" > NEW' } : {},
      )
    blocks.push(found)
  }
  return blocks
}

/**
 * One block as every tool reads it: 64 columns, line feeds, final newline (RFC 7468 section 2).
 *
 * @param text explanatory lines before the BEGIN line; must end with a newline
 */
export function writePem(label: string, der: Uint8Array, text = ''): string {
  const base64 = toBase64(der)
  let lines = ''
  for (let at = 0; at < base64.length; at += 64) lines += `${base64.slice(at, at + 64)}\n`
  return `${text}-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`
}

/** The next BEGIN at the start of a line; white space and a byte order mark may stand before it. */
function findBegin(source: Buffer, from: number): number {
  for (let at = source.indexOf(BEGIN, from); at >= 0; at = source.indexOf(BEGIN, at + BEGIN.length)) {
    let before = at - 1
    while (before >= from && isBlank(source[before]!)) before--
    if (before < from || source[before] === 0x0a || source[before] === 0x0d) return at
  }
  return -1
}

// the last three are the octets of a UTF-8 byte order mark
const isBlank = (octet: number): boolean =>
  octet === 0x20 || octet === 0x09 || octet === 0xef || octet === 0xbb || octet === 0xbf

interface Broken {
  readonly what: string
  readonly wrongAt: number
  /** Where the search for the next block goes on. */
  readonly end: number
}

interface Whole {
  readonly label: string
  readonly headers: PemBlock['headers']
  readonly der: Uint8Array
  readonly end: number
}

function readBlock(source: Buffer, begin: number): Whole | Broken {
  const labelStart = begin + BEGIN.length
  const labelEnd =
    source.subarray(labelStart, labelStart + MAX_LABEL + DASHES.length).indexOf(DASHES) + labelStart
  const label = source.toString('latin1', labelStart, Math.max(labelStart, labelEnd))
  if (labelEnd < labelStart || /[\r\n]/.test(label))
    return { what: 'the BEGIN line does not end with five dashes', wrongAt: begin, end: labelStart }
  if (/^\\[nr]/.test(source.toString('latin1', labelEnd + DASHES.length, labelEnd + DASHES.length + 2)))
    return { what: ESCAPED, wrongAt: begin, end: labelEnd }
  const { headers, end: bodyStart } = readHeaders(source, labelEnd + DASHES.length)
  const body = decodeBody(source, bodyStart)
  if ('what' in body) return { ...body, end: body.wrongAt }
  const rest = source.toString('latin1', body.end, body.end + END.length + MAX_LABEL + DASHES.length)
  if (rest !== '' && !rest.startsWith('-----'))
    return { what: 'the character "-" is no base64', wrongAt: body.end, end: body.end + 1 }
  if (!rest.startsWith(END))
    return {
      what: `the ${printable(label)} block has no END line`,
      wrongAt: begin,
      end: Math.max(body.end, labelStart),
    }
  const expected = `${END}${label}-----`
  if (!rest.startsWith(expected)) {
    const ends = printable(rest.split(/[\r\n]/, 1)[0] ?? '')
    return {
      what: `${JSON.stringify(ends)} ends a ${printable(label)} block`,
      wrongAt: body.end,
      end: body.end + END.length,
    }
  }
  if (body.der.length === 0)
    return { what: `the ${printable(label)} block is empty`, wrongAt: begin, end: body.end + expected.length }
  return { label, headers, der: body.der, end: body.end + expected.length }
}

/** RFC 1421 section 4.6 headers: `name: value` lines, continued by lines that begin with white space. */
function readHeaders(source: Buffer, from: number): { headers: PemBlock['headers']; end: number } {
  const headers: [string, string][] = []
  let end = from
  while (end < source.length && isWhite(source[end]!)) end++
  for (let count = 0; count < MAX_HEADER_LINES && end < source.length; count++) {
    const lineEnd = endOfLine(source, end)
    // a base64 line has no colon: its first octets decide, however long it is
    const line = source.toString('latin1', end, Math.min(lineEnd, end + 2048)).trim()
    const match = /^([A-Za-z][A-Za-z0-9-]{0,63}):[ \t]*(.*)$/.exec(line)
    const last = headers.at(-1)
    if (match) headers.push([match[1]!, match[2]!])
    else if (last && line !== '' && isWhite(source[end]!)) last[1] += line
    else break
    end = source[lineEnd] === 0x0d && source[lineEnd + 1] === 0x0a ? lineEnd + 2 : lineEnd + 1
  }
  return { headers, end: Math.min(end, source.length) }
}

const isWhite = (octet: number): boolean => octet === 0x20 || (octet >= 0x09 && octet <= 0x0d)

function endOfLine(source: Buffer, from: number): number {
  for (let at = from; at < source.length; at++) if (source[at] === 0x0a || source[at] === 0x0d) return at
  return source.length
}
