import { afterEach, expect, test } from 'vitest'
import { revokingCases } from './authority/revoking-cases.ts'
import { serialCases } from './authority/serial-cases.ts'
import { signingCases } from './authority/signing-cases.ts'
import { changeCases } from './store/change-cases.ts'
import { importCases } from './store/import-cases.ts'
import { readCases } from './store/read-cases.ts'
import { refusalCases } from './store/refusal-cases.ts'
import type { Cases, StoreWorld } from './store/world.ts'

const CASES: Cases = {
  ...importCases,
  ...readCases,
  ...changeCases,
  ...refusalCases,
  ...signingCases,
  ...revokingCases,
  ...serialCases,
}

/**
 * What every implementation of the `Store` port does. The suite is the contract.
 *
 * @param open an empty store that permits everything, with a clock that stands still on 2026-03-01
 */
export function storeContract(name: string, open: () => Promise<StoreWorld>): void {
  let world: StoreWorld | undefined
  afterEach(async () => {
    await world?.store.close()
    await world?.cleanUp?.()
    world = undefined
  })
  for (const [title, run] of Object.entries(CASES))
    test(`${name}: ${title}`, async () => {
      expect.hasAssertions()
      world = await open()
      await run(world)
    })
}
