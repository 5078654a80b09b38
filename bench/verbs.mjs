// How long do the verbs take that change a store, and those that check? Each run finds a record of its own, which is made
// before and not counted. A change waits for the disk some ten times: that is in the figures too. Nothing was planned for
// them, so there is no verdict.
import { readFileSync, writeFileSync } from 'node:fs'
import { csrPem, makeCsr } from './support/csr.mjs'
import { race } from './support/measure.mjs'
import { printStarts } from './support/table.mjs'

const ROOT = 'ca create --subject CN=Root --name root --key-type ec-p256 --no-password --insecure'

export function run({ yardstick, certman, run: runOnce, env, at }, rounds) {
  const store = ['-s', at('office')]
  const json = (...words) => JSON.parse(runOnce(...store, '--json', ...words))
  runOnce('store', 'init', at('office'))
  runOnce(...store, ...ROOT.split(' '))
  let made = 0
  const requestFile = () => {
    writeFileSync(at('next.csr'), csrPem(makeCsr(`w${++made}.example`)))
    return at('next.csr')
  }
  const requested = () => json('request', '--csr', requestFile()).id
  const issue = (id) => ['sign', id, '--ca', 'root', '--profile', 'server', '--days', '90']
  const issued = () => json(...issue(requested())).id
  const certificates = readFileSync(at('bundle.pem'), 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/)
  const certificateFile = () => {
    writeFileSync(at('next.pem'), certificates.pop())
    return at('next.pem')
  }
  const first = issued()

  const verbs = {
    sign: () => issue(requested()),
    revoke: () => ['revoke', issued(), '--reason', 'superseded', '-y'],
    'request --csr': () => ['request', '--csr', requestFile()],
    import: () => ['import', certificateFile()],
    verify: () => ['verify', first],
    export: () => ['export', first, '--out', '-'],
    edit: () => ['edit', first, '--tag', `t${++made}`],
    delete: () => ['delete', issued(), '-y'],
    'store check': () => ['store', 'check'],
  }
  const contestants = Object.entries(verbs).map(([name, words]) => ({
    name: `certman ${name}`,
    command: () => certman(...store, '--json', ...words()),
    env,
  }))
  return printStarts('Verbs that change or check a store', race([yardstick, ...contestants], rounds), {})
}
