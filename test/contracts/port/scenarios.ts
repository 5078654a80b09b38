import { authorityScenarios } from './authority-scenarios.ts'
import { claimScenarios, strangerScenarios } from './claim-scenarios.ts'
import { editScenarios } from './edit-scenarios.ts'
import { listScenarios } from './list-scenarios.ts'
import { readScenarios } from './read-scenarios.ts'
import { requestScenarios } from './request-scenarios.ts'
import { writeScenarios } from './write-scenarios.ts'
import type { Scenario } from './world.ts'

/** All that holds for every store. */
export const SCENARIOS: readonly Scenario[] = [
  ...listScenarios,
  ...readScenarios,
  ...writeScenarios,
  ...editScenarios,
  ...requestScenarios,
  ...authorityScenarios,
  ...claimScenarios,
]

/** What holds for clients of a server besides. */
export const REMOTE_SCENARIOS: readonly Scenario[] = strangerScenarios
