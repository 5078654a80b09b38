// A process that issues certificates through the library: `issue-many.mjs STORE COUNT`. Requests are made before the
// clock starts; it stops when everything is durable. Prints JSON: when it started and stopped (milliseconds of the epoch),
// seconds of the clock, seconds of processor time, and how many a second of it allows on this machine (see `p256Limit`),
// measured before and after.
import { openStore } from '../../dist/index.js'
import { makeCsr } from './csr.mjs'
import { p256Limit } from './p256-limit.mjs'

const [path, count] = process.argv.slice(2)
const store = await openStore(path)
const requests = Array.from({ length: Number(count) }, (_, i) => ({
  csr: makeCsr(`host-${i}.bench.example`),
}))
const order = { authority: 'bench', profile: 'server', days: 90 }
// the authority is opened, and the code is warm
await store.issue(
  Array.from({ length: 200 }, (_, i) => ({ csr: makeCsr(`warm-${i}.bench.example`) })),
  order,
)
const before = p256Limit()
const processor = process.cpuUsage()
const from = Date.now()
let issued = 0
for (let at = 0; at < requests.length; at += 1000)
  issued += (await store.issue(requests.slice(at, at + 1000), order)).length
const to = Date.now()
const { user, system } = process.cpuUsage(processor)
await store.close()
const limit = (before + p256Limit()) / 2
console.log(
  JSON.stringify({ issued, from, to, clock: (to - from) / 1000, processor: (user + system) / 1e6, limit }),
)
