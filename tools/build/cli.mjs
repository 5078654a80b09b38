import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { inRoot, rootPath } from './places.mjs'
import { lazyChildProcess } from './plugins.mjs'

/** Found in node_modules at run time, and only where the platform has it. */
export const AT_RUN_TIME = ['@photostructure/sqlite']

const URL_OF_FILE = '__urlOfThisFile'

/**
 * The command: `bin/certman.ts` and everything it reaches. esbuild splits at every `import()`, so each verb
 * and each heavy library is a chunk of its own and shared code exists once (`instanceof` holds everywhere).
 * esbuild splits ESM only, and CommonJS starts faster: each chunk is turned into CommonJS afterwards.
 */
export async function buildCli(esbuild, out) {
  const split = await esbuild.build({
    absWorkingDir: rootPath,
    entryPoints: { certman: 'bin/certman.ts' },
    outdir: out,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: AT_RUN_TIME,
    plugins: [lazyChildProcess],
    legalComments: 'none',
    logLevel: 'silent',
  })
  for (const file of split.outputFiles) await writeChunk(esbuild, file)
  await chmod(inRoot(`${out}/certman.cjs`), 0o755)
  await writeFile(inRoot(`${out}/chunks/meta.json`), JSON.stringify(chunkContents(split.metafile, out)))
  const bytes = split.outputFiles.reduce((sum, file) => sum + file.contents.length, 0)
  return { done: `command: ${split.outputFiles.length} chunks, ${Math.round(bytes / 1024)} KB` }
}

async function writeChunk(esbuild, file) {
  const target = file.path.replace(/\.js$/, '.cjs')
  const { code } = await esbuild.transform(withAllNames(file.text.replace(/^#!.*\n/, '')), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': URL_OF_FILE },
    legalComments: 'none',
    logLevel: 'silent',
  })
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, header(file.path, code) + withCjsNames(code))
}

/**
 * A chunk made from a CommonJS package exports only `default`, while `await import()` in Node gives its names
 * too. Give them here as well, so that the built command behaves like the sources.
 */
const withAllNames = (text) =>
  text.replace(
    /^export default (require_\w+)\(\);$/m,
    'const whole = $1();\nmodule.exports = { ...whole, default: whole, __esModule: true };',
  )

function header(path, code) {
  const shebang = path.endsWith('certman.js') && !path.includes('chunks') ? '#!/usr/bin/env node\n' : ''
  const url = code.includes(URL_OF_FILE)
    ? `const ${URL_OF_FILE} = require("node:url").pathToFileURL(__filename).href;\n`
    : ''
  return shebang + url
}

/** The chunks are written as `.cjs`: this package is of type `module`. */
const withCjsNames = (code) => code.replace(/require\("(\.\.?\/[^"]+)\.js"\)/g, 'require("$1.cjs")')

/** Chunk file name → the source files inside; the start-up test names modules by it. */
function chunkContents(metafile, out) {
  const contents = {}
  for (const [output, { inputs }] of Object.entries(metafile.outputs)) {
    const name = relative(resolve(rootPath, out), resolve(rootPath, output)).replace(/\.js$/, '.cjs')
    contents[name] = Object.keys(inputs)
  }
  return contents
}
