#!/usr/bin/env node
// What does `certman serve` do in a second over a directory store of 10,000 certificates, beside a bare https server
// of Node that answers as many bytes?
// node bench/serve-store.mjs [--certificates N] [--seconds N] [--connections N] [--requests N] [--profile FOLDER]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleServers, startServer } from './serve.mjs'
import { serverFiles } from './support/bundle.mjs'
import { csrPem, makeCsr } from './support/csr.mjs'
import { getText, load, postText } from './support/load.mjs'
import { serveStore, USER } from './support/served-store.mjs'
import { printTable } from './support/table.mjs'
import { inTurns, loaded } from './support/turns.mjs'

const basic = `Basic ${Buffer.from(USER).toString('base64')}`
const keyfactor = { Authorization: basic, 'X-Keyfactor-Requested-With': 'APIClient' }

/** Answers these texts, then none. */
const inTurn = (texts) => {
  let at = 0
  return () => texts[at++]
}

/** The session cookie of Notary. */
async function login({ port, ca }) {
  const [email, password] = USER.split(':')
  const { request } = await import('node:https')
  const body = JSON.stringify({ email, password })
  return new Promise((resolve, reject) => {
    request(
      { host: '127.0.0.1', servername: 'localhost', port, ca, method: 'POST', path: '/login' },
      (response) => {
        response.resume()
        resolve(response.headers['set-cookie'][0].split(';')[0])
      },
    )
      .on('error', reject)
      .end(body)
  })
}

const download = (id) =>
  postText(
    '/KeyfactorAPI/Certificates/Download',
    { CertID: id, IncludeChain: true, ChainOrder: 'EndEntityFirst' },
    { ...keyfactor, 'X-CertificateFormat': 'P7B' },
  )

const enrollment = (CSR) =>
  postText(
    '/KeyfactorAPI/Enrollment/CSR',
    { CSR, CertificateAuthority: 'bench', Template: 'server', IncludeChain: false },
    { ...keyfactor, 'X-CertificateFormat': 'PEM' },
  )

/**
 * So many are asked before anything is measured: V8 compiles what is new to it for a thousand requests, which costs as much
 * again as the requests. Beside them, those of the first answers.
 */
const WARM = 1000
const FIRST = 4000

/** The texts of numbers in turn, `count` of them at most. */
function numbered(text, { from = 1, to, count = Infinity }) {
  let at = 0
  return () => (at < count ? text(from + (at++ % (to + 1 - from))) : undefined)
}

const page = (at) => getText(`/KeyfactorAPI/Certificates?pq.pageReturned=${at}&pq.returnLimit=50`, keyfactor)
const show = (id) => getText(`/KeyfactorAPI/Certificates/${id}`, keyfactor)

/**
 * What only reads. An answer that is remembered costs another time than a first one: each has its row, so that no row
 * depends on how far the machine came in a second.
 */
function readings(certificates) {
  const pages = Math.min(150, Math.ceil(certificates / 50))
  const first = Math.min(FIRST, certificates - WARM)
  const others = (text) => numbered(text, { from: certificates + 1 - WARM, to: certificates, count: WARM })
  const once = (text) => ({
    warm: others(text),
    next: numbered(text, { to: first, count: first }),
    part: true,
  })
  return [
    {
      title: 'list page of 50 (Keyfactor)',
      warm: numbered(page, { to: pages, count: pages * 2 }),
      next: numbered(page, { to: pages }),
      share: 0.5,
    },
    { title: 'show, first (Keyfactor)', ...once(show) },
    { title: 'show, again (Keyfactor)', next: numbered(show, { to: first }), share: 0.5 },
    { title: 'download with chain, first (Keyfactor)', ...once(download) },
    { title: 'download with chain, again (Keyfactor)', next: numbered(download, { to: first }) },
  ]
}

/**
 * What is asked: `share` is the aimed share of the bare server's rate, `rate` an aimed rate, `warm` what is asked before,
 * `part` whether it comes to an end by itself.
 */
function questions({ certificates, csrs, enrollments, cookie }) {
  const submission = (csr) => postText('/api/v1/certificate_requests', { csr }, { Cookie: cookie })
  const signature = (_, at) =>
    postText(
      `/api/v1/certificate_requests/${at + 1}/sign`,
      { certificate_authority_id: '1' },
      { Cookie: cookie },
    )
  return [
    ...readings(certificates),
    { title: 'request, P-256 (Notary)', ...warmed(csrs.map(submission)) },
    { title: 'sign, P-256 (Notary)', ...warmed(csrs.map(signature)), rate: 1000 },
    { title: 'enroll a CSR, P-256 (Keyfactor)', ...warmed(enrollments.map(enrollment)) },
  ]
}

