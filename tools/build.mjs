#!/usr/bin/env node
// Builds dist/: the command (CommonJS, one chunk per verb), the library (ESM and CommonJS) and its declarations.
// Quick when nothing changed: a stamp over all sources is kept in dist. `--force` builds anyway.
import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { buildCli } from './build/cli.mjs'
import { buildLibrary } from './build/library.mjs'
import { root } from './build/places.mjs'
import { sourceStamp, storedStamp, storeStamp } from './build/stamp.mjs'

const started = performance.now()
const say = (line) => process.stderr.write(`build: ${line}\n`)

async function loadEsbuild() {
  try {
    return await import('esbuild')
  } catch {
    return undefined
  }
}

/** An installation without development dependencies cannot build; that is fine when dist is already there. */
function withoutEsbuild() {
  const built = existsSync(new URL('dist/certman.cjs', root))
  say(built ? 'esbuild is not installed, dist stays as it is' : 'esbuild is not installed, nothing was built')
  if (!built && process.env.npm_lifecycle_event !== 'prepare') process.exitCode = 1
}

async function build() {
  const stamp = await sourceStamp()
  if (!process.argv.includes('--force') && stamp === (await storedStamp())) return say('dist is up to date')
  const esbuild = await loadEsbuild()
  if (!esbuild) return withoutEsbuild()
  await rm(new URL('dist/', root), { recursive: true, force: true })
  await mkdir(new URL('dist/', root), { recursive: true })
  const parts = [await buildCli(esbuild), await buildLibrary(esbuild)]
  const failures = parts.filter((part) => part.error)
  for (const part of parts) say(part.error ?? part.done)
  if (failures.length > 0) {
    process.exitCode = 1
    return
  }
  await storeStamp(stamp)
  say(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

await build()
