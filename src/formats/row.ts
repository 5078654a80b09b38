import { endOfSequence } from '../asn1/gate.ts'
import { hasPem } from './pem.ts'

/** A piece of a file in which several things stand one behind the other. */
export interface RowPart {
  /** Byte of the file at which it begins. */
  readonly at: number
  readonly part: Uint8Array
  /** Nothing but zeros or ones: memory of a fixed size, of which the certificate needs less. */
  readonly isFiller: boolean
}

/**
 * Cuts a file that begins with a DER value: further values, white space between them, then PEM or filling.
 *
 * @returns pieces that are cut as they are asked for: a list of the smallest values would take a hundred times the room
 *   of the file; undefined for a lone value, and when something else follows
 */
export function partsOfRow(bytes: Uint8Array): Iterable<RowPart> | undefined {
  if (endOfSequence(bytes, 0) === bytes.length) return undefined
  const rest = endOfValues(bytes)
  if (rest === bytes.length) return cut(bytes, rest, false)
  const part = bytes.subarray(rest)
  const isFiller = part.every((octet) => octet === part[0]) && (part[0] === 0 || part[0] === 0xff)
  // text has no zeros, so that a damaged value with PEM somewhere behind it is still called damaged
  if (rest === 0 || !(isFiller || (!part.includes(0) && hasPem(part)))) return undefined
  return cut(bytes, rest, isFiller)
}

/** Where no further value begins. */
function endOfValues(bytes: Uint8Array): number {
  let at = 0
  for (let end; at < bytes.length; at = afterBlanks(bytes, end)) {
    end = endOfSequence(bytes, at)
    if (end === undefined) break
  }
  return at
}

/** @param rest where the values end */
function* cut(bytes: Uint8Array, rest: number, isFiller: boolean): Iterable<RowPart> {
  for (let at = 0, end; at < rest; at = afterBlanks(bytes, end)) {
    end = endOfSequence(bytes, at)!
    yield { at, part: bytes.subarray(at, end), isFiller: false }
  }
  if (rest < bytes.length) yield { at: rest, part: bytes.subarray(rest), isFiller }
}

/** Where DER begins behind the last block of a PEM text; undefined when only text is there. */
export function derBehindPem(text: Uint8Array): number | undefined {
  const buffer = Buffer.from(text.buffer, text.byteOffset, text.byteLength)
  const label = buffer.lastIndexOf('-----END ') + '-----END '.length
  const at = afterBlanks(text, buffer.indexOf('-----', label) + '-----'.length)
  return beginsWithDer(text, at) ? at : undefined
}

/** Whether a whole DER value of more than 127 bytes begins here: no text has the octet of its length behind a "0". */
export function beginsWithDer(bytes: Uint8Array, at: number): boolean {
  const length = bytes[at + 1]
  return length !== undefined && length > 0x80 && length < 0x88 && endOfSequence(bytes, at) !== undefined
}

function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++
  return at
}
