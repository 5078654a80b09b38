const PAD = 64
const BLANK = 65
const HYPHEN = 66
const BAD = 67

/** Octets of the no-break space, zero width space and byte order mark in UTF-8: what is copied out of web pages has them. */
const INVISIBLE = Buffer.from('\u00a0\u200b\ufeff')

/** What each octet means inside an armoured body (RFC 4648 section 4; RFC 7468 section 3 allows white space). */
const MEANING = makeMeaning()

function makeMeaning(): Uint8Array {
  const table = new Uint8Array(256).fill(BAD)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  for (const blank of [0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20, ...INVISIBLE]) table[blank] = BLANK
  table['='.charCodeAt(0)] = PAD
  table['-'.charCodeAt(0)] = HYPHEN
  return table
}

/** The octets of a base64 body and where its last character ended, or what is wrong and where. */
export type DecodedBody =
  { readonly der: Uint8Array; readonly end: number } | { readonly what: string; readonly wrongAt: number }

/**
 * Decodes base64 with white space anywhere, up to the first `-` or the end of `source`. Padding is required, so that a
 * line cut short does not pass.
 */
export function decodeBody(source: Buffer, start: number): DecodedBody {
  const hyphen = source.indexOf(0x2d, start)
  const limit = hyphen < 0 ? source.length : hyphen
  const der = new Uint8Array(Math.floor(((limit - start) * 3) / 4) + 3)
  let length = 0
  let group = 0
  let count = 0
  let at = start
  for (; at < limit; at++) {
    const meaning = MEANING[source[at]!]!
    if (meaning === BLANK) continue
    if (meaning >= PAD) break
    group = (group << 6) | meaning
    if (++count < 4) continue
    der[length++] = group >> 16
    der[length++] = group >> 8
    der[length++] = group
    group = 0
    count = 0
  }
  const tail = readPadding(source, at, limit)
  if (tail.wrongAt !== undefined)
    return { what: `${nameOf(source, tail.wrongAt)} is no base64`, wrongAt: tail.wrongAt }
  if ((count === 0 ? 0 : 4 - count) !== tail.padding || count === 1)
    return {
      what: 'the base64 ends in the middle of a group of four',
      wrongAt: Math.max(start, lastMark(source, tail.end)),
    }
  if (count === 2) der[length++] = group >> 4
  if (count === 3) {
    der[length++] = group >> 10
    der[length++] = group >> 2
  }
  return { der: der.subarray(0, length), end: tail.end }
}

/** Offset of the last character before `end` that is not white space, where a cut is seen. */
function lastMark(source: Buffer, end: number): number {
  let at = end - 1
  while (at > 0 && MEANING[source[at]!] === BLANK) at--
  return at
}

/** Reads `=` and white space up to `limit`; anything else is wrong. */
function readPadding(
  source: Buffer,
  from: number,
  limit: number,
): { readonly padding: number; readonly end: number; readonly wrongAt?: number } {
  let padding = 0
  for (let at = from; at < limit; at++) {
    const meaning = MEANING[source[at]!]!
    if (meaning === PAD) padding++
    else if (meaning !== BLANK) return { padding, end: at, wrongAt: at }
  }
  return { padding, end: limit }
}

/** The octet as a person knows it: the character itself, or its number. */
function nameOf(source: Buffer, at: number): string {
  const octet = source[at]!
  const meaning = MEANING[octet]!
  if (meaning < PAD) return 'text after the padding'
  return octet > 0x20 && octet < 0x7f
    ? `the character ${JSON.stringify(String.fromCharCode(octet))}`
    : `the octet 0x${octet.toString(16).padStart(2, '0')}`
}
