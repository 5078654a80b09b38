import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readSecret, type SecretWorld } from '../../src/settings/secret-source.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
beforeAll(() => {
  folder = temporaryFolder('secrets')
})

function world(more: Partial<SecretWorld> = {}): SecretWorld & { readonly warnings: string[] } {
  const warnings: string[] = []
  return {
    cwd: folder,
    env: { PATH: '/usr/bin:/bin' },
    platform: 'linux',
    readStdin: async () => new TextEncoder().encode('from stdin\n'),
    warn: (line) => warnings.push(line),
    warnings,
    ...more,
  }
}

function secretFile(content: string | Uint8Array, mode = 0o600): string {
  writeFileSync(join(folder, 'pw'), content)
  chmodSync(join(folder, 'pw'), mode)
  return 'pw'
}

const text = async (from: Parameters<typeof readSecret>[0], at = world()): Promise<string> =>
  (await readSecret(from, at)).useText((value) => value)

describe('passwords from files', () => {
  test.each([
    ['pw\n', 'pw'],
    ['pw\r\n', 'pw'],
    ['pw', 'pw'],
    ['pw\n\n', 'pw\n'],
    [' p w ', ' p w '],
    ['', ''],
    ['пароль\n', 'пароль'],
  ])('when the file holds %j then the password is %j', async (content, expected) => {
    expect(await text({ from: 'file', path: secretFile(content) })).toBe(expected)
  })

  test('when the path is - then standard input is read', async () => {
    expect(await text({ from: 'file', path: '-' })).toBe('from stdin')
  })

  test('when every user can read the file then there is a warning that does not hold the password', async () => {
    const at = world()
    await readSecret({ from: 'file', path: secretFile('hunter2', 0o644) }, at)
    expect(at.warnings).toEqual(['every user can read the password file pw; chmod 600 it'])
  })

  test.each([
    ['absent', 'file.not-found'],
    ['.', 'file.is-directory'],
  ])('when the path is %s then the code is %s', async (path, code) => {
    await expect(readSecret({ from: 'file', path }, world())).rejects.toMatchObject({ code })
  })

  test.each([
    ['far too large', () => secretFile(new Uint8Array(70_000))],
    ['a device that never ends', () => '/dev/zero'],
  ])('when the file is %s then it is refused', async (_what, file) => {
    const path = file()
    await expect(readSecret({ from: 'file', path }, world())).rejects.toMatchObject({
      code: 'limit.exceeded',
    })
  })
})

describe('passwords from elsewhere', () => {
  test('when the variable is set then its whole value is the password', async () => {
    expect(await text({ from: 'env', name: 'PW' }, world({ env: { PW: 'a\n' } }))).toBe('a\n')
  })

  test('when the variable is not set then the message names it', async () => {
    await expect(readSecret({ from: 'env', name: 'PW' }, world())).rejects.toThrowError(
      'the environment variable PW is not set',
    )
  })

  test('when a command prints the password then one line break is cut', async () => {
    expect(await text({ from: 'command', command: "printf 'a b\\n\\n'" })).toBe('a b\n')
  })

  test.each([
    ['exit 3', 'the password command exited with 3'],
    ['kill -TERM $$', 'the password command was ended by SIGTERM'],
  ])('when the command is %s then the error says so', async (command, message) => {
    await expect(readSecret({ from: 'command', command }, world())).rejects.toThrowError(message)
  })

  test('a secret does not print itself', async () => {
    const secret = await readSecret({ from: 'env', name: 'PW' }, world({ env: { PW: 'hunter2' } }))
    expect(`${String(secret)} ${JSON.stringify({ secret })}`).not.toContain('hunter2')
  })
})
