import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { readPkcs7 } from '../../src/formats/pkcs7.ts'
import { writePkcs7Indefinite } from '../../src/formats/pkcs7-indefinite.ts'
import { writePkcs12 } from '../../src/formats/pkcs12/write.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { readGiven } from '../support/pkcs12.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = temporaryFolder('pkcs7')

const root = makeCertificate({ cn: 'Root', ca: true })
const leaf = makeCertificate({ cn: 'web', issuer: root })

test('when lengths are indefinite then our reader finds the certificates in the given order', () => {
  const { certificates } = readPkcs7(writePkcs7Indefinite([leaf.der, root.der]))
  expect(certificates.map((der) => Buffer.from(der).toString('hex'))).toEqual(
    [leaf.der, root.der].map((der) => Buffer.from(der).toString('hex')),
  )
})

test('when lengths are indefinite then openssl prints the same certificates in the same order', (context) => {
  const openssl = requireOracle(context, 'openssl')
  const file = join(folder, 'chain.p7b')
  writeFileSync(file, writePkcs7Indefinite([leaf.der, root.der]))
  const { text } = runOracle(openssl, ['pkcs7', '-inform', 'DER', '-print_certs', '-noout', '-in', file])
  const subjects = text.split('\n').filter((line) => line.startsWith('subject='))
  expect(subjects.map((line) => /CN ?= ?(\w+)/.exec(line)?.[1])).toEqual(['web', 'Root'])
})

test('when a PKCS#12 file has its keys first then the key precedes the leaf and the leaf its issuers', async () => {
  const pfx = writePkcs12(
    {
      entries: [{ key: leaf.pkcs8, certificate: leaf.der, chain: [root.der] }],
      password: new Secret('pw'),
      keysFirst: true,
      protection: { iterations: 10 },
    },
    (length) => new Uint8Array(length).fill(7),
  )
  const { items } = await readGiven(pfx, 'pw')
  expect(items.map((item) => item.type)).toEqual(['private-key', 'certificate', 'certificate'])
  expect(items.map((item) => ('der' in item ? Buffer.from(item.der).equals(leaf.der) : 'key'))).toEqual([
    'key',
    true,
    false,
  ])
})
