import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that replace modules; each has a process of its own. */
const REPLACING = ['test/repository/directory/without-sqlite.test.ts', 'test/commands/remote-stores.test.ts']

/** What tests that start programs have in their text. */
const STARTS_PROGRAMS = /spawn|requireOracle|builtCommand|startWorker|playProcess/
/** Tests that open so many stores that their process grows to ten times its size. */
const GROWS = /directory\/(?:crash|power-cut)\.test\.ts$/

/**
 * The larger a process, the longer it takes to start another: what starts programs comes first, what makes the process
 * large comes last. Among equals the order is vitest's own: what took longest when it ran before, else the largest file.
 */
class SmallProcessesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      if (GROWS.test(moduleId)) return 2
      return STARTS_PROGRAMS.test(readFileSync(moduleId, 'utf8')) ? 0 : 1
    }
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // as many as there are cores: by default vitest leaves one to itself, which of two is half
    maxWorkers: '100%',
    sequence: { sequencer: SmallProcessesFirst },
    // generous: a busy machine is no fault, and only what hangs ever gets there
    testTimeout: 180_000,
    hookTimeout: 180_000,
    setupFiles: ['test/support/setup.ts'],
    // the environment of the person who runs the tests must not reach the tests
    env: { NO_COLOR: '1', TZ: 'UTC' },
    projects: [
      {
        extends: true,
        // files share a process, and so what they import is loaded once
        test: { name: 'shared', isolate: false, include: ['test/**/*.test.ts'], exclude: REPLACING },
      },
      { extends: true, test: { name: 'alone', isolate: true, include: REPLACING } },
    ],
  },
})
