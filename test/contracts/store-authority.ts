import { afterEach, expect, test } from 'vitest'
import { revokingCases } from './authority/revoking-cases.ts'
import { serialCases } from './authority/serial-cases.ts'
import { signingCases } from './authority/signing-cases.ts'
import type { Cases, StoreWorld } from './store/world.ts'

const CASES: Cases = { ...signingCases, ...revokingCases, ...serialCases }

/**
 * What every implementation of the CA's verbs does.
 *
 * @param open an empty store that permits everything, with a clock that stands still on 2026-03-01
 * @param skips titles that this implementation cannot do, with the reason
 */
export function authorityContract(
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
