// How long does the first import of a bundle of 1,001 certificates take, durable at the end?
import { rmSync } from 'node:fs'
import { has, race } from './support/measure.mjs'
import { printRace } from './support/table.mjs'

export function run({ yardstick, certman, run: certmanNow, env, at }, rounds) {
  const fresh = () => {
    rmSync(at('fresh'), { recursive: true, force: true })
    certmanNow('store', 'init', at('fresh'))
  }
  const contestants = [
    yardstick,
    {
      name: 'certman import, first',
      command: certman('-s', at('fresh'), 'import', at('bundle.pem'), '--no-input', '-q'),
      prepare: fresh,
      env,
    },
    {
      name: 'certman import, again (unchanged)',
      command: certman('-s', at('pki'), 'import', at('bundle.pem'), '--no-input', '-q'),
      env,
    },
  ]
  if (has('keytool'))
    contestants.push({
      name: 'keytool -printcert (reads only)',
      command: ['keytool', '-printcert', '-file', at('bundle.pem')],
      env,
    })
  const results = race(contestants, Math.max(3, Math.floor(rounds / 3)))
  const missed = printRace('Import 1,001 certificates', results, { 'certman import, first': 1000 })
  const kept = JSON.parse(certmanNow('-s', at('fresh'), '--json', 'list')).length
  console.log(`  ${kept} certificates are in the store${kept === 1001 ? '' : ': NOT 1,001'}`)
  return missed + (kept === 1001 ? 0 : 1)
}
