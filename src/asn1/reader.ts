import { CertmanError } from '../base/errors.ts'

/** Universal and common context tags as whole identifier octets (X.690 section 8.1.2). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/**
 * Content octets of an OBJECT IDENTIFIER: 128 arcs of 32 bits (RFC 2578 section 3.5), where OpenSSL draws the line, too.
 * The time for the digits of a longer one grows with the square of its length.
 */
export const MAX_OID_OCTETS = 586

/** The identifier octet of `[n]`: context class, primitive or constructed. `n` is 0 to 30. */
export const contextTag = (n: number, constructed: boolean): number => (constructed ? 0xa0 : 0x80) | n

/** Whether an identifier octet is that of a value made of values (X.690 section 8.1.2.5). */
export const isConstructed = (tag: number): boolean => (tag & 0x20) !== 0

/** One TLV inside a larger buffer; nothing is copied. */
export interface Tlv {
  readonly source: Uint8Array
  /** The identifier octet; for the high-tag-number form (rare) only its first octet. */
  readonly tag: number
  readonly start: number
  readonly contentStart: number
  readonly end: number
}

/** The content octets of `tlv`, as a view. */
export const contentOf = (tlv: Tlv): Uint8Array => tlv.source.subarray(tlv.contentStart, tlv.end)

/** Tag, length and content of `tlv`, as a view. */
export const bytesOf = (tlv: Tlv): Uint8Array => tlv.source.subarray(tlv.start, tlv.end)

/** The refusal of octets that are no DER, or not the DER that is wanted. @param at offset in what is being read */
export const malformedDer = (what: string, at: number): CertmanError =>
  new CertmanError('der.malformed', `malformed DER at byte ${at}: ${what}`)

/** The refusal of another value than `what`. @param tags identifier octets: the one wanted, the one found or -1 for nothing */
function wrongTag(what: string, tags: readonly [wanted: number, found: number], at: number): CertmanError {
  const [wanted, found] = tags.map((tag) =>
    tag < 0 ? 'nothing' : `tag 0x${tag.toString(16).padStart(2, '0')}`,
  )
  return malformedDer(`expected ${what} (${wanted}), found ${found}`, at)
}

/** `tlv` itself when it has this identifier octet. @throws {CertmanError} `der.malformed` */
export function requireTag(tlv: Tlv, tag: number, what: string): Tlv {
  if (tlv.tag === tag) return tlv
  throw wrongTag(what, [tag, tlv.tag], tlv.start)
}

/** Reads the TLV that starts at `at` and must end by `limit`. Lengths are definite and minimal (X.690 section 10.1). */
export function readTlv(source: Uint8Array, at: number, limit: number): Tlv {
  let next = at
  if (next >= limit) throw malformedDer('a value is missing', at)
  const tag = source[next++]!
  if ((tag & 0x1f) === 0x1f) next = skipHighTag(source, next, limit)
  if (next >= limit) throw malformedDer('the length is missing', at)
  let length = source[next++]!
  if (length >= 0x80) {
    const octets = length & 0x7f
    if (octets === 0) throw malformedDer('indefinite length', at)
    if (octets > 4 || next + octets > limit) throw malformedDer('the length is longer than the input', at)
    if (source[next] === 0) throw malformedDer('the length has leading zeros', at)
    length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + source[next++]!
    if (length < 0x80) throw malformedDer('the length is not minimal', at)
  }
  const end = next + length
  if (end > limit) throw malformedDer(`${length} bytes announced, ${limit - next} left`, at)
  return { source, tag, start: at, contentStart: next, end }
}

function skipHighTag(source: Uint8Array, from: number, limit: number): number {
  let next = from
  while (next < limit && source[next]! >= 0x80) next++
  if (next >= limit || next - from > 4) throw malformedDer('the tag number is too long', from)
  return next + 1
}

/** Walks the values of a constructed TLV, or of a whole buffer, one by one. */
export class DerReader {
  readonly source: Uint8Array
  readonly limit: number
  #at: number

  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.source = source
    this.#at = start
    this.limit = end
  }

  /** A reader over the content of `tlv`. */
  static into(tlv: Tlv): DerReader {
    return new DerReader(tlv.source, tlv.contentStart, tlv.end)
  }

  /** A reader over the content of the SEQUENCE that `source` is from end to end. @param what `a private key` */
  static whole(source: Uint8Array, what: string): DerReader {
    const outer = new DerReader(source)
    const reader = outer.enter(TAG.sequence, what)
    outer.finish(what.replace(/^an? /, ''))
    return reader
  }

  get atEnd(): boolean {
    return this.#at >= this.limit
  }

  /** Offset of the next value in `source`. */
  get offset(): number {
    return this.#at
  }

  /** The identifier octet of the next value, or -1 at the end. */
  peek(): number {
    return this.#at < this.limit ? this.source[this.#at]! : -1
  }

  /** The next value; with `tag` it must have that identifier octet. */
  read(tag?: number, what = 'value'): Tlv {
    if (tag !== undefined && this.peek() !== tag) throw wrongTag(what, [tag, this.peek()], this.#at)
    const tlv = readTlv(this.source, this.#at, this.limit)
    this.#at = tlv.end
    return tlv
  }

  /** The next value if it has this identifier octet. */
  readIf(tag: number): Tlv | undefined {
    return this.peek() === tag ? this.read() : undefined
  }

  /** A reader over the content of the next value, which must have this identifier octet. */
  enter(tag: number, what = 'value'): DerReader {
    return DerReader.into(this.read(tag, what))
  }

  /** Like `enter`, when the next value has this identifier octet. */
  enterIf(tag: number): DerReader | undefined {
    return this.peek() === tag ? this.enter(tag) : undefined
  }

  /** Refuses anything left over. */
  finish(what = 'value'): void {
    if (!this.atEnd) throw malformedDer(`unexpected bytes after the ${what}`, this.#at)
  }
}
