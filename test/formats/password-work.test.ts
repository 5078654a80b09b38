import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { PbeWork } from '../../src/crypto/pbe-work.ts'
import { writePem } from '../../src/formats/pem.ts'
import { encryptPkcs8 } from '../../src/formats/pkcs8.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { requireOracle } from '../support/oracles.ts'
import { passwords } from '../support/password.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const pkcs8 = new Secret(new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })))
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const tooMuch = expect.objectContaining({ code: 'limit.exceeded' }) as Error

/** Reads a file whose keys may cost so many iterations together. */
const read = (bytes: Uint8Array, most: number): Promise<{ readonly items: readonly unknown[] }> =>
  readItems(bytes, { file: 'f', password: passwords('pw'), work: new PbeWork(most) })

describe('what it costs to open the keys of one file', () => {
  test('is bounded for all its PEM blocks together', async () => {
    const key = (): Uint8Array => encryptPkcs8(pkcs8, new Secret('pw'), { random, iterations: 1000 })
    const text = [key(), key(), key()].map((der) => writePem('ENCRYPTED PRIVATE KEY', der)).join('')
    expect((await read(Buffer.from(text), 3000)).items).toHaveLength(3)
    await expect(read(Buffer.from(text), 2999)).rejects.toThrow(tooMuch)
  })

  test('is bounded for all its DER values together', async () => {
    const key = (): Uint8Array => encryptPkcs8(pkcs8, new Secret('pw'), { random, iterations: 1000 })
    const row = Buffer.concat([key(), key()])
    expect((await read(row, 2000)).items).toHaveLength(2)
    await expect(read(row, 1999)).rejects.toThrow(tooMuch)
  })

  test('counts the rounds of OpenSSH keys, which are dear', async (context) => {
    const keygen = requireOracle(context, 'ssh-keygen')
    const folder = mkdtempSync(join(tmpdir(), 'certman-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'key')
    execFileSync(keygen, ['-q', '-t', 'ed25519', '-a', '2', '-N', 'pw', '-f', file])
    const twice = Buffer.concat([readFileSync(file), readFileSync(file)])
    expect((await read(twice, 200_000)).items).toHaveLength(2)
    await expect(read(twice, 199_999)).rejects.toThrow(tooMuch)
  })

  test('may be a thousand keys at 600,000 iterations, and not two hundred at the most that one may want', () => {
    const spend = (keys: number, iterations: number): void => {
      const work = new PbeWork()
      for (let key = 0; key < keys; key++) work.spend(iterations)
    }
    expect(() => spend(1000, 600_000)).not.toThrow()
    expect(() => spend(200, 5_000_000)).toThrow(tooMuch)
  })
})
