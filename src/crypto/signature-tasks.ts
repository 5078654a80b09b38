import { packPieces, unpackPieces, type Packed } from './packing.ts'
import { verifySignature, type SignatureToVerify, type SignatureVerdict } from './verify.ts'

/** Signatures to check, four pieces for each (see `verifyTask`): any thread can do it, it reads and changes nothing else. */
export type SignatureTask = Packed

/** What a thread answers when a task threw: the one who wanted it does it again, and sees the error itself. */
export const FAILED = 'failed'

/** What came of a task: verdicts in the order of the signatures, or that it threw. */
export type SignatureAnswer = readonly SignatureVerdict[] | typeof FAILED

/** The task of checking signatures. */
export const verifyTask = (inputs: readonly SignatureToVerify[]): SignatureTask =>
  packPieces(inputs.flatMap(({ algorithm, signed, signature, spki }) => [algorithm, signed, signature, spki]))

/** Does a task in the thread that calls. */
export function perform(task: SignatureTask): readonly SignatureVerdict[] {
  const pieces = unpackPieces(task)
  const verdicts: SignatureVerdict[] = []
  for (let at = 0; at < pieces.length; at += 4) {
    const [algorithm, signed, signature, spki] = pieces.slice(at, at + 4) as FourPieces
    verdicts.push(verifySignature({ algorithm, signed, signature, spki }))
  }
  return verdicts
}

type FourPieces = [algorithm: Uint8Array, signed: Uint8Array, signature: Uint8Array, spki: Uint8Array]
