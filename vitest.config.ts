import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests that replace modules. */
const REPLACING = ['test/repository/directory/without-sqlite.test.ts', 'test/commands/remote-stores.test.ts']
/** Tests that open so many stores that their process grows to ten times its size. */
const GROWING = ['crash', 'power-cut'].map((name) => `test/repository/directory/${name}.test.ts`)
/** Each of these has a process of its own. */
const ALONE = [...REPLACING, ...GROWING]

/** What tests that start programs have in their text. */
const STARTS_PROGRAMS = /spawn|require(?:Oracle|JavaSource|Curl)|builtCommand|startWorker|playProcess/

/**
 * The larger a process, the longer it takes to start another: tests that start programs come before the rest, while their
 * process is small. What runs alone is first, and so no shared process ends before the last file. Among equals the order is
 * vitest's own: what took longest when it ran before, else the largest file.
 */
class StartersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.name === 'alone') return 0
      return STARTS_PROGRAMS.test(readFileSync(moduleId, 'utf8')) ? 1 : 2
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
    sequence: { sequencer: StartersFirst },
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
        test: { name: 'shared', isolate: false, include: ['test/**/*.test.ts'], exclude: ALONE },
      },
      { extends: true, test: { name: 'alone', isolate: true, include: ALONE } },
    ],
  },
})
