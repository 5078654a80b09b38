import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { oid, sequence } from '../../src/asn1/writer.ts'
import { verifyTask } from '../../src/crypto/signature-tasks.ts'
import { WorkerPool } from '../../src/crypto/worker-pool.ts'

let folder = ''
let built = ''
let pool: WorkerPool | undefined

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certman-pool-'))
  built = join(folder, 'crypto-worker.cjs')
  const entry = fileURLToPath(new URL('../../src/crypto/worker.ts', import.meta.url))
  await build({ entryPoints: [entry], outfile: built, bundle: true, platform: 'node', format: 'cjs' })
})
afterEach(() => pool?.close())
afterAll(() => rmSync(folder, { recursive: true }))

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const spki = publicKey.export({ type: 'spki', format: 'der' })
const message = Buffer.from('what is signed')
const right = {
  algorithm: ECDSA_SHA256,
  signed: message,
  signature: sign('sha256', message, privateKey),
  spki,
}
const wrong = { ...right, signed: Buffer.from('something else') }
const strange = { ...right, algorithm: sequence(oid('1.2.3')) }

/** A pool of one thread that runs this text. */
function poolOf(text: string): WorkerPool {
  const file = join(folder, 'other.cjs')
  writeFileSync(file, text)
  return (pool = new WorkerPool(file, 1))
}

const checking = verifyTask([right, wrong, strange])
const VERDICTS = ['valid', 'invalid', 'unsupported']

describe('a pool of threads', () => {
  test('when signatures are checked in it, then each has its verdict, in order', async () => {
    pool = new WorkerPool(built, 1)
    const answers = await Promise.all(Array.from({ length: 20 }, () => pool!.perform(checking)))
    expect(answers).toEqual(answers.map(() => VERDICTS))
    expect(pool.size).toBe(1)
  })

  test('when there is no file for its threads, then this thread does the work', async () => {
    pool = new WorkerPool(join(folder, 'absent.cjs'), 2)
    const answers = await Promise.all(Array.from({ length: 9 }, () => pool!.perform(checking)))
    expect(answers).toEqual(answers.map(() => VERDICTS))
    expect(pool.size).toBe(0)
    expect(await pool.perform(checking)).toEqual(VERDICTS)
  })

  test('when a thread dies over a task, then nothing of it is lost', async () => {
    pool = poolOf("require('node:worker_threads').parentPort.on('message', () => process.exit(3))")
    const answers = await Promise.all(Array.from({ length: 9 }, () => pool!.perform(checking)))
    expect(answers).toEqual(answers.map(() => VERDICTS))
  })

  test('when a task fails in a thread, then this thread does it', async () => {
    pool = poolOf(`const { parentPort } = require('node:worker_threads')
      parentPort.on('message', () => parentPort.postMessage('failed'))`)
    expect(await pool.perform(checking)).toEqual(VERDICTS)
    expect(await pool.perform(checking)).toEqual(VERDICTS)
    expect(pool.size).toBe(1)
  })

  test('when there is one processor only, then no thread starts', async () => {
    pool = new WorkerPool(built, 0)
    expect(await pool.perform(checking)).toEqual(VERDICTS)
    expect(pool.size).toBe(0)
  })
})
