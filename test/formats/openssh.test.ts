import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { toHex } from '../../src/base/bytes.ts'
import { Secret } from '../../src/base/secret.ts'
import { publicKeyOfPkcs8 } from '../../src/crypto/keys.ts'
import { openOpenssh, readOpenssh, readOpensshLine } from '../../src/formats/openssh.ts'
import { readPem, writePem } from '../../src/formats/pem.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { passwords } from '../support/password.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('openssh')

function generate(tool: string, name: string, args: readonly string[]): { key: Uint8Array; line: string } {
  const path = join(folder, name)
  const run = runOracle(tool, ['-q', '-f', path, '-C', 'a comment', ...args])
  expect(run.text.trim()).toBe('')
  const { blocks } = readPem(readFileSync(path))
  expect(blocks[0]?.label).toBe('OPENSSH PRIVATE KEY')
  return { key: blocks[0]!.der, line: readFileSync(`${path}.pub`, 'utf8').trim() }
}

const PASSWORD = 'pässword 1'
const kinds: Record<string, readonly string[]> = {
  'Ed25519, plain': ['-t', 'ed25519', '-N', ''],
  'RSA, plain': ['-t', 'rsa', '-b', '2048', '-N', ''],
  'ECDSA P-256, plain': ['-t', 'ecdsa', '-b', '256', '-N', ''],
  'Ed25519, encrypted as by default': ['-t', 'ed25519', '-N', PASSWORD],
  'RSA with 30 rounds': ['-t', 'rsa', '-b', '2048', '-N', PASSWORD, '-a', '30'],
  'ECDSA P-384 under AES-GCM': ['-t', 'ecdsa', '-b', '384', '-N', PASSWORD, '-Z', 'aes256-gcm@openssh.com'],
  'ECDSA P-521 under AES-128-CBC': ['-t', 'ecdsa', '-b', '521', '-N', PASSWORD, '-Z', 'aes128-cbc'],
  'Ed25519 under triple DES': ['-t', 'ed25519', '-N', PASSWORD, '-Z', '3des-cbc'],
}

describe('keys of ssh-keygen', () => {
  for (const [title, args] of Object.entries(kinds)) {
    test(`when ssh-keygen writes ${title} then key and public line are read and openssl sees the same key`, (context) => {
      const tool = requireOracle(context, 'ssh-keygen')
      const { key, line } = generate(tool, title.replaceAll(/\W/g, '-'), args)
      const pkcs8 = openOpenssh(readOpenssh(key), new Secret(PASSWORD))
      const spki = readOpensshLine(line)
      expect(toHex(publicKeyOfPkcs8(pkcs8))).toBe(toHex(spki))
      const openssl = requireOracle(context, 'openssl')
      const pem = pkcs8.use((bytes) => writePem('PRIVATE KEY', bytes))
      const seen = runOracle(openssl, ['pkey', '-pubout', '-outform', 'DER'], pem)
      expect(toHex(seen.stdout)).toBe(toHex(spki))
    })
  }

  for (const cipher of ['aes256-ctr', 'aes256-gcm@openssh.com'])
    test(`when the password of a ${cipher} key is wrong then it is told so`, (context) => {
      const tool = requireOracle(context, 'ssh-keygen')
      const { key } = generate(tool, `wrong-${cipher}`, ['-t', 'ed25519', '-N', PASSWORD, '-Z', cipher])
      expect(() => openOpenssh(readOpenssh(key), new Secret('other'))).toThrow(
        expect.objectContaining({ code: 'password.wrong' }) as Error,
      )
    })

  test('when a key uses a cipher that certman lacks then the hint names the command that helps', (context) => {
    const tool = requireOracle(context, 'ssh-keygen')
    const args = ['-t', 'ed25519', '-N', PASSWORD, '-Z', 'chacha20-poly1305@openssh.com']
    const { key } = generate(tool, 'chacha', args)
    expect(() => openOpenssh(readOpenssh(key), new Secret(PASSWORD))).toThrow(
      expect.objectContaining({
        code: 'format.unsupported',
        hint: expect.stringContaining('ssh-keygen -p') as string,
      }) as Error,
    )
  })

  test('when a key is cut anywhere then it is refused, never half read', (context) => {
    const tool = requireOracle(context, 'ssh-keygen')
    const { key } = generate(tool, 'cut', ['-t', 'ecdsa', '-b', '256', '-N', ''])
    for (let length = 0; length < key.length - 16; length++)
      expect(() => openOpenssh(readOpenssh(key.subarray(0, length)), undefined)).toThrow(
        expect.objectContaining({ code: 'der.malformed' }) as Error,
      )
  })
})

test('when the public line of RFC 8709 section 8 style says another type than its blob then it is refused', () => {
  const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS'
  expect(toHex(readOpensshLine(`ssh-ed25519 ${blob} bob`))).toBe(
    '302a300506032b657003210063ca4944f2cf51f01d178556f0f9a1b56c00b02025135aac7e1346935e3e7012',
  )
  expect(() => readOpensshLine(`ssh-rsa ${blob} bob`)).toThrow(
    expect.objectContaining({ code: 'der.malformed' }) as Error,
  )
})

test('when keys stand behind options or hosts then they are read, and every other line is listed', async () => {
  const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS'
  const text = [
    '# who may come in',
    `${key}\tbob`,
    `command="say \\"hi\\" twice",no-pty ${key} bob`,
    `host.example,192.0.2.7 ${key}`,
    `@revoked host.example ${key}`,
  ].join('\n')
  const { items, left } = await readItems(Buffer.from(text), { file: 'f', password: passwords() })
  expect(items.map(({ type, place }) => `${type} in ${place.at ?? ''}`)).toEqual([
    'public-key in line 2',
    'public-key in line 3',
    'public-key in line 4',
  ])
  expect(left.map(({ place }) => place.at)).toEqual(['line 5'])
})
