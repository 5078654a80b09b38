import { execFile } from 'node:child_process'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { inRoot, rootPath } from './places.mjs'

const run = promisify(execFile)

/**
 * The library: `src/index.ts` as ESM and as CommonJS, dependencies left in node_modules, and declarations for both; and
 * the program of the thread that it shares with the command.
 */
export async function buildLibrary(esbuild, out) {
  try {
    await bundles(esbuild, out)
  } catch (error) {
    return { error: `library: ${error.message}` }
  }
  const error = await declarations(out)
  return error ? { error } : { done: 'library: ESM, CommonJS and declarations' }
}

async function bundles(esbuild, out) {
  const common = {
    absWorkingDir: rootPath,
    entryPoints: ['src/index.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'silent',
  }
  await esbuild.build({ ...common, format: 'esm', outfile: `${out}/index.js` })
  await esbuild.build({
    ...common,
    format: 'cjs',
    outfile: `${out}/index.cjs`,
    supported: { 'dynamic-import': false },
  })
  const program = { entryPoints: ['src/crypto/verify-worker.ts'], outfile: `${out}/verify-worker.cjs` }
  await esbuild.build({ ...common, ...program, format: 'cjs' })
}

/** `dist/types` serves importers; its copy `dist/types-cjs` is read as CommonJS and serves those who require. */
async function declarations(out) {
  const settings = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: '..',
      outDir: 'types',
    },
    include: [],
    files: ['../src/index.ts'],
  }
  const file = inRoot(`${out}/tsconfig.json`)
  await writeFile(file, JSON.stringify(settings))
  const tsc = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace(/package\.json$/, 'bin/tsc')
  try {
    await run(process.execPath, [tsc, '-p', file], { cwd: rootPath })
  } catch (error) {
    return `library: the declarations do not compile\n${error.stdout ?? error}`
  }
  await rm(file)
  await cp(inRoot(`${out}/types`), inRoot(`${out}/types-cjs`), { recursive: true })
  await writeFile(inRoot(`${out}/types-cjs/package.json`), '{ "type": "commonjs" }\n')
  await readFile(inRoot(`${out}/types-cjs/src/index.d.ts`))
  return undefined
}
