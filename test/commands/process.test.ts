import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { writePem } from '../../src/formats/pem.ts'
import { bareEnv, builtCommand, inRepository } from '../support/built.ts'
import { makeCertificate, makeKey } from '../support/make-certificates.ts'
import { temporaryFolder } from '../support/temporary.ts'

let folder: string
let command: string

/** Enough that their listing fills every pipe buffer many times over. */
const MANY = 400

beforeAll(() => {
  folder = temporaryFolder('process')
  command = builtCommand()
  const key = makeKey()
  const pem = Array.from({ length: MANY }, (_, at) =>
    writePem('CERTIFICATE', makeCertificate({ cn: `host-${at}.example`, key }).der),
  )
  writeFileSync(join(folder, 'many.pem'), pem.join(''))
  certman('store', 'init', './pki')
  if (certman('-s', './pki', 'import', 'many.pem').status !== 0) throw new Error('the import failed')
})

const options = () => ({ cwd: folder, env: bareEnv(folder), encoding: 'utf8' }) as const

function certman(...words: string[]) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [command, ...words], {
    ...options(),
    maxBuffer: 64 * 1024 * 1024,
  })
  return { status, signal, stdout, stderr }
}

/** Runs a line of shell with `certman` as a function; the status is that of certman where it says so itself. */
function shell(line: string) {
  const script = `certman() { "${process.execPath}" "${command}" "$@"; }\n${line}`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], options())
  return { status, stdout, stderr }
}

describe('standard output', () => {
  test('when the reader is slow then everything arrives', async () => {
    const run = spawn(process.execPath, [command, '-s', './pki', 'list', '--json'], options())
    const chunks: Buffer[] = []
    // the first bytes are there, and nobody takes them: the pipe is full, and certman has to wait
    await once(run.stdout, 'readable')
    run.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    const status = await new Promise((settle) => void run.on('close', settle))
    expect(status).toBe(0)
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveLength(MANY)
  })

  test.each(['json', 'jsonl', 'csv', 'table', 'yaml', 'name'])(
    'when the reader of %s goes away then certman ends quietly with 0',
    (form) => {
      const { stdout, stderr } = shell(
        `certman -s ./pki list -o ${form} | head -n 1 > first; echo "\${PIPESTATUS[*]}"; wc -l < first`,
      )
      expect({ stdout: stdout.replaceAll(' ', ''), stderr }).toEqual({ stdout: '00\n1\n', stderr: '' })
    },
  )

  /** Runs words whose output goes to a disk without room. */
  function toFullDisk(words: string) {
    const full = openSync('/dev/full', 'w')
    const run = spawnSync(process.execPath, [command, ...words.split(' ')], {
      ...options(),
      stdio: ['ignore', full, 'pipe'],
    })
    closeSync(full)
    return { status: run.status, stderr: run.stderr }
  }

  const NO_SPACE =
    'cannot write to standard output: no space is left on the disk\n' +
    'certman: hint: make room on the disk that it goes to\n'

  test
    .skipIf(!existsSync('/dev/full'))
    .each([['-s ./pki list'], ['--version'], ['--help'], ['-s ./pki edit 1 --name told --dry-run']])(
    'when the disk is full for what %s prints then it is said, with status 6',
    (words) => {
      expect(toFullDisk(words)).toEqual({ status: 6, stderr: `certman: error: ${NO_SPACE}` })
    },
  )

  test.skipIf(!existsSync('/dev/full'))(
    'when the disk is full for the report of a change then it is said that the change was made',
    () => {
      expect(toFullDisk('-s ./pki edit 1 --name told')).toEqual({
        status: 6,
        stderr: `certman: error: what was done stays done, but cannot be told: ${NO_SPACE}`,
      })
      expect(certman('-s', './pki', 'list', '--name', 'told', '-o', 'name').stdout).toBe('told\n')
    },
  )

  test('when nobody reads standard error then the status still tells', () => {
    expect(shell('certman list apples 2>&-').status).toBe(2)
    expect(shell('certman list apples 2> >(true)').status).toBe(2)
  })
})

describe('the door', () => {
  test('when the version is asked for then it is that of the package', () => {
    const { version } = JSON.parse(
      spawnSync('cat', [inRepository('package.json')], { encoding: 'utf8' }).stdout,
    ) as { version: string }
    for (const words of [['--version'], ['-V'], ['version'], ['-q', '--version']])
      expect(certman(...words)).toEqual({ status: 0, signal: null, stdout: `${version}\n`, stderr: '' })
  })

  test('when standard input is the file then it is read', () => {
    const { status, stdout } = shell(
      `certman store init ./from-stdin -q; certman -s ./from-stdin import - --json < many.pem > out.json; echo $?; certman -s ./from-stdin list -o name | wc -l`,
    )
    expect(status).toBe(0)
    expect(stdout.replaceAll(' ', '')).toBe(`0\n${MANY}\n`)
  })

  test('when the working folder is gone then absolute paths still work', () => {
    const { stdout, stderr } = shell(
      `mkdir gone && cd gone && rmdir ../gone && certman -s "${folder}/pki" list -o name | wc -l`,
    )
    expect({ stdout: stdout.trim(), stderr }).toEqual({ stdout: String(MANY), stderr: '' })
  })

  test('when the working folder is gone then nothing is written elsewhere instead', () => {
    const { stdout, stderr } = shell(
      `mkdir gone && cd gone && rmdir ../gone && certman -s "${folder}/pki" export 1; echo $?`,
    )
    expect(stdout).toBe('6\n')
    expect(stderr).toContain('/gone/')
    expect(stderr).toContain('its folder does not exist')
  })

  test.each([
    ['says nothing', ''],
    ['says another one', '/'],
  ])('when the working folder is gone and the shell %s then nothing is written there', (_, said) => {
    const { stdout, stderr } = shell(
      `mkdir gone && cd gone && rmdir ../gone && PWD='${said}' certman -s "${folder}/pki" export 1; echo $?`,
    )
    expect(stdout).toBe('6\n')
    expect(stderr).toContain('something above it is no folder')
  })

  test('when the process gets SIGINT then it ends at once and the store is clean', async () => {
    const run = spawn(process.execPath, [command, '-s', './pki', 'import', '-'], options())
    // more than a pipe holds: when it is gone, certman is reading and wants the end
    await new Promise((settle) => void run.stdin.write('\n'.repeat(2 ** 20), settle))
    run.kill('SIGINT')
    const [status, signal] = await new Promise<[number | null, string | null]>((settle) => {
      run.on('close', (...all) => settle(all))
    })
    // ended by the signal itself: a shell calls that 130, and its loops end too
    expect({ status, signal }).toEqual({ status: null, signal: 'SIGINT' })
    expect(certman('-s', './pki', 'store', 'check').status).toBe(0)
  })

  test('when a store is made on first use then one line on standard error says so', () => {
    const { status, stdout, stderr } = certman(
      'import',
      inRepository('fixtures/keys/web.pem'),
      '--name',
      'web',
    )
    expect(status).toBe(0)
    expect(stdout).toContain('certificate 1')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain(join(folder, 'data/certman/store'))
  })
})
