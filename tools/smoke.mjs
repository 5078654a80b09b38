#!/usr/bin/env node
// A short run of a built certman under a given Node: node tools/smoke.mjs NODE CERTMAN
// Everything happens in a temporary folder; each step that is not as expected is shown, and the status is 1.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { inRoot } from './build/places.mjs'

const [node = process.execPath, script = inRoot('dist/certman.cjs')] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'certman-smoke-'))
const home = { HOME: folder, XDG_DATA_HOME: join(folder, 'data'), XDG_CONFIG_HOME: join(folder, 'config') }
const env = { PATH: process.env.PATH, ...home, LC_ALL: 'C.UTF-8' }
const failures = []
const mixed = inRoot('fixtures/mixed')

function certman(...args) {
  const run = spawnSync(node, [resolve(script), ...args], { cwd: folder, env, encoding: 'utf8', input: '' })
  return { status: run.status, out: run.stdout, err: run.stderr }
}

function expectThat(what, holds, run) {
  if (holds) return
  failures.push(what)
  console.log(`  NO  ${what}`)
  if (run) console.log(`${run.out}${run.err}(exit status ${run.status})`.replace(/^/gm, '      '))
}

function json(run) {
  try {
    return JSON.parse(run.out)
  } catch {
    return undefined
  }
}

function start() {
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const printed = certman('--version')
  expectThat('--version prints the version', printed.status === 0 && printed.out.includes(version), printed)
  const help = certman('--help')
  expectThat('--help lists the verbs', help.status === 0 && /\bimport\b[\s\S]*\bstore\b/.test(help.out), help)
  expectThat('neither talks on stderr', printed.err === '' && help.err === '', help)
  const wrong = certman('lst')
  expectThat('an unknown verb is a usage error', wrong.status === 2 && wrong.out === '', wrong)
}

function fillAndList() {
  const init = certman('store', 'init', './pki')
  expectThat('store init makes a store', init.status === 0, init)
  const imported = certman('-s', './pki', 'import', mixed, '--no-input')
  expectThat('a folder of mixed files is imported', [0, 9].includes(imported.status), imported)
  const listed = certman('-s', './pki', '--json', 'list')
  const count = json(listed)?.length ?? 0
  expectThat('list --json prints certificates', listed.status === 0 && count >= 3, listed)
  expectThat('no warning of Node reaches stderr', !/warning/i.test(listed.err), listed)
  return json(listed)?.[0]
}

function showAndExport(first) {
  const shown = certman('-s', './pki', '--json', 'show', first.id)
  expectThat('show agrees with list', json(shown)?.fingerprint === first.fingerprint, shown)
  const exported = certman('-s', './pki', 'export', first.id, '--format', 'der', '--out', 'one.der')
  const digest = exported.status === 0 ? sha256(join(folder, 'one.der')) : undefined
  expectThat('export writes the very bytes', digest === first.fingerprint, exported)
  const check = certman('store', 'check', './pki')
  const checkHere = check.status === 2 ? certman('-s', './pki', 'store', 'check') : check
  expectThat('store check is clean', checkHere.status === 0, checkHere)
}

function password() {
  writeFileSync(join(folder, 'pw'), readFileSync(inRoot('fixtures/windows/password.txt')))
  const pfx = inRoot('fixtures/windows/intranet.pfx')
  const taken = certman('-s', './pki', 'import', pfx, '--password-file', 'pw', '--no-input')
  expectThat('a PFX of Windows is imported', taken.status === 0, taken)
  writeFileSync(join(folder, 'wrong'), 'wrong')
  const refused = certman('-s', './pki', 'import', pfx, '--password-file', 'wrong', '--no-input')
  expectThat('a wrong password ends with 3', refused.status === 3 && refused.out === '', refused)
}

const pki = (line) => certman('-s', './pki', ...line.split(' '))
const PASSWORD = '--password-file pw'

/** A request becomes a certificate, once. */
function issue() {
  const ca = pki(`ca create --subject CN=Smoke --name smoke --key-type ec-p256 ${PASSWORD}`)
  expectThat('ca create makes an authority', ca.status === 0, ca)
  const asked = pki('--json request --subject CN=smoke --san dns:smoke.example --key-type ec-p256')
  expectThat('request queues one', json(asked)?.state === 'outstanding', asked)
  const sign = `sign ${json(asked)?.id} --ca smoke --profile server --days 90 ${PASSWORD}`
  const signed = pki(`--json ${sign}`)
  expectThat('sign issues a certificate', signed.status === 0 && json(signed)?.id !== undefined, signed)
  const again = pki(sign)
  expectThat('a request is not signed twice', again.status !== 0 && again.out === '', again)
  return json(signed)
}

/** The certificate becomes a line of a CRL. */
function revoke({ id, serialNumber }) {
  const revoked = pki(`revoke ${id} --reason keyCompromise -y ${PASSWORD}`)
  expectThat('revoke takes it back', revoked.status === 0, revoked)
  const crl = pki(`ca crl smoke ${PASSWORD}`)
  expectThat('ca crl prints the CRL', crl.out.startsWith('-----BEGIN X509 CRL-----'), crl)
  writeFileSync(join(folder, 'smoke.crl'), crl.out)
  const shown = certman('--json', 'show', '--file', 'smoke.crl')
  expectThat('the CRL lists its serial number', shown.out.includes(serialNumber), shown)
  const check = certman('store', 'check', './pki')
  expectThat('store check is clean after it', check.status === 0, check)
}

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')

const version = execFileSync(node, ['--version']).toString().trim()
try {
  start()
  const first = fillAndList()
  if (first) showAndExport(first)
  password()
  const issued = issue()
  if (issued) revoke(issued)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(
  failures.length === 0 ? `smoke: all is well on Node ${version}` : `smoke: FAILED on Node ${version}`,
)
process.exitCode = failures.length === 0 ? 0 : 1
