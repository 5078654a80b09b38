import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeBundle } from './bundle.mjs'
import { cleanEnv } from './measure.mjs'

const CERTMAN = fileURLToPath(new URL('../../dist/certman.cjs', import.meta.url))

/** A temporary folder with an empty script, a bundle of 1,001 certificates and a store that holds them. */
export function makeWorld(count = 1001) {
  const folder = mkdtempSync(join(tmpdir(), 'certman-bench-'))
  const at = (name) => join(folder, name)
  writeFileSync(at('empty.cjs'), '')
  const text = makeBundle(count)
  writeFileSync(at('bundle.pem'), text)
  writeFileSync(at('one.pem'), `${text.split('-----END CERTIFICATE-----\n')[1]}-----END CERTIFICATE-----\n`)
  const home = { HOME: folder, XDG_CONFIG_HOME: at('config'), XDG_DATA_HOME: at('data') }
  const env = cleanEnv(home)
  const certman = (...args) => [process.execPath, CERTMAN, ...args]
  const run = (...args) => {
    const result = spawnSync(process.execPath, [CERTMAN, ...args], {
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    })
    if (result.status !== 0)
      throw new Error(`certman ${args.join(' ')}: exit status ${result.status}\n${result.stderr}`)
    return result.stdout
  }
  run('store', 'init', at('pki'))
  run('-s', at('pki'), 'import', at('bundle.pem'), '--no-input')
  const yardstick = { name: 'empty Node process', command: [process.execPath, at('empty.cjs')], env }
  return { at, env, certman, run, yardstick, end: () => rmSync(folder, { recursive: true, force: true }) }
}
