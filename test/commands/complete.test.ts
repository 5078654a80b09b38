import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { COMPLETION_SCRIPTS } from '../../commands/help/completion-scripts.ts'
import { bareEnv, builtCommand, inRepository } from '../support/built.ts'
import { certman } from '../support/command.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
beforeAll(async () => {
  folder = temporaryFolder('complete')
  const at = { cwd: folder }
  writeFileSync(join(folder, 'bad.json'), '{')
  await certman(['store', 'init', './pki'], at)
  await certman(['-s', './pki', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'web'], at)
  await certman(['-s', './pki', 'import', inRepository('fixtures/mixed/api.cer'), '--name', 'web api'], at)
  await certman(['store', 'init', './odd'], at)
  await certman(
    ['-s', './odd', 'import', inRepository('fixtures/keys/web.pem'), '--name', 'a $(touch run)'],
    at,
  )
  await certman(['-s', './odd', 'import', inRepository('fixtures/mixed/api.cer'), '--name', "b'c"], at)
  const unlocked = ['--no-password', '--insecure']
  await certman(['store', 'init', './signing'], at)
  await certman(['-s', './signing', 'ca', 'create', '--subject', 'CN=R', '--name', 'root', ...unlocked], at)
  for (const name of ['waiting', 'done'])
    await certman(['-s', './signing', 'request', '--subject', `CN=${name}`, '--name', name], at)
  await certman(['-s', './signing', 'reject', 'done'], at)
  await certman(['-s', './signing', 'collection', 'add', 'some', '--filter', 'name = w'], at)
})

/** The candidates without their remarks. */
async function candidates(...words: string[]): Promise<string[]> {
  const { stdout, stderr, status } = await certman(['__complete', '--', ...words], { cwd: folder })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])
}

describe('what may stand for the last word', () => {
  test.each([
    [['imp'], ['import']],
    [['st'], ['store']],
    [
      ['store', ''],
      ['init', 'list', 'show', 'add', 'token', 'use', 'remove', 'check', 'reindex'],
    ],
    [
      ['store', 're'],
      ['remove', 'reindex'],
    ],
    [['list', 'req'], ['requests']],
    [
      ['list', '--exp'],
      ['--expiring', '--expired'],
    ],
    [['list', '--dr'], ['--dry-run']],
    [
      ['export', '--format', 'p'],
      ['pem', 'p7b', 'p12', 'pfx'],
    ],
    [['export', '--format=p1'], ['--format=p12']],
    [
      ['-o', 'j'],
      ['json', 'jsonl'],
    ],
    [['import', ''], [':files']],
    [['import', 'x.pem', '--password-file', ''], [':files']],
    [['store', 'init', ''], [':folders']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['re'], ['restore', 'request', 'reject', 'revoke', 'release', 'renew']],
    [['ca', 'pro'], ['profile']],
    [
      ['ca', 'profile', ''],
      ['list', 'show', 'add', 'remove'],
    ],
    [
      ['revoke', 'web', '--reason', 'c'],
      ['cACompromise', 'cessationOfOperation', 'certificateHold'],
    ],
    [['revoke', 'web', '--reason', 're'], []],
    [
      ['request', '--key-type', 'ed'],
      ['ed25519', 'ed448'],
    ],
    [['-s', './signing', 'sign', 'w'], ['waiting']],
    [['-s', './signing', 'reject', ''], ['waiting']],
    [['-s', './signing', 'sign', 'waiting', '--ca', ''], ['root']],
    [['-s', './signing', 'ca', 'crl', 'r'], ['root']],
    [['-s', './signing', 'sign', 'waiting', '--profile', 'o'], ['ocsp-responder']],
    [['help', 'fil'], ['filter']],
    [
      ['-s', './pki', 'show', ''],
      ['web', 'web api'],
    ],
    [['show', '--store', './pki', 'web', 'web '], ['web api']],
    [
      ['delete', '--store=./pki', 'w'],
      ['web', 'web api'],
    ],
    [['show', '--store', './nowhere', 'w'], []],
    [['store', 'use', 'x'], [':folders']],
    [['nonsense', ''], []],
    [['list', '--sort', 'notA'], ['notAfter']],
    [['list', '--sort', '-notA'], ['-notAfter']],
    [['list', '--fields', 'id,notA'], ['id,notAfter']],
    [['-s', './signing', 'show', 'requests/w'], ['requests/waiting']],
    [['-s', './signing', 'show', 'authorities/'], ['authorities/root']],
    [['-s', './signing', 'list', '--collection', ''], ['some']],
    [['-s', './signing', 'collection', 'edit', 's'], ['some']],
  ])('when the words are %j then it is %j', async (words, expected) => {
    expect(await candidates(...words)).toEqual(expected)
  })

  test('when nothing is typed yet then no hidden verb is offered', async () => {
    expect((await candidates('')).filter((word) => word.startsWith('_'))).toEqual([])
  })

  test('when the settings are damaged then nothing is offered and nothing is said', async () => {
    const env = { CERTMAN_CONFIG: join(folder, 'bad.json') }
    const answer = await certman(['__complete', '--', 'show', ''], { cwd: folder, env })
    expect(answer.stdout).toBe('')
  })
})

describe('the script for bash', () => {
  /** Asks bash itself, as readline does, what it would offer. */
  function bash(line: string): string[] {
    const script = `${COMPLETION_SCRIPTS.bash}
certman() { "${process.execPath}" "${builtCommand()}" "$@"; }
COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; COMP_WORDS=("$2"); COMP_CWORD=0
_certman
printf '%s\\n' "\${COMPREPLY[@]}"`
    const word = /(?:[^ '"\\]|\\.|'[^']*'?|"[^"]*"?)*$/.exec(line)![0]
    const run = spawnSync('bash', ['--norc', '-c', script, 'bash', line, word], {
      cwd: folder,
      env: bareEnv(folder),
      encoding: 'utf8',
    })
    expect(run.stderr).toBe('')
    return run.stdout.split('\n').filter((each) => each !== '')
  }

  test.each([
    ['certman imp', ['import']],
    ['certman -s ./pki show we', ['web', 'web\\ api']],
    ['certman export --format p1', ['p12']],
    ['certman import ba', ['bad.json']],
    ['certman store init p', ['pki']],
    ['certman -s ./pki show web\\ a', ['web\\ api']],
    ['certman -s ./pki show "web a', ['web api']],
    ["certman -s ./pki show 'web a", ['web api']],
    ['certman -s ./odd show a', ['a\\ \\$\\(touch\\ run\\)']],
    ['certman -s ./odd show "a', []],
    ['certman -s ./odd show b', ["b\\'c"]],
    ["certman -s ./odd show 'b", []],
  ])('when the line is %j then bash offers %j', (line, expected) => {
    expect(bash(line)).toEqual(expected)
  })
})
