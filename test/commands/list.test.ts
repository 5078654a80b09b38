import { beforeAll, describe, expect, test } from 'vitest'
import { inRepository } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

const cwd = temporaryFolder('list')
const piped = { cwd, env: { CERTMAN_STORE: './pki' } }
const onTerminal = { ...piped, tty: true }

beforeAll(async () => {
  await certman(['store', 'init', './pki'], piped)
  await certman(['store', 'init', './empty'], piped)
  await certman(['import', '--yes', inRepository('fixtures/mixed/ldap/fullchain.pem')], piped)
})

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

describe('a limit', () => {
  test('when it cuts the listing then the last line says so and how to go on', async () => {
    const { stdout } = await certman(['list', '--limit', '1'], onTerminal)
    expect(lastLine(stdout)).toBe('1 certificate; there are more: --offset 1')
    expect(stdout).toContain('ldap')
    expect(stdout).not.toContain('CN=Example Issuing CA 1')
  })

  test('when the rest fits then nothing is said of more', async () => {
    const { stdout } = await certman(['list', '--limit', '1', '--offset', '1'], onTerminal)
    expect(lastLine(stdout)).toBe('1 certificate')
    expect(lastLine((await certman(['list', '--limit', '2'], onTerminal)).stdout)).toBe('2 certificates')
  })

  test('when a script reads then it gets so many and no talk', async () => {
    const { stdout, stderr } = await certman(['list', '--limit', '1', '--json'], piped)
    expect(JSON.parse(stdout)).toHaveLength(1)
    expect(stderr).toBe('')
  })

  test('when it is 0 then the note alone is said', async () => {
    const { stdout, stderr } = await certman(['list', '--limit', '0'], onTerminal)
    expect(stdout).toBe('')
    expect(stderr).toBe('certman: 0 certificates; there are more: --offset 0\n')
  })
})

describe('fields of show', () => {
  test('when a field is computed, nested or known by another name then it is there', async () => {
    const { stdout } = await certman(
      ['show', '1', '--json', '--fields', 'id,publicKey.type,expires,extensions'],
      piped,
    )
    const shown = JSON.parse(stdout) as Record<string, unknown>
    expect(Object.keys(shown)).toEqual(['id', 'publicKey', 'expires', 'extensions'])
    expect(shown['publicKey']).toEqual({ type: 'ec' })
    expect(shown['expires']).toBeTypeOf('number')
  })

  test('when a field does not exist then it is refused, with what may have been meant', async () => {
    const { status, stderr } = await certman(['show', '1', '--json', '--fields', 'subjet'], piped)
    expect(status).toBe(2)
    expect(stderr).toContain('did you mean')
    expect(stderr).toContain('subject')
  })

  test('when a terminal is too narrow for them then they are cut, and -o wide has all', async () => {
    const fields = ['--fields', 'subject,fingerprint,publicKey.spkiHash']
    const shown = async (...words: string[]) => (await certman([...words, ...fields], onTerminal)).stdout
    expect(await shown('show', '1')).toContain('…')
    const wide = await shown('show', '1', '-o', 'wide')
    expect(wide.split('\n')[1]).toMatch(/ [0-9a-f]{64} {2}[0-9a-f]{64}$/)
    expect(await shown('list', '-o', 'wide', '--limit', '1', '--sort', 'id')).toContain(wide.split('\n')[1]!)
  })

  test.each(['constructor', 'constructor.name', 'publicKey.constructor'])(
    'when a word is what every object of JavaScript has (%s) then it is no field either',
    async (word) => {
      const { status, stderr } = await certman(['show', '1', '--json', '--fields', word], piped)
      expect([status, stderr]).toEqual([2, expect.stringContaining(`unknown field \\"${word}\\"`)])
    },
  )
})

describe('a listing of nothing', () => {
  test.each([
    ['list --expired', 'no certificate fits'],
    ['list --sort name --tag x', 'no certificate fits'],
    ['list requests', 'no requests; make one: certman request'],
    ['list requests --state issued', 'no request fits'],
    ['list collections', 'no collections'],
    ['ca list', 'no authorities; make one: certman ca create'],
    ['-s ./empty list --all', 'no certificates; take some in: certman -s ./empty import FILE'],
  ])('when it is certman %s then a person reads: %s', async (line, words) => {
    const argv = line.split(' ')
    expect(await certman(argv, onTerminal)).toEqual({ status: 0, stdout: '', stderr: `certman: ${words}\n` })
    expect((await certman(argv, piped)).stderr).toBe('')
  })
})
