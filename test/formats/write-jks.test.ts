import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { readJks } from '../../src/formats/jks.ts'
import { writeJks } from '../../src/formats/write-jks.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { passwords } from '../support/password.ts'
import { contentsOf } from '../support/pkcs12.ts'
import { temporaryFolder } from '../support/temporary.ts'

const now = new Date('2026-03-01T12:00:00Z')
const root = makeCertificate({ cn: 'Root', ca: true })
const leaf = makeCertificate({ cn: 'leaf.example', issuer: root })
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
const written = (alias: string, password: string): Uint8Array =>
  writeJks(
    {
      entries: [{ alias, key: leaf.pkcs8, chain: [leaf.der, root.der] }],
      password: new Secret(password),
      now,
    },
    random,
  )

describe('a Java key store that is written', () => {
  test('when keytool reads it then it finds the key under its alias, with its chain and its date', (context) => {
    const keytool = requireOracle(context, 'keytool')
    const path = join(temporaryFolder('certman-write-jks'), 'web.jks')
    writeFileSync(path, written('Web Server', 'geheim'))
    const store = ['-keystore', path, '-storepass', 'geheim']
    const { text } = runOracle(keytool, ['-J-Duser.timezone=UTC', '-list', '-v', ...store])
    expect(text).toContain('Keystore type: JKS')
    expect(text).toContain('Alias name: web server')
    expect(text).toContain('Creation date: Mar 1, 2026')
    expect(text).toContain('Entry type: PrivateKeyEntry')
    expect(text).toContain('Certificate chain length: 2')
    const plain = join(temporaryFolder('certman-write-jks'), 'plain.p12')
    const target = ['-destkeystore', plain, '-deststoretype', 'PKCS12', '-deststorepass', 'andere']
    const source = ['-srckeystore', path, '-srcstoretype', 'JKS', '-srcstorepass', 'geheim']
    runOracle(keytool, ['-importkeystore', ...source, ...target])
    const openssl = requireOracle(context, 'openssl')
    const opened = runOracle(openssl, ['pkcs12', '-in', plain, '-nodes', '-passin', 'pass:andere'])
    expect(opened.text).toContain('BEGIN PRIVATE KEY')
  })

  test('what is written is read again, whatever alias and password', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
        fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
        async (alias, password) => {
          const bundle = await readJks(written(alias, password), {
            file: 'x.jks',
            password: Object.assign(passwords(password), { given: true }),
          })
          const found = contentsOf(bundle)
          expect([found.certificates.length, found.keys.length]).toEqual([2, 1])
          expect([...new Set(found.names)]).toEqual([alias.toLowerCase()])
        },
      ),
      { numRuns: 40 },
    )
  })

  test('when an alias is longer than its length can be written then it is refused', () => {
    expect(() => written('ü'.repeat(32_768), 'geheim')).toThrow(
      expect.objectContaining({ code: 'input.invalid', message: expect.stringContaining('65536 bytes') }),
    )
    expect(written('x'.repeat(65_535), 'geheim').length).toBeGreaterThan(65_535)
  })

  test('a wrong password opens nothing', async () => {
    const reading = readJks(written('web', 'geheim'), {
      file: 'x.jks',
      password: Object.assign(passwords('falsch'), { given: true }),
    })
    await expect(reading).rejects.toMatchObject({ code: 'password.wrong' })
  })
})
