import type { IndexWriting } from '../record-index.ts'
import type { RecordKind } from '../../domain/records.ts'
import type { Describe } from '../repository.ts'
import { applyStep, flushSteps, undoAll } from './apply.ts'
import type { Files } from './files.ts'
import type { IndexDraft, IndexHost } from './index-host.ts'
import { isPending, readJournal, type Redo, type Touched } from './journal.ts'
import type { OpenOptions } from './options.ts'
import { folderOf, JOURNAL, LOGS, recordPath, segmentPath, trashPath } from './paths.ts'
import { understand, type FoundText } from './scan.ts'
import { readFromSegment, readSegment } from './segments.ts'

/**
 * Finishes what a writer that died left behind: a committed transaction is applied again, another one is undone.
 * The caller holds the lock.
 *
 * A change log that was taken away meanwhile begins anew, with a notice.
 *
 * @param host the index, which follows when it stands where the transaction began; else its position gives it away
 */
export async function recover(
  files: Files,
  host: IndexHost | undefined,
  { loadDescribe, onNotice }: Pick<OpenOptions, 'loadDescribe' | 'onNotice'>,
): Promise<void> {
  if (!isPending(files)) return
  const pending = readJournal(files)
  if (pending.state === 'begun') await undoAll(files, pending.undo)
  if (pending.state === 'committed') {
    const { redo } = pending
    const isLogNew = logIsGone(files, redo)
    if (isLogNew) files.makeFolder(LOGS)
    for (const step of redo.steps) applyStep(files, step)
    await flushSteps(files, redo.steps)
    if (isLogNew) {
      await files.sync([LOGS, ''])
      onNotice?.(`the change log in ${files.absolute(LOGS)} was gone: it begins anew with the last change`)
    }
    if (host) followIndex(files, { host, redo }, await loadDescribe())
  }
  files.truncate(JOURNAL, 0)
}

/** Whether somebody took away the log that the transaction goes on with. What no journal tells of it is lost. */
function logIsGone(files: Files, { steps }: Redo): boolean {
  const step = steps.find((each) => each.do === 'append' && folderOf(each.path) === LOGS)
  if (step?.do !== 'append') return false
  return step.at > 0 ? !files.facts(step.path) : !files.facts(LOGS)
}

/**
 * Brings the index from before the transaction to after it, reading only what it touched. What was edited or taken away
 * since the writer died hinders nothing: an index that cannot follow is known by its position, and built anew.
 */
function followIndex(
  files: Files,
  { host, redo }: { host: IndexHost; redo: Redo },
  describe: Describe,
): void {
  let draft: IndexDraft | undefined
  try {
    if (host.position() !== redo.from) return
    draft = host.begin()
    for (const touched of redo.touched) followRecord(files, { index: draft.index, touched }, describe)
    for (const { kind, segment } of redo.rewritten) followSegment(files, draft.index, { kind, segment })
    draft.commit(redo.to)
  } catch {
    draft?.rollback()
  }
}

interface Following {
  readonly index: IndexWriting
  readonly touched: Touched
}

function followRecord(files: Files, { index, touched }: Following, describe: Describe): void {
  const { kind, id, live } = touched
  if (live === 'gone') index.remove(kind, id)
  else index.upsert(understand(liveText(files, { ...touched, live }), describe, `${kind} ${id}`).entry)
  if (touched.trashed) {
    const path = trashPath(kind, id)
    const found = { kind, id, path, where: 'trash', text: files.read(path).toString('utf8') } as const
    const { trashed } = understand(found, describe, files.absolute(path))
    if (trashed) index.addTrash(trashed)
  } else {
    index.removeTrash(kind, id)
  }
  if (touched.destroyed) index.removeCopies(kind, id)
}

function liveText(
  files: Files,
  { kind, id, live }: Touched & { live: Exclude<Touched['live'], 'gone'> },
): FoundText {
  if (live !== 'loose') {
    const text = readFromSegment(files, kind, live)
    return { kind, id, path: segmentPath(kind, live.segment), where: live, text }
  }
  const path = recordPath(kind, id)
  return { kind, id, path, where: live, text: files.read(path).toString('utf8') }
}

function followSegment(
  files: Files,
  index: IndexWriting,
  { kind, segment }: { readonly kind: RecordKind; readonly segment: number },
): void {
  if (!files.facts(segmentPath(kind, segment))) return
  for (const { id, offset, length } of readSegment(files, kind, segment).records) {
    const place = index.get(kind, id)?.place
    // the last copy in a segment is the one that counts, and it comes last
    if (place && place !== 'loose' && place.segment === segment)
      index.move(kind, id, { segment, offset, length })
  }
}
