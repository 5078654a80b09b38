import { createHmac } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/base/secret.ts'
import type { Gate } from '../../../src/dialects/house.ts'
import { CLAIMS } from '../../../src/domain/records.ts'
import type { ServedPlace } from '../../../src/operations/serve/access.ts'
import { Attempts } from '../../../src/operations/serve/attempts.ts'
import { makeGate } from '../../../src/operations/serve/gate.ts'
import { addUser, changeUser, removeApiKey, removeUser } from '../../../src/operations/serve/user-orders.ts'
import { emptyUserList, memoryUserBook, type UserBook } from '../../../src/settings/user-records.ts'
import { frozenAmbient } from '../../support/ambient.ts'
import { memoryStore } from '../../support/worlds.ts'

const password = new Secret('Passw0rd!x')
let now: Date
let book: UserBook
let gate: Gate
const frozen = frozenAmbient()
const ambient = { ...frozen, now: () => now }
const place = (name: string, number: number): ServedPlace => ({
  name,
  number,
  id: `id-${name}`,
  claims: CLAIMS,
  store: memoryStore(),
})

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z')
  book = memoryUserBook(emptyUserList(frozen.random(16)))
  gate = makeGate({ book, ambient, places: [place('pki', 1), place('lab', 2)], cost: { logN: 10, p: 1 } })
  await gate.accounts.create({ name: 'ann', password, role: 'admin' })
})

const nameOf = async (access: ReturnType<Gate['password']>): Promise<string | undefined> =>
  (await access)?.user.name

