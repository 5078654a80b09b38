#!/usr/bin/env node
// npm run bench:serials [-- --count 100000] [--processes 2]: is any serial number or id used twice when processes issue
// certificates from one store at the same time? Issues them for real, reads them back, lets the store check itself and
// exits with 1 on any doubt: about two minutes.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cleanEnv } from './support/measure.mjs'

const CERTMAN = fileURLToPath(new URL('../dist/certman.cjs', import.meta.url))
const SHARE = fileURLToPath(new URL('support/issue-share.mjs', import.meta.url))

const words = process.argv.slice(2)
const option = (name, value) => Number(words.includes(name) ? words[words.indexOf(name) + 1] : value)
const processes = option('--processes', 2)
const share = Math.ceil(option('--count', 100_000) / processes)
const total = share * processes
const folder = mkdtempSync(join(tmpdir(), 'certman-serials-'))
const path = join(folder, 'store')
const env = cleanEnv({ HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder })

/** Standard output of a command; `check` answers with 1 when it has doubts. */
function certman(...args) {
  const run = spawnSync(process.execPath, [CERTMAN, ...args], { env, encoding: 'utf8', maxBuffer: 2 ** 30 })
  if (run.error || run.status > 1) throw new Error(`${args.join(' ')}: ${run.stderr}`)
  return run.stdout
}

/** What one process acknowledged: lines of id and serial number. */
const issued = () =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SHARE, path, String(share)], { env })
    let [said, errors] = ['', '']
    child.stdout.on('data', (data) => (said += data))
    child.stderr.on('data', (data) => (errors += data))
    child.on('close', (status) =>
      status === 0
        ? resolve(said.trimEnd().split('\n'))
        : reject(new Error(`a process ended with ${status}: ${errors}`)),
    )
  })

try {
  certman('store', 'init', path)
  const key = ['--key-type', 'ec-p256', '--no-password', '--insecure']
  certman('-s', path, 'ca', 'create', '--subject', 'CN=Bench', '--name', 'bench', '--days', '3650', ...key)
  const started = performance.now()
  const lines = (await Promise.all(Array.from({ length: processes }, issued))).flat()
  const seconds = (performance.now() - started) / 1000
  const stored = certman(
    '-s',
    path,
    'list',
    '--filter',
    'authorityId = 1',
    '--fields',
    'id,serialNumber',
    '-o',
    'csv',
  )
  const rows = stored
    .trimEnd()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.replace(',', ' '))
  const verdicts = {
    'certificates acknowledged': lines.length === total,
    'certificates in the store, the same':
      rows.length === total && new Set([...rows, ...lines]).size === total,
    'different ids': new Set(lines.map((line) => line.split(' ')[0])).size === total,
    'different serial numbers': new Set(lines.map((line) => line.split(' ')[1])).size === total,
    'store check without a doubt': JSON.parse(certman('store', 'check', path, '--json')).ok,
  }
  console.log(`${total} certificates by ${processes} processes in ${seconds.toFixed(1)} s`)
  for (const [what, holds] of Object.entries(verdicts)) console.log(`${holds ? 'yes' : 'NO '}  ${what}`)
  if (Object.values(verdicts).includes(false)) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
