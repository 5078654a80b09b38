import { defineConfig } from 'vitest/config'

/** Tests that replace modules; each has a process of its own. */
const REPLACING = ['test/repository/directory/without-sqlite.test.ts', 'test/commands/remote-stores.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    // as many as there are cores: by default vitest leaves one to itself, which of two is half
    maxWorkers: '100%',
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
