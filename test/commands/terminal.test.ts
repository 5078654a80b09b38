import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bareEnv, builtCommand, inRepository, temporaryFolder } from '../support/built.ts'
import { requireOracle } from '../support/oracles.ts'

let folder: ReturnType<typeof temporaryFolder>
let command: string
beforeAll(() => {
  folder = temporaryFolder('terminal')
  command = builtCommand()
})
afterAll(() => folder.remove())

interface Turn {
  readonly wait: string
  readonly send: string
}

interface Played {
  /** Everything that the terminal showed. */
  readonly screen: string
  /** Standard output, which is a pipe here. */
  readonly stdout: string
  readonly status: number
  /** A text that was waited for and never came. */
  readonly missing: string | null
}

/** Runs certman on a pseudo terminal; Python plays the person. */
function play(python: string, words: readonly string[], turns: readonly Turn[]): Played {
  const run = spawnSync(python, [inRepository('test/support/play_terminal.py')], {
    input: JSON.stringify({
      argv: [process.execPath, command, ...words],
      env: { ...bareEnv(folder.path), TERM: 'xterm' },
      cwd: folder.path,
      pipe: true,
      turns,
    }),
    encoding: 'utf8',
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout) as Played
}

const PFX = inRepository('fixtures/windows/intranet.pfx')
const INTERRUPTED = 'certman: error: interrupted\r\ncertman: hint: nothing was changed\r\n'

describe('questions on a real terminal', () => {
  test('when the password is mistyped then it is asked again, and Ctrl-C ends with 130 and nothing changed', (context) => {
    const python = requireOracle(context, 'python3')
    play(python, ['store', 'init', './a'], [])
    const { screen, stdout, status, missing } = play(
      python,
      ['-s', './a', 'import', PFX],
      [
        { wait: 'password of', send: 'wrong\r' },
        { wait: 'that was wrong', send: '\u0003' },
      ],
    )
    expect({ stdout, status, missing }).toEqual({ stdout: '', status: 130, missing: null })
    expect(screen).toContain(INTERRUPTED)
    expect(play(python, ['-s', './a', 'list', '--json'], []).stdout).toBe('[]\n')
  })

  test('when a certificate is taken off the checklist then it stays outside, and questions never reach standard output', (context) => {
    const python = requireOracle(context, 'python3')
    play(python, ['store', 'init', './b'], [])
    const { screen, stdout, status } = play(
      python,
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
    const python = requireOracle(context, 'python3')
    play(python, ['store', 'init', './c'], [])
    play(python, ['-s', './c', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'web'], [])
    const { status, missing } = play(
      python,
      ['-s', './c', 'import', inRepository('fixtures/mixed/api.cer'), '--name', 'web'],
      [{ wait: 'is taken by', send: '\r' }],
    )
    expect({ status, missing }).toEqual({ status: 0, missing: null })
    const listed = play(python, ['-s', './c', 'list', '--all', '-o', 'csv', '--fields', 'id,name,state'], [])
    expect(listed.stdout).toBe('id,name,state\r\n1,web,superseded\r\n2,web,valid\r\n')
  })

  test('when --no-input is given then nothing is asked even on a terminal', (context) => {
    const python = requireOracle(context, 'python3')
    play(python, ['store', 'init', './d'], [])
    const { screen, status } = play(python, ['-s', './d', '--no-input', 'import', PFX], [])
    expect(status).toBe(2)
    expect(screen).toContain('--password-file')
  })

  test('when a delete is not confirmed then nothing is deleted', (context) => {
    const python = requireOracle(context, 'python3')
    play(python, ['store', 'init', './e'], [])
    play(python, ['-s', './e', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'web'], [])
    const turn = { wait: 'move to the trash?', send: '\r' }
    expect(play(python, ['-s', './e', 'delete', 'web'], [turn]).status).toBe(1)
    expect(play(python, ['-s', './e', 'list', '-o', 'name'], []).stdout).toBe('web\n')
    expect(play(python, ['-s', './e', 'delete', 'web'], [{ ...turn, send: 'y\r' }]).status).toBe(0)
    expect(play(python, ['-s', './e', 'list', '-o', 'name'], []).stdout).toBe('')
  })
})
