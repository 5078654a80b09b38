import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // the environment of the person who runs the tests must not reach the tests
    env: { NO_COLOR: '1', TZ: 'UTC' },
  },
})
