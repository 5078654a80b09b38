import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { exportRecords, type ExportReport, type ExportRequest } from '../../src/operations/export-records.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { makeCertificate } from '../support/make-certificates.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { memoryStore, noPassword, temporaryFolder } from '../support/worlds.ts'

const source = { how: 'imported' } as const
const root = makeCertificate({ cn: 'Root', ca: true })
const issuing = makeCertificate({ cn: 'Issuing', ca: true, issuer: root })
const web = makeCertificate({ cn: 'web.example', issuer: issuing })

async function exported(out: string, wish: Partial<ExportRequest> = {}): Promise<ExportReport> {
  const store = memoryStore()
  await store.import({
    certificates: [
      { der: web.der, name: 'web', source },
      ...[issuing, root].map(({ der }) => ({ der, source })),
    ],
    keys: [{ pkcs8: web.pkcs8, spki: web.spki, encrypted: false, source }],
  })
  return exportRecords(
    store,
    {
      references: [parseReference('web')],
      format: 'jks',
      cwd: '/nowhere',
      out,
      password: new Secret('secret-pw'),
      ...wish,
    },
    { ambient: frozenAmbient(), keyPassword: noPassword, newPassword: noPassword },
  )
}

const listed = (keytool: string, path: string): string =>
  runOracle(keytool, ['-list', '-v', '-keystore', path, '-storepass', 'secret-pw']).text

test('keytool finds the key with its chain under the name of the certificate', async (context) => {
  const keytool = requireOracle(context, 'keytool')
  const path = join(temporaryFolder(), 'web.jks')
  await exported(path)
  const text = listed(keytool, path)
  expect(text).toContain('Keystore type: JKS')
  expect(text).toContain('Alias name: web\n')
  expect(text).toContain('Entry type: PrivateKeyEntry')
  expect(text).toContain('Certificate chain length: 3')
})

test('without keys every certificate is one to be trusted, under an alias of its own', async (context) => {
  const keytool = requireOracle(context, 'keytool')
  const path = join(temporaryFolder(), 'trust.jks')
  await exported(path, { withKey: false, friendlyName: 'Issuing' })
  const text = listed(keytool, path)
  expect(text.match(/Entry type: trustedCertEntry/g)).toHaveLength(3)
  const aliases = text.match(/^Alias name: .*/gm)?.toSorted()
  expect(aliases).toEqual(['Alias name: issuing', 'Alias name: issuing-2', 'Alias name: root'])
})

test('without a password it is refused: no Java would open it', async () => {
  const refused = { code: 'input.invalid', field: 'password' }
  await expect(exported('-', { noPassword: true })).rejects.toMatchObject(refused)
})
