import { parentPort } from 'node:worker_threads'
import { FAILED, perform, type SignatureTask } from './signature-tasks.ts'

// one after the other: the answers come in the order of the tasks
let last = Promise.resolve()

parentPort?.on('message', (task: SignatureTask) => {
  last = last.then(async () => {
    parentPort?.postMessage(await perform(task).catch(() => FAILED))
  })
})
