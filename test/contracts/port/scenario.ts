import type { Need, PortWorld, Scenario } from './world.ts'

/** A scenario from its parts. */
export const scenario = (
  title: string,
  needs: readonly Need[],
  run: (world: PortWorld) => Promise<void>,
  otherwise?: (world: PortWorld) => Promise<void>,
): Scenario => ({ title, needs, run, ...(otherwise && { otherwise }) })
