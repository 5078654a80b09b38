// A process that issues its share of certificates: `issue-share.mjs STORE COUNT`. Prints each serial number.
import { openStore } from '../../dist/index.js'
import { makeCsr } from './csr.mjs'

const BATCH = 500
const [path, count] = process.argv.slice(2)
const store = await openStore(path, { lockTimeoutMs: 600_000 })
for (let left = Number(count); left > 0; left -= BATCH) {
  const requests = Array.from({ length: Math.min(BATCH, left) }, (_, i) => ({
    csr: makeCsr(`host-${process.pid}-${left - i}.bench.example`),
  }))
  const signings = await store.issue(requests, { authority: 'bench', profile: 'server', days: 90 })
  process.stdout.write(signings.map(({ outcomes: [{ id, row }] }) => `${id} ${row.serialNumber}\n`).join(''))
}
await store.close()
