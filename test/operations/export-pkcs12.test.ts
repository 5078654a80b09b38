import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { exportRecords, type ExportReport, type ExportRequest } from '../../src/operations/export-records.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { outputOf, requireOracle, runOracle } from '../support/oracles.ts'
import { memoryStore, noPassword, temporaryFolder } from '../support/worlds.ts'

const source = { how: 'imported' } as const
const root = makeCertificate({ cn: 'Root', ca: true })
const old = makeCertificate({ cn: 'old.example', issuer: root })
const young = makeCertificate({ cn: 'young.example', issuer: root })

async function exported(names: readonly string[], wish: Partial<ExportRequest>): Promise<ExportReport> {
  const store = memoryStore()
  await store.import({
    certificates: [
      { der: root.der, name: 'root', source },
      { der: old.der, name: 'old', friendlyName: 'Web', source },
      { der: young.der, name: 'young', friendlyName: 'WEB', source },
    ],
    keys: [old, young].map(({ pkcs8, spki }) => ({ pkcs8, spki, encrypted: false, source })),
  })
  return exportRecords(
    store,
    { references: names.map((name) => parseReference(name)), format: 'p12', cwd: '/nowhere', ...wish },
    { ambient: frozenAmbient(), keyPassword: noPassword, newPassword: noPassword },
  )
}

test('when a trust store is written without a password then Java finds its certificates without one, and openssl with the empty one', async (context) => {
  const keytool = requireOracle(context, 'keytool')
  const openssl = requireOracle(context, 'openssl')
  const path = join(temporaryFolder(), 'trust.p12')
  await exported(['root', 'old'], { withKey: false, chain: false, noPassword: true, out: path })
  // an empty line: no password
  const { text } = runOracle(keytool, ['-list', '-keystore', path], '\n')
  expect(text.match(/trustedCertEntry/g)).toHaveLength(2)
  const pem = outputOf(openssl, ['pkcs12', '-in', path, '-passin', 'pass:', '-nokeys']).toString()
  expect(pem.match(/-----BEGIN CERTIFICATE-----/g)).toHaveLength(2)
})

test('when two certificates have one friendly name then Java finds both', async (context) => {
  const keytool = requireOracle(context, 'keytool')
  const path = join(temporaryFolder(), 'two.p12')
  await exported(['old', 'young'], { password: new Secret('secret-pw'), out: path })
  const { text } = runOracle(keytool, ['-list', '-keystore', path, '-storepass', 'secret-pw'])
  expect(text.match(/^.*PrivateKeyEntry/gm)).toEqual([
    expect.stringMatching(/^web,/) as string,
    expect.stringMatching(/^web-2,/) as string,
  ])
})
