// How long does it take to list 1,000 certificates?
import { has, race } from './support/measure.mjs'
import { printRace } from './support/table.mjs'

export function run({ yardstick, certman, env, at }, rounds) {
  const list = (name, ...args) => ({ name, command: certman('-s', at('pki'), 'list', ...args), env })
  const contestants = [
    yardstick,
    list('certman list --json', '--json', '--limit', '1000'),
    list('certman list (table)', '-o', 'table', '--limit', '1000'),
    list('certman list, next 50 to expire', '--json', '--sort', 'notAfter', '--limit', '50'),
    list('certman list --san host-0000500', '--json', '--san', 'host-0000500'),
  ]
  if (has('openssl'))
    contestants.push({
      name: 'openssl storeutl (reads the bundle)',
      command: ['openssl', 'storeutl', '-noout', '-text', '-certs', at('bundle.pem')],
      env,
    })
  return printRace('List 1,000 certificates', race(contestants, rounds), { 'certman list --json': 35 })
}
