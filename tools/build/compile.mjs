import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inRoot } from './places.mjs'
import { PREPARATIONS, USUAL_RUNS } from './usual-runs.mjs'

const run = promisify(execFile)

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
