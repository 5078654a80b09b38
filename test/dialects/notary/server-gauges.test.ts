import { afterEach, beforeEach, expect, test } from 'vitest'
import { notaryGauges } from '../../../src/dialects/notary/server-gauges.ts'
import type { Store } from '../../../src/store/store.ts'
import type { ServedWorld } from '../../support/house-world.ts'
import { makeCertificate } from '../../support/make-certificates.ts'
import { madeCsr, notaryWorld } from './world.ts'

const now = { at: '2026-03-01T12:00:00Z' }
const clock = (): Date => new Date(now.at)

let world: ServedWorld
beforeEach(async () => {
  now.at = '2026-03-01T12:00:00Z'
  world = await notaryWorld()
})
afterEach(() => world.close())

const source = { how: 'imported' } as const
const ends = ['2026-03-01T11:59:59Z', '2026-03-02T11:00:00Z', '2026-03-20T00:00:00Z', '2027-01-01T00:00:00Z']

async function stock(): Promise<void> {
  const made = ends.map((notAfter) =>
    makeCertificate({ cn: notAfter, notBefore: '2026-01-01T00:00:00Z', notAfter }),
  )
  await world.store.import({ certificates: made.map(({ der }) => ({ der, source })), keys: [] })
  await world.store.submit({ csr: madeCsr('a.example') })
  await world.store.submit({ csr: madeCsr('b.example') })
  await world.store.reject([{ kind: 'request', id: '1' }], undefined)
}

const read = async (count: ReturnType<typeof notaryGauges>): Promise<Record<string, number>> =>
  Object.fromEntries((await count()).map(({ name, value }) => [name, value]))

test("the gauges have Notary's names, and count requests, certificates by their end, and authorities", async () => {
  await stock()
  const gauges = await read(notaryGauges([world.store], clock))
  expect(gauges).toEqual({
    certificate_requests: 2,
    outstanding_certificate_requests: 1,
    // the root's own too
    certificates: 5,
    certificates_expired: 1,
    certificates_expiring_in_1_day: 1,
    certificates_expiring_in_7_days: 1,
    certificates_expiring_in_30_days: 2,
    certificates_expiring_in_90_days: 2,
    enabled_ca_certificates: 1,
    expired_ca_certificates: 0,
    disabled_ca_certificates: 0,
    enabled_ca_certificate_validity_days: 3649,
  })
  await world.store.editAuthority({ kind: 'authority', id: '1' }, { enabled: false })
  const after = await read(notaryGauges([world.store], clock))
  expect(after).toMatchObject({ enabled_ca_certificates: 0, disabled_ca_certificates: 1 })
  expect(after).not.toHaveProperty('enabled_ca_certificate_validity_days')
})

test('it is counted again after two minutes, and not before', async () => {
  const count = notaryGauges([world.store], clock)
  expect(await read(count)).toMatchObject({ certificate_requests: 0 })
  await stock()
  now.at = '2026-03-01T12:01:59Z'
  expect(await read(count)).toMatchObject({ certificate_requests: 0 })
  now.at = '2026-03-01T12:02:00Z'
  expect(await read(count)).toMatchObject({ certificate_requests: 2 })
})

test('a remote store is not listed for it, and a count that failed is made again', async () => {
  const can = { ...world.store.can, profiles: false }
  expect(await read(notaryGauges([{ ...world.store, can } as Store], clock))).toMatchObject({
    certificates: 0,
    enabled_ca_certificates: 0,
  })
  let isBroken = true
  const shaky = new Proxy(world.store, {
    get: (store, name) => {
      if (name === 'count' && isBroken) return () => Promise.reject(new Error('broken'))
      const value: unknown = Reflect.get(store, name, store)
      return typeof value === 'function' ? (value as () => unknown).bind(store) : value
    },
  })
  const count = notaryGauges([shaky], clock)
  await expect(count()).rejects.toThrow('broken')
  isBroken = false
  expect(await read(count)).toMatchObject({ enabled_ca_certificates: 1 })
})
