import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, test, type TestContext } from 'vitest'
import { Secret } from '../../src/base/secret.ts'
import { EVERYTHING } from '../../src/domain/filter.ts'
import { systemAmbient } from '../../src/library.ts'
import { importAuthorityFrom } from '../../src/operations/import-authority.ts'
import { memoryRepository } from '../support/memory-repository.ts'
import { checkAuthorities } from '../../src/store/check-authorities.ts'
import { describeRecord } from '../../src/store/describe.ts'
import { localStore } from '../../src/store/local-store.ts'
import type { ListedRecord } from '../../src/store/store.ts'
import { describeCrl, revokedEntries } from '../../src/x509/crl.ts'
import { csrFor } from '../contracts/authority/world.ts'
import { requireOracle } from '../support/oracles.ts'
import { temporaryFolder } from '../support/worlds.ts'

/** A folder that the script itself made: a CA, a server, a client that is revoked, a request that waits, a CRL. */
function easyRsa(context: TestContext): string {
  const script = requireOracle(context, 'easyrsa')
  const pki = join(temporaryFolder(), 'pki')
  const env = {
    PATH: process.env['PATH'] ?? '',
    EASYRSA: dirname(script),
    EASYRSA_PKI: pki,
    EASYRSA_BATCH: '1',
    EASYRSA_ALGO: 'ec',
    EASYRSA_CURVE: 'prime256v1',
    EASYRSA_PASSIN: 'pass:s3cret',
    EASYRSA_PASSOUT: 'pass:s3cret',
  }
  const run = (...args: readonly string[]): void => {
    const { status, stderr, stdout } = spawnSync(script, args, { env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`easyrsa ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  }
  run('init-pki')
  run('build-ca')
  run('build-server-full', 'web.example', 'nopass')
  run('build-client-full', 'phone.example', 'nopass')
  run('gen-req', 'waiting.example', 'nopass')
  run('revoke', 'phone.example', 'keyCompromise')
  run('gen-crl')
  return pki
}

test('a PKI that easy-rsa made comes with all that it issued and revoked, and what is left is named', async (context) => {
  const pki = easyRsa(context)
  const ambient = systemAmbient()
  const repository = memoryRepository(describeRecord, ambient)
  const store = localStore(repository, { ambient, kind: 'memory', location: 'memory' })
  const password = new Secret('s3cret')
  const io = {
    password: ({ attempt }: { attempt: number }) => Promise.resolve(attempt === 1 ? password : undefined),
    tools: { ambient, readStdin: () => Promise.resolve(new Uint8Array()) },
  }
  const { notes } = await importAuthorityFrom(store, { paths: [dirname(pki)], cwd: '/', name: 'easy' }, io)
  expect(notes.filter((note) => note.includes('not taken'))).toEqual([
    expect.stringMatching(
      /^[23] private keys in .*\/private were not taken: certman import .*web\.example\.key/,
    ),
    `one open request in ${pki}/reqs was not taken: certman import ${pki}/reqs/waiting.example.req`,
  ])
  const rows = new Map<string, ListedRecord>()
  for await (const row of store.list('certificate', EVERYTHING)) rows.set(String(row['subject']), row)
  expect(rows.get('CN=web.example')).toMatchObject({ state: 'valid', authorityId: '1' })
  expect(rows.get('CN=phone.example')).toMatchObject({
    state: 'revoked',
    revocation: { reason: 'keyCompromise' },
  })
  expect(rows.size).toBe(3)
  expect(await checkAuthorities(repository, ambient.now())).toEqual([])
  const before = await store.crl('easy', { password })
  const revoked = rows.get('CN=phone.example')!['serialNumber']
  expect([...revokedEntries(before.der)].map(({ serialNumber }) => serialNumber)).toEqual([revoked])
  const [signing] = await store.issue([{ csr: csrFor(['dns:new.example']) }], { password, days: 30 })
  await store.revoke([{ kind: 'certificate', id: signing!.outcomes[0]!.id }], {
    reason: 'superseded',
    password,
  })
  const after = await store.crl('easy')
  expect(Number(describeCrl(after.der).crlNumber)).toBeGreaterThan(Number(describeCrl(before.der).crlNumber))
  expect(describeCrl(after.der).revokedCount).toBe(2)
}, 120_000)
