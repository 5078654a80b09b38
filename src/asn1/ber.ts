import { concat } from '../base/bytes.ts'
import { CertmanError } from '../base/errors.ts'
import { MAX_DEPTH } from './gate.ts'
import { contentOf, DerReader, isConstructed, TAG, type Tlv } from './reader.ts'
import { sizeOfTlv, writeHeader } from './writer.ts'

/** Values in one file that has to be rewritten, some 100 bytes of memory each; DER of any size is not counted. */
const MAX_VALUES = 1_000_000

/** The string types that BER may cut into chunks (X.690 sections 8.6, 8.7, 8.23). */
const STRING_TYPES: ReadonlySet<number> = new Set([
  TAG.bitString,
  TAG.octetString,
  TAG.utf8String,
  TAG.numericString,
  TAG.printableString,
  TAG.teletexString,
  0x15, // VideotexString
  TAG.ia5String,
  0x19, // GraphicString
  TAG.visibleString,
  0x1b, // GeneralString
  TAG.universalString,
  TAG.bmpString,
])

const CONSTRUCTED = 0x20
const isChunkedString = (tag: number): boolean => isConstructed(tag) && STRING_TYPES.has(tag & ~CONSTRUCTED)

const malformed = (what: string, at: number): CertmanError =>
  new CertmanError('der.malformed', `malformed BER at byte ${at}: ${what}`)

const tooDeep = (): CertmanError =>
  new CertmanError('limit.exceeded', `the values are nested more than ${MAX_DEPTH} deep`)

/** Identifier and length octets; `end` is -1 for an indefinite length (X.690 section 8.1.3.6). */
interface Header {
  readonly start: number
  readonly tag: number
  readonly tagEnd: number
  readonly contentStart: number
  readonly end: number
  /** Whether the length is definite and as short as it can be. */
  readonly minimal: boolean
}

function readHeader(source: Uint8Array, start: number, limit: number): Header {
  let next = start
  if (next >= limit) throw malformed('a value is missing', start)
  const tag = source[next++]!
  if ((tag & 0x1f) === 0x1f) while (next < limit && source[next++]! >= 0x80);
  const tagEnd = next
  if (next >= limit) throw malformed('the length is missing', start)
  const first = source[next++]!
  if (first === 0x80) return { start, tag, tagEnd, contentStart: next, end: -1, minimal: false }
  const octets = first > 0x80 ? first & 0x7f : 0
  if (next + octets > limit) throw malformed('the length is longer than the input', start)
  let length = octets === 0 ? first : 0
  // capped far above any limit, so that absurd lengths stay numbers and fail the comparison below
  for (let i = 0; i < octets; i++) length = Math.min(length * 256 + source[next + i]!, 2 ** 40)
  const minimal = octets === 0 || (source[next] !== 0 && length >= 0x80)
  const contentStart = next + octets
  if (contentStart + length > limit)
    throw malformed(`more bytes announced than the ${limit - contentStart} that are left`, start)
  return { start, tag, tagEnd, contentStart, end: contentStart + length, minimal }
}

/** Whether the first value is definite and minimal throughout: the usual case, walked without building a tree. */
function isDefinite(source: Uint8Array): boolean {
  const ends: number[] = []
  let at = 0
  do {
    const header = readHeader(source, at, ends.at(-1) ?? source.length)
    if (!header.minimal || isChunkedString(header.tag)) return false
    at = header.end
    if (isConstructed(header.tag)) {
      if (ends.length >= MAX_DEPTH) throw tooDeep()
      ends.push(header.end)
      at = header.contentStart
    }
    while (ends.length > 0 && at >= ends.at(-1)!) ends.pop()
  } while (ends.length > 0)
  return true
}

/** One value on its way out. */
interface Node {
  readonly header: Header
  /** The identifier octet to write: without the constructed bit for a joined string. */
  readonly tag: number
  /** Children to write under a new length, or the content octets themselves. */
  readonly inside: readonly Node[] | Uint8Array
  readonly length: number
  /** Offset after the value in the source, end-of-contents octets included. */
  readonly after: number
}

/** Rewrites one value; a fresh one per call, for it counts the values. */
class BerRewriter {
  readonly #source: Uint8Array
  #values = 0

  constructor(source: Uint8Array) {
    this.#source = source
  }

