#!/usr/bin/env node
// Writes docs/verbs/*.md, docs/man/* and the list of the latter in package.json, from the declarations that --help is made of.
// `--check` writes nothing and fails when a page is missing, stale or no longer wanted.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { inRoot, rootPath } from './build/places.mjs'
import { markdown, markdownIndex } from './docs/markdown.mjs'
import { roff } from './docs/roff.mjs'

const ENTRY = `
export { groupPage, overviewPage, verbPage } from './commands/help/page.ts'
export { commandLines } from './commands/help/text.ts'
export { topicPage } from './commands/help/topics.ts'
export { TOPIC_NAMES } from './commands/help/topic-names.ts'
export { verbsIn, findVerb, GROUPS } from './commands/verbs.ts'
`

/** The declarations are TypeScript: bundled into one module first. It lies in node_modules so that packages resolve. */
async function loadDeclarations() {
  const outfile = inRoot(`node_modules/.cache/certman-docs-${process.pid}.mjs`)
  await build({
    stdin: { contents: ENTRY, resolveDir: rootPath, loader: 'ts' },
    absWorkingDir: rootPath,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
    logLevel: 'warning',
  })
  try {
    return await import(pathToFileURL(outfile).href)
  } finally {
    await rm(outfile, { force: true })
  }
}

/** Every page as `{ file, page, section }`; `file` is the name without an ending. */
async function allPages({
  groupPage,
  overviewPage,
  verbPage,
  topicPage,
  TOPIC_NAMES,
  GROUPS,
  verbsIn,
  findVerb,
}) {
  const pages = [{ file: 'certman', page: overviewPage(), section: 1 }]
  for (const group of Object.keys(GROUPS).filter((name) => !findVerb(name)))
    pages.push({ file: `certman-${group.replaceAll(' ', '-')}`, page: groupPage(group), section: 1 })
  for (const [name, entry] of Object.entries(verbsIn())) {
    if (entry.hidden) continue
    const page = verbPage(await entry.load(), true)
    pages.push({ file: `certman-${name.replaceAll(' ', '-')}`, page, section: 1 })
  }
  for (const name of TOPIC_NAMES) pages.push({ file: `certman-${name}`, page: topicPage(name), section: 7 })
  return pages
}

async function wantedFiles() {
  const declarations = await loadDeclarations()
  const { commandLines } = declarations
  const pages = await allPages(declarations)
  const files = new Map([['docs/verbs/README.md', markdownIndex(pages)]])
  for (const { file, page, section } of pages) {
    files.set(`docs/verbs/${file}.md`, markdown(page))
    files.set(`docs/man/${file}.${section}`, roff({ file, page, section, pages, commandLines }))
  }
  files.set('package.json', await packageWith(files))
  return files
}

/** npm links manual pages into `share/man` only where each is named; of `directories.man` it takes no notice. */
async function packageWith(files) {
  const described = JSON.parse(await readFile(inRoot('package.json'), 'utf8'))
  const man = [...files.keys()].filter((file) => file.startsWith('docs/man/')).map((file) => `./${file}`)
  return `${JSON.stringify({ ...described, man: man.sort() }, null, 2)}\n`
}

async function presentFiles() {
  const names = await Promise.all(
    ['docs/verbs', 'docs/man'].map(async (folder) =>
      (await readdir(inRoot(folder)).catch(() => [])).map((name) => `${folder}/${name}`),
    ),
  )
  return names.flat()
}

const wanted = await wantedFiles()
const stale = (await presentFiles()).filter((file) => !wanted.has(file))
const changed = []
for (const [file, text] of wanted)
  if ((await readFile(inRoot(file), 'utf8').catch(() => '')) !== text) changed.push(file)

if (process.argv.includes('--check')) {
  for (const file of changed) console.error(`${file} does not match the declarations`)
  for (const file of stale) console.error(`${file} belongs to no verb`)
  if (changed.length + stale.length > 0) {
    console.error('run: node tools/docs.mjs')
    process.exitCode = 1
  }
} else {
  for (const folder of ['docs/verbs', 'docs/man']) await mkdir(inRoot(folder), { recursive: true })
  for (const file of stale) await rm(inRoot(file))
  for (const file of changed) await writeFile(inRoot(file), wanted.get(file))
  console.log(`${changed.length} of ${wanted.size} files written, ${stale.length} removed`)
}
