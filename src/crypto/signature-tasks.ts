import { packPieces, unpackPieces, type Packed } from './packing.ts'
import { verifySignatures, type SignatureToVerify, type SignatureVerdict } from './verify.ts'

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
export function perform(task: SignatureTask): Promise<readonly SignatureVerdict[]> {
  const pieces = unpackPieces(task)
  const inputs: SignatureToVerify[] = []
  for (let at = 0; at < pieces.length; at += 4)
    inputs.push({
      algorithm: pieces[at]!,
      signed: pieces[at + 1]!,
      signature: pieces[at + 2]!,
      spki: pieces[at + 3]!,
    })
  return verifySignatures(inputs)
}
