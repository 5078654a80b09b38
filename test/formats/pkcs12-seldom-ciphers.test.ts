import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isCertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { readItems } from '../../src/formats/read-items.ts'
import { writePem } from '../../src/formats/pem.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { outputOf, requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/temporary.ts'

const password = async (): Promise<Secret> => new Secret('s3cret-Pw')

/** What is wrong with the file, and what to do. */
async function refusalOf(bytes: Uint8Array): Promise<{ message: string; hint: string }> {
  try {
    await readItems(bytes, { file: 'old.p12', password })
  } catch (error) {
    if (isCertmanError(error, 'format.unsupported')) return { message: error.message, hint: error.hint ?? '' }
    throw error
  }
  throw new Error('the file was read')
}

test.for([
  ['-keypbe', 'bf-cbc', '-certpbe', 'bf-cbc'],
  ['-keypbe', 'seed-cbc', '-certpbe', 'seed-cbc'],
  ['-macalg', 'whirlpool'],
])(
  'when openssl protects a PKCS#12 file with %s then the command of the hint makes it readable',
  async (made, context) => {
    const openssl = requireOracle(context, 'openssl')
    const folder = temporaryFolder('seldom')
    const at = (name: string): string => join(folder, name)
    const { der, pkcs8 } = makeCertificate({ cn: 'old' })
    const pem = pkcs8.use((key) => writePem('PRIVATE KEY', key)) + writePem('CERTIFICATE', der)
    writeFileSync(at('in.pem'), pem)
    const pass = 'pass:s3cret-Pw'
    const files = ['-in', at('in.pem'), '-out', at('FILE'), '-passout', pass]
    outputOf(openssl, ['pkcs12', '-legacy', '-export', ...files, ...made])
    const { message, hint } = await refusalOf(readFileSync(at('FILE')))
    expect(message).toContain('is not supported')
    const words = /: openssl (.*)$/.exec(hint)![1]!.split(' ')
    const paths = words.map((word) => (/^[A-Z]/.test(word) ? at(word) : word))
    outputOf(openssl, [...paths, '-passin', pass, '-passout', pass])
    const { items } = await readItems(readFileSync(at('NEW.pem')), { file: 'NEW.pem', password })
    expect(items.map(({ type }) => type).sort()).toEqual(['certificate', 'private-key'])
  },
)

test.for([
  ['-macalg', 'ripemd160'],
  ['-macalg', 'sm3'],
  ['-macalg', 'blake2s256'],
  ['-keypbe', 'aes-256-ofb', '-certpbe', 'sm4-ctr'],
])('when openssl protects a PKCS#12 file with %s then certman reads it', async (made, context) => {
  const openssl = requireOracle(context, 'openssl')
  const folder = temporaryFolder('seldom')
  const { der, pkcs8 } = makeCertificate({ cn: 'seldom' })
  writeFileSync(
    join(folder, 'in.pem'),
    pkcs8.use((key) => writePem('PRIVATE KEY', key)) + writePem('CERTIFICATE', der),
  )
  const files = ['-in', join(folder, 'in.pem'), '-out', join(folder, 'FILE'), '-passout', 'pass:s3cret-Pw']
  outputOf(openssl, ['pkcs12', '-export', ...files, ...made])
  const { items } = await readItems(readFileSync(join(folder, 'FILE')), { file: 'old.p12', password })
  expect(items.map(({ type }) => type).sort()).toEqual(['certificate', 'private-key'])
})
