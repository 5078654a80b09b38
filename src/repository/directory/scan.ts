import { isCertmanError } from '../../base/errors.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import type { IndexEntry, RecordPlace, TrashEntry } from '../record-index.ts'
import { damaged, parseRecordText, revisionOf, type RecordText } from '../record-text.ts'
import type { Describe, NewRecord } from '../repository.ts'
import { codeOf, type Files } from './files.ts'
import { isId } from '../ids.ts'
import { isPrepared, LAYOUT, recordPath, segmentPath, TRASH, trashPath, type StorePath } from './paths.ts'
import { readSegment, segmentNumbers, type Segment } from './segments.ts'

/** One record as its text was found. */
export interface FoundText {
  readonly kind: RecordKind
  readonly id: string
  readonly path: StorePath
  readonly where: RecordPlace | 'trash'
  readonly text: string
}

/** A file that is not a record, or that cannot be read. */
export interface ScanProblem {
  readonly path: StorePath
  readonly kind: RecordKind
  /** `stray`: its name is not that of a record there; `unreadable`: the system refuses it; `prepared`: left by a writer. */
  readonly what: 'stray' | 'unreadable' | 'prepared'
  readonly why: string
}

/** Takes what a scan finds besides records. */
export interface ScanWatcher {
  problem(problem: ScanProblem): void
  segment?(kind: RecordKind, n: number, segment: Segment): void
  /** A folder that this user may not look into is passed over and told here; without this it is the end of the scan. */
  closed?(folder: StorePath, kind: RecordKind): void
}

/** Every record text of the store, those that win last: segments in order, the trash, loose files. */
export function* scanStore(files: Files, watcher: ScanWatcher): Iterable<FoundText> {
  for (const kind of RECORD_KINDS) {
    yield* scanSegments(files, kind, watcher)
    yield* scanFolder(files, { kind, root: `${TRASH}/${LAYOUT[kind].folder}`, where: 'trash' }, watcher)
    yield* scanFolder(files, { kind, root: LAYOUT[kind].folder, where: 'loose' }, watcher)
  }
}

function* scanSegments(files: Files, kind: RecordKind, watcher: ScanWatcher): Iterable<FoundText> {
  if (!LAYOUT[kind].segments) return
  for (const n of segmentNumbers(files, kind)) {
    const path = segmentPath(kind, n)
    const segment = attempt(() => readSegment(files, kind, n), { path, kind }, watcher)
    if (!segment) continue
    watcher.segment?.(kind, n, segment)
    for (const { id, offset, length, text } of segment.records)
      yield { kind, id, path, where: { segment: n, offset, length }, text }
  }
}

interface Folder {
  readonly kind: RecordKind
  readonly root: StorePath
  readonly where: 'loose' | 'trash'
}

function* scanFolder(files: Files, { kind, root, where }: Folder, watcher: ScanWatcher): Iterable<FoundText> {
  const expected = where === 'trash' ? trashPath : recordPath
  for (const path of filesBelow({ files, watcher }, root, kind)) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (isPrepared(name)) {
      watcher.problem({ path, kind, what: 'prepared', why: 'a writer left it behind' })
      continue
    }
    const id = name.slice(0, -LAYOUT[kind].suffix.length)
    if (!name.endsWith(LAYOUT[kind].suffix) || !isId(kind, id) || expected(kind, id) !== path) {
      if (!isCompanion(kind, name))
        watcher.problem({ path, kind, what: 'stray', why: 'no record has this name' })
      continue
    }
    const text = attempt(() => files.read(path).toString('utf8'), { path, kind }, watcher)
    if (text !== undefined) yield { kind, id, path, where, text }
  }
}

/** The CRL of an authority lies beside it. */
function isCompanion(kind: RecordKind, name: string): boolean {
  const { attachment } = LAYOUT[kind]
  return (
    attachment !== undefined && name.endsWith(attachment) && isId(kind, name.slice(0, -attachment.length))
  )
}

interface Walk {
  readonly files: Files
  readonly watcher: ScanWatcher
}

/** The names in a folder, none where it is closed and somebody is to be told. @throws system errors */
function namesIn({ files, watcher }: Walk, folder: StorePath, kind: RecordKind): readonly string[] {
  try {
    return files.names(folder)
  } catch (error) {
    if (!watcher.closed || !['EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw error
    watcher.closed(folder, kind)
    return []
  }
}

function* filesBelow(walk: Walk, root: StorePath, kind: RecordKind): Iterable<StorePath> {
  for (const name of namesIn(walk, root, kind)) {
    const path = `${root}/${name}`
    if (name === 'segments' && LAYOUT[kind].segments) continue
    if (!/\.[a-z]+$/.test(name) && walk.files.facts(path)?.isFolder)
      yield* namesIn(walk, path, kind).map((inner) => `${path}/${inner}`)
    else yield path
  }
}

function attempt<T>(
  read: () => T,
  at: Pick<ScanProblem, 'path' | 'kind'>,
  watcher: ScanWatcher,
): T | undefined {
  try {
    return read()
  } catch (error) {
    if (codeOf(error) === undefined) throw error
    watcher.problem({ ...at, what: 'unreadable', why: String(codeOf(error)) })
    return undefined
  }
}

/** A record as its text says, with what it says about itself. */
export interface FoundRecord {
  readonly record: NewRecord
  readonly parsed: RecordText
  readonly entry: IndexEntry
  readonly trashed?: TrashEntry
}

/**
 * Understands a record's text.
 *
 * @param name shown in messages
 * @throws {CertmanError} `store.damaged` when it is not a record of this kind and id
 */
export function understand(found: FoundText, describe: Describe, name: string): FoundRecord {
  const { kind, id, text, where } = found
  const parsed = parseRecordText(text, name)
  if (parsed.fields['id'] !== id) throw damaged(name, idFault(parsed.fields['id']))
  checkLabel(found, parsed, name)
  const record: NewRecord = { kind, id, fields: parsed.fields, ...(parsed.pem && { pem: parsed.pem }) }
  const row = describeOrRefuse(describe, record, name)
  const revision = revisionOf(text)
  const entry = { kind, id, revision, row, place: where === 'trash' ? 'loose' : where } as const
  if (where !== 'trash') return { record, parsed, entry }
  return { record, parsed, entry, trashed: { kind, id, revision, row, trashedAt: parsed.trashedAt ?? '' } }
}

const idFault = (id: unknown): string =>
  id === undefined
    ? 'it has no id line, the store did not write it'
    : `its id line says ${JSON.stringify(id)}`

function checkLabel({ kind }: FoundText, { pem }: RecordText, name: string): void {
  const { labels } = LAYOUT[kind]
  const fits = pem ? labels.includes(pem.label) : labels.length === 0
  if (!fits) throw damaged(name, `it is no ${kind}${pem ? ` but ${JSON.stringify(pem.label)}` : ''}`)
}

function describeOrRefuse(describe: Describe, record: NewRecord, name: string): ReturnType<Describe> {
  try {
    return describe(record)
  } catch (error) {
    if (isCertmanError(error)) throw damaged(name, error.message, error)
    throw error
  }
}