/** What can be asked once only: the beginning is not measured. */
const warmed = (texts) => ({
  warm: inTurn(texts.slice(0, WARM)),
  next: inTurn(texts.slice(WARM)),
  part: true,
})

/** What comes to no end by itself is asked so many times, for some seconds each. */
const TURNS = 5

const COLUMNS = [
  '',
  'per second',
  'median',
  'p99',
  'answer',
  'CPU each',
  'bare',
  'CPU bare / this',
  'aim',
  'verdict',
  'memory',
]

/** One question to the server, and as many bytes from the bare one. */
async function ask({ title, warm, next, share, rate, part }, { server, bare, ca, connections, seconds }) {
  const order = { ca: server.ca, next, connections }
  if (warm) await loaded(server, { ...order, next: warm, seconds: 600 })
  else if (!part) await loaded(server, { ...order, seconds: 1 })
  const asked = () => loaded(server, { ...order, seconds: part ? 600 : seconds })
  const likewise = ({ bytes }) => {
    const text = getText(`/size/${bytes}`)
    return loaded(bare, { ca, next: () => text, connections, seconds })
  }
  return { title, share, rate, ...(await inTurns(asked, likewise, part ? 1 : TURNS)) }
}

/** undefined: there is no aim. */
function isReached({ share, rate, ofBare, one }) {
  if (share) return ofBare >= share
  return rate ? one.perSecond >= rate : undefined
}

function rowOf(answer) {
  const { title, share, rate, one, base, ofBare } = answer
  const { each, rss } = one
  const reached = isReached(answer)
  const aim = share ? String(share) : rate ? `${rate}/s` : ''
  return [
    title,
    one.perSecond.toFixed(0),
    `${one.p50.toFixed(1)} ms`,
    `${one.p99.toFixed(1)} ms`,
    `${(one.bytes / 1000).toFixed(1)} kB`,
    `${each.toFixed(0)} µs`,
    base.perSecond.toFixed(0),
    ofBare.toFixed(2),
    aim,
    reached === undefined ? '' : reached ? 'reached' : 'MISSED',
    `${(rss / 1e6).toFixed(0)} MB`,
  ]
}

/** Asks on until so many requests were answered, and says how much memory that took. */
async function soak({ server, connections }, { asked, total, certificates }) {
  let at = asked
  const next = () =>
    at++ < total ? getText(`/KeyfactorAPI/Certificates/${1 + (at % certificates)}`, keyfactor) : undefined
  await load({ port: server.port, ca: server.ca, next, connections, seconds: 600 })
  console.log(`\n  memory after ${total} requests: ${((await server.usage()).rss / 1e6).toFixed(0)} MB`)
}

/** Prints the table; answers how many aims were missed. */
export async function run(wish = {}) {
  const { certificates = 10_000, seconds = 2, connections = 32, requests = 3000, total = 100_000 } = wish
  const folder = mkdtempSync(join(tmpdir(), 'certman-bench-bare-'))
  const files = serverFiles()
  const bare = await startServer(await bundleServers(folder), 'bare', files)
  const nodeOptions = wish.profile ? ['--cpu-prof', `--cpu-prof-dir=${wish.profile}`] : []
  const server = await serveStore(certificates, { nodeOptions })
  const [csrs, enrollments] = ['request', 'enrollment'].map((domain) =>
    Array.from({ length: WARM + requests }, (_, at) => csrPem(makeCsr(`host-${at}.${domain}.example`))),
  )
  const scene = { server, bare, ca: files.ca, connections, seconds }
  const answers = []
  try {
    const cookie = await login(server)
    for (const question of questions({ certificates, csrs, enrollments, cookie }))
      answers.push(await ask(question, scene))
    const heading = `certman serve over ${certificates} certificates, ${connections} TLS connections with keep-alive`
    printTable(heading, COLUMNS, answers.map(rowOf))
    const asked = answers.reduce((sum, { one }) => sum + one.count, 0)
    await soak(scene, { asked, total, certificates })
  } finally {
    bare.end()
    await server.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return answers.filter((answer) => isReached(answer) === false).length
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? otherwise : process.argv[at + 1]
  }
  const number = (name, otherwise) => Number(option(name, otherwise))
  const missed = await run({
    certificates: number('certificates', 10_000),
    seconds: number('seconds', 2),
    connections: number('connections', 32),
    requests: number('requests', 3000),
    total: number('total', 100_000),
    profile: option('profile'),
  })
  process.exitCode = missed === 0 ? 0 : 1
}
