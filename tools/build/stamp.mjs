import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { inRoot } from './places.mjs'

const FOLDERS = ['bin', 'commands', 'src', 'tools/build']
const FILES = ['tools/build.mjs', 'package.json', 'package-lock.json', 'tsconfig.json']
const STAMP = '.stamp'

/** SHA-256 over the names and contents of everything that the build reads, and over what its compiled code is for. */
export async function sourceStamp() {
  const hash = createHash('sha256').update(`${process.versions.v8} ${process.arch}\0`)
  for (const file of [...FILES, ...(await sourceFiles())]) {
    hash.update(`${file}\0`)
    hash.update(await readFile(inRoot(file)).catch(() => Buffer.alloc(0)))
    hash.update('\0')
  }
  return hash.digest('hex')
}

async function sourceFiles() {
  const found = []
  for (const folder of FOLDERS) {
    const entries = await readdir(inRoot(folder), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      if (!entry.isFile()) continue
      const parent = (entry.parentPath ?? entry.path).slice(inRoot('').length)
      found.push(`${parent}/${entry.name}`)
    }
  }
  return found.toSorted()
}

/** The stamp of the build that lies in dist, if there is one. */
export const storedStamp = () => readFile(inRoot(`dist/${STAMP}`), 'utf8').catch(() => undefined)

/** Remembers in the folder `out` what it was built from. */
export const storeStamp = (out, stamp) => writeFile(inRoot(`${out}/${STAMP}`), stamp)
