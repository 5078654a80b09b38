// A `certman serve` of the built command over a directory store of many certificates, with an authority whose key needs
// no password, and one user.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeBundle, serverFiles } from './bundle.mjs'
import { cleanEnv } from './measure.mjs'

const CERTMAN = fileURLToPath(new URL('../../dist/certman.cjs', import.meta.url))
export const USER = 'bench:Passw0rd!x'
const TICKS_A_SECOND = 100

/** A folder with a store, a user, and the files of the server. */
function prepare(folder, env, count) {
  const at = (name) => join(folder, name)
  const run = (...args) => {
    const result = spawnSync(process.execPath, [CERTMAN, ...args], {
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    if (result.status !== 0) throw new Error(`certman ${args.join(' ')}: ${result.status}\n${result.stderr}`)
  }
  writeFileSync(at('bundle.pem'), makeBundle(count))
  writeFileSync(at('pw'), 'Passw0rd!x\n', { mode: 0o600 })
  run('store', 'init', at('pki'))
  run('-s', at('pki'), '--no-input', 'import', at('bundle.pem'))
  const authority = ['--subject', 'CN=Bench', '--name', 'bench', '--days', '3650']
  run('-s', at('pki'), 'ca', 'create', ...authority, '--no-password', '--insecure')
  run('serve', 'user', 'add', 'bench', '--role', 'admin', '--password-file', at('pw'))
  const files = serverFiles()
  writeFileSync(at('tls.pem'), files.certificates)
  writeFileSync(at('tls.key'), files.key, { mode: 0o600 })
  return files.ca
}

/** Fills a store and serves it. @returns `{ port, ca, usage, end }` */
export async function serveStore(count, { nodeOptions = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'certman-bench-serve-'))
  const at = (name) => join(folder, name)
  const env = cleanEnv({ HOME: folder, XDG_CONFIG_HOME: at('config'), XDG_DATA_HOME: at('data') })
  const ca = prepare(folder, env, count)
  const out = openSync(at('serve.json'), 'w')
  const tls = ['--tls-certificate', at('tls.pem'), '--tls-key', at('tls.key')]
  const args = ['--json', 'serve', '--store', at('pki'), '--listen', '127.0.0.1:0', ...tls]
  const stdio = ['ignore', out, 'inherit']
  const child = spawn(process.execPath, [...nodeOptions, CERTMAN, ...args], { env, stdio })
  closeSync(out)
  const end = () =>
    new Promise((resolve) => {
      child.once('exit', resolve)
      child.kill('SIGTERM')
    }).finally(() => rmSync(folder, { recursive: true, force: true }))
  return { port: await portOf(child, at('serve.json')), ca, usage: async () => usageOf(child.pid), end }
}

async function portOf(child, file) {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    const url = /https:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(file, 'utf8'))
    if (url) return Number(url[1])
    await sleep(50)
  }
  throw new Error('certman serve did not start')
}

/** `{ rss, cpu }`: bytes, and microseconds of CPU so far; from /proc, so on Linux only. */
function usageOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
  return { rss, cpu: ((Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND) * 1e6 }
}
