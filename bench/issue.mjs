// How fast is a P-256 certificate issued: by one process, and by the thousand, durable before it is acknowledged?
import { spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { csrPem, makeCsr } from './support/csr.mjs'
import { has, median, race } from './support/measure.mjs'
import { LIMIT_OF_THE_AIMS } from './support/p256-limit.mjs'
import { printRace, printTable } from './support/table.mjs'

const MANY = fileURLToPath(new URL('support/issue-many.mjs', import.meta.url))
const PER_CORE_SECOND = 3000
const PER_SECOND = 5000
/** V8 compiles for most of a second, which weighs less the more are issued. */
const MANY_WISHES = [
  { processes: 1, count: 1000 },
  { processes: 1, count: 10_000 },
  { processes: 1, count: 50_000 },
  { processes: 2, count: 10_000 },
]
/** What V8 compiles is compiled after so many calls of a thousand. */
const WARM = 10

/** A store with an authority whose key has no password: PBKDF2 would take most of the time. */
function makeAuthority(run, store) {
  run('store', 'init', store)
  const key = ['--key-type', 'ec-p256', '--no-password', '--insecure']
  run('-s', store, 'ca', 'create', '--subject', 'CN=Bench', '--name', 'bench', '--days', '3650', ...key)
}

function oneByOne({ yardstick, certman, run, env, at }, rounds) {
  makeAuthority(run, at('ca'))
  writeFileSync(at('web.csr'), csrPem(makeCsr('web.bench.example')))
  const queue = () => {
    writeFileSync(at('next.csr'), csrPem(makeCsr('next.bench.example')))
    const { id } = JSON.parse(run('-s', at('ca'), '--json', 'request', '--csr', at('next.csr')))
    sign.command = certman('-s', at('ca'), '--json', 'sign', id, '--ca', 'bench', '--days', '90')
  }
  const sign = { name: 'certman sign', command: [], prepare: queue, env }
  queue()
  const contestants = [yardstick, sign]
  if (has('openssl')) {
    const openssl = (...args) => spawnSync('openssl', args, { env })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('o.key')]
    openssl('req', '-x509', ...key, '-out', at('o.crt'), '-subj', '/CN=Bench', '-days', '3650')
    contestants.push({
      name: 'openssl x509 -req (keeps no record)',
      command: [
        'openssl',
        'x509',
        '-req',
        '-in',
        at('web.csr'),
        '-CA',
        at('o.crt'),
        '-CAkey',
        at('o.key'),
        '-days',
        '90',
      ],
      env,
    })
  }
  return printRace('Sign one request', race(contestants, rounds))
}

/** Processes that issue `count` certificates each into one store, from the same moment on. @returns rows of the table */
async function issueMany({ run, env, at }, { processes, count }) {
  const store = at(`many-${processes}-${count}`)
  makeAuthority(run, store)
  const ready = await Promise.all(Array.from({ length: processes }, () => readyToIssue(store, count, env)))
  const measures = await Promise.all(ready.map((start) => start()))
  const limit = sum(measures, (measure) => measure.limit) / processes
  const calls = measures.flatMap((measure) => measure.calls)
  const rows = [{ processes, name: `${count}`, limit, ...ratesOf(calls) }]
  const warm = calls.slice(WARM)
  if (warm.length > WARM && processes === 1)
    rows.push({
      processes,
      name: '1000, warm (median)',
      limit,
      ...medianOf(warm.map((call) => ratesOf([call]))),
    })
  return rows
}

/** A process that is ready. @returns what lets it start, and answers what it measured */
async function readyToIssue(store, count, env) {
  const { stdin, stdout } = spawn(process.execPath, [MANY, store, count], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface(stdout)[Symbol.asyncIterator]()
  await lines.next()
  return async () => {
    stdin.end()
    return JSON.parse((await lines.next()).value)
  }
}

const sum = (all, of) => all.reduce((total, one) => total + of(one), 0)

function ratesOf(calls) {
  const issued = sum(calls, (call) => call.issued)
  const from = Math.min(...calls.map((call) => call.from))
  const to = Math.max(...calls.map((call) => call.to))
  const clock = (to - from) / 1000
  return { clock, perSecond: issued / clock, perCoreSecond: issued / sum(calls, (call) => call.processor) }
}

const medianOf = (rates) =>
  Object.fromEntries(Object.keys(rates[0]).map((key) => [key, median(rates.map((rate) => rate[key]))]))

/** An aim in the measure of this machine: less where the arithmetic alone is slower than where the aims were set. */
const aimHere = (aim, limit) => Math.round(aim * Math.min(1, limit / LIMIT_OF_THE_AIMS))

function rowOf({ processes, name, clock, perCoreSecond, perSecond, limit }) {
  const [onOne, onTwo] = [PER_CORE_SECOND, PER_SECOND].map((aim) => aimHere(aim, limit))
  return [
    processes,
    name,
    `${clock.toFixed(2)} s`,
    `${Math.round(perCoreSecond)}`,
    `${onOne}`,
    `${Math.round(perSecond)}`,
    `${onTwo}`,
    `${Math.round(limit)}`,
    perCoreSecond < onOne || perSecond < onTwo ? 'MISSED' : 'reached',
  ]
}

async function byTheThousand(world) {
  const rows = []
  for (const wish of MANY_WISHES) rows.push(...(await issueMany(world, wish)).map(rowOf))
  const columns = [
    'processes',
    'certificates each',
    'clock',
    'per processor s',
    'aim',
    'per s',
    'aim',
    `arithmetic (${Math.round(LIMIT_OF_THE_AIMS)})`,
    'verdict',
  ]
  printTable('Issue from CSRs into one store, a thousand in a call, durable', columns, rows)
  console.log(
    `  Aims: ${PER_CORE_SECOND} per second of processor time and ${PER_SECOND} per second on two cores, less by as much as the\n` +
      '  arithmetic alone (key, verification, signature; per second of processor time) is slower than where they were set.',
  )
  return rows.filter((row) => row.at(-1) === 'MISSED').length
}

export async function run(world, rounds) {
  return oneByOne(world, rounds) + (await byTheThousand(world))
}
