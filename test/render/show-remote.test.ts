import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { renderRecords } from '../../commands/render/show-records.ts'
import { NOW } from './rows.ts'

// certificates of servers, which tell less than a store of our own, and some things more

const CONTEXT = {
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: true, columns: 80 },
}

const shown = async (row: JsonObject): Promise<string> =>
  renderRecords(CONTEXT, [{ kind: 'certificate', id: '3', ...row }], 'overview').text()

test('when a server does not tell the issuer then nothing is said of it', async () => {
  const text = await shown({
    subject: 'CN=web',
    subjectAttributes: [[{ type: 'CN', value: 'web', oid: '2.5.4.3' }]],
  })
  expect(text).toContain('Subject')
  expect(text).not.toContain('(empty)')
})

test('what servers alone tell is told: the store that it lies in, its key vault, and whether the key may leave', async () => {
  const text = await shown({
    hasPrivateKey: true,
    exportable: false,
    keystore: { name: 'WebHosting', id: 'oJY0EBHgfNdeRX85WSJo2g' },
    keyVault: {
      secretIdentifier: 'https://vault.example/secrets/web',
      lastStatus: { code: 'Forbidden', message: 'no access', timeStampUtc: '2020-09-22T00:24:53Z' },
    },
  })
  expect(text).toMatch(/Keystore +WebHosting\n/)
  expect(text).toMatch(/Key vault +https:\/\/vault\.example\/secrets\/web\n/)
  expect(text).toMatch(/Last refresh +Forbidden: no access\n/)
  expect(text).toMatch(/Private key +at hand, not exportable\n/)
})
