// How long does it take to show one certificate of 1,000, and one in a file?
import { has, race } from './support/measure.mjs'
import { printStarts } from './support/table.mjs'

export function run({ yardstick, certman, env, at }, rounds) {
  const contestants = [
    yardstick,
    { name: 'certman show REF', command: certman('-s', at('pki'), 'show', '500'), env },
    { name: 'certman show REF --json', command: certman('-s', at('pki'), 'show', '500', '--json'), env },
    { name: 'certman show --file', command: certman('show', '--file', at('one.pem')), env },
  ]
  if (has('openssl'))
    contestants.push({
      name: 'openssl x509 -text',
      command: ['openssl', 'x509', '-in', at('one.pem'), '-noout', '-text'],
      env,
    })
  if (has('keytool'))
    contestants.push({
      name: 'keytool -printcert',
      command: ['keytool', '-printcert', '-file', at('one.pem')],
      env,
    })
  return printStarts('Show one certificate', race(contestants, rounds), {
    'certman show REF': 20,
    'certman show REF --json': 20,
  })
}
