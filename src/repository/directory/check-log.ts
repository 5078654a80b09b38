import { EVERYTHING } from '../../domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import type { IndexReading } from '../record-index.ts'
import type { Finding } from '../repository.ts'
import type { Files } from './files.ts'
import { hasDecimalIds } from '../record-index.ts'
import { LOGS } from './paths.ts'

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
    if (!/^\d{4}-\d{2}\.jsonl$/.test(name)) {
      add({ code: 'stray-file', path, message: 'it is no month of the log', hint: 'move it away' })
      continue
    }
    const damage = readLog(files.read(path).toString('utf8'), logged)
    if (damage) add({ code: 'log-damaged', path, message: damage, hint: 'bring the file back from a backup' })
  }
  for (const kind of RECORD_KINDS.filter(hasDecimalIds))
    findUnlogged({ kind, logged: logged.get(kind)! }, { index, add })
  return new Map(RECORD_KINDS.map((kind) => [kind, highest(logged.get(kind)!)]))
}

const highest = (numbers: ReadonlySet<number>): number => {
  let high = 0
  for (const number of numbers) if (number > high) high = number
  return high
}

/** What is wrong with a log, if anything. */
function readLog(text: string, logged: ReadonlyMap<RecordKind, Set<number>>): string | undefined {
  if (text !== '' && !text.endsWith('\n')) return 'its last line is cut off'
  const lines = text.split('\n')
  lines.pop()
  let damage: string | undefined
  for (const [at, line] of lines.entries())
    try {
      const { kind, id } = JSON.parse(line) as { kind?: RecordKind; id?: string }
      if (kind !== undefined && id !== undefined && /^\d+$/.test(id)) logged.get(kind)?.add(Number(id))
    } catch {
      damage ??= `line ${at + 1} is no JSON`
    }
  return damage
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
