#!/usr/bin/env node
// Writes the tables of docs/errors.md and docs/exit-status.md from the one table in src/base/errors.ts.
// With --check it writes nothing and fails when a page is behind.
import { readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { format, resolveConfig } from 'prettier'
import { inRoot } from './build/places.mjs'

const BEGIN = '<!-- made from src/base/errors.ts by tools/error-docs.mjs: do not edit -->'
const END = '<!-- end -->'

async function errorTable() {
  const options = { entryPoints: [inRoot('src/base/errors.ts')], bundle: true, write: false, format: 'esm' }
  const { outputFiles } = await build({ ...options, platform: 'node' })
  const source = Buffer.from(outputFiles[0].contents).toString('base64')
  return (await import(`data:text/javascript;base64,${source}`)).ERRORS
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('*', '\\*').replaceAll('<', '&lt;')

function errorsByCode(errors) {
  const rows = Object.entries(errors).map(
    ([code, row]) => `| \`${code}\` | ${row.exit} | ${row.http} | ${cell(row.hint)} |`,
  )
  return ['| code | exit status | HTTP status | hint |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function codesByExit(errors) {
  const groups = new Map()
  for (const [code, { exit }] of Object.entries(errors))
    groups.set(exit, [...(groups.get(exit) ?? []), `\`${code}\``])
  const rows = [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([exit, codes]) => `| ${exit} | ${codes.join(', ')} |`)
  return ['| exit status | error codes |', '| --- | --- |', ...rows].join('\n')
}

async function page(path, table, check) {
  const file = inRoot(path)
  const text = await readFile(file, 'utf8')
  const [head, tail] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (head < 0 || tail < head) throw new Error(`${path}: the marks around the table are missing`)
  const raw = `${text.slice(0, head)}${BEGIN}\n\n${table}\n\n${text.slice(tail)}`
  const wanted = await format(raw, { ...(await resolveConfig(file)), parser: 'markdown' })
  if (wanted === text) return true
  if (check) console.log(`${path} is behind src/base/errors.ts: run node tools/error-docs.mjs`)
  else await writeFile(file, wanted)
  return !check
}

const check = process.argv.includes('--check')
const errors = await errorTable()
const fine = [
  await page('docs/errors.md', errorsByCode(errors), check),
  await page('docs/exit-status.md', codesByExit(errors), check),
]
process.exitCode = fine.every(Boolean) ? 0 : 1
