import { beforeEach, expect, test } from 'vitest'
import { CertmanError } from '../../src/base/errors.ts'
import { Secret } from '../../src/base/secret.ts'
import { admit } from '../../src/dialects/azure-apim/server-admit.ts'
import { basicAccess } from '../../src/dialects/credentials.ts'
import type { Gate, House } from '../../src/dialects/house.ts'
import { lookedAt, shownBefore } from '../../src/dialects/shown-before.ts'
import { CLAIMS } from '../../src/domain/records.ts'
import type { Call } from '../../src/http/exchange.ts'
import { makeGate } from '../../src/operations/serve/gate.ts'
import { removeUser } from '../../src/operations/serve/user-orders.ts'
import { emptyUserList, memoryUserBook, type UserBook } from '../../src/settings/user-records.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { memoryStore } from '../support/worlds.ts'

const frozen = frozenAmbient()
const START = Date.parse('2026-03-01T12:00:00Z')
let now: number
let book: UserBook
let house: { readonly gate: Gate; readonly ambient: typeof frozen }
let checks: number

beforeEach(async () => {
  now = START
  checks = 0
  const ambient = { ...frozen, now: () => new Date(now) }
  book = memoryUserBook(emptyUserList(frozen.random(16)))
  const places = [{ name: 'pki', number: 1, id: 'id', claims: CLAIMS, store: memoryStore() }]
  house = { ambient, gate: makeGate({ book, ambient, places, cost: { logN: 10, p: 1 } }) }
  await house.gate.accounts.create({ name: 'ann', password: new Secret('Passw0rd!x'), role: 'admin' })
  // known to be right from now on: to derive it is a guess as well, after which everybody is looked at
  await house.gate.password('ann', 'Passw0rd!x')
})

const callOf = (connection: object, authorization: string, remoteAddress = '192.0.2.1'): Call =>
  ({ connection, remoteAddress, header: () => authorization }) as Partial<Call> as Call

/** Shows a header, and counts when it is looked at. */
const show = async (call: Call, { end = Infinity, password = 'Passw0rd!x' } = {}) =>
  shownBefore(house, call, 'Basic') ??
  lookedAt(house, call, async () => {
    checks++
    const access = await house.gate.password('ann', password, call.remoteAddress)
    return access && { scheme: 'Basic', access, end }
  })

test('when the same header comes over the same connection within a second then it is not looked at again', async () => {
  const connection = {}
  const first = await show(callOf(connection, 'Basic one'))
  expect(first?.user.name).toBe('ann')
  now += 999
  expect(await show(callOf(connection, 'Basic one'))).toBe(first)
  expect(checks).toBe(1)
})

test.each<[string, (connection: object) => Call]>([
  ['another connection shows it', () => callOf({}, 'Basic one')],
  ['another header is shown', (connection) => callOf(connection, 'Basic two')],
  ['a proxy names another caller', (connection) => callOf(connection, 'Basic one', '192.0.2.2')],
])('when %s then it is looked at', async (_, other) => {
  const connection = {}
  await show(callOf(connection, 'Basic one'))
  await show(other(connection))
  expect(checks).toBe(2)
})

test('when it let in by another scheme then it is nothing to this one', async () => {
  const call = callOf({}, 'Basic one')
  await show(call)
  expect(shownBefore(house, call, 'SharedAccessSignature')).toBeUndefined()
})

test('when a second has passed, the clock was set back or the credential has ended then it is looked at', async () => {
  const call = callOf({}, 'Basic one')
  const options = { end: START + 1500 }
  await show(call, options)
  for (const [at, expected] of [
    [START + 1000, 2],
    [START + 1499, 2],
    [START + 1500, 3],
    [START, 4],
  ] as const) {
    now = at
    await show(call, options)
    expect([at, checks]).toEqual([at, expected])
  }
})

test('when the password changes or the user goes then the connection knows at once', async () => {
  const call = callOf({}, `Basic ${Buffer.from('ann:Passw0rd!x').toString('base64')}`)
  const first = await basicAccess(house, call)
  expect(first?.user.name).toBe('ann')
  expect(shownBefore(house, call, 'Basic')).toBe(first)
  const { accounts } = house.gate
  await accounts.setPassword(1, new Secret('An0ther!one'))
  expect(shownBefore(house, call, 'Basic')).toBeUndefined()
  expect(await basicAccess(house, call)).toBeUndefined()
  await accounts.setPassword(1, new Secret('Passw0rd!x'))
  expect((await basicAccess(house, call))?.user.name).toBe('ann')
  await accounts.create({ name: 'bob', password: new Secret('Passw0rd!x'), role: 'admin' })
  expect((await basicAccess(house, call))?.user.name).toBe('ann')
  await removeUser(book, 'ann')
  expect(shownBefore(house, call, 'Basic')).toBeUndefined()
  expect(await basicAccess(house, call)).toBeUndefined()
})

test('when somebody guesses at the user from there then the connection is shut out with all others', async () => {
  const call = callOf({}, 'Basic one')
  await show(call)
  for (let guess = 0; guess < 10; guess++) await house.gate.password('ann', `guess ${guess}`, '192.0.2.1')
  expect(await show(call)).toBeUndefined()
})

test('when a wrong one was shown then it is looked at the next time', async () => {
  const call = callOf({}, 'Basic wrong')
  expect(await show(call, { password: 'wrong' })).toBeUndefined()
  expect(await show(call, { password: 'wrong' })).toBeUndefined()
  expect(checks).toBe(2)
})

test.each(['', 'Basic', 'Bearer token', 'SharedAccessSignature x'])(
  'when no credential of the scheme is shown (%s) then a users file that cannot be read is no trouble',
  async (authorization) => {
    const unread = {
      get standing(): object {
        throw new CertmanError('settings.invalid', 'users.json is not JSON')
      },
      apiKey: async () => undefined,
      session: async () => undefined,
    } as Partial<Gate> as Gate
    const floor = { ...house, gate: unread } as Partial<House> as House
    expect(await basicAccess(floor, callOf({}, authorization))).toBeUndefined()
    await expect(admit(floor, callOf({}, authorization))).rejects.toMatchObject({ status: 401 })
  },
)
