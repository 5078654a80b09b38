// A process that issues certificates through the library: `issue-many.mjs STORE COUNT`. Requests are made and the machine
// is measured (see `p256Limit`) before it prints `ready`; it starts when its input ends. Then a line of JSON: for each call of a
// thousand, durable when it comes back, when it started and stopped (milliseconds of the epoch) and its seconds of processor
// time; and how many a second of it allows on this machine, measured before and after.
import { once } from 'node:events'
import { openStore } from '../../dist/index.js'
import { makeCsr } from './csr.mjs'
import { p256Limit } from './p256-limit.mjs'

const IN_A_CALL = 1000

const [path, count] = process.argv.slice(2)
const store = await openStore(path)
const requests = Array.from({ length: Number(count) }, (_, i) => ({
  csr: makeCsr(`host-${i}.bench.example`),
}))
const order = { authority: 'bench', profile: 'server', days: 90 }
// the authority is opened, and the code has run
await store.issue(
  Array.from({ length: 200 }, (_, i) => ({ csr: makeCsr(`warm-${i}.bench.example`) })),
  order,
)
const before = p256Limit()
console.log('ready')
await once(process.stdin, 'readable')

const seconds = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const calls = []
for (let at = 0; at < requests.length; at += IN_A_CALL) {
  const [from, processor] = [Date.now(), seconds()]
  const { length: issued } = await store.issue(requests.slice(at, at + IN_A_CALL), order)
  calls.push({ issued, from, to: Date.now(), processor: seconds() - processor })
}
await store.close()
const limit = (before + p256Limit()) / 2
console.log(JSON.stringify({ calls, limit }))
