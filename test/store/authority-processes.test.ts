import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256Hex } from '../../src/crypto/digest.ts'
import { openStore } from '../../src/library.ts'
import type { ListedRecord, Store } from '../../src/store/store.ts'
import { describeCrl } from '../../src/x509/crl.ts'
import { rootOrder } from '../contracts/authority/world.ts'
import { startWorker } from '../repository/directory/workers.ts'
import { findingsOf } from '../support/findings.ts'
import { rowsOf, temporaryFolder } from '../support/worlds.ts'

/** Kills per store, each at another moment: 200 in all. A store that lives longer only makes its check dearer. */
const ROUNDS = 50
const STORES = ['first', 'second', 'third', 'fourth']
const WORKER = join(import.meta.dirname, 'authority-worker.ts')

async function newAuthority(): Promise<string> {
  const path = join(temporaryFolder(), 'pki')
  const store = await openStore(path, { create: true })
  await store.createAuthority(rootOrder())
  await store.close()
  return path
}

const rows = async (store: Store, kind: 'certificate' | 'request'): Promise<Map<string, ListedRecord>> =>
  new Map((await rowsOf(store, kind)).map((row) => [row.id, row]))

/** Takes acknowledgements in, and finds what contradicts them. */
class Witness {
  readonly #requests = new Set<string>()
  readonly #serials = new Map<string, string>()
  readonly #revoked = new Set<string>()
  readonly #crls = new Map<string, string>()
  readonly #faults: string[] = []

  hear(words: readonly string[]): void {
    for (const word of words) {
      const [id, fact] = word.slice(1).split(':') as [string, string]
      if (word.startsWith('q')) this.#requests.add(id)
      if (word.startsWith('s')) this.#serials.set(id, fact)
      if (word.startsWith('r')) this.#revoked.add(id)
      if (word.startsWith('c')) this.crl(id, fact)
    }
  }

  /** No number stands for two contents. */
  crl(number: string, hash: string): void {
    const known = this.#crls.get(number)
    if (known !== undefined && known !== hash) this.#faults.push(`CRL ${number} has two contents`)
    this.#crls.set(number, hash)
  }

  /** What was acknowledged and is not so. */
  async judge(store: Store): Promise<readonly string[]> {
    const [certificates, requests] = [await rows(store, 'certificate'), await rows(store, 'request')]
    const lost = [...this.#requests].filter((id) => !requests.has(id)).map((id) => `request ${id} is lost`)
    for (const [id, serial] of this.#serials)
      if (certificates.get(id)?.['serialNumber'] !== serial) lost.push(`certificate ${id} is lost`)
    for (const id of this.#revoked)
      if (certificates.get(id)?.['state'] !== 'revoked') lost.push(`certificate ${id} is not revoked`)
    const serials = [...certificates.values()].map((row) => row['serialNumber'])
    if (new Set(serials).size < serials.length) lost.push('a serial number stands twice')
    const { der } = await store.crl('root')
    this.crl(describeCrl(der).crlNumber!, sha256Hex(der))
    return [...this.#faults, ...lost]
  }
}

test.each(STORES)(
  `killed ${ROUNDS} times while requests are signed and certificates revoked, the %s store misses nothing acknowledged and its check is clean`,
  async () => {
    expect.hasAssertions()
    const path = await newAuthority()
    const witness = new Witness()
    for (let round = 0; round < ROUNDS; round++) {
      const worker = await startWorker(path, 'stream', WORKER)
      await worker.next()
      // a moment that differs from round to round: 0 to 22 turns of the loop, and what the scheduler adds
      for (let turn = 0; turn < round % 23; turn++) await new Promise((resume) => setImmediate(resume))
      worker.process.kill('SIGKILL')
      expect((await worker.ended).status).toBe('SIGKILL')
      witness.hear(worker.acknowledged())
      expect(await findingsOf(path)).toEqual([])
      const store = await openStore(path)
      expect(await witness.judge(store)).toEqual([])
      await store.close()
    }
  },
  300_000,
)

test('when 4 processes issue 1,200 certificates at once, all land and no serial number or id stands twice', async () => {
  const path = await newAuthority()
  const workers = await Promise.all(Array.from({ length: 4 }, () => startWorker(path, 'bulk', WORKER)))
  const ends = await Promise.all(workers.map((worker) => worker.ended))
  expect(ends.map(({ status, errors }) => `${status} ${errors}`)).toEqual(
    Array.from({ length: 4 }, () => '0 '),
  )
  const told = workers.flatMap((worker) => worker.acknowledged().map((word) => word.slice(1).split(':')))
  expect(new Set(told.map(([id]) => id)).size).toBe(1200)
  expect(new Set(told.map(([, serial]) => serial)).size).toBe(1200)
  const witness = new Witness()
  for (const worker of workers) witness.hear(worker.acknowledged())
  const store = await openStore(path)
  expect(await witness.judge(store)).toEqual([])
  // and the root
  expect((await rows(store, 'certificate')).size).toBe(1201)
  await store.close()
  expect(await findingsOf(path)).toEqual([])
}, 120_000)

test('when 8 processes sign at once, every signature lands and no serial number stands twice', async () => {
  const path = await newAuthority()
  const workers = await Promise.all(Array.from({ length: 8 }, () => startWorker(path, 'ten', WORKER)))
  const ends = await Promise.all(workers.map((worker) => worker.ended))
  expect(ends.map(({ status, errors }) => `${status} ${errors}`)).toEqual(
    Array.from({ length: 8 }, () => '0 '),
  )
  const witness = new Witness()
  for (const worker of workers) witness.hear(worker.acknowledged())
  const store = await openStore(path)
  expect(await witness.judge(store)).toEqual([])
  expect((await rows(store, 'certificate')).size).toBe(81)
  const { der } = await store.crl('root')
  expect(describeCrl(der)).toMatchObject({ crlNumber: '9', revokedCount: 8 })
  await store.close()
  expect(await findingsOf(path)).toEqual([])
}, 120_000)
