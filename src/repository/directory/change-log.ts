import type { Change } from '../repository.ts'
import { safeJson } from '../record-text.ts'
import type { JsonObject } from '../../base/json.ts'
import type { Files } from './files.ts'
import { LOGS, logPath, type StorePath } from './paths.ts'

/** Who changes, and when (RFC 3339 UTC). */
export interface Authorship {
  readonly time: string
  readonly actor: string
}

/** A change as the log keeps it; changes of the store itself have no kind and no id. */
export type LoggedChange = Change | { readonly action: string; readonly detail?: JsonObject }

/** One line of the change log. */
export function logLine({ time, actor }: Authorship, change: LoggedChange): string {
  const { action, kind, id, detail, actor: by }: Partial<Change> = change
  // what is undefined is not written; copies with and without it would cost more than the line
  return `${safeJson({ time, actor: by || actor, action, kind, id, detail })}\n`
}

/** The end of the change log: the file that lines go to, and its size in bytes. */
export interface LogEnd {
  readonly path: StorePath
  readonly size: number
}

/** The newest file of the log; undefined when there is none. Months sort as text. */
export function logEnd(files: Files): LogEnd | undefined {
  const months = files.names(LOGS).filter((name) => /^\d{4}-\d{2}\.jsonl$/.test(name))
  const last = months.toSorted().at(-1)?.slice(0, 7)
  if (last === undefined) return undefined
  return { path: logPath(last), size: files.facts(logPath(last))?.size ?? 0 }
}

/**
 * Where the lines of a transaction go: the month's file, or the newest one when the clock stands before it, so that
 * the end of the log always is in its newest file.
 *
 * @param end where the log ends now
 */
export function nextLogEnd(end: LogEnd | undefined, time: string): LogEnd {
  const path = logPath(time.slice(0, 7))
  return end && end.path >= path ? end : { path, size: 0 }
}

/** The position that an index remembers: which store, and how far its log had come. */
export const positionOf = (storeId: string, end: LogEnd | undefined): string =>
  `${storeId} ${end ? `${end.path} ${end.size}` : 'no log'}`
