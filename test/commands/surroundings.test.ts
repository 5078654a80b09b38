import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
beforeAll(async () => {
  folder = temporaryFolder('surroundings')
  await certman(['store', 'init', './pki', '-q'], { cwd: folder })
  const words = ['--subject', 'CN=a\u202eb', '--name', 'odd', '-q']
  await certman(['-s', './pki', 'request', ...words], { cwd: folder })
})

test.each([
  ['1', true],
  ['0', false],
])('when FORCE_COLOR is %s then colour in a pipe is %s', async (value, expected) => {
  const env = { FORCE_COLOR: value }
  const { stdout } = await certman(['-s', './pki', 'list', 'requests'], { cwd: folder, env })
  expect(stdout.includes('\u001b[')).toBe(expected)
})

test('when CERTMAN_VERBOSE is 0 then a fault says no more than without', async () => {
  const env = { CERTMAN_VERBOSE: '0' }
  const { stderr } = await certman(['lsit'], { cwd: folder, env })
  expect(stderr).toBe((await certman(['lsit'], { cwd: folder })).stderr)
})

test.each([
  ['--help after it', ['delete', '--help']],
  ['help before it', ['help', 'delete']],
])('when COLUMNS says how wide it is then %s obeys', async (_, words) => {
  const { stdout } = await certman(words, { cwd: folder, env: { COLUMNS: '50' } })
  const longest = Math.max(...stdout.split('\n').map((line) => line.length))
  expect(longest).toBeGreaterThan(40)
  expect(longest).toBeLessThanOrEqual(50)
})

test('when a terminal is narrow then help goes on in the next line, commands aside', async () => {
  const { stdout } = await certman(['help', 'sign'], { cwd: folder, env: { COLUMNS: '40' } })
  const commands = /^ +(certman|--)/
  expect(stdout.split('\n').filter((line) => line.length > 40 && !commands.test(line))).toEqual([])
})

test('when CSV of a record goes to a terminal then nothing in a name reaches it', async () => {
  const words = ['-s', './pki', 'show', 'requests/odd', '-o', 'csv', '--fields', 'subject']
  expect((await certman(words, { cwd: folder, tty: true })).stdout).toBe('subject\r\nCN=a\\u{202e}b\r\n')
  expect((await certman(words, { cwd: folder })).stdout).toBe('subject\r\nCN=a\u202eb\r\n')
})

test('when the settings hold a secret that others can read then that is said', async () => {
  const file = join(folder, 'settings.json')
  const secret = { from: 'saved', value: 's3cret' }
  const apim = { kind: 'azure-apim', url: 'https://apim.example', user: 'u', secret }
  writeFileSync(file, JSON.stringify({ stores: { apim } }), { mode: 0o644 })
  chmodSync(file, 0o644)
  const words = ['--config', file, 'store', 'list', '-o', 'name']
  const open = await certman(words, { cwd: folder })
  expect(open.stderr).toBe(
    `certman: warning: ${file} holds a secret and can be read by others; chmod 600 it\n`,
  )
  chmodSync(file, 0o600)
  expect((await certman(words, { cwd: folder })).stderr).toBe('')
})

test('when a word is longer than anybody reads then the message is cut, and says so', async () => {
  const { stderr } = await certman(['x'.repeat(10_000)], { cwd: folder })
  expect(stderr.length).toBeLessThan(5000)
  expect(stderr).toContain('… (10019 characters)')
})
