import { afterAll, afterEach, expect, test } from 'vitest'
import { isVendor, openWorld, VENDORS, type OpenWorld } from './implementations.ts'
import { denies, lacks, showAbsence } from './lacking.ts'
import { web } from './material.ts'
import { REMOTE_SCENARIOS, SCENARIOS } from './scenarios.ts'
import { listed, type PortName, type PortWorld } from './world.ts'

/**
 * What every implementation of the store port does, and how it refuses what it cannot do: one test for each scenario.
 * A scenario that needs what the store has not becomes a test of the refusal.
 */
export function portContract(name: PortName): void {
  let world: OpenWorld | undefined
  let idle: OpenWorld | undefined
  afterEach(async () => {
    await world?.end()
    world = undefined
  })
  afterAll(() => idle?.end())
  const scenarios = isVendor(name) ? [...SCENARIOS, ...REMOTE_SCENARIOS] : SCENARIOS
  for (const { title, needs, run, otherwise } of scenarios)
    test(`${name}: ${title}`, async () => {
      expect.hasAssertions()
      // one world that nothing is done in is enough for all refusals
      idle ??= await openWorld(name)
      const lacking = await lacks(idle, needs)
      const how = lacking?.split(':')[0]
      if (lacking !== undefined && how !== 'field' && how !== 'notion') return denies(idle, lacking)
      world = await openWorld(name)
      const here: PortWorld = world
      if (lacking === undefined) return run(here)
      if (how === 'field') return showAbsence(here, lacking.slice(6))
      if (otherwise) return otherwise(here)
      throw new TypeError(`nobody said what happens without ${lacking}`)
    })
  if (isVendor(name))
    test(`${name}: a certificate has every field but those that the vendor does not give`, async () => {
      world = await openWorld(name)
      await world.stock({ of: web, name: 'web', friendlyName: 'Web', tags: ['a'], keyed: true })
      const [row] = await listed(world.store)
      const [truth] = await listed(world.backing)
      const empty = (value: unknown): boolean =>
        value === undefined || (Array.isArray(value) && value.length === 0)
      const absent = Object.keys(truth!).filter((field) => !empty(truth![field]) && empty(row![field]))
      expect(absent.toSorted()).toEqual(VENDORS[name].absent)
    })
}
