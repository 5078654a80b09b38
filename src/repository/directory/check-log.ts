import { EVERYTHING } from '../../domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import type { IndexReading } from '../record-index.ts'
import type { Finding } from '../repository.ts'
import type { Files } from './files.ts'
import { hasDecimalIds } from '../record-index.ts'
import { LOGS, type StorePath } from './paths.ts'

/** Octets of the log that are read at once. */
const PIECE = 1024 * 1024
const LINE_FEED = 0x0a

/** What the log is compared with. */
export interface LogCheck {
  readonly files: Files
  readonly index: IndexReading
  readonly add: (finding: Finding) => void
}

/** The highest decimal id of each kind that the log names. */
export type LoggedIds = ReadonlyMap<RecordKind, number>

/** Reads every line of the change log, and looks whether each live record with a decimal id has one. */
export function checkLog({ files, index, add }: LogCheck): LoggedIds {
  const logged = new Map<RecordKind, Set<number>>(RECORD_KINDS.map((kind) => [kind, new Set()]))
  for (const name of files.names(LOGS)) {
    const path = `${LOGS}/${name}`
    if (!isMonth(name)) {
      add({ code: 'stray-file', path, message: 'it is no month of the log', hint: 'move it away' })
      continue
    }
    const damage = readLog(files, path, (kind, id) => logged.get(kind)?.add(id))
    if (damage) add({ code: 'log-damaged', path, message: damage, hint: 'bring the file back from a backup' })
  }
  for (const kind of RECORD_KINDS.filter(hasDecimalIds))
    findUnlogged({ kind, logged: logged.get(kind)! }, { index, add })
  return new Map(RECORD_KINDS.map((kind) => [kind, highest(logged.get(kind)!)]))
}

/** The same without a look at the records: reads the log once and keeps nothing of it. */
export function highestLogged(files: Files): LoggedIds {
  const highest = new Map<RecordKind, number>()
  const note = (kind: RecordKind, id: number): void => {
    if (id > (highest.get(kind) ?? 0)) highest.set(kind, id)
  }
  for (const name of files.names(LOGS)) if (isMonth(name)) readLog(files, `${LOGS}/${name}`, note)
  return highest
}

const isMonth = (name: string): boolean => /^\d{4}-\d{2}\.jsonl$/.test(name)

const highest = (numbers: ReadonlySet<number>): number => {
  let high = 0
  for (const number of numbers) if (number > high) high = number
  return high
}

/** Tells `note` of each record with a decimal id that a log names. @returns what is wrong with the log, if anything */
function readLog(
  files: Files,
  path: StorePath,
  note: (kind: RecordKind, id: number) => void,
): string | undefined {
  let damage: string | undefined
  let number = 0
  for (const { line, isWhole } of linesOf(files, path)) {
    number++
    if (!isWhole) return 'its last line is cut off'
    try {
      const { kind, id } = JSON.parse(line) as { kind?: RecordKind; id?: string }
      if (kind !== undefined && id !== undefined && /^\d+$/.test(id)) note(kind, Number(id))
    } catch {
      damage ??= `line ${number} is no JSON`
    }
  }
  return damage
}

/** The lines of a file that may be longer than the memory; the last one is not whole when no line feed ends it. */
function* linesOf(files: Files, path: StorePath): Iterable<{ line: string; isWhole: boolean }> {
  let rest: Buffer = Buffer.alloc(0)
  for (let offset = 0; ;) {
    const piece = files.readPart(path, offset, PIECE)
    if (piece.length === 0) break
    offset += piece.length
    const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    if (end > 0) {
      const lines = bytes.toString('utf8', 0, end - 1).split('\n')
      for (const line of lines) yield { line, isWhole: true }
    }
    rest = bytes.subarray(end)
  }
  if (rest.length > 0) yield { line: rest.toString('utf8'), isWhole: false }
}

function findUnlogged(
  { kind, logged }: { readonly kind: RecordKind; readonly logged: ReadonlySet<number> },
  { index, add }: Pick<LogCheck, 'index' | 'add'>,
): void {
  const missing: string[] = []
  let count = 0
  for (const { id } of index.list(kind, EVERYTHING, new Date(0))) {
    if (logged.has(Number(id))) continue
    count++
    if (missing.length < 5) missing.push(id)
  }
  if (count === 0) return
  add({
    code: 'log-behind',
    path: LOGS,
    message: `the log has no line about ${count} records (${kind} ${missing.join(', ')}${count > missing.length ? ', …' : ''})`,
    hint: 'bring the log back from a backup; the records themselves are whole',
  })
}
