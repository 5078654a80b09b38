/** Many short arrays as one: handed from thread to thread without a copy of the arrays that they are views of. */
export interface Packed {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each one ends in `bytes`. */
  readonly ends: Uint32Array<ArrayBuffer>
}

/** Copies them one behind the other. */
export function packPieces(pieces: readonly Uint8Array[]): Packed {
  const ends = new Uint32Array(pieces.length)
  let size = 0
  for (const [i, { length }] of pieces.entries()) ends[i] = size += length
  const bytes = new Uint8Array(size)
  for (const [i, piece] of pieces.entries()) bytes.set(piece, ends[i]! - piece.length)
  return { bytes, ends }
}

/** The pieces as views into `bytes`. */
export function unpackPieces({ bytes, ends }: Packed): Uint8Array[] {
  let start = 0
  return Array.from(ends, (end) => {
    const piece = bytes.subarray(start, end)
    start = end
    return piece
  })
}
