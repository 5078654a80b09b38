// How fast is a P-256 certificate issued: by one process, and by the thousand, durable before it is acknowledged?
import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { csrPem, makeCsr } from './support/csr.mjs'
import { has, race } from './support/measure.mjs'
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

/** Processes that issue `count` certificates each into one store, at once. */
async function issueMany({ run, env, at }, { processes, count }) {
  const store = at(`many-${processes}-${count}`)
  makeAuthority(run, store)
  const measures = await Promise.all(
    Array.from({ length: processes }, () => child([MANY, store, count], env)),
  )
  const sum = (of) => measures.reduce((total, measure) => total + of(measure), 0)
  const from = Math.min(...measures.map((measure) => measure.from))
  const to = Math.max(...measures.map((measure) => measure.to))
  return {
    clock: (to - from) / 1000,
    perSecond: sum(({ issued }) => issued) / ((to - from) / 1000),
    perCoreSecond: sum(({ issued }) => issued) / sum(({ processor }) => processor),
    limit: sum(({ limit }) => limit) / processes,
  }
}

/** What a process prints as JSON. */
function child(words, env) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words.map(String), { env }, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    )
  })
}

/** An aim in the measure of this machine: less where the arithmetic alone is slower than where the aims were set. */
const aimHere = (aim, limit) => Math.round(aim * Math.min(1, limit / LIMIT_OF_THE_AIMS))

async function byTheThousand(world) {
  let missed = 0
  const rows = []
  for (const wish of MANY_WISHES) {
    const { clock, perSecond, perCoreSecond, limit } = await issueMany(world, wish)
    const [onOne, onTwo] = [PER_CORE_SECOND, PER_SECOND].map((aim) => aimHere(aim, limit))
    const isMissed = perCoreSecond < onOne || perSecond < onTwo
    if (isMissed) missed++
    rows.push([
      wish.processes,
      wish.count,
      `${clock.toFixed(2)} s`,
      `${Math.round(perCoreSecond)}`,
      `${onOne}`,
      `${Math.round(perSecond)}`,
      `${onTwo}`,
      `${Math.round(limit)} (${Math.round(LIMIT_OF_THE_AIMS)})`,
      isMissed ? 'MISSED' : 'reached',
    ])
  }
  const columns = [
    'processes',
    'certificates each',
    'clock',
    'per second of processor time',
    `aim (${PER_CORE_SECOND} where it was set)`,
    'per second of the clock',
    `aim, two cores (${PER_SECOND})`,
    'key, verify, sign alone (where set)',
    'verdict',
  ]
  printTable('Issue from CSRs into one store, a thousand in a call, durable', columns, rows)
  return missed
}

export async function run(world, rounds) {
  return oneByOne(world, rounds) + (await byTheThousand(world))
}
