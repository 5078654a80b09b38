import { packPieces, unpackPieces } from './packing.ts'
import { verifyTask, type SignatureAnswer } from './signature-tasks.ts'
import type { SigningKey } from './signing-key.ts'
import type { SignatureToVerify, SignatureVerdict } from './verify.ts'
import { signaturePool } from './worker-pool.ts'

/** Checks signatures beside this thread, where there is a processor for it. @returns verdicts in their order */
export async function verifyAside(
  inputs: readonly SignatureToVerify[],
): Promise<readonly SignatureVerdict[]> {
  return verdictsOf(await signaturePool().perform(verifyTask(inputs)))
}

/** Signs beside this thread. @returns signatures in the order of the messages */
export async function signAside(
  key: SigningKey,
  messages: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  return signaturesOf(await signaturePool().perform({ do: 'sign', with: key, pieces: packPieces(messages) }))
}

function verdictsOf(answer: SignatureAnswer): readonly SignatureVerdict[] {
  if (answer.did === 'verify') return answer.verdicts
  throw new TypeError('verifyAside: the answer is not that of the task')
}

function signaturesOf(answer: SignatureAnswer): readonly Uint8Array[] {
  if (answer.did === 'sign') return unpackPieces(answer.pieces)
  throw new TypeError('signAside: the answer is not that of the task')
}
