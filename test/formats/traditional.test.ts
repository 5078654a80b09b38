import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { readPem } from '../../src/formats/pem.ts'
import { decryptTraditional, dekInfoOf } from '../../src/formats/traditional.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'der' })
const CIPHERS = ['aes128', 'aes192', 'aes256', 'des3', 'camellia128', 'camellia256', 'aria256']
/** Seldom used; the last four need OpenSSL's old ciphers. */
const SELDOM = ['aes-128-cfb', 'aes-256-ofb', 'aes-192-ctr', 'aes-256-cfb8', 'des-ede3-cfb', 'aria-128-ofb']
const OLD = ['des-ofb', 'des-cfb', 'rc2-40-cbc', 'rc2-64-cbc']

describe('traditional PEM encryption of openssl', () => {
  for (const cipher of CIPHERS)
    test(`when a key is encrypted with ${cipher} then the right password opens it and a wrong one never does`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const args = ['rsa', '-inform', 'DER', '-traditional', `-${cipher}`, '-passout', 'pass:s3cret-Pw']
      const { stdout } = runOracle(openssl, args, pkcs1)
      const { blocks } = readPem(stdout)
      const dek = dekInfoOf(blocks[0]!)
      expect(dek?.cipher).toMatch(/-CBC$/)
      const opened = decryptTraditional(dek!, new Secret('s3cret-Pw'), blocks[0]!.der)
      expect(opened.use((bytes) => Buffer.from(bytes).equals(pkcs1))).toBe(true)
      // one wrong password in 256 gives good padding: only the look at what comes out stops it
      for (let i = 0; i < 600; i++)
        expect(() => decryptTraditional(dek!, new Secret(`wrong ${i}`), blocks[0]!.der)).toThrow(
          expect.objectContaining({ code: 'password.wrong' }) as Error,
        )
    })

  for (const cipher of [...SELDOM, ...OLD])
    test(`when a key is encrypted with ${cipher} then the right password opens it and a wrong one does not`, (context) => {
      const openssl = requireOracle(context, 'openssl')
      const providers = OLD.includes(cipher) ? ['-provider', 'legacy', '-provider', 'default'] : []
      const args = [
        'rsa',
        '-inform',
        'DER',
        '-traditional',
        `-${cipher}`,
        '-passout',
        'pass:pw',
        ...providers,
      ]
      const [block] = readPem(runOracle(openssl, args, pkcs1).stdout).blocks
      const open = (password: string): Secret =>
        decryptTraditional(dekInfoOf(block!)!, new Secret(password), block!.der)
      expect(open('pw').use((bytes) => Buffer.from(bytes).equals(pkcs1))).toBe(true)
      expect(() => open('other')).toThrow(expect.objectContaining({ code: 'password.wrong' }) as Error)
    })

  test('when the initial vector of a stream is too short then the key is called damaged', () => {
    const dek = { cipher: 'AES-128-CFB', iv: new Uint8Array(8) }
    expect(() => decryptTraditional(dek, new Secret('pw'), new Uint8Array(20))).toThrow(
      expect.objectContaining({ code: 'der.malformed' }) as Error,
    )
  })

  test('when a cipher is not read then the hint names the command that helps', () => {
    const dek = { cipher: 'BF-CBC', iv: new Uint8Array(8) }
    expect(() => decryptTraditional(dek, new Secret('pw'), new Uint8Array(16))).toThrow(
      expect.objectContaining({
        code: 'format.unsupported',
        hint: expect.stringContaining('openssl pkey') as string,
      }) as Error,
    )
  })

  test('when Proc-Type says encrypted and DEK-Info is absent or senseless then it is refused', () => {
    for (const dek of [[], [['DEK-Info', 'AES-128-CBC']], [['DEK-Info', 'AES-128-CBC,XYZ']]] as [
      string,
      string,
    ][][])
      expect(() => dekInfoOf({ headers: [['Proc-Type', '4,ENCRYPTED'], ...dek] })).toThrow(
        expect.objectContaining({ code: 'pem.malformed' }) as Error,
      )
  })

  test('when there is no Proc-Type header then the block is not encrypted', () => {
    expect(dekInfoOf({ headers: [['Comment', 'none']] })).toBeUndefined()
  })
})
