import { sep } from 'node:path'
import { RECORD_KINDS } from '../../domain/records.ts'
import type { Finding } from '../repository.ts'
import { codeOf, type Files } from './files.ts'
import {
  HEAD,
  INDEX,
  isPrepared,
  JOURNAL,
  LAYOUT,
  LOCK,
  LOCK_HOLDER,
  LOCK_WANTED,
  LOGS,
  TRASH,
  withCompanions,
  type StorePath,
} from './paths.ts'

/** What the walk over all files needs. */
export interface FilesCheck {
  readonly files: Files
  readonly maySweep: boolean
  readonly add: (finding: Finding) => void
}

const FOLDERS = new Set<string>([LOGS, TRASH, ...RECORD_KINDS.map((kind) => LAYOUT[kind].folder)])
const FILES = new Set<string>([
  HEAD,
  JOURNAL,
  LOCK_HOLDER,
  LOCK_WANTED,
  ...[INDEX, LOCK].flatMap(withCompanions),
])

/** Walks over everything: permissions that let others in, and what does not belong at the top. */
export function checkFiles(check: FilesCheck): void {
  const { files, add } = check
  checkMode(check, '')
  for (const name of files.names('')) {
    if (isPrepared(name) && check.maySweep) files.remove(name)
    else if (!FOLDERS.has(name) && !FILES.has(name))
      add({
        code: 'stray-file',
        path: name,
        message: 'it does not belong to the store',
        hint: 'move it away',
      })
    else walk(check, name)
  }
}

function walk(check: FilesCheck, path: StorePath): void {
  if (!checkMode(check, path)) return
  try {
    for (const name of check.files.names(path)) {
      const inner = `${path}/${name}`
      if (isPrepared(name) && check.maySweep) check.files.remove(inner)
      else walk(check, inner)
    }
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    const message = `cannot be read: ${codeOf(error)}`
    const hint = 'give back the right to read it: chmod 700, or chown where it is not yours'
    check.add({ code: 'file-unreadable', path, message, hint })
  }
}

/** Answers whether `path` is a folder. */
function checkMode({ files, add }: FilesCheck, path: StorePath): boolean {
  const facts = files.facts(path)
  if (!facts) return false
  // Windows has no such permissions: Node shows the owner's for everybody
  const isOpen = sep === '/' && (facts.mode & 0o077) !== 0
  const wanted = facts.isFolder ? '700' : '600'
  if (isOpen)
    add({
      code: 'mode-open',
      path,
      message: `others than the owner have rights on it (${facts.mode.toString(8)}, not ${wanted})`,
      hint: `chmod ${wanted} ${files.absolute(path)}`,
    })
  return facts.isFolder
}
