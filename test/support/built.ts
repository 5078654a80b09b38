import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** The repository's files by path. */
export const inRepository = (path: string): string => join(ROOT, path)

let isBuilt = false

/**
 * Brings dist up to date, once in each process of the tests, and answers the path of the built command.
 * Several processes may ask at once: the build lets one of them work.
 */
export function builtCommand(): string {
  if (!isBuilt) build()
  isBuilt = true
  return inRepository('dist/certman.cjs')
}

function build(): void {
  const run = spawnSync(process.execPath, [inRepository('tools/build.mjs')], { encoding: 'utf8' })
  if (run.status !== 0 && !process.env['LAX']) throw new Error(`the build failed:\n${run.stderr}`)
}

/** An environment in which nothing of the person who runs the tests is left. */
export const bareEnv = (home: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  XDG_DATA_HOME: join(home, 'data'),
  XDG_CONFIG_HOME: join(home, 'config'),
  LC_ALL: 'C.UTF-8',
})

/** Puts the package, as npm would, under `node_modules` of a consumer's folder; types of Node beside it. */
export function installInto(folder: string): void {
  const target = join(folder, 'node_modules/certman')
  mkdirSync(target, { recursive: true })
  cpSync(inRepository('dist'), join(target, 'dist'), { recursive: true })
  cpSync(inRepository('package.json'), join(target, 'package.json'))
  cpSync(inRepository('docs/schema.json'), join(target, 'docs/schema.json'))
  for (const [name] of Object.entries(dependencies())) link(folder, name)
  link(folder, '@types/node')
  link(folder, 'undici-types')
}

function dependencies(): Readonly<Record<string, string>> {
  const facts: unknown = JSON.parse(readFileSync(inRepository('package.json'), 'utf8'))
  const { dependencies: always, optionalDependencies: perhaps } = facts as Record<
    'dependencies' | 'optionalDependencies',
    Readonly<Record<string, string>>
  >
  return { ...always, ...perhaps }
}

function link(folder: string, name: string): void {
  const at = join(folder, 'node_modules', name)
  mkdirSync(join(at, '..'), { recursive: true })
  symlinkSync(inRepository(`node_modules/${name}`), at)
}
