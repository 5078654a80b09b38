#!/usr/bin/env node
// npm run bench:crl [COUNT]: how long does a CRL of 100,000 real revocations take, and how much memory? Issuing and
// revoking them takes some minutes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openStore } from '../dist/index.js'
import { makeCsr } from './support/csr.mjs'
import { cleanEnv } from './support/measure.mjs'
import { printTable } from './support/table.mjs'

const count = Number(process.argv[2] ?? 100_000)
const PIECE = 1000
const AIM = 0.5 * Math.max(1, count / 100_000)
const folder = mkdtempSync(join(tmpdir(), 'certman-crl-'))
const path = join(folder, 'store')
const env = cleanEnv({ HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder })
const CERTMAN = fileURLToPath(new URL('../dist/certman.cjs', import.meta.url))

function certman(...args) {
  const run = spawnSync(process.execPath, [CERTMAN, ...args], { env, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${args.join(' ')}: ${run.stderr}`)
}

async function issueAndRevoke(store) {
  const order = { authority: 'bench', profile: 'server', days: 90 }
  const targets = []
  for (let at = 0; at < count; at += PIECE) {
    const requests = Array.from({ length: PIECE }, (_, i) => ({
      csr: makeCsr(`host-${at + i}.bench.example`),
    }))
    for (const { outcomes } of await store.issue(requests, order))
      targets.push({ kind: 'certificate', id: outcomes[0].id })
  }
  // each call signs a CRL
  for (let at = 0; at < targets.length; at += 10 * PIECE)
    await store.revoke(targets.slice(at, at + 10 * PIECE), { reason: 'superseded' })
}

try {
  certman('store', 'init', path)
  const key = ['--key-type', 'ec-p256', '--no-password', '--insecure']
  certman('-s', path, 'ca', 'create', '--subject', 'CN=Bench', '--name', 'bench', '--days', '3650', ...key)
  const store = await openStore(path)
  await issueAndRevoke(store)
  await store.close()
  const again = await openStore(path)
  const started = performance.now()
  const { der } = await again.crl('bench', { renew: true })
  const seconds = (performance.now() - started) / 1000
  await again.close()
  const verdict = seconds > AIM ? 'MISSED' : 'reached'
  printTable(
    'Sign a CRL',
    ['entries', 'bytes', 'clock', 'aim', 'verdict'],
    [[count, der.length, `${seconds.toFixed(2)} s`, `${AIM} s`, verdict]],
  )
  process.exitCode = seconds > AIM ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
