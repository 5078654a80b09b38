// How long until certman says its version and its help?
import { has, race } from './support/measure.mjs'
import { printStarts } from './support/table.mjs'

export function run({ yardstick, certman, env }, rounds) {
  const contestants = [
    yardstick,
    { name: 'certman --version', command: certman('--version'), env },
    { name: 'certman --help', command: certman('--help'), env },
    { name: 'certman list --help', command: certman('list', '--help'), env },
  ]
  if (has('openssl')) contestants.push({ name: 'openssl version', command: ['openssl', 'version'], env })
  if (has('keytool')) contestants.push({ name: 'keytool -help', command: ['keytool', '-help'], env })
  const aims = { 'certman --version': 4, 'certman --help': 10 }
  return printStarts('Start-up', race(contestants, rounds), aims)
}
