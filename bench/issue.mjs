// How fast is a P-256 certificate issued: by one process, and by the thousand, durable before it is acknowledged?
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { csrPem, makeCsr } from './support/csr.mjs'
import { has, race } from './support/measure.mjs'
import { printRace, printTable } from './support/table.mjs'

const MANY = fileURLToPath(new URL('support/issue-many.mjs', import.meta.url))
const PER_CORE_SECOND = 3000
const PER_SECOND = 5000

/** A store with an authority whose key has no password: PBKDF2 would take most of the time. */
function makeAuthority(run, at, name) {
  run('store', 'init', at(name))
  const key = ['--key-type', 'ec-p256', '--no-password', '--insecure']
  run('-s', at(name), 'ca', 'create', '--subject', 'CN=Bench', '--name', 'bench', '--days', '3650', ...key)
}

function oneByOne({ yardstick, certman, run, env, at }, rounds) {
  makeAuthority(run, at, 'ca')
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

function byTheThousand({ run, env, at }) {
  let missed = 0
  const rows = [1000, 10_000].map((count) => {
    makeAuthority(run, at, `many-${count}`)
    const child = spawnSync(process.execPath, [MANY, at(`many-${count}`), String(count)], {
      env,
      encoding: 'utf8',
    })
    if (child.status !== 0) throw new Error(child.stderr)
    const { issued, clock, processor, limit } = JSON.parse(child.stdout)
    const rate = Math.round(issued / processor)
    const isMissed = rate < PER_CORE_SECOND || issued / clock < PER_SECOND
    if (isMissed) missed++
    return [
      count,
      `${clock.toFixed(2)} s`,
      `${Math.round(issued / clock)} (${PER_SECOND} on two cores)`,
      `${rate} (${PER_CORE_SECOND})`,
      `${Math.round(limit)}`,
      `${Math.round((rate / limit) * 100)} %`,
      isMissed ? 'MISSED' : 'reached',
    ]
  })
  const columns = [
    'certificates',
    'clock',
    'per second (aim)',
    'per second of processor time (aim)',
    'limit of this machine: key, verify, sign',
    'share of it',
    'verdict',
  ]
  printTable('Issue from CSRs in one process, durable', columns, rows)
  return missed
}

export function run(world, rounds) {
  return oneByOne(world, rounds) + byTheThousand(world)
}
