import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository } from '../support/built.ts'
import { requireOracle } from '../support/oracles.ts'
import { playOnTerminal, type Played, type TerminalJob } from '../support/play-terminal.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
let command: string
beforeAll(() => {
  folder = temporaryFolder('terminal')
  command = builtCommand()
})

const options = () => ({ cwd: folder, env: { ...bareEnv(folder), TERM: 'xterm' } })

/** Runs certman on a pseudo terminal. */
const play = (words: readonly string[], turns: TerminalJob['turns'] = []): Played =>
  playOnTerminal({ argv: [process.execPath, command, ...words], ...options(), turns })

/** Runs certman where nobody is, which is sooner done; it must succeed. Answers its standard output. */
function certman(...words: readonly string[]): string {
  const run = spawnSync(process.execPath, [command, ...words], { ...options(), encoding: 'utf8' })
  expect(run).toMatchObject({ status: 0 })
  return run.stdout
}

const PFX = inRepository('fixtures/windows/intranet.pfx')
const INTERRUPTED = 'certman: error: interrupted\r\ncertman: hint: nothing was changed\r\n'

describe('questions on a real terminal', () => {
  test('when the password is mistyped then it is asked again, and Ctrl-C ends with 130 and nothing changed', (context) => {
    requireOracle(context, 'python3')
    certman('store', 'init', './a')
    const { screen, stdout, status, missing } = play(
      ['-s', './a', 'import', PFX],
      [
        { wait: 'password of', send: 'wrong\r' },
        { wait: 'that was wrong', send: '\u0003' },
      ],
    )
    expect({ stdout, status, missing }).toEqual({ stdout: '', status: 130, missing: null })
    expect(screen).toContain(INTERRUPTED)
    expect(certman('-s', './a', 'list', '--json')).toBe('[]\n')
  })

  test('when a certificate is taken off the checklist then it stays outside, and questions never reach standard output', (context) => {
    requireOracle(context, 'python3')
    certman('store', 'init', './b')
    const { screen, stdout, status } = play(
      ['-s', './b', 'import', PFX, '--json'],
      [
        { wait: 'password of', send: 's3cret-Pw\r' },
        { wait: 'which ones', send: '\u001b[B \r' },
      ],
    )
    expect(status).toBe(0)
    expect(screen).not.toContain('s3cret-Pw')
    const report = JSON.parse(stdout) as {
      left: unknown[]
      outcomes: { kind: string; row: { subject?: string } }[]
    }
    expect(report.left).toHaveLength(1)
    expect(report.outcomes.flatMap(({ row }) => row.subject ?? [])).toEqual([
      'CN=intranet.example,O=Example Intranet,C=DE',
      'CN=Example Root CA,O=Example Intranet,C=DE',
    ])
  })

  test('when a name is taken then replacing it is offered', (context) => {
    requireOracle(context, 'python3')
    certman('store', 'init', './c')
    certman('-s', './c', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'web')
    const { status, missing } = play(
      ['-s', './c', 'import', inRepository('fixtures/mixed/api.cer'), '--name', 'web'],
      [{ wait: 'is taken by', send: '\r' }],
    )
    expect({ status, missing }).toEqual({ status: 0, missing: null })
    const listed = certman('-s', './c', 'list', '--all', '-o', 'csv', '--fields', 'id,name,state')
    expect(listed).toBe('id,name,state\r\n1,web,superseded\r\n2,web,valid\r\n')
  })

  test('when --no-input is given then nothing is asked even on a terminal', (context) => {
    requireOracle(context, 'python3')
    certman('store', 'init', './d')
    const { screen, status } = play(['-s', './d', '--no-input', 'import', PFX])
    expect(status).toBe(2)
    expect(screen).toContain('--password-file')
  })

  test('when a delete is not confirmed then nothing is deleted', (context) => {
    requireOracle(context, 'python3')
    certman('store', 'init', './e')
    certman('-s', './e', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'web')
    const turn = { wait: 'move to the trash?', send: '\r' }
    expect(play(['-s', './e', 'delete', 'web'], [turn]).status).toBe(1)
    expect(certman('-s', './e', 'list', '-o', 'name')).toBe('web\n')
    expect(play(['-s', './e', 'delete', 'web'], [{ ...turn, send: 'y\r' }]).status).toBe(0)
    expect(certman('-s', './e', 'list', '-o', 'name')).toBe('')
  })
})
