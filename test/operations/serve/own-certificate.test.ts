import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { ownCertificate } from '../../../src/operations/serve/own-certificate.ts'
import { ownNames } from '../../../src/operations/serve/start.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { requireOracle } from '../../support/oracles.ts'
import { temporaryFolder } from '../../support/temporary.ts'

const names = ['dns:certs.example', 'dns:localhost', 'ip:127.0.0.1', 'ip:::1']
const own = (file: string, now = '2026-03-01T12:00:00Z', wanted = names) => ({
  file,
  names: wanted,
  ambient: frozenAmbient(now),
})

test('when the server makes its own certificate then openssl finds it fit for a server of these names, and for no authority', async (context) => {
  const openssl = requireOracle(context, 'openssl')
  const file = join(temporaryFolder('own'), 'serve', 'server.pem')
  const { certificates, key } = await ownCertificate(own(file))
  expect(readFileSync(file, 'utf8')).toBe(certificates + key)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const run = (...words: string[]): string => spawnSync(openssl, words, { encoding: 'utf8' }).stdout
  const verify = ['verify', '-x509_strict', '-attime', '1790000000', '-purpose', 'sslserver', '-CAfile', file]
  for (const name of [
    ['-verify_hostname', 'certs.example'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
  ])
    expect(run(...verify, ...name, file)).toContain('OK')
  expect(run('x509', '-in', file, '-noout', '-purpose')).toContain('SSL server CA : No')
  expect(run('x509', '-in', file, '-noout', '-dates')).toContain('notAfter=Apr  2 12:00:00 2027 GMT')
})

test('when it is asked again then it is the same until the last third of its life', async () => {
  const file = join(temporaryFolder('own'), 'server.pem')
  const first = await ownCertificate(own(file))
  expect(await ownCertificate(own(file, '2026-11-01T00:00:00Z'))).toEqual(first)
  const second = await ownCertificate(own(file, '2026-12-01T00:00:00Z'))
  expect(second).not.toEqual(first)
  expect(await ownCertificate(own(file, '2026-12-01T00:00:00Z'))).toEqual(second)
})

test('when a name is missing in it then the new one has it beside the old ones', async () => {
  const file = join(temporaryFolder('own'), 'server.pem')
  await ownCertificate(own(file))
  const more = await ownCertificate(own(file, undefined, ['dns:other.example']))
  expect(await ownCertificate(own(file, undefined, [...names, 'dns:other.example']))).toEqual(more)
})

test('when the file is damaged then there is a new one', async () => {
  const file = join(temporaryFolder('own'), 'server.pem')
  const first = await ownCertificate(own(file))
  writeFileSync(file, 'nothing')
  const second = await ownCertificate(own(file))
  expect(second).not.toEqual(first)
  expect(readFileSync(file, 'utf8')).toBe(second.certificates + second.key)
})

test('when the file is a link to what is gone then there is a new one in its place', async () => {
  const folder = temporaryFolder('own')
  const file = join(folder, 'server.pem')
  symlinkSync(join(folder, 'gone.pem'), file)
  const { certificates, key } = await ownCertificate(own(file))
  expect(readFileSync(file, 'utf8')).toBe(certificates + key)
  expect(readdirSync(folder)).toEqual(['server.pem'])
})

test('when several servers begin at the same moment then they have one certificate, and nothing else is left', async () => {
  const folder = temporaryFolder('own')
  const file = join(folder, 'server.pem')
  const begin = own(file)
  const all = await Promise.all(Array.from({ length: 8 }, () => ownCertificate(begin)))
  const [first] = all
  expect(new Set(all.map(({ certificates, key }) => certificates + key)).size).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe(`${first!.certificates}${first!.key}`)
  const later = own(file, '2026-12-01T00:00:00Z')
  const renewed = await Promise.all(Array.from({ length: 8 }, () => ownCertificate(later)))
  expect(renewed).toContainEqual(await ownCertificate(later))
  expect(readdirSync(folder)).toEqual(['server.pem'])
})

test.each([
  [{ host: '127.0.0.1' }, undefined, ['dns:localhost', 'ip:127.0.0.1', 'ip:::1']],
  [{ host: '[::]' }, undefined, ['dns:box', 'dns:localhost', 'ip:127.0.0.1', 'ip:::1']],
  [
    { host: '192.0.2.7' },
    'https://certs.example:8443',
    ['dns:certs.example', 'ip:192.0.2.7', 'dns:localhost', 'ip:127.0.0.1', 'ip:::1'],
  ],
])('when it listens on %j and is known as %s then it is called %j', (listen, url, expected) => {
  expect(ownNames(listen, url, 'box')).toEqual(expected)
})
