import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { renderRecords } from '../../commands/render/show-records.ts'
import { NOW } from './rows.ts'

const context = {
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: false, columns: 80 },
}

const ROOT: JsonObject = {
  kind: 'authority',
  id: '1',
  name: 'root',
  subject: 'CN=Root\u202e',
  notAfter: '2035-01-01T00:00:00Z',
  certificateId: '7',
  keyId: 'c6'.repeat(32),
  encrypted: true,
  enabled: true,
  createdAt: '2025-06-01T08:30:00Z',
  crlUrls: ['http://pki.example/root.crl'],
  crlDays: 7,
  crlOverlapHours: 48,
  crl: { number: '3', thisUpdate: '2025-06-10T12:00:00Z', nextUpdate: '2025-06-17T12:00:00Z', entries: 2 },
  crlNumber: '3',
  crlThisUpdate: '2025-06-10T12:00:00Z',
  crlNextUpdate: '2025-06-17T12:00:00Z',
  issued: 12,
  revoked: 2,
}

const shown = async (item: JsonObject): Promise<string> => renderRecords(context, [item], 'overview').text()

test('when an authority is shown then its certificate, key, CRL and settings stand in a sheet', async () => {
  expect(await shown(ROOT)).toMatchInlineSnapshot(`
    "Authority
      State        enabled
      Id           1
      Name         root
      Subject      CN=Root\\u{202e}
      Certificate  7
      Not after    2035-01-01 00:00:00 UTC (in 9 years)
      Key          c6c6c6c6c6c6c6c6, password-protected
      Created      2025-06-01 08:30:00 UTC (14 days ago)
      Issued       12
      Revoked      2

    CRL
      Number       3
      This update  2025-06-10 12:00:00 UTC (5 days ago)
      Next update  2025-06-17 12:00:00 UTC (in 2 days)
      Entries      2

    Settings
      CRL URLs     http://pki.example/root.crl
      CRL holds    7 days, the next one 48 hours before the end
    "
  `)
})

test('when revocations wait for a CRL then the sheet says so, and how to sign it', async () => {
  expect(await shown({ ...ROOT, crlStale: true })).toContain(
    'revocations wait for the next one: certman ca crl',
  )
})

test('when a server tells nothing of a CRL then the sheet does not say that there is none', async () => {
  const told = Object.entries(ROOT).filter(([name]) => !/^crl(?:$|[A-Z])/.test(name) || name === 'crlDays')
  const server = Object.fromEntries(told)
  expect(await shown(server)).not.toContain('none yet')
  expect(await shown({ ...server, crlNumber: null })).toContain('none yet: certman ca crl signs one')
})

test('when the key is elsewhere or lies open then the sheet says so', async () => {
  const { keyId: _, ...without } = ROOT
  expect(await shown(without)).toMatch(/Key +elsewhere/)
  expect(await shown({ ...ROOT, encrypted: false })).toMatch(/Key +c6c6c6c6c6c6c6c6, without a password/)
})

test('when an authority is disabled then that is said first', async () => {
  expect(await shown({ ...ROOT, enabled: false })).toMatch(/^Authority\n {2}State +disabled/)
})

test('when the certificate of an authority is revoked then that is said first', async () => {
  const revocation = { date: '2025-06-01T00:00:00Z', reason: 'cACompromise' }
  expect(await shown({ ...ROOT, revocation })).toMatch(/^Authority\n {2}State +revoked \(cACompromise\)/)
})

test.each([
  [{ pss: true, digest: 'sha384' }, 'RSASSA-PSS, sha384'],
  [{ pss: true }, 'RSASSA-PSS'],
  [{ digest: 'sha512' }, 'sha512'],
])('when an authority was told to sign with %j then that is shown as %s', async (signature, told) => {
  expect(await shown({ ...ROOT, signature })).toContain(`\n  Signs with   ${told}\n`)
})
