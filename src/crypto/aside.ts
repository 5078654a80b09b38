import { verifyTask } from './signature-tasks.ts'
import type { SignatureToVerify, SignatureVerdict } from './verify.ts'
import { signaturePool } from './worker-pool.ts'

/** Checks signatures beside this thread, where there is a processor for it. @returns verdicts in their order */
export const verifyAside = (inputs: readonly SignatureToVerify[]): Promise<readonly SignatureVerdict[]> =>
  signaturePool().perform(verifyTask(inputs))
