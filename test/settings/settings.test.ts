import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { settingsFile } from '../../src/settings/places.ts'
import { readProject, readSettings } from '../../src/settings/read.ts'
import { changeSettings } from '../../src/settings/write.ts'
import { temporaryFolder } from '../support/temporary.ts'

const now = (): Date => new Date()

let folder: string
beforeAll(() => {
  folder = temporaryFolder('settings')
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

describe('where settings lie', () => {
  test.each([
    ['linux', {}, '/home/me/.config/certman/settings.json'],
    ['linux', { XDG_CONFIG_HOME: '/etc/me' }, '/etc/me/certman/settings.json'],
    ['linux', { XDG_CONFIG_HOME: '' }, '/home/me/.config/certman/settings.json'],
    ['darwin', {}, '/home/me/Library/Preferences/certman/settings.json'],
    ['win32', { APPDATA: '/app' }, '/app/certman/settings.json'],
  ])('on %s with %j it is %s', (platform, env, expected) => {
    expect(settingsFile({ platform, env, home: '/home/me' })).toBe(expected)
  })
})

describe('reading settings', () => {
  test('when there is no file then nothing is set', () => {
    expect(readSettings(join(folder, 'absent.json'))).toEqual({ stores: {} })
  })

  test('when the person named a file that is not there then it is an error', () => {
    expect(() => readSettings(join(folder, 'absent.json'), true)).toThrowError(
      expect.objectContaining({ code: 'file.not-found' }),
    )
  })

  test('when the path of a store is relative then it starts at the settings file', () => {
    const path = file('a/settings.json', '{"stores": {"pki": {"path": "../pki"}}, "defaultStore": "pki"}')
    expect(readSettings(path)).toEqual({
      stores: { pki: { path: join(folder, 'pki') } },
      defaultStore: 'pki',
    })
  })

  test.each([
    ['{\n"stores": {,}\n}', /line 2 is not JSON$/],
    ['[]', /must be a JSON object$/],
    ['{"stroes": {}}', /there is no setting "stroes"$/],
    ['{"output": 3}', /the setting "output" must be a string$/],
    ['{"stores": []}', /"stores" must be an object$/],
    ['{"stores": {"x": {}}}', /the store "x" needs a "path"$/],
  ])('when the file says %j then settings.invalid names the place', (text, message) => {
    const path = file('bad.json', text)
    expect(() => readSettings(path)).toThrowError(
      expect.objectContaining({
        code: 'settings.invalid',
        message: expect.stringMatching(message) as string,
      }),
    )
    expect(() => readSettings(path)).toThrowError(path)
  })

  test('when a project file stands above the folder then it is found, and its store is relative to it', () => {
    const path = file('project/.certman.json', '{"store": "./pki", "output": "json"}')
    mkdirSync(join(folder, 'project/deep/er'), { recursive: true })
    expect(readProject(join(folder, 'project/deep/er'))).toEqual({
      store: join(folder, 'project/pki'),
      output: 'json',
      file: path,
    })
  })

  test('when a project file wants to define stores then it is refused', () => {
    file('evil/.certman.json', '{"stores": {"pki": {"path": "/"}}}')
    expect(() => readProject(join(folder, 'evil'))).toThrowError(/there is no setting "stores"$/)
  })
})

describe('changing settings', () => {
  test('when a store is added then the file has mode 0600 and keeps everything else', async () => {
    const path = join(folder, 'new/settings.json')
    await changeSettings({ file: path, now }, { stores: { pki: { path: '/srv/pki' } } })
    expect(statSync(path).mode & 0o777).toBe(0o600)
    await changeSettings(
      { file: path, now },
      { stores: { other: { path: '/srv/other' } }, defaultStore: 'other' },
    )
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      stores: { pki: { path: '/srv/pki' }, other: { path: '/srv/other' } },
      defaultStore: 'other',
    })
    await changeSettings({ file: path, now }, { stores: { other: null }, defaultStore: null })
    expect(readSettings(path)).toEqual({ stores: { pki: { path: '/srv/pki' } } })
  })

  test('when several commands add a store at the same moment then all are kept', async () => {
    const path = join(folder, 'together/settings.json')
    const names = Array.from({ length: 8 }, (_, index) => `n${index}`)
    await Promise.all(
      names.map((name) => changeSettings({ file: path, now }, { stores: { [name]: { path: '/x' } } })),
    )
    expect(Object.keys(readSettings(path).stores).toSorted()).toEqual(names)
    expect(readdirSync(join(folder, 'together'))).toEqual(['settings.json'])
  })

  test('when a command that died left its lock then it is taken away', async () => {
    const path = file('left/settings.json', '')
    const lock = file('left/settings.json.lock', '')
    utimesSync(lock, new Date(0), new Date(0))
    await changeSettings({ file: path, now }, { stores: { pki: { path: '/x' } } })
    expect(readdirSync(join(folder, 'left'))).toEqual(['settings.json'])
  })

  test('when the name of a store has dots then it is one name', async () => {
    const path = join(folder, 'dots/settings.json')
    await changeSettings({ file: path, now }, { stores: { 'a.b.c': { path: '/x' } } })
    expect(readSettings(path).stores).toEqual({ 'a.b.c': { path: '/x' } })
  })

  test.each(['', '\n', '\uFEFF'])(
    'when the file is empty (%j), as one may begin, then it is filled',
    async (nothing) => {
      const path = file('empty.json', nothing)
      await changeSettings({ file: path, now }, { stores: { pki: { path: '/srv/pki' } } })
      expect(readSettings(path)).toEqual({ stores: { pki: { path: '/srv/pki' } } })
    },
  )

  test('when the file is damaged then it is refused and stays as it is', async () => {
    const path = file('damaged.json', '{"stores": ')
    await expect(changeSettings({ file: path, now }, { defaultStore: 'x' })).rejects.toMatchObject({
      code: 'settings.invalid',
    })
    expect(readFileSync(path, 'utf8')).toBe('{"stores": ')
  })
})
