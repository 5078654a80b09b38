import { EVERYTHING } from '../../domain/filter.ts'
import { RECORD_KINDS, type RecordKind } from '../../domain/records.ts'
import { hasDecimalIds, type IndexReading } from '../record-index.ts'
import type { Finding } from '../repository.ts'
import type { LoggedIds } from './check-log.ts'
import type { Files } from './files.ts'
import { readHead } from './head.ts'
import { HEAD } from './paths.ts'

/** What the head is compared with. */
export interface HeadCheck {
  readonly files: Files
  readonly index: IndexReading
  readonly logged: LoggedIds
  readonly add: (finding: Finding) => void
}

/** The lowest next id of each kind that gives no id twice, as far as files, trash and log tell. */
export function lowestNextIds(index: IndexReading, logged?: LoggedIds): ReadonlyMap<RecordKind, number> {
  const lowest = new Map<RecordKind, number>()
  const trashed = index.trashed()
  for (const kind of RECORD_KINDS.filter(hasDecimalIds)) {
    const newest = { ...EVERYTHING, sort: [{ field: 'id', descending: true }], limit: 1 }
    const ids = [...index.list(kind, newest, new Date(0)), ...trashed.filter((entry) => entry.kind === kind)]
    lowest.set(kind, Math.max(0, logged?.get(kind) ?? 0, ...ids.map(({ id }) => Number(id))) + 1)
  }
  return lowest
}

/** Whether an id would be given that was given before, to a record that is no more. */
export function checkHead({ files, index, logged, add }: HeadCheck): void {
  const { nextIds } = readHead(files)
  const inUse = lowestNextIds(index)
  for (const kind of RECORD_KINDS) {
    const next = Math.max(nextIds[kind], inUse.get(kind) ?? 1)
    const given = logged.get(kind) ?? 0
    if (next > given) continue
    add({
      code: 'next-id-low',
      path: HEAD,
      message: `the next ${kind} would get the id ${next}, but ids up to ${given} have been given`,
      hint: 'an old store.json was brought back: certman store reindex corrects it',
    })
  }
}
