#!/usr/bin/env node
// npm run bench:million [-- --sizes 1000,1000000] [--rounds N] [--folder F]: does anything that ought not to depend on
// the size of a store depend on it, and how much memory do the jobs take that read everything? Fills stores with
// synthetic certificates through the command itself: some ten minutes and 5 GB for a million. `--folder` keeps the
// stores, and goes on with those that are there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnv, has, median } from './support/measure.mjs'
import { hostOf, serialOf, syntheticCertificates } from './support/synthetic.mjs'
import { printTable } from './support/table.mjs'

const CERTMAN = fileURLToPath(new URL('../dist/certman.cjs', import.meta.url))
const ISSUE_MANY = fileURLToPath(new URL('support/issue-many.mjs', import.meta.url))
/** Certificates that are issued into each store in each round. */
const ISSUED = 2000
/** A file of certificates may have 64 MiB; the import holds it in memory. */
const PART = 50_000

const words = process.argv.slice(2)
const option = (name, value) => (words.includes(name) ? words[words.indexOf(name) + 1] : value)
const sizes = option('--sizes', '1000,1000000').split(',').map(Number)
const rounds = Number(option('--rounds', 9))
const kept = option('--folder')
const folder = kept ?? mkdtempSync(join(tmpdir(), 'certman-million-'))
mkdirSync(folder, { recursive: true })
const at = (name) => join(folder, name)
const storeOf = (size) => at(`store-${size}`)
const env = cleanEnv({ HOME: folder, XDG_CONFIG_HOME: at('config'), XDG_DATA_HOME: at('data') })
const sized = has('/usr/bin/time') ? ['/usr/bin/time', '-f', '%M', '-o', at('memory')] : []
/** Its times are in milliseconds, those of `time` in hundredths of a second. */
const timed = has('bash')
  ? ['bash', '-c', `"$@"; status=$?; times > '${at('times')}'; exit $status`, '-']
  : []

