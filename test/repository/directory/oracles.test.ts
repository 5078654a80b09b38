import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test, type TestContext } from 'vitest'
import { sha256Hex } from '../../../src/crypto/digest.ts'
import { oracle, type OracleName } from '../../support/oracles.ts'
import { addCertificates, certificate, certificateDer } from '../material.ts'
import { newStore } from './stores.ts'

/** Everything that might lead a PEM reader astray. */
const HOSTILE = {
  name: 'web',
  friendlyName: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\u0000\u202e\u2028',
  tags: ['0'.repeat(2000), 'Proc-Type: 4,ENCRYPTED', '-'.repeat(300)],
}

let store: string
let certificateFile: string
let keyFile: string
let segmentFile: string
let keyDer: Buffer

beforeAll(async () => {
  const { path, repository } = await newStore()
  store = path
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  keyDer = privateKey.export({ type: 'pkcs8', format: 'der' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const id = sha256Hex(spki)
  await repository.write(async (tx) => {
    await tx.put(certificate('1', HOSTILE), 'absent', { action: 'import', kind: 'certificate', id: '1' })
    const key = {
      kind: 'key',
      id,
      fields: {
        encrypted: false,
        publicKey: spki.toString('base64'),
        importedAt: '2026-03-01T12:00:00Z',
        source: { how: 'imported', from: '-----BEGIN' },
      },
      pem: { label: 'PRIVATE KEY', der: new Uint8Array(keyDer) },
    } as const
    await tx.put(key, 'absent', { action: 'import', kind: 'key', id })
  })
  await addCertificates(repository, 12, HOSTILE)
  await repository.close()
  certificateFile = join(path, 'certificates/00/1.pem')
  segmentFile = join(path, 'certificates/segments/1.pem')
  keyFile = join(path, `keys/${id.slice(0, 3)}/${id}.pem`)
})

/** Runs a tool; skips the test, with the reason, where it is not installed. */
function run(
  { skip }: TestContext,
  name: OracleName,
  args: readonly string[],
  input?: string | Buffer,
): string {
  const tool = oracle(name)
  if (tool === undefined && process.env['CI']) throw new Error(`${name} is not installed`)
  skip(tool === undefined, `${name} is not installed`)
  return execFileSync(tool!, args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input !== undefined && { input }),
  })
}

const fingerprint = (der: Uint8Array): string =>
  sha256Hex(der)
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:')

test('openssl reads a certificate file', (context) => {
  const text = run(context, 'openssl', ['x509', '-in', certificateFile, '-noout', '-fingerprint', '-sha256'])
  expect(text).toContain(fingerprint(certificateDer(1)))
})

test('openssl reads a key file', (context) => {
  const text = run(context, 'openssl', ['pkey', '-in', keyFile])
  expect(createPrivateKey(text).export({ type: 'pkcs8', format: 'der' })).toEqual(keyDer)
})

test('openssl reads every certificate of a segment', (context) => {
  const p7 = run(context, 'openssl', ['crl2pkcs7', '-nocrl', '-certfile', segmentFile])
  const text = run(context, 'openssl', ['pkcs7', '-print_certs'], p7)
  expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(12)
})

test('keytool reads a certificate file', (context) => {
  const text = run(context, 'keytool', ['-printcert', '-file', certificateFile])
  expect(text).toContain(fingerprint(certificateDer(1)))
})

test('certtool reads certificate and key files', (context) => {
  const hex = sha256Hex(certificateDer(1))
  expect(run(context, 'certtool', ['--certificate-info', '--infile', certificateFile])).toContain(hex)
  expect(run(context, 'certtool', ['--key-info', '--infile', keyFile])).toContain('SECP256R1')
})

test('NSS reads a certificate file', (context) => {
  const database = join(store, '../nss')
  mkdirSync(database, { recursive: true })
  run(context, 'certutil', ['-N', '-d', `sql:${database}`, '--empty-password'])
  run(context, 'certutil', [
    '-A',
    '-a',
    '-n',
    'one',
    '-t',
    ',,',
    '-i',
    certificateFile,
    '-d',
    `sql:${database}`,
  ])
  const pem = run(context, 'certutil', ['-L', '-a', '-n', 'one', '-d', `sql:${database}`])
  expect(Buffer.from(new X509Certificate(pem).raw)).toEqual(Buffer.from(certificateDer(1)))
})

test('Node reads certificate and key files', () => {
  const text = readFileSync(certificateFile)
  expect(Buffer.from(new X509Certificate(text).raw)).toEqual(Buffer.from(certificateDer(1)))
  expect(createPublicKey(createPrivateKey(readFileSync(keyFile))).asymmetricKeyType).toBe('ec')
})

test('Python reads a certificate file', (context) => {
  const script =
    'import ssl,sys,hashlib\nc=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\nc.load_verify_locations(sys.argv[1])\n' +
    'print(hashlib.sha256(c.get_ca_certs(True)[0]).hexdigest())'
  expect(run(context, 'python3', ['-c', script, certificateFile]).trim()).toBe(sha256Hex(certificateDer(1)))
})
