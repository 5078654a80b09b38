import type { Files } from './files.ts'
import type { Journal, Redo, Step, Undo } from './journal.ts'
import { folderOf, type StorePath } from './paths.ts'
import { reservedLine } from './segments.ts'
import { unfinished } from './unfinished.ts'

/** Does one step; doing it again changes nothing. */
export function applyStep(files: Files, step: Step): void {
  if (step.do === 'remove') return files.remove(step.path)
  if (step.do === 'append') {
    const size = files.facts(step.path)?.size ?? 0
    // a log that somebody shortened goes on where it ends
    return files.writeAt(step.path, Math.min(step.at, size), step.text)
  }
  if (files.facts(step.from)) files.rename(step.from, step.to)
}

/** The files and folders that have to be flushed after these steps. */
function touchedPaths(steps: readonly Step[]): readonly StorePath[] {
  const paths = new Set<StorePath>()
  for (const step of steps) {
    if (step.do === 'append') paths.add(step.path)
    // a file that only grows leaves its folder as it is, unless it is new
    if (step.do !== 'append' || step.at === 0) paths.add(folderOf(step.do === 'rename' ? step.to : step.path))
  }
  return [...paths]
}

/**
 * Applies a committed transaction; `flushSteps` has to follow before the journal is cleared. When a step fails while only
 * new files are in place, everything is taken back, the commit included.
 *
 * @throws the step's error after taking back; an `UnfinishedChange` when that was too late
 */
export async function applySteps(files: Files, journal: Journal, redo: Redo): Promise<void> {
  const done: Step[] = []
  for (const step of redo.steps) {
    try {
      done.push(step)
      applyStep(files, step)
    } catch (error) {
      if (!done.every(isUndoable)) throw unfinished(error, files)
      try {
        await undoSteps(files, done)
        await journal.revoke()
      } catch {
        throw unfinished(error, files)
      }
      throw error
    }
  }
}

/** Makes what was applied last without the journal. */
export const flushSteps = (files: Files, steps: readonly Step[]): Promise<void> =>
  files.sync(touchedPaths(steps).filter((path) => files.facts(path)))

const isUndoable = (step: Step): boolean => step.do === 'append' || (step.do === 'rename' && step.fresh)

/** Flushed before the journal lets go of them: what a power cut left of these steps, only the journal could put right. */
async function undoSteps(files: Files, done: readonly Step[]): Promise<void> {
  for (const step of done.toReversed()) undoStep(files, step)
  await flushSteps(files, done)
}

/** What was prepared is kept: until the commit is taken back, whoever reads the journal does all steps again. */
function undoStep(files: Files, step: Step): void {
  if (step.do === 'rename') return files.facts(step.from) ? undefined : files.rename(step.to, step.from)
  if (step.do === 'remove') return
  const isSegment = step.text.startsWith('commit: ')
  if (isSegment) files.writeAt(step.path, step.at, reservedLine(step.text))
  else if (files.facts(step.path)) files.truncate(step.path, step.at)
}

/** After a failure: takes back what was prepared. False when even this failed: then the next command does it. */
export async function takeBack(files: Files, journal: Journal): Promise<boolean> {
  if (journal.isCommitted) return true
  try {
    await undoAll(files, journal.undo)
    journal.clear()
    return true
  } catch {
    return false
  }
}

/**
 * Takes back what an unfinished transaction prepared. The folders that it made stay, and the next one finds them there:
 * their names are flushed here, while somebody knows of them.
 */
export async function undoAll(files: Files, all: readonly Undo[]): Promise<void> {
  for (const undo of all.toReversed()) applyUndo(files, undo)
  const folders = new Set<StorePath>()
  for (const path of all.flatMap(({ prepared }) => prepared))
    for (let at = folderOf(path); at !== ''; at = folderOf(at)) folders.add(folderOf(at))
  await files.sync([...folders].filter((path) => files.facts(path)))
}

function applyUndo(files: Files, { prepared, grown }: Undo): void {
  for (const path of prepared) files.remove(path)
  for (const { path, size } of grown) {
    if (size === 0) files.remove(path)
    else if ((files.facts(path)?.size ?? 0) > size) files.truncate(path, size)
  }
}
