import type { SignatureToVerify } from './verify.ts'

/** Signatures as they go to another thread: one run of octets, handed over and not copied, and where each part ends. */
export interface SignatureMessage {
  /** Told again beside the answer. */
  readonly number: number
  readonly octets: Uint8Array
  /** Four for each signature, in the order of `PARTS`: how long its parts are. */
  readonly lengths: readonly number[]
}

const PARTS = ['algorithm', 'signed', 'signature', 'spki'] as const

/** Copies the parts out: they are small pieces of a request, or of a file of many. */
export function packSignatures(number: number, all: readonly SignatureToVerify[]): SignatureMessage {
  const parts = all.flatMap((each) => PARTS.map((part) => each[part]))
  const lengths = parts.map((part) => part.length)
  const octets = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    octets.set(part, at)
    at += part.length
  }
  return { number, octets, lengths }
}

/** What `packSignatures` was given. */
export function unpackSignatures({ octets, lengths }: SignatureMessage): readonly SignatureToVerify[] {
  let part = 0
  let at = 0
  const next = (): Uint8Array => octets.subarray(at, (at += lengths[part++]!))
  return Array.from({ length: lengths.length / PARTS.length }, () => ({
    algorithm: next(),
    signed: next(),
    signature: next(),
    spki: next(),
  }))
}
