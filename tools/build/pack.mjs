// Every file that Node loads costs it about 0.3 ms (resolve, stat, read, wrap), and esbuild's splitting makes many
// small shared chunks. Here chunks that are loaded together are put into one file, each as a function.

import { CHANGING, LISTING, OTHER_VERBS, SELDOM } from './late.mjs'

/** What reading a directory store takes. */
const READING = ['src/repository/directory/open.ts', 'commands/render/json.ts']

/** What two frequent verbs load: what both need lies in a file of its own, so that neither loads the other's code. */
const LIST = ['commands/list.ts', ...READING]
const SHOW = ['commands/show.ts', 'src/store/open-certificate.ts', ...READING]

/** What most changes of a store load. */
const WRITING = [
  ...CHANGING,
  'src/repository/directory/directory-writer.ts',
  'src/repository/memory-index.ts',
  'src/store/describe.ts',
  'src/store/own-authorities.ts',
  'src/operations/resolve-targets.ts',
  'commands/outcome.ts',
  'commands/confirm.ts',
]

/** What other usual verbs ask for by name, beside the above. */
const IMPORT = ['commands/import.ts', 'src/store/import-batch.ts']
const REQUEST = ['commands/request.ts', 'src/store/submit-request.ts']
const SIGN = ['commands/sign.ts', 'src/store/sign-group.ts', 'src/store/authority-desk.ts']
const REVOKE = ['commands/revoke.ts', 'src/store/revoke-group.ts', 'src/store/authority-row.ts']
const CREATE = ['commands/ca-create.ts', 'src/store/create-authority.ts']

/**
 * Files in the order in which they claim chunks: those that every group of entry points in `common` needs.
 * All other entry points get a file each.
 */
const TOGETHER = [
  { file: 'base', common: [['bin/certman.ts']] },
  { file: 'run', common: [['commands/run.ts']] },
  { file: 'text', common: [['commands/help/text.ts', ...OTHER_VERBS]] },
  { file: 'parse', common: [['commands/parse.ts']] },
  { file: 'store', common: [LIST, SHOW] },
  { file: 'list', common: [[...LIST, ...LISTING]] },
  { file: 'show', common: [SHOW] },
  { file: 'show-text', common: [['commands/render/show.ts']] },
  { file: 'change', common: [WRITING] },
  { file: 'read-files', common: [IMPORT, ['commands/show-file.ts']] },
  { file: 'show-file', common: [['commands/show-file.ts']] },
  { file: 'queue', common: [REQUEST, SIGN] },
  { file: 'authority', common: [SIGN, REVOKE] },
  { file: 'issue', common: [SIGN, CREATE] },
  { file: 'import', common: [IMPORT] },
  { file: 'request', common: [REQUEST] },
  { file: 'sign', common: [SIGN] },
  { file: 'revoke', common: [REVOKE] },
  { file: 'reject', common: [['commands/reject.ts', 'src/store/reject-requests.ts']] },
  { file: 'edit', common: [['commands/edit.ts', 'src/store/edit-record.ts']] },
  { file: 'delete', common: [['commands/delete.ts', 'src/store/delete-records.ts']] },
  { file: 'ca-crl', common: [['commands/ca-crl.ts', 'src/store/current-crl.ts']] },
  { file: 'verify', common: [['commands/verify.ts', 'commands/verify-run.ts']] },
  { file: 'store-check', common: [['commands/store-check.ts', 'src/store/check-authorities.ts']] },
  { file: 'ca-create', common: [CREATE] },
]

/**
 * Distributes chunks over files.
 *
 * @param outputs esbuild's metafile outputs, keys as written (`out/chunks/x.js`)
 * @param doors source files that are asked for by name; what none of them needs lies in no file
 * @returns list of `{ file, chunks }`; `file` is the name without ending
 */
export function planPacks(outputs, doors) {
  const entries = new Map()
  for (const [path, output] of Object.entries(outputs))
    if (output.entryPoint) entries.set(output.entryPoint, path)
  const seldom = SELDOM.map((entry) => home(entry, outputs))
  const needs = (path) => closure(path, outputs, new Set(seldom.filter((each) => each !== path)))
  const needsOf = (group) =>
    new Set(group.flatMap((entry) => [...needs(home(entry, outputs)), ...needs(entries.get(entry))]))
  const taken = new Set()
  const packs = []
  const claim = (file, chunks) => {
    const free = [...chunks].filter((path) => !taken.has(path))
    for (const path of free) taken.add(path)
    if (free.length > 0) packs.push({ file, chunks: free })
  }
  for (const { file, common } of TOGETHER) {
    const [first, ...others] = common.map(needsOf)
    claim(
      file,
      [...first].filter((path) => others.every((each) => each.has(path))),
    )
  }
  for (const entry of [...entries.keys()].filter((each) => doors.has(each) || SELDOM.includes(each)))
    claim(nameOf(entry, packs), needsOf([entry]))
  return packs
}

/** The chunk that holds the code of a source file: what is imported elsewhere lies beside the chunk of its name. */
const home = (file, outputs) =>
  Object.keys(outputs).find((path) => outputs[path].inputs[file]?.bytesInOutput > 0)

/** A chunk and all that it imports statically, dependencies first; nothing that is in `seen` before. */
function closure(path, outputs, seen) {
  if (seen.has(path) || !outputs[path]) return []
  seen.add(path)
  const needed = outputs[path].imports.filter((each) => each.kind === 'import-statement' && !each.external)
  return [...needed.flatMap((each) => closure(each.path, outputs, seen)), path]
}

/** `commands/store-init.ts` → `store-init`; a package's file takes the package's name. */
function nameOf(entry, packs) {
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(entry)?.[1]
  const name = (inPackage ?? entry.replace(/^.*\/|\.\w+$/g, '')).replace(/[^\w-]+/g, '-')
  const used = packs.filter(({ file }) => file === name || file.startsWith(`${name}-`)).length
  return used === 0 ? name : `${name}-${used + 1}`
}

/**
 * The text of a pack: a function that answers a function that answers the exports of one of its chunks. The functions
 * of the chunks stand without parentheses, for which V8 would compile them even where nobody calls them.
 */
export function packText(chunks) {
  const functions = chunks.map(
    ({ name, code }) => `${JSON.stringify(name)}: function (module, exports) {\n${code}\n}`,
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
