import { parentPort } from 'node:worker_threads'
import { FAILED, perform, type SignatureAnswer, type SignatureTask } from './signature-tasks.ts'

parentPort?.on('message', (task: SignatureTask) => parentPort?.postMessage(answerOf(task)))

function answerOf(task: SignatureTask): SignatureAnswer {
  try {
    return perform(task)
  } catch {
    return FAILED
  }
}
