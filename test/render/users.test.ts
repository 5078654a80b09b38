import { describe, expect, test } from 'vitest'
import { renderKeys, renderUser, renderUsers } from '../../commands/render/users.ts'
import type { UserRecord } from '../../src/settings/user-records.ts'
import { NOW } from './rows.ts'

const context = (columns: number) => ({
  ambient: { now: () => NOW, random: () => new Uint8Array(), env: {}, actor: 'me' },
  global: { color: false, dryRun: false },
  terminal: { stdoutIsTty: true, columns },
})

const CREATED = '2026-03-01T12:00:00.000Z'
const KEY = {
  id: '0f1e2d3c4b5a6978',
  purpose: 'the nightly run of the intranet',
  hash: 'sha256$…',
  createdAt: CREATED,
  modifiedAt: CREATED,
  expiresAt: null,
}
const ANN: UserRecord = {
  number: 12,
  name: 'ann.of.the.intranet',
  role: 'manager',
  stores: ['production', 'acceptance', 'laboratory'],
  password: 'scrypt$…',
  apiKeys: [KEY],
  createdAt: CREATED,
}

describe.each([40, 60, 80])('on a terminal of %i columns', (columns) => {
  test('users, a user and the keys of one fit', async () => {
    const ctx = context(columns)
    for (const shown of [renderUsers(ctx, [ANN]), renderUser(ctx, ANN), renderKeys(ctx, [KEY])]) {
      const lines = (await shown.text()).split('\n')
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns)
    }
  })
})

test('the list of users keeps names, roles and credentials where there is room for no more', async () => {
  expect(await renderUsers(context(40), [ANN]).text()).toBe(
    'NAME              ROLE     COMES WITH\nann.of.the.intr…  manager  password, AP…\n',
  )
})