  parse(at: number, limit: number, depth: number): Node {
    if (depth > MAX_DEPTH) throw tooDeep()
    if (++this.#values > MAX_VALUES)
      throw new CertmanError('limit.exceeded', `more than ${MAX_VALUES} values in one file`)
    const header = readHeader(this.#source, at, limit)
    if (!isConstructed(header.tag)) return this.#primitive(header)
    const children: Node[] = []
    const end = header.end < 0 ? limit : header.end
    let next = header.contentStart
    while (header.end < 0 ? !this.#endsAt(next, limit) : next < end) {
      const child = this.parse(next, end, depth + 1)
      children.push(child)
      next = child.after
    }
    const after = header.end < 0 ? next + 2 : next
    if (isChunkedString(header.tag)) return joined(header, children, after)
    let length = 0
    for (const child of children) length += sizeOf(child)
    return { header, tag: header.tag, inside: children, length, after }
  }

  #primitive(header: Header): Node {
    if (header.end < 0) throw malformed('indefinite length of a primitive value', header.start)
    const inside = this.#source.subarray(header.contentStart, header.end)
    return { header, tag: header.tag, inside, length: inside.length, after: header.end }
  }

  #endsAt(at: number, limit: number): boolean {
    if (at + 2 > limit) throw malformed('the end of an indefinite value is missing', at)
    return this.#source[at] === 0 && this.#source[at + 1] === 0
  }

  /** @returns the offset after what was written */
  write(node: Node, out: Uint8Array, from: number): number {
    const { start, tagEnd } = node.header
    out.set(this.#source.subarray(start, tagEnd), from)
    out[from] = node.tag
    // the length stands behind the last octet of the identifier, which is mostly the only one
    const last = from + tagEnd - start - 1
    let at = writeHeader(out, last, [out[last]!, node.length])
    if (!(node.inside instanceof Uint8Array)) {
      for (const child of node.inside) at = this.write(child, out, at)
      return at
    }
    out.set(node.inside, at)
    return at + node.length
  }
}

const sizeOf = ({ header, length }: Node): number => header.tagEnd - header.start - 1 + sizeOfTlv(length)

/** One primitive string of its chunks; of a BIT STRING only the last chunk may have unused bits (X.690 section 8.6.4). */
function joined(header: Header, chunks: readonly Node[], after: number): Node {
  const tag = header.tag & ~CONSTRUCTED
  const isBits = tag === TAG.bitString
  const parts: Uint8Array[] = []
  let unused = 0
  for (const chunk of chunks) {
    if (!(chunk.inside instanceof Uint8Array) || (chunk.tag !== tag && chunk.tag !== TAG.octetString))
      throw malformed('a chunk of a string is no string', chunk.header.start)
    if (isBits && (unused !== 0 || chunk.length === 0))
      throw malformed('unused bits within a bit string', chunk.header.start)
    unused = isBits ? chunk.inside[0]! : 0
    parts.push(isBits ? chunk.inside.subarray(1) : chunk.inside)
  }
  const inside = concat(isBits ? [new Uint8Array([unused]), ...parts] : parts)
  return { header, tag, inside, length: inside.length, after }
}

/**
 * BER as DER readers want it: definite minimal lengths, strings in one piece (X.690 sections 10.1, 10.2). Values are
 * not reordered, and the content of primitive values is not looked into. Bytes after the first value are kept as
 * they are.
 *
 * @returns `bytes` itself when nothing had to change
 * @throws {CertmanError} `der.malformed`, or `limit.exceeded` for more than 64 levels, or a million values in BER
 */
export function toDefinite(bytes: Uint8Array): Uint8Array {
  if (isDefinite(bytes)) return bytes
  const rewriter = new BerRewriter(bytes)
  const root = rewriter.parse(0, bytes.length, 0)
  const rest = bytes.subarray(root.after)
  const whole = new Uint8Array(sizeOf(root) + rest.length)
  whole.set(rest, rewriter.write(root, whole, 0))
  return whole
}

/**
 * The octets of an implicitly tagged string (`[0] IMPLICIT OCTET STRING`), chunked or not: its tag does not say that
 * it is a string, so `toDefinite` leaves the chunks in place (RFC 5652 section 6.1, `encryptedContent`).
 */
export function implicitOctets(value: Tlv): Uint8Array {
  if (!isConstructed(value.tag)) return contentOf(value)
  const parts: Uint8Array[] = []
  for (const reader = DerReader.into(value); !reader.atEnd;)
    parts.push(contentOf(reader.read(TAG.octetString, 'chunk')))
  return concat(parts)
}
