#!/usr/bin/env node
// npm run tour: the main job on real input with the built command, in a temporary folder. Each command line is
// shown as typed, with its output. Ends with 1 when a step is not as expected.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inRoot } from './build/places.mjs'
import { CHAPTERS } from './tour/steps.mjs'

const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]
const folder = mkdtempSync(join(tmpdir(), 'certman-tour-'))
const colour = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text)
const failures = []
let shown = 0

function prepare() {
  const bundle =
    SYSTEM_BUNDLES.find((path) => existsSync(path)) ?? inRoot('fixtures/bundle/example-ca-bundle.pem')
  const files = {
    'intranet.pfx': inRoot('fixtures/windows/intranet.pfx'),
    'password.txt': inRoot('fixtures/windows/password.txt'),
    'shop-keystore.p12': inRoot('fixtures/java/shop-keystore.p12'),
    'mail-chain.p7b': inRoot('fixtures/pkcs7/mail-chain.p7b'),
    'web.pem': inRoot('fixtures/keys/web.pem'),
    'web.key': inRoot('fixtures/keys/web.key'),
    'old-server': inRoot('fixtures/mixed'),
    'ca-bundle.crt': bundle,
  }
  const work = join(folder, 'work')
  mkdirSync(work)
  for (const [name, from] of Object.entries(files))
    cpSync(from, join(work, name), { recursive: true, dereference: true })
  chmodSync(join(work, 'password.txt'), 0o600)
  writeFileSync(join(work, 'wrong.txt'), 'not-the-password\n', { mode: 0o600 })
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const shim = `#!/bin/sh\nexec "${process.execPath}" "${inRoot('dist/certman.cjs')}" "$@"\n`
  writeFileSync(join(bin, 'certman'), shim, { mode: 0o755 })
  return { work, bin }
}

const { work, bin } = prepare()
const env = {
  PATH: `${bin}:${process.env.PATH}`,
  HOME: folder,
  LC_ALL: 'C.UTF-8',
  COLUMNS: String(Math.min(process.stdout.columns ?? 100, 140)),
}

function shell(line) {
  const run = spawnSync('sh', ['-c', `${line} 2>&1`], { cwd: work, env, encoding: 'utf8', input: '' })
  return { status: run.status ?? -1, output: run.stdout }
}

const has = (tool) => shell(`command -v ${tool}`).status === 0

function rootId() {
  const rows = JSON.parse(
    shell('certman -s ./pki --json list --filter \'subject ~ "Example Root CA"\'').output,
  )
  return rows[0]?.id ?? '0'
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

function take(step) {
  if (step.needs && !has(step.needs)) {
    console.log(paint(2, `(left out, ${step.needs} is not installed: ${step.run})\n`))
    return
  }
  if (step.before) shell(step.before.replace('$ROOT', rootId()))
  if (step.note) console.log(paint(2, `# ${step.note}`))
  console.log(`${paint(1, `$ ${step.run}`)}`)
  const result = shell(step.run)
  print(result.output, step.brief)
  const found = faults(step, result)
  for (const fault of found) console.log(paint(31, `NOT AS EXPECTED: ${fault}`))
  if (found.length > 0) failures.push(step.run)
  shown++
  console.log('')
}

try {
  for (const { heading, steps } of CHAPTERS) {
    console.log(`${paint('1;36', `== ${heading} ==`)}\n`)
    for (const step of steps) take(step)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(
  failures.length === 0
    ? `tour: all ${shown} commands did as expected`
    : `tour: FAILED: ${failures.length} of ${shown} commands did not do as expected:\n  ${failures.join('\n  ')}`,
)
process.exitCode = failures.length === 0 ? 0 : 1
