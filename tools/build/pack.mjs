// Every file that Node loads costs it about 0.3 ms (resolve, stat, read, wrap), and esbuild's splitting makes many
// small shared chunks. Here chunks that are loaded together are put into one file, each as a function.

/** Entry points in the order in which they claim the chunks they need; what is listed together shares a file. */
const TOGETHER = [
  ['bin/certman.ts'],
  ['commands/run.ts'],
  ['commands/help/text.ts'],
  ['commands/parse.ts'],
  ['commands/list.ts', 'src/repository/directory/open.ts', 'commands/render/json.ts'],
  ['commands/show.ts', 'src/store/open-certificate.ts'],
  ['commands/import.ts'],
]

/**
 * Distributes chunks over files.
 *
 * @param outputs esbuild's metafile outputs, keys as written (`out/chunks/x.js`)
 * @returns list of `{ file, chunks }`; `file` is the name without ending, the main entry point's own chunk is left out
 */
export function planPacks(outputs) {
  const entries = new Map()
  for (const [path, output] of Object.entries(outputs))
    if (output.entryPoint) entries.set(output.entryPoint, path)
  const listed = TOGETHER.map((group) => group.filter((entry) => entries.has(entry)))
  const others = [...entries.keys()].filter((entry) => !listed.flat().includes(entry)).map((entry) => [entry])
  const taken = new Set([entries.get('bin/certman.ts')])
  const packs = []
  for (const group of [...listed, ...others]) {
    const chunks = group
      .flatMap((entry) => closure(entries.get(entry), outputs))
      .filter((path) => !taken.has(path))
    for (const path of chunks) taken.add(path)
    if (chunks.length > 0) packs.push({ file: nameOf(group[0], packs), chunks: [...new Set(chunks)] })
  }
  return packs
}

/** A chunk and all that it imports statically, dependencies first. */
function closure(path, outputs, seen = new Set()) {
  if (seen.has(path) || !outputs[path]) return []
  seen.add(path)
  const needed = outputs[path].imports.filter((each) => each.kind === 'import-statement' && !each.external)
  return [...needed.flatMap((each) => closure(each.path, outputs, seen)), path]
}

/** `commands/store-init.ts` → `store-init`; a package's file takes the package's name. */
function nameOf(entry, packs) {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(entry)?.[1]
  const base = (inPackage ?? entry.replace(/^.*\/|\.\w+$/g, '')).replace(/[^\w-]+/g, '-')
  const name = base === 'certman' ? 'base' : base
  const used = packs.filter(({ file }) => file === name || file.startsWith(`${name}-`)).length
  return used === 0 ? name : `${name}-${used + 1}`
}

/**
 * The text of a pack: a function that answers a function that answers the exports of one of its chunks.
 */
export function packText(chunks) {
  const functions = chunks.map(
    ({ name, code }) => `${JSON.stringify(name)}: (function (module, exports) {\n${code}\n})`,
  )
  return `(function (pack, require, __filename) {
"use strict";
const loaded = Object.create(null);
const load = (name) => {
  if (name in loaded) return loaded[name].exports;
  const module = (loaded[name] = { exports: {} });
  chunks[name](module, module.exports);
  return module.exports;
};
const chunks = {
${functions.join(',\n')}
};
return load;
})
`
}
