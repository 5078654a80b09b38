import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { settleGlobals } from '../../commands/options/settle.ts'
import type { Given } from '../../commands/declare.ts'
import type { GlobalFlags } from '../../commands/options/global.ts'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
const names = ['flag', 'variable', 'project', 'user']
beforeAll(async () => {
  folder = temporaryFolder('options')
  for (const name of names) await certman(['store', 'init', `./${name}`], { cwd: folder })
  mkdirSync(join(folder, 'inside'))
  writeFileSync(join(folder, 'inside/.certman.json'), '{"store": "../project"}')
  mkdirSync(join(folder, 'home/.config/certman'), { recursive: true })
  const stores = Object.fromEntries(names.map((name) => [name, { path: join(folder, name) }]))
  writeFileSync(
    join(folder, 'home/.config/certman/settings.json'),
    JSON.stringify({ stores, defaultStore: 'user' }),
  )
})

/** The name of the store that a command works on. */
async function storeOf(
  argv: readonly string[],
  where: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const options = { cwd: join(folder, where), home: join(folder, 'home'), env }
  const { stdout } = await certman([...argv, 'store', 'show', '--json'], options)
  return (JSON.parse(stdout) as { name: string }).name
}

describe('which store a command works on', () => {
  test('when everything is given then the flag wins', async () => {
    expect(await storeOf(['-s', 'flag'], 'inside', { CERTMAN_STORE: 'variable' })).toBe('flag')
  })
  test('when there is no flag then the variable wins', async () => {
    expect(await storeOf([], 'inside', { CERTMAN_STORE: 'variable' })).toBe('variable')
  })
  test('when there is no variable then the project file wins', async () => {
    expect(await storeOf([], 'inside')).toBe('project')
  })
  test('when there is no project file then the user settings win', async () => {
    expect(await storeOf([], '.')).toBe('user')
  })
})

describe('where global flags may stand', () => {
  const at = (argv: readonly string[]) => certman(argv, { cwd: folder })
  test.each([
    [['-s', './flag', '--json', 'list']],
    [['list', '-s', './flag', '--json']],
    [['--store=./flag', 'list', '-o', 'json']],
    [['-o', 'json', 'list', '--store', './flag']],
    [['-s./flag', 'list', 'certificates', '-ojson']],
  ])('when they are %j then they are understood', async (argv) => {
    expect(await at(argv)).toEqual({ status: 0, stdout: '[]\n', stderr: '' })
  })

  test('when a value looks like a verb then it is still a value', async () => {
    const { stderr } = await at(['--store', 'list', 'store', 'show'])
    expect(stderr).toContain('no store is called "list"')
  })
})

const NO_FLAGS = {
  json: false,
  yes: false,
  dryRun: false,
  noInput: false,
  quiet: false,
  verbose: false,
  noColor: false,
  exitCode: false,
  help: false,
} as Given<GlobalFlags>
const LAYERS = { env: {}, project: undefined, user: { stores: {} } }

describe('settling the global options', () => {
  test.each([
    ['30s', 30_000],
    ['500ms', 500],
    ['2m', 120_000],
    ['7', 7_000],
  ])('when the lock timeout is %s then it is %i ms', (lockTimeout, expected) => {
    expect(settleGlobals({ ...NO_FLAGS, lockTimeout }, LAYERS).lockTimeoutMs).toBe(expected)
  })

  test('when nothing is said then the lock timeout is ten seconds', () => {
    expect(settleGlobals(NO_FLAGS, LAYERS).lockTimeoutMs).toBe(10_000)
  })

  test.each([
    [{ NO_COLOR: '1' }, false],
    [{ NO_COLOR: '' }, true],
    [{ TERM: 'dumb' }, false],
    [{ CERTMAN_NO_COLOR: '1' }, false],
    [{}, true],
  ])('when the environment is %j then colour is %s', (env, expected) => {
    expect(settleGlobals(NO_FLAGS, { ...LAYERS, env }).color).toBe(expected)
  })

  test('when --json meets another form then it is a contradiction', () => {
    expect(() => settleGlobals({ ...NO_FLAGS, json: true, output: 'csv' }, LAYERS)).toThrow('contradict')
  })

  test('when --json meets jsonl then lines are meant', () => {
    expect(settleGlobals({ ...NO_FLAGS, json: true, output: 'jsonl' }, LAYERS).output).toBe('jsonl')
  })

  test('when fields have blanks and empty places then those are gone', () => {
    expect(settleGlobals({ ...NO_FLAGS, fields: ' id, name,,' }, LAYERS).fields).toEqual(['id', 'name'])
  })
})
