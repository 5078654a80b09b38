// Where tours play: a temporary folder with the built command on the path. Steps are command lines as a person types
// them, each shown with its output and compared with what is expected of it.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot } from '../build/places.mjs'

const colour = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)

/**
 * @param name of the tour, for its last line
 * @param files from the repository, by their names in the working folder; `password.txt` gets mode 0600
 * @returns `{ work, env, shell, play, end }`
 */
export function makeStage(name, files) {
  const folder = mkdtempSync(join(tmpdir(), 'certman-tour-'))
  const work = join(folder, 'work')
  mkdirSync(work)
  for (const [to, from] of Object.entries(files))
    cpSync(from, join(work, to), { recursive: true, dereference: true })
  if (files['password.txt']) chmodSync(join(work, 'password.txt'), 0o600)
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const shim = `#!/bin/sh\nexec "${process.execPath}" "${inRoot('dist/certman.cjs')}" "$@"\n`
  writeFileSync(join(bin, 'certman'), shim, { mode: 0o755 })
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    COLUMNS: String(Math.min(process.stdout.columns ?? 100, 140)),
  }
  const shell = (line) => {
    const run = spawnSync('sh', ['-c', `${line} 2>&1`], { cwd: work, env, encoding: 'utf8', input: '' })
    return { status: run.status ?? -1, output: run.stdout }
  }
  const told = { failures: [], shown: 0 }
  const play = (chapters) => {
    for (const { heading, steps } of chapters) {
      console.log(`${paint('1;36', `== ${heading} ==`)}\n`)
      for (const step of steps) take(step, { shell, env, told })
    }
  }
  return { work, env, shell, play, end: () => end(name, folder, told) }
}

function end(name, folder, { failures, shown }) {
  rmSync(folder, { recursive: true, force: true })
  console.log(
    failures.length === 0
      ? `${name}: all ${shown} commands did as expected`
      : `${name}: FAILED: ${failures.length} of ${shown} commands did not do as expected:\n  ${failures.join('\n  ')}`,
  )
  process.exitCode = failures.length === 0 ? 0 : 1
}

function print(output, brief) {
  const lines = output.trimEnd().split('\n')
  const kept = brief && lines.length > brief + 1 ? lines.slice(0, brief) : lines
  for (const line of kept) console.log(line)
  if (kept.length < lines.length) console.log(paint(2, `… ${lines.length - kept.length} more lines`))
}

/** What is not as expected, in words. */
function faults(step, { status, output }) {
  const found = []
  if (status !== (step.status ?? 0)) found.push(`exit status ${status}, expected ${step.status ?? 0}`)
  for (const pattern of step.says ?? [])
    if (!pattern.test(output)) found.push(`${pattern} is not in the output`)
  if (step.json && !holds(step.json, output)) found.push('the JSON is not as expected')
  return found
}

function holds(test, output) {
  try {
    return Boolean(test(JSON.parse(output)))
  } catch {
    return false
  }
}

function take(step, { shell, env, told }) {
  if (step.needs && shell(`command -v ${step.needs}`).status !== 0) {
    console.log(paint(2, `(left out, ${step.needs} is not installed: ${step.run})\n`))
    return
  }
  if (step.before) shell(typeof step.before === 'function' ? step.before(shell) : step.before)
  if (step.note) console.log(paint(2, `# ${step.note}`))
  console.log(`${paint(1, `$ ${step.run}`)}`)
  const result = shell(step.run)
  // what later lines name as $VARIABLE
  if (step.keep) Object.assign(env, kept(step.keep, result.output))
  print(step.hide ? step.hide(result.output) : result.output, step.brief)
  const found = faults(step, result)
  for (const fault of found) console.log(paint(31, `NOT AS EXPECTED: ${fault}`))
  if (found.length > 0) told.failures.push(step.run)
  told.shown++
  console.log('')
}

function kept(keep, output) {
  try {
    return keep(output)
  } catch {
    return {}
  }
}
