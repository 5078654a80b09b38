import { writeSync } from 'node:fs'
import { openStore, systemAmbient } from '../../src/library.ts'
import { sha256Hex } from '../../src/crypto/digest.ts'
import type { Store } from '../../src/store/store.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { makeKey, makeRequest } from '../support/make-certificates.ts'

// A certification authority in a process of its own: `worker.cjs STORE JOB`. Each acknowledged change is one line:
// `q3` queued as request 3, `s5:SERIAL` signed as certificate 5, `r5` revoked, `c7:SHA` CRL 7 with that content.
const [path = '', job = ''] = process.argv.slice(2)

const say = (line: string): void => void writeSync(1, `${line}\n`)
const key = makeKey()
let names = 0

async function queue(store: Store): Promise<string> {
  const csr = makeRequest(`h${process.pid}-${++names}.example`, key).der
  const [outcome] = await store.submit({ csr })
  say(`q${outcome!.id}`)
  return outcome!.id
}

async function sign(store: Store, id: string): Promise<string> {
  const { outcomes } = await store.sign({ kind: 'request', id }, { authority: 'root' })
  const { id: certificateId, row } = outcomes[0]!
  say(`s${certificateId}:${String(row['serialNumber'])}`)
  return certificateId
}

async function revoke(store: Store, id: string): Promise<void> {
  await store.revoke([{ kind: 'certificate', id }], { reason: 'superseded' })
  say(`r${id}`)
}

async function tellCrl(store: Store): Promise<void> {
  const { der } = await store.crl('root')
  say(`c${describeCrl(der).crlNumber}:${sha256Hex(der)}`)
}

/** Requests, signatures and revocations without end. */
async function stream(store: Store): Promise<never> {
  for (;;) {
    const [first, second] = [await queue(store), await queue(store)]
    const signed = await Promise.all([sign(store, first), sign(store, second)])
    await Promise.all(signed.map((id) => revoke(store, id)))
    await tellCrl(store)
  }
}

/** Ten signatures and one revocation. */
async function ten(store: Store): Promise<void> {
  for (let at = 0; at < 9; at++) await sign(store, await queue(store))
  await revoke(store, await sign(store, await queue(store)))
}

/** 300 certificates, 50 at a time: between two batches another process has its turn. */
async function bulk(store: Store): Promise<void> {
  for (let batch = 0; batch < 6; batch++) {
    const requests = Array.from({ length: 50 }, () => ({
      csr: makeRequest(`h${process.pid}-${++names}.example`, key).der,
    }))
    for (const { outcomes } of await store.issue(requests, { authority: 'root', days: 30 }))
      say(`s${outcomes[0]!.id}:${String(outcomes[0]!.row['serialNumber'])}`)
  }
}

const JOBS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = { stream, ten, bulk }

async function main(): Promise<void> {
  const store = await openStore(path, { ambient: systemAmbient('worker@host'), lockTimeoutMs: 60_000 })
  await JOBS[job]!(store)
  await store.close()
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  process.exitCode = 1
})
