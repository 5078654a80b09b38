import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { parseReference } from '../../src/domain/reference.ts'
import { exportRecords, type ExportRequest } from '../../src/operations/export-records.ts'
import { parseGeneralName } from '../../src/x509/general-name-text.ts'
import { parseNameText } from '../../src/x509/name-text.ts'
import { assembleSigned, writeTbsCertificate } from '../../src/x509/write-certificate.ts'
import * as ext from '../../src/x509/write-extensions.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { requireOracle, runOracle } from '../support/oracles.ts'
import { memoryStore, noPassword, temporaryFolder } from '../support/worlds.ts'
import { newSigner } from '../support/write-world.ts'

interface Oddity {
  readonly subject?: string
  readonly issuer?: string
  readonly curve?: 'explicit'
  readonly extensions?: readonly Uint8Array[]
}

const names = [parseGeneralName('dns:web.example')]
const malformed = Uint8Array.of(5, 0)

/** What is odd about a certificate, and why Java 17 opens no key store for its sake, if it does not. */
const CASES: readonly (readonly [what: string, oddity: Oddity, why?: string])[] = [
  ['nothing', {}],
  ['an empty subject, critical names', { subject: '', extensions: [ext.subjectAltName(names, true)] }],
  [
    'an empty subject, names that are not critical',
    { subject: '', extensions: [ext.subjectAltName(names)] },
    'its subject is empty',
  ],
  [
    'an empty subject, no names',
    { subject: '', extensions: [ext.keyUsage(['keyAgreement'])] },
    'its subject',
  ],
  ['an empty subject, no extensions', { subject: '' }],
  ['an empty issuer', { issuer: '' }, 'its issuer is empty'],
  ['explicit parameters of its curve', { curve: 'explicit' }, 'spelled out'],
  [
    'an extension twice',
    { extensions: [ext.keyUsage(['keyAgreement']), ext.keyUsage(['keyAgreement'])] },
    'an extension twice',
  ],
  [
    'a malformed critical extension',
    { extensions: [ext.extension('2.5.29.15', true, malformed)] },
    'its keyUsage is critical',
  ],
  ['a malformed extension', { extensions: [ext.extension('2.5.29.15', false, malformed)] }],
  ['an unknown critical extension', { extensions: [ext.extension('1.2.3.4', true, malformed)] }],
]

async function odd({ subject = 'CN=web', issuer = 'CN=CA', curve, extensions = [] }: Oddity) {
  const signer = await newSigner()
  const { publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    ...(curve && { paramEncoding: curve }),
  })
  const tbs = writeTbsCertificate({
    serialNumber: '1f',
    algorithm: signer.algorithm,
    issuer: parseNameText(issuer),
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2046-01-01T00:00:00Z'),
    subject: parseNameText(subject),
    spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    extensions,
  })
  return assembleSigned(tbs, signer.algorithm, signer.sign(tbs))
}

async function exportedNotes(der: Uint8Array, wish: Pick<ExportRequest, 'format' | 'out' | 'target'>) {
  const store = memoryStore()
  await store.import({ certificates: [{ der, name: 'odd', source: { how: 'imported' } }], keys: [] })
  const references = [parseReference('odd')]
  const request = {
    ...wish,
    references,
    withKey: false,
    cwd: '/nowhere',
    password: new Secret('secret-pw'),
  }
  const tools = { ambient: frozenAmbient(), keyPassword: noPassword, newPassword: noPassword }
  const { notes } = await exportRecords(store, request, tools)
  return notes.filter((note) => note.startsWith('Java'))
}

test.for(CASES)(
  'when a certificate has %s then what Java will do with the whole key store is told',
  async ([, oddity, why], context) => {
    const keytool = requireOracle(context, 'keytool')
    const der = await odd(oddity)
    for (const format of ['p12', 'jks'] as const) {
      const out = join(temporaryFolder(), `odd.${format}`)
      const notes = await exportedNotes(der, { format, out })
      const { status } = runOracle(keytool, ['-list', '-keystore', out, '-storepass', 'secret-pw'])
      expect(status === 0).toBe(why === undefined)
      expect(notes).toHaveLength(why === undefined ? 0 : 1)
      expect(notes.join('')).toContain(why ?? '')
    }
  },
)

test('when a key store is for another program, or the file is none, then nothing is said of Java', async () => {
  const der = await odd({ issuer: '' })
  expect(await exportedNotes(der, { format: 'p12', target: 'windows-2016', out: '-' })).toEqual([])
  expect(await exportedNotes(der, { format: 'pem', out: '-' })).toEqual([])
})
