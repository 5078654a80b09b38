import type { RecordKind } from '../../domain/records.ts'
import { textHashOf } from '../record-text.ts'
import { nextLogEnd, positionOf, type LogEnd } from './change-log.ts'
import { applySteps } from './apply.ts'
import type { Files } from './files.ts'
import { writeHead } from './head.ts'
import type { Journal, Redo, Step } from './journal.ts'
import { folderOf, HEAD, LOGS, preparedPath, segmentPath, type StorePath } from './paths.ts'
import { commitLine, readSegment } from './segments.ts'
import type { DirectoryTransaction } from './transaction.ts'

/** Where a commit happens. */
export interface CommitPlace {
  readonly files: Files
  readonly journal: Journal
  readonly storeId: string
  /** Position of the index before, and end of the log. */
  readonly from: string
  readonly end: LogEnd | undefined
  /** RFC 3339 UTC. */
  readonly time: string
}

/** Content that is written beside its target, to be renamed onto it. */
interface Prepared {
  readonly to: StorePath
  readonly content: string | Uint8Array
}

/**
 * Makes the changes of a transaction durable and visible in the files: prepares everything, commits through the
 * journal, applies. Before the commit nothing that readers know has changed.
 *
 * @returns the position that the index has to take on
 * @throws system errors; then the files are as they were
 */
export async function commitTransaction(tx: DirectoryTransaction, place: CommitPlace): Promise<string> {
  const { files, journal } = place
  const groups = await tx.placement.finish()
  const written = groups.filter(({ isWritten }) => isWritten)
  const { prepared, emptied, rewritten } = rewriteSegments(tx, files)
  for (const [to, content] of tx.staging.writes) prepared.push({ to, content })
  if (tx.newHead) prepared.push({ to: HEAD, content: writeHead(tx.newHead) })
  if (prepared.length > 0) journal.begin({ prepared: prepared.map(({ to }) => preparedPath(to)), grown: [] })
  const folders = new Set<StorePath>(
    written.filter(({ start }) => start === 0).map(({ path }) => folderOf(path)),
  )
  for (const { to, content } of prepared) {
    makeFolder(files, folderOf(to), folders)
    files.write(preparedPath(to), content)
    folders.add(folderOf(to))
  }
  makeFolder(files, LOGS, folders)
  // the names of what is new have to outlast a power cut as well
  await files.sync([
    ...prepared.map(({ to }) => preparedPath(to)),
    ...written.map(({ path }) => path),
    ...folders,
  ])
  const end = nextLogEnd(place.end, place.time)
  const lines = tx.staging.lines.join('')
  const to = positionOf(place.storeId, { path: end.path, size: end.size + Buffer.byteLength(lines) })
  const steps: Step[] = [
    { do: 'append', path: end.path, at: end.size, text: lines },
    ...groups.map(({ path, at, text }): Step => ({ do: 'append', path, at, text })),
    ...renames(files, prepared),
    ...[...tx.staging.removals, ...emptied].map((path): Step => ({ do: 'remove', path })),
  ]
  const redo: Redo = { steps, touched: tx.staging.touched, rewritten, from: place.from, to }
  await journal.commit(redo)
  await applySteps(files, journal, redo)
  return to
}

/** New files first: while only those are in place, everything can still be undone. */
function renames(files: Files, prepared: readonly Prepared[]): Step[] {
  const steps = prepared.map(({ to }): Step & { do: 'rename' } => {
    return { do: 'rename', from: preparedPath(to), to, fresh: files.facts(to) === undefined }
  })
  return [...steps.filter(({ fresh }) => fresh), ...steps.filter(({ fresh }) => !fresh)]
}

/** Makes a folder that is not there, and notes which ones then have to be flushed. */
function makeFolder(files: Files, folder: StorePath, changed: Set<StorePath>): void {
  if (folder === '' || files.facts(folder)) return
  files.makeFolder(folder)
  for (let at = folder; at !== ''; at = folderOf(at)) changed.add(folderOf(at))
}

interface Rewriting {
  readonly prepared: Prepared[]
  readonly emptied: readonly StorePath[]
  readonly rewritten: readonly { readonly kind: RecordKind; readonly segment: number }[]
}

/** Writes the segments of destroyed records anew, without them; one that holds nothing any more goes. */
function rewriteSegments(tx: DirectoryTransaction, files: Files): Rewriting {
  const prepared: Prepared[] = []
  const emptied: StorePath[] = []
  const rewritten: { kind: RecordKind; segment: number }[] = []
  for (const [kind, segments] of tx.placement.rewrites)
    for (const [segment, ids] of segments) {
      const path = segmentPath(kind, segment)
      const text = segmentWithout({ files, kind, segment, ids, tx })
      if (text === '') emptied.push(path)
      else prepared.push({ to: path, content: text })
      rewritten.push({ kind, segment })
    }
  return { prepared, emptied, rewritten }
}

interface Removal {
  readonly files: Files
  readonly kind: RecordKind
  readonly segment: number
  readonly ids: ReadonlySet<string>
  readonly tx: DirectoryTransaction
}

function segmentWithout({ files, kind, segment, ids, tx }: Removal): string {
  const kept: string[] = []
  const hashes: string[] = []
  let offset = 0
  for (const record of readSegment(files, kind, segment).records) {
    const id = /^id: "([^"]+)"$/m.exec(record.text)?.[1] ?? ''
    if (ids.has(id)) continue
    const place = tx.tools.index.get(kind, id)?.place
    if (place && place !== 'loose' && place.segment === segment && place.offset === record.offset)
      tx.tools.index.move(kind, id, { segment, offset, length: record.length })
    kept.push(record.text)
    hashes.push(textHashOf(record.text))
    offset += record.length
  }
  return kept.length === 0 ? '' : `${kept.join('')}${commitLine(hashes, offset)}`
}