describe('passwords', () => {
  test('when name and password are right then the user is let in, whatever the case and the domain of the name', async () => {
    expect(await nameOf(gate.password('ann', 'Passw0rd!x'))).toBe('ann')
    expect(await nameOf(gate.password('CORP\\Ann', 'Passw0rd!x'))).toBe('ann')
    expect(await gate.password('ann', 'Passw0rd!X')).toBeUndefined()
    expect(await gate.password('bob', 'Passw0rd!x')).toBeUndefined()
    expect(await gate.password('', '')).toBeUndefined()
  })

  test('when somebody guesses then that address is shut out for that name, and nobody else is', async () => {
    for (let guess = 0; guess < 10; guess++) await gate.password('ann', `guess ${guess}`, '192.0.2.1')
    expect(await gate.password('ann', 'Passw0rd!x', '192.0.2.1')).toBeUndefined()
    expect(await nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.2'))).toBe('ann')
    now = new Date('2026-03-01T12:06:00Z')
    expect(await nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.1'))).toBe('ann')
  })

  test('when somebody guesses while the user is at work then no guess counts any more, not even the right one', async () => {
    expect(await nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.2'))).toBe('ann')
    for (let guess = 0; guess < 10; guess++) await gate.password('ann', `guess ${guess}`, '192.0.2.1')
    expect(await gate.password('ann', 'Passw0rd!x', '192.0.2.1')).toBeUndefined()
    expect(await nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.2'))).toBe('ann')
    // neither while the user's own is being derived
    now = new Date('2026-03-01T12:02:00Z')
    const own = nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.2'))
    expect(await gate.password('ann', 'Passw0rd!x', '192.0.2.1')).toBeUndefined()
    expect(await own).toBe('ann')
  })

  test('when the password changes then the old one is no longer taken, though it was just used', async () => {
    await gate.password('ann', 'Passw0rd!x')
    await gate.accounts.setPassword(1, new Secret('An0ther!one'))
    expect(await gate.password('ann', 'Passw0rd!x')).toBeUndefined()
    expect(await nameOf(gate.password('ann', 'An0ther!one'))).toBe('ann')
  })
})

describe('API keys', () => {
  test('when a key is made, renewed, ended or removed then its token counts exactly as long', async () => {
    const owner = (await gate.password('ann', 'Passw0rd!x'))!.user
    const made = await gate.apiKeys.create(owner, { purpose: 'ci', expiresAt: '2026-03-02T00:00:00.000Z' })
    expect(made.token).toMatch(/^[A-Za-z0-9_-]{54}$/)
    expect(await nameOf(gate.apiKey(made.token))).toBe('ann')
    expect(await gate.apiKeys.keyOf(made.token)).toEqual(made.key)
    const renewed = (await gate.apiKeys.renew(owner, made.key.id))!
    expect(await gate.apiKey(made.token)).toBeUndefined()
    expect(await nameOf(gate.apiKey(renewed.token))).toBe('ann')
    now = new Date('2026-03-02T00:00:00Z')
    expect(await gate.apiKey(renewed.token)).toBeUndefined()
    await gate.apiKeys.edit(owner, made.key.id, { expiresAt: null })
    expect(await nameOf(gate.apiKey(renewed.token))).toBe('ann')
    expect(await gate.apiKeys.remove(owner, made.key.id)).toBe(true)
    expect(await gate.apiKeys.remove(owner, made.key.id)).toBe(false)
    expect(await gate.apiKey(renewed.token)).toBeUndefined()
    expect(await gate.apiKeys.list(owner)).toEqual([])
  })

  test('when a key belongs to somebody else then it is not there', async () => {
    const owner = (await gate.password('ann', 'Passw0rd!x'))!.user
    const bob = await gate.accounts.create({ name: 'bob', password, role: 'reader' })
    const { key } = await gate.apiKeys.create(owner, { purpose: 'ci', expiresAt: null })
    expect(await gate.apiKeys.edit(bob, key.id, { purpose: 'mine' })).toBeUndefined()
    expect(await gate.apiKeys.renew(bob, key.id)).toBeUndefined()
    expect(await gate.apiKeys.remove(bob, key.id)).toBe(false)
  })

  test('when the command line takes a key away then its token is void', async () => {
    const order = { name: 'ann', apiKey: { purpose: 'x', expiresAt: null } }
    const { secrets } = await changeUser(book, order, ambient)
    expect(await nameOf(gate.apiKey(secrets.apiKey!.token))).toBe('ann')
    await removeApiKey(book, 'ann', secrets.apiKey!.id)
    expect(await gate.apiKey(secrets.apiKey!.token)).toBeUndefined()
    await expect((async () => removeApiKey(book, 'ann', secrets.apiKey!.id))()).rejects.toMatchObject({
      code: 'record.not-found',
    })
  })
})

test('when a signature is made with either shared key then it lets in; with another it does not', async () => {
  const { secrets } = await changeUser(book, { name: 'ann', sas: 'integration' }, ambient)
  const sign = (key: string): string => createHmac('sha512', key).update('integration\nnow').digest('base64')
  const { primary, secondary } = secrets.sas!
  expect(await nameOf(gate.signature('integration', sign(primary), sign))).toBe('ann')
  expect(await nameOf(gate.signature('integration', sign(secondary), sign))).toBe('ann')
  expect(await gate.signature('integration', sign('other'), sign)).toBeUndefined()
  expect(await gate.signature('nobody', sign(''), sign)).toBeUndefined()
})

describe('sessions', () => {
  test('when a session is opened then it lasts its time, and not beyond a logout', async () => {
    const { user } = (await gate.password('ann', 'Passw0rd!x'))!
    const token = await gate.openSession(user, 3600)
    const other = await gate.openSession(user, 3600)
    expect(await nameOf(gate.session(token))).toBe('ann')
    await gate.closeSession(other)
    expect(await gate.session(other)).toBeUndefined()
    now = new Date('2026-03-01T13:00:00Z')
    expect(await gate.session(token)).toBeUndefined()
    expect(await gate.session('')).toBeUndefined()
  })

  test('when the password changes or the user goes then the session is over', async () => {
    const bob = await gate.accounts.create({ name: 'bob', password, role: 'reader' })
    const token = await gate.openSession(bob, 3600)
    await gate.accounts.setPassword(bob.number, new Secret('An0ther!one'))
    expect(await gate.session(token)).toBeUndefined()
    const again = await gate.openSession(bob, 3600)
    expect(await nameOf(gate.session(again))).toBe('bob')
    await gate.accounts.remove(bob.number)
    expect(await gate.session(again)).toBeUndefined()
    expect(await gate.password('bob', 'An0ther!one')).toBeUndefined()
  })
})

describe('accounts', () => {
  test('when a role changes then the rights of the next call are those of the new role', async () => {
    const bob = await gate.accounts.create({ name: 'bob', password, role: 'reader' })
    const claims = async () => (await gate.password('bob', 'Passw0rd!x'))!.stores[0]!.claims
    expect(await claims()).toEqual(['read'])
    expect(await gate.accounts.setRole(bob.number, 'manager')).toMatchObject({ role: 'manager' })
    expect(await claims()).toEqual(CLAIMS)
  })

  test('when the last admin is to go or to be less then it is refused', async () => {
    await expect(gate.accounts.remove(1)).rejects.toMatchObject({ code: 'state.refused' })
    await expect(gate.accounts.setRole(1, 'reader')).rejects.toMatchObject({ code: 'state.refused' })
    await gate.accounts.create({ name: 'eve', password, role: 'admin' })
    await gate.accounts.remove(1)
    expect((await gate.accounts.list()).map(({ name, number }) => [name, number])).toEqual([['eve', 2]])
    await expect((async () => removeUser(book, 'eve'))()).rejects.toMatchObject({ code: 'state.refused' })
  })

  test.each(['', ' ann', 'a:b', 'CORP\\ann', 'a\nb', 'x'.repeat(101)])(
    'when the name is %j then it is refused',
    async (name) => {
      const order = { name, password, role: 'reader' } as const
      await expect(gate.accounts.create(order)).rejects.toMatchObject({ code: 'name.invalid' })
    },
  )

  test('when the name is there already then it is refused, whatever its case', async () => {
    const order = { name: 'ANN', password, role: 'reader' } as const
    await expect(gate.accounts.create(order)).rejects.toMatchObject({ code: 'name.taken' })
  })

  test('when the password is short then the command line refuses it', async () => {
    const order = { name: 'bob', role: 'reader', password: new Secret('1234567') } as const
    await expect(addUser(book, order, ambient)).rejects.toMatchObject({ code: 'input.invalid' })
  })
})

describe('stores', () => {
  test('when a user is for one store then the other one is not there; a user of none is not let in', async () => {
    await addUser(book, { name: 'bob', role: 'reader', password, stores: ['LAB'] }, ambient)
    const access = (await gate.password('bob', 'Passw0rd!x'))!
    expect(access.stores.map(({ name, number }) => [name, number])).toEqual([['lab', 2]])
    expect(access.store('Lab')?.id).toBe('id-lab')
    expect(access.store('pki')).toBeUndefined()
    await changeUser(book, { name: 'bob', stores: ['elsewhere'] }, ambient)
    expect(await gate.password('bob', 'Passw0rd!x')).toBeUndefined()
    await changeUser(book, { name: 'bob', stores: null }, ambient)
    expect((await gate.password('bob', 'Passw0rd!x'))!.stores).toHaveLength(2)
  })
})

test('when one address guesses many names then it is shut out for all of them, the right one too', async () => {
  await addUser(book, { name: 'bob', role: 'reader', password }, ambient)
  for (let at = 0; at < 100; at++) await gate.password('ann', `guess ${at}`, `192.0.2.${at}`)
  expect(await nameOf(gate.password('bob', 'Passw0rd!x', '192.0.2.200'))).toBe('bob')
  const attempts = new Attempts(ambient.now)
  for (let at = 0; at < 100; at++) expect(attempts.begin(`user${at}`, '192.0.2.1')).toBe(true)
  expect(attempts.begin('another', '192.0.2.1')).toBe(false)
  expect(attempts.begin('another', '192.0.2.2')).toBe(true)
  for (let at = 0; at < 200; at++) expect(attempts.begin(`user${at}`, '')).toBe(true)
})

describe('many guesses at the same time', () => {
  test('when ten wrong ones are being tried then the right one has to wait, as if they had come one by one', async () => {
    const guesses = Array.from({ length: 10 }, (_, at) => gate.password('ann', `guess ${at}`, '192.0.2.1'))
    expect(await gate.password('ann', 'Passw0rd!x', '192.0.2.1')).toBeUndefined()
    expect(await Promise.all(guesses)).toEqual(guesses.map(() => undefined))
  })

  test('when one client opens many connections with the right password then all are let in', async () => {
    const names = await Promise.all(
      Array.from({ length: 50 }, () => nameOf(gate.password('ann', 'Passw0rd!x', '192.0.2.1'))),
    )
    expect(names).toEqual(names.map(() => 'ann'))
  })

  test('when too many guesses are being tried then the next is told to come again, and is not counted', async () => {
    const others = Array.from({ length: 64 }, (_, at) => gate.password('ann', `guess ${at}`, `192.0.2.${at}`))
    for (let again = 0; again < 20; again++)
      await expect(gate.password('ann', 'Passw0rd!x', '198.51.100.1')).rejects.toMatchObject({
        code: 'server.busy',
      })
    await Promise.all(others)
    expect(await nameOf(gate.password('ann', 'Passw0rd!x', '198.51.100.1'))).toBe('ann')
  })
})

test('when a guesser changes its address within one IPv6 network, or writes it otherwise, then it stays shut out', () => {
  const attempts = new Attempts(ambient.now)
  for (let at = 0; at < 10; at++) expect(attempts.begin('ann', `2001:db8::${at}`)).toBe(true)
  for (const same of ['2001:db8::ffff', '2001:DB8:0:0:1:2:3:4', '2001:0db8::1%eth0'])
    expect(attempts.begin('ann', same)).toBe(false)
  expect(attempts.begin('ann', '2001:db8:0:1::1')).toBe(true)
  for (let at = 0; at < 10; at++) expect(attempts.begin('bob', '::ffff:192.0.2.1')).toBe(true)
  for (const same of ['192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:192.0.2.1'])
    expect(attempts.begin('bob', same)).toBe(false)
  expect(attempts.begin('bob', '::ffff:c000:202')).toBe(true)
  expect(attempts.begin('bob', '::1')).toBe(true)
  expect(attempts.begin('bob', '::ffff:192.0.2.2')).toBe(true)
})