/** One process: seconds of wall and processor time, megabytes at its largest. Output goes nowhere. */
function once(command) {
  const [file, ...args] = [...timed, ...sized, ...command]
  const started = performance.now()
  const { status, stderr } = spawnSync(file, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const wall = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${command.join(' ')}: exit status ${status}\n${stderr}`)
  const memory = sized.length === 0 ? undefined : Number(lastLine('memory')) / 1024
  return { wall, memory, cpu: timed.length === 0 ? undefined : secondsIn(lastLine('times')) }
}

const lastLine = (name) => readFileSync(at(name), 'utf8').trim().split('\n').at(-1)

/** Of the children, user and system: `0m0.031s 0m0.008s`. */
const secondsIn = (times) =>
  [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0)

const certman = (size, ...args) => [process.execPath, CERTMAN, '-s', storeOf(size), '--no-input', ...args]
const figure = (number, digits) => (Number.isFinite(number) ? number.toFixed(digits) : '?')

function fill(size) {
  if (existsSync(storeOf(size))) return []
  once([process.execPath, CERTMAN, 'store', 'init', storeOf(size)])
  const make = syntheticCertificates()
  const rows = []
  for (let from = 1; from <= size; from += PART) {
    const count = Math.min(PART, size - from + 1)
    writeFileSync(at('part.pem'), make(from, count))
    const { cpu, wall, memory } = once(certman(size, 'import', at('part.pem'), '-q'))
    const each = (cpu * 1e6) / count
    rows.push([`${from - 1} + ${count}`, figure(each, 0), figure(wall, 1), figure(memory, 0)])
  }
  once(certman(size, 'edit', String(size >> 1), '--name', 'middle'))
  return rows
}

const middle = (size) => size >> 1

/** Each question as the arguments that ask it of a store of that size. */
const QUESTIONS = {
  'show by id': (size) => ['show', String(middle(size))],
  'show by name': () => ['show', 'middle'],
  'show by serial number': (size) => ['show', `serial:${serialOf(middle(size))}`],
  'show by fingerprint (12 digits)': (size) => ['show', fingerprints.get(size)],
  'list --limit 50': () => ['--json', 'list', '--limit', '50'],
  'the next 50 to expire': () => ['--json', 'list', '--sort', 'notAfter', '--limit', '50'],
  'the last 50 to expire': () => ['--json', 'list', '--sort=-notAfter', '--limit', '50'],
  'expiring in 5 years, 50 of them': () => [
    '--json',
    'list',
    '--expiring',
    '1825d',
    '--sort',
    'notAfter',
    '--limit',
    '50',
  ],
  'by serial number': (size) => ['--json', 'list', '--serial', serialOf(middle(size))],
  'by host name': (size) => ['--json', 'list', '--filter', `san = ${hostOf(middle(size))}`],
  'by a tag of none': () => ['--json', 'list', '--filter', 'tag = none'],
  'due for renewal, 50 of them': () => ['--json', 'list', '--due', '--limit', '50'],
  'revoked ones': () => ['--json', 'list', '--filter', 'state = revoked'],
}

/** What must take the same whatever the size: medians over interleaved rounds, processor time. */
function compareSizes() {
  writeFileSync(at('empty.cjs'), '')
  const empty = []
  const times = new Map()
  for (let round = 0; round < rounds; round++) {
    empty.push(once([process.execPath, at('empty.cjs')]))
    for (const [name, args] of Object.entries(QUESTIONS))
      for (const size of sizes) {
        const key = `${name} ${size}`
        times.set(key, [...(times.get(key) ?? []), once(certman(size, ...args(size)))])
      }
  }
  const cpu = (runs) => median(runs.map((run) => run.cpu ?? run.wall)) * 1000
  const rows = Object.keys(QUESTIONS).map((name) => {
    const each = sizes.map((size) => cpu(times.get(`${name} ${size}`)))
    const ratio = each.at(-1) / each[0]
    return [name, ...each.map((ms) => figure(ms, 1)), ratio.toFixed(2), verdictOf(ratio)]
  })
  const head = ['processor ms', ...sizes.map((size) => `of ${size}`), 'ratio', 'aim 1.20']
  printTable(`Look-ups (an empty Node process: ${figure(cpu(empty), 0)} ms)`, head, rows)
  return rows.filter((row) => row.at(-1) === 'MISSED').length
}

/** What a store holds must not matter to those that are issued into it: medians over interleaved rounds, processor time. */
function issueIntoSizes() {
  const all = [0, ...sizes]
  const times = new Map(all.map((size) => [size, []]))
  for (const size of all) {
    if (size === 0 && !existsSync(storeOf(0))) once([process.execPath, CERTMAN, 'store', 'init', storeOf(0)])
    if (!certmanKnows(size, 'bench')) once(certman(size, ...AUTHORITY))
  }
  for (let round = 0; round < Math.min(rounds, 5); round++)
    for (const size of all) {
      const args = [ISSUE_MANY, storeOf(size), String(ISSUED)]
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
      if (status !== 0) throw new Error(stderr)
      const { calls } = JSON.parse(stdout.split('\n').at(1))
      const processor = calls.reduce((sum, call) => sum + call.processor, 0)
      times.get(size).push((processor * 1e6) / ISSUED)
    }
  const each = all.map((size) => median(times.get(size)))
  const ratio = each.at(-1) / each[0]
  const row = ['certificate', ...each.map((us) => figure(us, 0)), ratio.toFixed(2), verdictOf(ratio)]
  const head = ['processor us', ...all.map((size) => `into ${size}`), 'ratio', 'aim 1.20']
  printTable(`Issue from CSRs, ${ISSUED} in each round`, head, [row])
  return ratio <= FLAT ? 0 : 1
}

const KEY = ['--key-type', 'ec-p256', '--no-password', '--insecure']
const AUTHORITY = ['ca', 'create', '--subject', 'CN=Bench', '--name', 'bench', '--days', '3650', ...KEY]

const certmanKnows = (size, authority) =>
  spawnSync(process.execPath, certman(size, 'ca', 'show', authority).slice(1), { env }).status === 0

/** "The same, whatever the size of the store", with some room for noise. */
const FLAT = 1.2
const verdictOf = (ratio) => (ratio <= FLAT ? 'reached' : 'MISSED')

const fingerprints = new Map()
function findFingerprint(size) {
  const args = certman(size, '--json', '--fields', 'fingerprint', 'show', String(size >> 1)).slice(1)
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (!stdout) throw new Error(`show: ${stderr}`)
  fingerprints.set(size, /[0-9a-f]{64}/.exec(stdout)[0].slice(0, 12))
}

/** What reads everything: its time grows with the store, its memory must not. */
function readEverything() {
  const jobs = {
    'list --filter (san contains)': (size) => ['--json', 'list', '--filter', `san ~ ${hostOf(size - 1)}`],
    'list --filter (cn is)': (size) => ['--json', 'list', '--filter', `cn = ${hostOf(size - 1)}`],
    'list --filter (issuer is none)': () => ['--json', 'list', '--filter', 'issuer = CN=None'],
    'list --json': () => ['--json', 'list'],
    'list -o jsonl --sort subject': () => ['-o', 'jsonl', 'list', '--sort', 'subject'],
    'store check': () => ['store', 'check'],
    'store reindex': () => ['store', 'reindex'],
  }
  const rows = []
  for (const [name, args] of Object.entries(jobs))
    for (const size of sizes) {
      const { wall, cpu, memory } = once(certman(size, ...args(size)))
      const each = (cpu * 1e6) / size
      rows.push([name, size, figure(wall, 2), figure(cpu, 2), figure(each, 1), figure(memory, 0)])
    }
  const head = ['whole store', 'certificates', 'wall s', 'processor s', 'us each', 'MB']
  printTable('Jobs that read everything', head, rows)
}

let missed = 0
console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1)}`,
)
try {
  for (const size of sizes) {
    const rows = fill(size)
    if (rows.length > 0)
      printTable(`Import into ${size}`, ['certificates', 'processor us each', 'wall s', 'MB'], rows)
    findFingerprint(size)
  }
  missed += compareSizes()
  missed += issueIntoSizes()
  readEverything()
} finally {
  if (kept === undefined) rmSync(folder, { recursive: true, force: true })
}
console.log(missed === 0 ? '\nmillion: every aim is reached' : `\nmillion: ${missed} aim(s) MISSED`)
