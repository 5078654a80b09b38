import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inRoot } from './places.mjs'

const run = promisify(execFile)

/** Certificates of both usual kinds of keys, with their issuers; so many at once lie in a segment. */
const MANY = [
  'pkcs7/mail-chain.p7b',
  ...['leaf.pem', 'intermediate.pem', 'root.pem'].map((name) => `tls/${name}`),
  ...['api-answer.pem', 'web-answer.pem', 'ended-ca.pem'].map((name) => `requests/${name}`),
]

/** Makes something to look at; these take long by themselves, and their compiled code would burden the others. */
const PREPARATIONS = [
  ['store', 'init', './store'],
  ['-s', './store', 'import', ...MANY.map((file) => inRoot(`fixtures/${file}`)), '--no-input'],
  ['-s', './store', 'import', inRoot('fixtures/keys/web.pem'), '--name', 'web', '--no-input'],
]

/** What people do most; the functions that these runs use are kept in compiled form. */
const USUAL_RUNS = [
  ['--help'],
  ['list', '--help'],
  ['--version'],
  ...['1', '3', '4', 'web'].flatMap((ref) => [
    ['-s', './store', 'show', ref],
    ['-s', './store', '--json', 'show', ref],
  ]),
  ['-s', './store', 'export', '1', '--out', '-'],
  ['-s', './store', 'list'],
  ['-s', './store', '--json', 'list', '--sort', 'notAfter', '--limit', '1'],
  ['-s', './store', '--json', 'list'],
]

/**
 * Compiles the built command for this very Node by using it: half of the start of a process is parsing otherwise.
 * Another Node does without; so does this one when anything goes wrong here.
 */
export async function keepCompiled(out) {
  if (!existsSync(inRoot('fixtures/bundle')))
    return { done: 'compiled code: none, there is nothing to run it on' }
  const folder = await mkdtemp(join(tmpdir(), 'certman-build-'))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    XDG_DATA_HOME: folder,
    NO_COLOR: '1',
  }
  try {
    const certman = (words, ...flags) =>
      run(process.execPath, [...flags, inRoot(`${out}/certman.cjs`), ...words], { cwd: folder, env })
    for (const words of PREPARATIONS) await certman(words)
    for (const words of USUAL_RUNS) await certman(words, '--require', inRoot('tools/build/keep-compiled.cjs'))
    return { done: 'compiled code: for this Node' }
  } catch (error) {
    return {
      done: `compiled code: none, a run failed (${
        String(error.stderr ?? error)
          .trim()
          .split('\n')[0]
      })`,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
