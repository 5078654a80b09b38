import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { oid, sequence } from '../../src/asn1/writer.ts'
import { packSignatures, unpackSignatures } from '../../src/crypto/signature-message.ts'
import { VerifyingThread } from '../../src/crypto/verifying-thread.ts'
import { verifySignature, type SignatureToVerify } from '../../src/crypto/verify.ts'
import { builtCommand } from '../support/built.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('verifying-thread')

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const ED25519 = sequence(oid('1.3.101.112'))

/** Signed by Node with a key made for it. */
function makeSignature(type: 'ec' | 'ed25519', text: string): SignatureToVerify {
  const { publicKey, privateKey } =
    type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const signed = Buffer.from(text)
  return {
    algorithm: type === 'ec' ? ECDSA_SHA256 : ED25519,
    signed,
    signature: sign(type === 'ec' ? 'sha256' : null, signed, privateKey),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  }
}

const right = Array.from({ length: 40 }, (_, n) => makeSignature(n % 3 === 0 ? 'ed25519' : 'ec', `text ${n}`))
const [first, second] = right as [SignatureToVerify, SignatureToVerify, ...SignatureToVerify[]]

/** Right and wrong ones in turn: whose verdict is whose shows. */
const mixed: readonly SignatureToVerify[] = right.flatMap((each, n) => [
  each,
  { ...each, signed: Buffer.from(`other text ${n}`) },
])

/** Of each kind that is not valid. */
const strange: readonly SignatureToVerify[] = [
  { ...first, signature: second.signature },
  { ...first, algorithm: sequence(oid('1.2.3.4')) },
  { ...first, algorithm: new Uint8Array(0) },
  { ...first, spki: new Uint8Array([1, 2, 3]) },
  { ...second, signature: new Uint8Array(0) },
]

const expected = (all: readonly SignatureToVerify[]): readonly string[] => all.map(verifySignature)

test('signatures come out of their message as they went in', () => {
  for (const all of [[], strange, mixed]) {
    const plain = all.map((each) =>
      Object.fromEntries(Object.entries(each).map(([name, bytes]) => [name, Uint8Array.from(bytes)])),
    )
    expect(unpackSignatures(packSignatures(1, all))).toEqual(plain)
  }
})

describe('a thread that checks signatures', () => {
  let thread: VerifyingThread

  beforeAll(() => {
    thread = new VerifyingThread(join(dirname(builtCommand()), 'verify-worker.cjs'))
  })

  test('says of each what is said without it', async () => {
    expect(await thread.verify(right)).toEqual(right.map(() => 'valid'))
    expect(await thread.verify(strange)).toEqual(expected(strange))
    expect(expected(strange)).not.toContain('valid')
    expect(await thread.verify([])).toEqual([])
  })

  test('answers those who ask at once each with the verdicts of their own', async () => {
    const groups = [mixed, strange, mixed.toReversed(), right]
    const answers = await Promise.all(groups.map((group) => thread.verify(group)))
    expect(answers).toEqual(groups.map(expected))
  })

  test('leaves the octets that it is given where they are', async () => {
    const before = Buffer.from(first.spki)
    await thread.verify([first])
    expect(Buffer.from(first.spki)).toEqual(before)
  })
})

describe('signatures are checked all the same', () => {
  test('where the program of the thread is not there', async () => {
    const thread = new VerifyingThread(join(folder, 'missing.cjs'))
    expect(await Promise.all([thread.verify(mixed), thread.verify(strange)])).toEqual(
      [mixed, strange].map(expected),
    )
    expect(await thread.verify(mixed)).toEqual(expected(mixed))
  })

  test('when the thread ends amid them', async () => {
    const program = join(folder, 'ends.cjs')
    writeFileSync(program, `require('node:worker_threads').parentPort.on('message', () => process.exit(1))\n`)
    const thread = new VerifyingThread(program)
    expect(await thread.verify(mixed)).toEqual(expected(mixed))
    expect(await thread.verify(strange)).toEqual(expected(strange))
  })

  test('when the thread fails amid them', async () => {
    const program = join(folder, 'fails.cjs')
    writeFileSync(
      program,
      `require('node:worker_threads').parentPort.on('message', () => { throw new Error('no') })\n`,
    )
    expect(await new VerifyingThread(program).verify(mixed)).toEqual(expected(mixed))
  })
})
