import type { JsonObject } from '../src/base/json.ts'
import type { RecordKind } from '../src/domain/records.ts'
import type { Context, OutputForm } from './context.ts'
import { openListing } from './render/listing.ts'
import { PLURALS, referenceOf } from './references.ts'

/** Text is handed to the stream in pieces of about this many characters: few system calls, little memory. */
const PIECE = 32 * 1024

interface Rows {
  readonly kind: RecordKind
  readonly rows: AsyncIterable<JsonObject> | Iterable<JsonObject>
  /** What people read instead of a table without rows. */
  readonly nothing?: string
}

/**
 * Streams rows to standard output in the form that was asked for; memory does not grow with their number.
 *
 * @returns how many there were
 */
export async function printList(ctx: Context, { kind, rows, nothing }: Rows): Promise<number> {
  const { terminal, global, ambient } = ctx
  const form: OutputForm = global.output ?? 'table'
  const listing = await openListing({
    form,
    kind,
    ...(global.fields && { fields: global.fields }),
    now: ambient.now(),
    tty: terminal.stdoutIsTty,
    columns: terminal.columns,
    color: global.color,
  })
  let pending = ''
  let found = 0
  for await (const row of rows) {
    found++
    // names alone are there for other verbs: `requests/3`, as those take it
    pending += await listing.row(form === 'name' ? { name: referenceOf(kind, row) } : row)
    if (pending.length < PIECE) continue
    await terminal.write(pending)
    pending = ''
  }
  const word = found === 1 ? kind : PLURALS[kind]
  await terminal.write(pending + (await listing.end(found > 0 ? `${found} ${word}` : undefined)))
  const forPeople = form === 'table' || form === 'wide'
  if (found === 0 && forPeople && terminal.stderrIsTty) terminal.say(nothing ?? `no ${PLURALS[kind]}`)
  return found
}
