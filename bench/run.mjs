#!/usr/bin/env node
// npm run bench [QUESTION…|serve] [--rounds N]: how fast, beside an empty Node process and other tools in the same run.
// Never run by tests: the figures depend on the machine. The aims are differences to the empty process.
import { cpus, loadavg } from 'node:os'
import * as importBundle from './import-bundle.mjs'
import * as issue from './issue.mjs'
import * as list from './list.mjs'
import * as show from './show.mjs'
import * as startUp from './start-up.mjs'
import { makeWorld } from './support/world.mjs'
import * as verbs from './verbs.mjs'

const QUESTIONS = { 'start-up': startUp, list, show, verbs, import: importBundle, issue }
const words = process.argv.slice(2)
const at = words.indexOf('--rounds')
const rounds = at < 0 ? 15 : Number(words[at + 1])
const wanted = words.filter((word) => word in QUESTIONS)

console.log(
  `Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'processor'}, load ${loadavg()[0]?.toFixed(1)}`,
)
console.log(`medians of ${rounds} interleaved rounds; NODE_EXTRA_CA_CERTS and SSL_CERT_FILE are unset`)
let missed = 0
// a minute and more: only when it is named
if (words.includes('serve')) missed += await (await import('./serve-store.mjs')).run()
const isServeAlone = words.includes('serve') && wanted.length === 0
const world = isServeAlone ? { end: () => undefined } : makeWorld()
try {
  for (const [name, question] of Object.entries(QUESTIONS))
    if ((wanted.length === 0 && !isServeAlone) || wanted.includes(name))
      missed += await question.run(world, rounds)
} finally {
  world.end()
}
console.log(missed === 0 ? '\nbench: every aim is reached' : `\nbench: ${missed} aim(s) MISSED`)
