import { parentPort } from 'node:worker_threads'
import { unpackSignatures, type SignatureMessage } from './signature-message.ts'
import { verifySignatureSoon } from './verify.ts'

// The program of the thread that `VerifyingThread` starts; a bundle of its own.
parentPort?.on('message', async (message: SignatureMessage) => {
  const verdicts = await Promise.all(unpackSignatures(message).map(verifySignatureSoon))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, no window
  parentPort?.postMessage({ number: message.number, verdicts })
})
