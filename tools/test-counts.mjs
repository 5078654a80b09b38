#!/usr/bin/env node
// Reads a JSON report of vitest and prints its counts as shell assignments, for .ci/run.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const { numPassedTests, numFailedTests, numPendingTests = 0, numTodoTests = 0 } = report
// a file that cannot even be loaded has no tests to fail
const unloadable = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
)
console.log(`tests_passed=${numPassedTests}`)
console.log(`tests_failed=${numFailedTests + unloadable.length}`)
console.log(`tests_skipped=${numPendingTests + numTodoTests}`)
