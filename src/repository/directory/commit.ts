import { sha256Hex, sha256HexOfText } from '../../crypto/digest.ts'
import type { RecordKind } from '../../domain/records.ts'
import { textHashOf } from '../record-text.ts'
import { nextLogEnd, positionOf, type LogEnd } from './change-log.ts'
import { applySteps } from './apply.ts'
import type { Files } from './files.ts'
import { writeHead } from './head.ts'
import type { Journal, Redo, Step } from './journal.ts'
import type { LogLines } from './log-lines.ts'
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
  readonly from: StorePath
  readonly to: StorePath
  readonly content: string | Uint8Array
}

/** Hex digits of a SHA-256 that tell two contents of one file apart. */
const MARK = 16

/** A power cut may bring the last journal back beside what is prepared now: it must not take this for its own content. */
function prepare(to: StorePath, content: string | Uint8Array): Prepared {
  const hash = typeof content === 'string' ? sha256HexOfText(content) : sha256Hex(content)
  return { from: preparedPath(to, hash.slice(0, MARK)), to, content }
}

/**
 * Makes the changes of a transaction durable and visible in the files: prepares everything, commits through the
 * journal, applies. Before the commit nothing that readers know has changed. `flushSteps` has to follow: until then the
 * journal alone outlasts a power cut.
 *
 * @returns what was committed; its `to` is the position that the index has to take on
 * @throws system errors; then the files are as they were, unless it is an `UnfinishedChange`
 */
export async function commitTransaction(tx: DirectoryTransaction, place: CommitPlace): Promise<Redo> {
  const { files, journal } = place
  const groups = await tx.placement.finish()
  const written = groups.filter(({ isWritten }) => isWritten)
  const { prepared, emptied, rewritten } = rewriteSegments(tx, files)
  for (const [to, content] of tx.staging.writes) prepared.push(prepare(to, content))
  if (tx.newHead) prepared.push(prepare(HEAD, writeHead(tx.newHead)))
  if (prepared.length > 0) journal.begin({ prepared: prepared.map(({ from }) => from), grown: [] })
  const folders = new Set<StorePath>(
    written.filter(({ start }) => start === 0).map(({ path }) => folderOf(path)),
  )
  for (const { from, to, content } of prepared) {
    makeFolder(files, folderOf(to), folders)
    files.write(from, content)
    folders.add(folderOf(to))
  }
  makeFolder(files, LOGS, folders)
  const end = nextLogEnd(place.end, place.time)
  const log = await logStep(tx.staging.lines, end, place)
  // the names of what is new have to outlast a power cut as well
  await files.sync([
    ...prepared.map(({ from }) => from),
    ...written.map(({ path }) => path),
    ...folders,
    ...log.written,
  ])
  const to = positionOf(place.storeId, { path: end.path, size: end.size + tx.staging.lines.bytes })
  const steps: Step[] = [
    log.step,
    ...groups.map(({ path, at, text }): Step => ({ do: 'append', path, at, text })),
    ...renames(files, prepared),
    ...[...tx.staging.removals, ...emptied].map((path): Step => ({ do: 'remove', path })),
  ]
  const { touched } = tx.staging
  // an index that stands nowhere does not follow: it is built anew
  const redo: Redo = { steps, touched: touched ?? [], rewritten, from: touched ? place.from : '', to }
  await journal.commit(redo)
  await applySteps(files, journal, redo)
  return redo
}

/** Lines of the log up to this size (bytes) travel in the journal. */
const SHORT_LOG = 64 * 1024

/**
 * What the lines of the log need at the commit. Many are written before it, behind the end that the journal can bring
 * back; nobody else reads them meanwhile. Their step then says where they end.
 */
async function logStep(
  lines: LogLines,
  { path, size }: LogEnd,
  { files, journal }: CommitPlace,
): Promise<{ readonly step: Step; readonly written: readonly StorePath[] }> {
  if (lines.bytes <= SHORT_LOG)
    return { step: { do: 'append', path, at: size, text: lines.text }, written: [] }
  await journal.beginDurably({ prepared: [], grown: [{ path, size }] })
  let at = size
  for (const piece of lines.pieces) {
    files.writeAt(path, at, piece)
    at += piece.length
  }
  return { step: { do: 'append', path, at, text: '' }, written: size === 0 ? [path, LOGS] : [path] }
}

/** New files first: while only those are in place, everything can still be undone. */
function renames(files: Files, prepared: readonly Prepared[]): Step[] {
  const steps = prepared.map(({ from, to }): Step & { do: 'rename' } => {
    return { do: 'rename', from, to, fresh: files.facts(to) === undefined }
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
      else prepared.push(prepare(path, text))
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
  for (const { id, text, offset: before, length } of readSegment(files, kind, segment).records) {
    if (ids.has(id)) continue
    const place = tx.tools.index.get(kind, id)?.place
    if (place && place !== 'loose' && place.segment === segment && place.offset === before)
      tx.tools.index.move(kind, id, { segment, offset, length })
    kept.push(text)
    hashes.push(textHashOf(text))
    offset += length
  }
  return kept.length === 0 ? '' : `${kept.join('')}${commitLine(hashes, offset)}`
}
