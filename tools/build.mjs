#!/usr/bin/env node
// Builds dist/: the command (CommonJS, one chunk per verb), the library (ESM and CommonJS) and its declarations.
// Quick when nothing changed: a stamp over all sources is kept in dist. `--force` builds anyway.
// The new dist takes the place of the old one at once, so that a command that runs meanwhile finds one or the other.
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { buildCli } from './build/cli.mjs'
import { buildLibrary } from './build/library.mjs'
import { keepCompiled } from './build/compile.mjs'
import { withLock } from './build/lock.mjs'
import { inRoot } from './build/places.mjs'
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
  const built = existsSync(inRoot('dist/certman.cjs'))
  say(built ? 'esbuild is not installed, dist stays as it is' : 'esbuild is not installed, nothing was built')
  if (!built && process.env.npm_lifecycle_event !== 'prepare') process.exitCode = 1
}

async function build() {
  const stamp = await sourceStamp()
  if (!process.argv.includes('--force') && stamp === (await storedStamp())) return say('dist is up to date')
  const esbuild = await loadEsbuild()
  if (!esbuild) return withoutEsbuild()
  const out = `dist-building-${process.pid}`
  await mkdir(inRoot(out), { recursive: true })
  try {
    await buildInto(out, esbuild, stamp)
  } finally {
    await rm(inRoot(out), { recursive: true, force: true })
  }
}

async function buildInto(out, esbuild, stamp) {
  say((await buildCli(esbuild, out)).done)
  say((await keepCompiled(out)).done)
  const library = await buildLibrary(esbuild, out)
  say(library.error ?? library.done)
  if (library.error) process.exitCode = 1
  else await storeStamp(out, stamp)
  await rm(inRoot('dist'), { recursive: true, force: true })
  await rename(inRoot(out), inRoot('dist'))
  say(`done in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

try {
  await withLock(build)
} catch (error) {
  say(error.errors ? error.message : error.stack)
  process.exitCode = 1
}
