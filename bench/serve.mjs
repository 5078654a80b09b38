#!/usr/bin/env node
// How many requests a second does `serve` answer, beside a bare https server of Node that answers a constant?
// node bench/serve.mjs [--rounds N] [--seconds N] [--connections N]
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { serverFiles } from './support/bundle.mjs'
import { getText, load } from './support/load.mjs'
import { cleanEnv, median } from './support/measure.mjs'
import { printTable } from './support/table.mjs'

const HERE = resolve(fileURLToPath(import.meta.url), '..')

/** The servers of the benchmark, bundled from the sources. */
export async function bundleServers(folder) {
  const outfile = join(folder, 'servers.mjs')
  await build({
    entryPoints: [join(HERE, 'support/servers.mjs')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    external: ['https-proxy-agent'],
    logLevel: 'error',
  })
  return outfile
}

/** Starts a server of `servers.mjs`; `{ name, port, end }`. */
export function startServer(file, name, files) {
  const env = cleanEnv({ BENCH_CERT: files.certificates, BENCH_KEY: files.key })
  const child = spawn(process.execPath, [file, name], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  return new Promise((done, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
    child.stdout.once('data', (text) =>
      done({
        name,
        port: Number(text),
        /** `{ rss, cpu }`: bytes, and microseconds of CPU so far. */
        usage: () =>
          new Promise((answer) => {
            child.once('message', answer)
            child.send('usage')
          }),
        end: () => child.kill('SIGTERM'),
      }),
    )
  })
}

const TITLES = {
  bare: 'node:https, a constant',
  routes: 'serveRoutes, the same constant',
  logged: 'serveRoutes with its access log',
}

/** Prints the table; answers how many aims were missed. */
export async function run(_, rounds, { seconds = 2, connections = 32 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'certman-bench-serve-'))
  const files = serverFiles()
  const file = await bundleServers(folder)
  const servers = await Promise.all(Object.keys(TITLES).map((name) => startServer(file, name, files)))
  const results = new Map(servers.map(({ name }) => [name, []]))
  const text = getText('/api/things17/4711', { Authorization: `Bearer ${'x'.repeat(40)}` })
  try {
    for (let round = -1; round < rounds; round++)
      for (const { name, port, usage } of round % 2 ? servers.toReversed() : servers) {
        const before = await usage()
        const one = await load({
          port,
          ca: files.ca,
          next: () => text,
          connections,
          seconds: round < 0 ? 1 : seconds,
        })
        const after = await usage()
        if (one.bad > 0) throw new Error(`${name}: ${one.bad} of ${one.count} answers are errors`)
        if (round >= 0)
          results.get(name).push({ ...one, cpu: (after.cpu - before.cpu) / one.count, rss: after.rss })
      }
  } finally {
    for (const server of servers) server.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return report(results, connections)
}

function report(results, connections) {
  const of = (name, field) => median(results.get(name).map((one) => one[field]))
  const ms = (name, field) => `${of(name, field).toFixed(1)} ms`
  const rows = Object.entries(TITLES).map(([name, title]) => {
    // processor time, not the clock, decides: the load is made on the same machine
    const share = of('bare', 'cpu') / of(name, 'cpu')
    const verdict = name === 'bare' ? '' : share >= 0.5 ? 'reached' : 'MISSED'
    const rate = of(name, 'perSecond').toFixed(0)
    const cpu = `${of(name, 'cpu').toFixed(1)} µs`
    const memory = `${(of(name, 'rss') / 1e6).toFixed(0)} MB`
    return [title, rate, ms(name, 'p50'), ms(name, 'p99'), memory, cpu, share.toFixed(2), verdict]
  })
  printTable(
    `Requests over ${connections} TLS connections with keep-alive`,
    ['', 'per second', 'median', 'p99', 'memory', 'CPU each', 'bare / this', 'half of bare'],
    rows,
  )
  return rows.filter((row) => row.at(-1) === 'MISSED').length
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`)
    return at < 0 ? otherwise : Number(process.argv[at + 1])
  }
  const rounds = option('rounds', 5)
  await run(undefined, rounds, { seconds: option('seconds', 2), connections: option('connections', 32) })
}
