import { packPieces, unpackPieces, type Packed } from './packing.ts'
import { signWith, type SigningKey } from './signing-key.ts'
import { verifySignatures, type SignatureToVerify, type SignatureVerdict } from './verify.ts'

/** Arithmetic that any thread can do: it reads nothing else and changes nothing. */
export type SignatureTask =
  /** Four pieces for each signature, see `verifyTask`. */
  | { readonly do: 'verify'; readonly pieces: Packed }
  | { readonly do: 'sign'; readonly with: SigningKey; readonly pieces: Packed }

/** What came of a task: verdicts, or signatures. */
export type SignatureAnswer =
  | { readonly did: 'verify'; readonly verdicts: readonly SignatureVerdict[] }
  | { readonly did: 'sign'; readonly pieces: Packed }

/** What a thread answers when a task threw: the one who wanted it does it again, and sees the error itself. */
export const FAILED = 'failed'

/** The task of checking signatures. */
export const verifyTask = (inputs: readonly SignatureToVerify[]): SignatureTask => ({
  do: 'verify',
  pieces: packPieces(
    inputs.flatMap(({ algorithm, signed, signature, spki }) => [algorithm, signed, signature, spki]),
  ),
})

/** Does a task in the thread that calls. */
export async function perform(task: SignatureTask): Promise<SignatureAnswer> {
  const pieces = unpackPieces(task.pieces)
  if (task.do === 'sign')
    return { did: 'sign', pieces: packPieces(pieces.map((message) => signWith(task.with, message))) }
  const inputs: SignatureToVerify[] = []
  for (let at = 0; at < pieces.length; at += 4)
    inputs.push({
      algorithm: pieces[at]!,
      signed: pieces[at + 1]!,
      signature: pieces[at + 2]!,
      spki: pieces[at + 3]!,
    })
  return { did: 'verify', verdicts: await verifySignatures(inputs) }
}
