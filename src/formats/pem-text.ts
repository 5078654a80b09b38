/**
 * The text as octets in which ASCII stands for itself: UTF-16, as Windows tools write it, becomes UTF-8; anything else
 * is returned as it is, without a copy.
 */
export function toSingleByteText(bytes: Uint8Array): Buffer {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const order = utf16Order(view)
  if (order === undefined) return view
  const even = view.subarray(0, view.length & ~1)
  return Buffer.from((order === 'le' ? even : Buffer.from(even).swap16()).toString('utf16le'))
}

/** By the byte order mark, else by zeros in every second octet of the first two characters. */
function utf16Order(view: Buffer): 'le' | 'be' | undefined {
  if (view.length < 4) return undefined
  const [a, b, c, d] = [view[0]!, view[1]!, view[2]!, view[3]!]
  if (a === 0xff && b === 0xfe) return 'le'
  if (a === 0xfe && b === 0xff) return 'be'
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return 'le'
  return a === 0 && isAscii(b) && c === 0 && isAscii(d) ? 'be' : undefined
}

const isAscii = (octet: number): boolean =>
  (octet >= 0x20 && octet < 0x7f) || (octet >= 0x09 && octet <= 0x0d)

/** Line numbers of rising offsets. LF, CR LF and a lone CR each end one line. */
export class LineCounter {
  readonly #source: Buffer
  #at = 0
  #line = 1

  constructor(source: Buffer) {
    this.#source = source
  }

  /** The line, from 1, in which `offset` stands. Offsets must not fall. */
  at(offset: number): number {
    for (; this.#at < offset; this.#at++) {
      const octet = this.#source[this.#at]
      if (octet === 0x0a || (octet === 0x0d && this.#source[this.#at + 1] !== 0x0a)) this.#line++
    }
    return this.#line
  }
}
