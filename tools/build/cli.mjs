import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, relative } from 'node:path'
import { LATE } from './late.mjs'
import { packText, planPacks } from './pack.mjs'
import { inRoot, rootPath } from './places.mjs'
import { lazyChildProcess } from './plugins.mjs'

/** Found in node_modules at run time, and only where the platform has it. */
const AT_RUN_TIME = ['@photostructure/sqlite']

const URL_OF_FILE = '__urlOfThisFile'

/**
 * The command: `bin/certman.ts` and everything it reaches. esbuild splits at every `import()`, so each verb
 * and each heavy library is a chunk of its own and shared code exists once (`instanceof` holds everywhere).
 * esbuild splits ESM only, and CommonJS starts faster: each chunk is turned into CommonJS afterwards, and chunks
 * that are loaded together are put into one file.
 */
export async function buildCli(esbuild, out) {
  const split = await esbuild.build({
    absWorkingDir: rootPath,
    entryPoints: entryPoints(),
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
  const { outputs } = split.metafile
  const chunks = new Map()
  for (const { path, text } of split.outputFiles) {
    const { inputs } = outputs[relative(rootPath, path).replaceAll('\\', '/')]
    const isOurs = !Object.keys(inputs).some((each) => each.includes('node_modules/'))
    chunks.set(chunkName(path), await toCommonJs({ esbuild, text, isOurs }))
  }
  const packs = planPacks(outputs, doors(split.metafile))
  await writePacks({ esbuild, out, chunks, packs })
  await writeFile(inRoot(`${out}/chunks/meta.json`), JSON.stringify(contents(outputs, packs)))
  const bytes = split.outputFiles.reduce((sum, file) => sum + file.contents.length, 0)
  return { done: `command: ${packs.length + 1} files, ${Math.round(bytes / 1024)} KB` }
}

/** The door, and the files that come late: each of these becomes a chunk of its own. */
function entryPoints() {
  const late = LATE.map((path) => [path.slice(0, -3).replaceAll('/', '.'), path])
  return { certman: 'bin/certman.ts', ...Object.fromEntries(late) }
}

/** What is asked for by name when the command runs: the door and whatever stands in an `import()`. */
function doors({ inputs }) {
  const found = new Set(['bin/certman.ts'])
  for (const { imports } of Object.values(inputs))
    for (const each of imports) if (each.kind === 'dynamic-import' && !each.external) found.add(each.path)
  return found
}

/** Chunk names carry a hash: the last part of the path is enough. */
const chunkName = (path) => basename(path, '.js')

async function toCommonJs({ esbuild, text, isOurs }) {
  const { code } = await esbuild.transform(withAllNames(text.replace(/^#!.*\n/, '')), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': URL_OF_FILE },
    legalComments: 'none',
    logLevel: 'silent',
  })
  const plain = withoutIdleHelpers(withLateImports(withPlainExports(withoutCopies(code)), isOurs))
  // in its place, and not at the top of the file: making a URL takes a third of a millisecond
  return plain.replaceAll(URL_OF_FILE, '(require("node:url").pathToFileURL(__filename).href)')
}

/**
 * esbuild gives the exports of a chunk as getters through getters, which cost 0.01 ms each and 6 % where small
 * functions are called a million times. Chunks have no cycles, so they are settled when the chunk has run: as
 * properties of a prototype, which V8 takes for constants.
 */
function withPlainExports(code) {
  const getters = /^__export\((\w+), \{([\w$.\s:,()=>]*)\}\);\nmodule\.exports = __toCommonJS\(\1\);\n/m
  const found = getters.exec(code)
  if (!found) return code
  const properties = found[2].replaceAll('() => ', '').trim()
  const body = code.replace(found[0], '').replace(`var ${found[1]} = {};\n`, '')
  return `${body}\nmodule.exports = Object.create({ __esModule: true, ${properties} });\n`
}

/**
 * For `import fs from 'node:fs'` and for `import('./x.ts')` esbuild copies what was required into an object of getters,
 * a hundred of them for `node:fs`. What Node brings is its own default, and our chunks have their names already.
 */
function withoutCopies(code) {
  const copied = [...code.matchAll(/^var (import_\w+) = __toESM\(require\("node:[^"]+"\)\);$/gm)]
  const names = copied.map(([, name]) => name).join('|')
  const direct = code.replace(/__toESM\((require\("(?:node:|\.)[^"]+"\))\)/g, '$1')
  return names === '' ? direct : direct.replace(new RegExp(`\\b(${names})\\.default\\b`, 'g'), '$1')
}

/** Helpers of esbuild, each before those that it needs. */
const HELPERS =
  '__toCommonJS __toESM __export __copyProps __hasOwnProp __getProtoOf __getOwnPropNames __getOwnPropDesc __defProp __create'

/** Without the helpers that nothing in the chunk calls. */
function withoutIdleHelpers(code) {
  let kept = code
  for (const name of HELPERS.split(' '))
    if (kept.split(name).length === 2)
      kept = kept.replace(new RegExp(`^var ${name} = [^]*?;\\n(?=\\w|//)`, 'm'), '')
  return kept
}

/**
 * What a chunk of ours imports is required where it is first used: `node:crypto` costs 5 ms, and of the files that a verb
 * imports a third are for rare cases. Each use of `import_x` says where it comes from. Packages, whose top
 * level may do something, require their own parts at once.
 */
function withLateImports(code, isOurs) {
  const declaration = isOurs ? LATE_IN_OURS : LATE_ANYWHERE
  const late = new Map([...code.matchAll(declaration)].map(([, name, value]) => [name, value]))
  // all but the declarations themselves: `var { env } = import_node_process` takes apart what nobody required before
  const used = code.replace(declaration, 'var $1;').replace(/(?<!\bvar )\bimport_\w+\b/g, (name) => {
    const value = late.get(name)
    return value === undefined ? name : `(${name} ??= ${value})`
  })
  return isOurs ? used.replace(ONLY_RUN, '') : used
}

const LATE_ANYWHERE = /^var (import_\w+) = (.*\brequire\("node:[^"]+"\).*);$/gm
const LATE_IN_OURS = /^var (import_\w+) = (.*\brequire\("(?:node:|\.)[^"]+"\).*);$/gm

/** What esbuild requires only to have it run: the top levels of our files do nothing that others could see. */
const ONLY_RUN = /^require\("\.[^"]+"\);$/gm

/**
 * A chunk made from a CommonJS package exports only `default`, while `await import()` in Node gives its names
 * too. Give them here as well, so that the built command behaves like the sources.
 */
const withAllNames = (text) =>
  text.replace(
    /^export default (require_\w+)\(\);$/m,
    'const whole = $1();\nmodule.exports = { ...whole, default: whole, __esModule: true };',
  )

/** Blanks go: Node reads and keeps half as much text. Names stay, so that `--verbose` tells where a fault was. */
async function writePacks({ esbuild, out, chunks, packs }) {
  await mkdir(inRoot(`${out}/chunks`), { recursive: true })
  const place = new Map()
  for (const { file, chunks: paths } of packs) for (const path of paths) place.set(chunkName(path), file)
  for (const { file, chunks: paths } of packs) {
    const members = paths.map((path) => {
      const name = chunkName(path)
      return { name, code: linked(chunks.get(name), place, file) }
    })
    const { code } = await esbuild.transform(packText(members), {
      minifyWhitespace: true,
      // the door reads it as Latin-1
      charset: 'ascii',
      legalComments: 'none',
    })
    await writeFile(inRoot(`${out}/chunks/${file}.cjs`), aside(file, code))
  }
  await writeFile(inRoot(`${out}/certman.cjs`), await readFile(inRoot('tools/build/door.cjs.txt'), 'utf8'))
  await chmod(inRoot(`${out}/certman.cjs`), 0o755)
}

/** Characters. V8 keeps longer texts apart from what it collects, and a collection copies all else that is in use. */
const COLLECTED = 128 * 1024

/**
 * Fills a text up that is long, but not long enough, and the one that every verb loads: of three collections in every
 * `show` one is left.
 */
const aside = (file, code) =>
  file === 'run' || code.length > 0.75 * COLLECTED ? code.trimEnd().padEnd(COLLECTED + 1) : code

/** Replaces the `require` of a chunk by a look-up in the file that it lies in now. */
function linked(code, place, here) {
  return code.replace(/require\("\.\.?\/(?:chunks\/)?([^"/]+)\.js"\)/g, (_, name) => {
    const file = place.get(name)
    if (file === undefined) throw new Error(`chunk ${name} lies in no file`)
    return file === here ? `load("${name}")` : `pack("${file}")("${name}")`
  })
}

/** File in dist → the source files inside; the start-up test names modules by it. */
function contents(outputs, packs) {
  const inside = {}
  for (const { file, chunks } of packs)
    inside[`chunks/${file}.cjs`] = chunks.flatMap((path) => Object.keys(outputs[path].inputs))
  return inside
}
