import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { csrFor } from './contracts/authority/world.ts'
import { bareEnv, builtCommand, installInto } from './support/built.ts'
import { temporaryFolder } from './support/temporary.ts'

/** A consumer with the package under node_modules, whose signatures are checked on a thread of its own. */
const consumer = temporaryFolder('library-bulk')
const at = (name: string): string => join(consumer, name)

/** Enough for the thread, and for more than one transaction's worth of requests that are checked beforehand. */
const COUNT = 300

const ISSUE = `
import { readFileSync } from 'node:fs'
import { EVERYTHING, openStore } from 'certman'
const [store, file] = process.argv.slice(2)
const ca = await openStore(store)
const requests = JSON.parse(readFileSync(file, 'utf8')).map((csr) => ({ csr: Buffer.from(csr, 'base64') }))
const said = await ca.issue(requests, { days: 30 }).then((all) => all.length, (error) => error.message)
let kept = 0
for await (const _ of ca.list('request', EVERYTHING)) kept++
await ca.close()
console.log(JSON.stringify({ said, kept }))
`

const requests = Array.from({ length: COUNT }, (_, n) => csrFor([`dns:h${n}.example`]))

/** What a process of this Node prints; it has to end by itself, and well. */
function node(...args: readonly string[]): string {
  const settings = { cwd: consumer, env: bareEnv(consumer), encoding: 'utf8', timeout: 60_000 } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, args, settings)
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}:\n${stderr}`)
  return stdout
}

beforeAll(() => {
  const command = builtCommand()
  installInto(consumer)
  writeFileSync(at('issue.mjs'), ISSUE)
  node(command, 'store', 'init', at('pki'))
  const root = ['--subject', 'CN=Bulk', '--name', 'bulk', '--no-password', '--insecure']
  node(command, '--store', at('pki'), 'ca', 'create', ...root)
})

/** What comes of issuing for all of these at once, and how many requests the store has then. */
function issueAll(all: readonly Uint8Array[]): unknown {
  writeFileSync(at('requests.json'), JSON.stringify(all.map((der) => Buffer.from(der).toString('base64'))))
  return JSON.parse(node(at('issue.mjs'), at('pki'), at('requests.json')))
}

test('a forged request late among hundreds refuses them all, and nothing is written', () => {
  const forged = Uint8Array.from(requests[0]!)
  forged[forged.length - 1] = forged[forged.length - 1]! ^ 1
  expect(issueAll([...requests.slice(1), forged])).toEqual({
    said: 'the request is not signed by the key that it carries',
    kept: 0,
  })
})

test('hundreds of requests are issued at once, and the process ends', () => {
  expect(issueAll(requests)).toEqual({ said: COUNT, kept: COUNT })
})
