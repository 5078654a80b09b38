import fs, { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { addUser } from '../../src/operations/serve/user-orders.ts'
import { withUser } from '../../src/settings/user-changes.ts'
import { userFile, usersFile } from '../../src/settings/users.ts'
import type { UserBook } from '../../src/settings/user-records.ts'
import { frozenAmbient } from '../support/ambient.ts'
import { temporaryFolder } from '../support/temporary.ts'

interface Scene {
  readonly file: string
  readonly book: UserBook
  readonly warnings: string[]
  readonly pauses: number[]
}

function scene(
  file = join(temporaryFolder('users'), 'certman', 'users.json'),
  now = '2030-01-01T00:00:00Z',
): Scene {
  const [warnings, pauses]: [string[], number[]] = [[], []]
  const { random } = frozenAmbient()
  const book = userFile({
    file,
    random,
    now: () => new Date(now),
    pause: async (milliseconds) => void pauses.push(milliseconds),
    platform: 'linux',
    warn: (line) => warnings.push(line),
  })
  return { file, book, warnings, pauses }
}

const reader = (name: string) =>
  ({ name, role: 'reader', apiKeys: [], createdAt: '2026-03-01T12:00:00.000Z' }) as const

const add = (book: UserBook, name: string): Promise<unknown> =>
  book.change((list) => withUser(list, reader(name)))

describe('the users file', () => {
  test('when there is none then nobody is in it, and reading makes none', () => {
    const { file, book } = scene()
    expect(book.read().users).toEqual([])
    expect(existsSync(file)).toBe(false)
  })

  test('when a user is added then the file is for its owner only, and holds no password', async () => {
    const { file, book } = scene()
    const { Secret } = await import('../../src/base/secret.ts')
    const order = { name: 'ann', role: 'admin', password: new Secret('Passw0rd!x') } as const
    const { secrets } = await addUser(
      book,
      { ...order, apiKey: { purpose: 'test', expiresAt: null } },
      frozenAmbient(),
    )
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    expect(text).not.toContain('Passw0rd')
    expect(text).not.toContain(secrets.apiKey!.token)
    expect(secrets.apiKey!.token).toHaveLength(54)
  })

  test('when another process changes it then the next reading knows', async () => {
    const { file, book } = scene()
    await add(book, 'ann')
    const other = scene(file).book
    expect(other.read().users.map(({ name }) => name)).toEqual(['ann'])
    await add(book, 'bob')
    expect(other.read().users.map(({ name, number }) => [name, number])).toEqual([
      ['ann', 1],
      ['bob', 2],
    ])
    expect(other.read().hostKey).toBe(book.read().hostKey)
  })

  test('when many change it at the same time then every change lands and no number is given twice', async () => {
    const { file } = scene()
    const names = Array.from({ length: 12 }, (_, at) => `user${at}`)
    const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
    const { random } = frozenAmbient()
    const open = (): UserBook =>
      userFile({ file, random, pause, now: () => new Date(0), platform: 'linux', warn: () => undefined })
    await Promise.all(names.map((name) => add(open(), name)))
    const { users } = scene(file).book.read()
    expect(users.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    expect(new Set(users.map(({ number }) => number)).size).toBe(12)
  })

  test('when root changes it then it stays with its owner, so that a server that runs as him reads it', async () => {
    const { file, book } = scene()
    await add(book, 'ann')
    const nobody = 65_534
    // who is not root changes his own files only
    const owner = process.geteuid?.() === 0 ? nobody : statSync(file).uid
    chownSync(file, owner, statSync(file).gid)
    await add(book, 'bob')
    expect(statSync(file).uid).toBe(owner)
  })

  test('when a change is refused then the file is as it was, and the next change goes through', async () => {
    const { file, book } = scene()
    await add(book, 'ann')
    const before = readFileSync(file)
    await expect(add(book, 'ANN')).rejects.toMatchObject({ code: 'name.taken' })
    expect(readFileSync(file)).toEqual(before)
    await add(book, 'bob')
    expect(book.read().users).toHaveLength(2)
  })

  test('when somebody else is writing then it waits, and says so in the end; what a dead process left is taken away', async () => {
    const { file } = scene()
    await add(scene(file).book, 'ann')
    writeFileSync(`${file}.new`, '')
    const now = new Date(statSync(`${file}.new`).mtimeMs + 1000).toISOString()
    const waiting = scene(file, now)
    await expect(add(waiting.book, 'bob')).rejects.toMatchObject({ code: 'store.locked' })
    expect(waiting.pauses.length).toBeGreaterThan(100)
    const later = new Date(statSync(`${file}.new`).mtimeMs + 60_000).toISOString()
    await add(scene(file, later).book, 'bob')
    expect(scene(file).book.read().users).toHaveLength(2)
  })

  test('when its folder cannot be flushed then the change is there, and a warning says what may undo it', async () => {
    const { file, book, warnings } = scene()
    const broken = vi.spyOn(fs, 'fsync').mockImplementation((_descriptor, done) => {
      done(Object.assign(new Error('i/o error'), { code: 'EIO' }))
    })
    onTestFinished(() => broken.mockRestore())
    await add(book, 'ann')
    expect(book.read().users.map(({ name }) => name)).toEqual(['ann'])
    expect(warnings).toEqual([
      expect.stringContaining(
        `${file} was changed, but a power cut may undo that: its folder was not flushed`,
      ),
    ])
    expect(existsSync(`${file}.new`)).toBe(false)
  })

  test('when others can read it then a warning says what to do', async () => {
    const { file, book } = scene()
    await add(book, 'ann')
    chmodSync(file, 0o644)
    const open = scene(file)
    open.book.read()
    expect(open.warnings).toEqual([`the users file ${file} can be read by others; chmod 600 it`])
  })

  const valid = { format: 1, nextNumber: 2, hostKey: 'AAAAAAAAAAAAAAAAAAAAAA==', users: [] }
  const ann = { number: 1, ...reader('ann') }
  test.each([
    ['no JSON', '{"format": 1,', 'line 1 is not JSON'],
    ['a list', '[]', 'the users must be a JSON object'],
    ['another format', { ...valid, format: 2 }, 'the field "format" is not as it must be'],
    ['an unknown field', { ...valid, admin: true }, 'the field "admin" is not as it must be'],
    [
      'a user of no known role',
      { ...valid, users: [{ ...ann, role: 'root' }] },
      'the field "role" of the user "ann"',
    ],
    [
      'an unknown claim',
      { ...valid, users: [{ ...ann, claims: ['write'] }] },
      'the field "claims" of the user "ann"',
    ],
    ['a password in plain text', { ...valid, users: [{ ...ann, password: 'x' }] }, 'the field "password"'],
    [
      'a misspelt limit',
      { ...valid, users: [{ ...ann, store: ['prod'] }] },
      'the field "store" of the user "ann"',
    ],
    [
      'the same name twice',
      { ...valid, users: [ann, { ...ann, name: 'Ann' }] },
      'the user "Ann" is there twice',
    ],
  ])('when it holds %s then nobody is let in, and the message says where', (_what, content, message) => {
    const file = join(temporaryFolder('users'), 'users.json')
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
    expect(() => scene(file).book.read()).toThrow(
      expect.objectContaining({ code: 'settings.invalid', message: expect.stringContaining(message) }),
    )
  })
})

test('when nothing else is said then the users are beside the settings', () => {
  const world = { env: { XDG_CONFIG_HOME: '/home/ann/.config' }, platform: 'linux', home: '/home/ann' }
  expect(usersFile(world)).toBe('/home/ann/.config/certman/users.json')
})
