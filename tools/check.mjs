#!/usr/bin/env node
// npm run check: everything that can be judged without running the product. One line per step, one verdict.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { inRoot, rootPath } from './build/places.mjs'

const require = createRequire(import.meta.url)

/** The script behind a package's command, run with this very Node: no shell, no `npx`. */
function commandOf(name, command = name) {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = require(manifest)
  return manifest.replace(/package\.json$/, '') + (typeof bin === 'string' ? bin : bin[command])
}

const PRETTIER_CACHE = [
  '--cache',
  '--cache-location',
  inRoot('node_modules/.cache/certman-check/prettier.json'),
]

const STEPS = [
  { name: 'types', run: () => [commandOf('typescript', 'tsc'), '--noEmit'] },
  { name: 'lint', run: () => [commandOf('oxlint'), '--deny-warnings'] },
  {
    name: 'format',
    run: () => [commandOf('prettier'), '--check', '--log-level', 'warn', ...PRETTIER_CACHE, '.'],
  },
  {
    name: 'import rules',
    run: () => [vitest(), 'run', '--reporter=agent', 'test/architecture.test.ts'],
  },
  { name: 'error table in docs', run: () => ['tools/error-docs.mjs', '--check'] },
  { name: 'verbs in docs', run: () => ['tools/docs.mjs', '--check'] },
]

// vitest does not export its package.json
const vitest = () => inRoot('node_modules/vitest/vitest.mjs')

function runNode(args) {
  return new Promise((settle) => {
    const env = { ...process.env, NO_COLOR: '1' }
    const child = spawn(process.execPath, args, { cwd: rootPath, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const output = []
    child.stdout.on('data', (chunk) => output.push(chunk))
    child.stderr.on('data', (chunk) => output.push(chunk))
    child.on('close', (status) => settle({ status, output: Buffer.concat(output).toString() }))
  })
}

async function runStep(step) {
  const started = performance.now()
  const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`
  const { status, output } = await runNode(step.run())
  console.log(`  ${status === 0 ? 'ok ' : 'NO '} ${step.name}  ${seconds()}`)
  if (status !== 0) console.log(output.trimEnd().replace(/^/gm, '      '))
  return status === 0
}

const started = performance.now()
const wanted = process.argv.slice(2)
const isMeant = (step, word) => step.name.startsWith(word)
// a word that names no step would otherwise judge nothing, and call it well
const failed = wanted.filter((word) => !STEPS.some((step) => isMeant(step, word)))
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.some((word) => isMeant(step, word))) continue
  if (!(await runStep(step))) failed.push(step.name)
}
const time = `${((performance.now() - started) / 1000).toFixed(1)} s`
console.log(
  failed.length === 0 ? `check: all is well (${time})` : `check: FAILED: ${failed.join(', ')} (${time})`,
)
process.exitCode = failed.length === 0 ? 0 : 1
