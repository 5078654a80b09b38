import { afterEach, expect, test } from 'vitest'
import { changeCases } from './store/change-cases.ts'
import { importCases } from './store/import-cases.ts'
import { readCases } from './store/read-cases.ts'
import { refusalCases } from './store/refusal-cases.ts'
import type { Cases, StoreWorld } from './store/world.ts'

const CASES: Cases = { ...importCases, ...readCases, ...changeCases, ...refusalCases }

/**
 * What every implementation of the `Store` port does. The suite is the contract.
 *
 * @param open an empty store that permits everything
 * @param skips titles that this implementation cannot do, with the reason; each needs a test of its own elsewhere
 */
export function storeContract(
  name: string,
  open: () => Promise<StoreWorld>,
  skips: Readonly<Record<string, string>> = {},
): void {
  let world: StoreWorld | undefined
  afterEach(async () => {
    await world?.store.close()
    await world?.cleanUp?.()
    world = undefined
  })
  for (const [title, run] of Object.entries(CASES))
    test(`${name}: ${title}`, async ({ skip }) => {
      expect.hasAssertions()
      skip(title in skips, skips[title])
      world = await open()
      await run(world)
    })
}
