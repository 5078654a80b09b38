import type { JsonObject } from '../src/base/json.ts'
import type { RecordKind } from '../src/domain/records.ts'
import type { ListedRecords } from '../src/store/store.ts'
import type { Context } from './context.ts'
import { isData } from './options/global.ts'
import { type Listing, openListing } from './render/listing.ts'
import { countOf, PLURALS } from './references.ts'

/** Text is handed to the stream in pieces of about this many characters: few system calls, little memory. */
const PIECE = 32 * 1024

interface Rows {
  readonly kind: RecordKind
  readonly rows: (AsyncIterable<JsonObject> | Iterable<JsonObject>) & Pick<ListedRecords, 'texts'>
  /** What people read instead of a table without rows. */
  readonly nothing?: string
  /** Rows beyond the limit are not printed; that there are some is said to people, with `more`. */
  readonly most?: { readonly limit: number; readonly more: string }
}

/**
 * Streams rows to standard output in the form that was asked for; memory does not grow with their number.
 *
 * @returns how many there were
 */
export async function printList(ctx: Context, list: Rows): Promise<number> {
  const { terminal, global, ambient } = ctx
  const { kind, nothing = `no ${PLURALS[kind]}`, most } = list
  const listing = await openListing({
    form: global.output ?? 'table',
    kind,
    ...(global.fields && { fields: global.fields }),
    now: ambient.now(),
    tty: terminal.stdoutIsTty,
    columns: terminal.columns,
    color: global.color,
  })
  const { found, isCut } = await (list.rows.texts && listing.texts
    ? pourTexts(ctx, list.rows.texts(), { most: list.most, textOf: listing.texts })
    : pour(ctx, list, listing))
  const count = countOf(kind, found)
  const remark = isCut ? `${count}; ${most?.more}` : count
  await terminal.write(await listing.end(found > 0 ? remark : undefined))
  if (found === 0) sayToPeople(ctx, isCut ? remark : nothing)
  // piped into a pager the table has no footer
  else if (isCut && !terminal.stdoutIsTty) sayToPeople(ctx, remark)
  return found
}

/** Rows from the store to the stream, up to the limit; `isCut` says that there are more. */
async function pour({ terminal }: Context, { rows, most }: Rows, listing: Listing) {
  let pending = ''
  let found = 0
  let isCut = false
  for await (const row of rows) {
    isCut = found === most?.limit
    if (isCut) break
    found++
    pending += await listing.row(row)
    if (pending.length < PIECE) continue
    await terminal.write(pending)
    pending = ''
  }
  await terminal.write(pending)
  return { found, isCut }
}

interface Texts {
  readonly most: Rows['most']
  readonly textOf: (texts: readonly string[]) => string
}

/** The same for rows that are text already: nobody looks into them on their way. */
async function pourTexts(
  { terminal }: Context,
  pieces: AsyncIterable<readonly string[]>,
  { most, textOf }: Texts,
) {
  let found = 0
  for await (const piece of pieces) {
    const room = (most?.limit ?? Infinity) - found
    const texts = piece.length > room ? piece.slice(0, room) : piece
    if (texts.length > 0) await terminal.write(textOf(texts))
    found += texts.length
    if (piece.length > room) return { found, isCut: true }
  }
  return { found, isCut: false }
}

/** Says what a script does not need: only where a table is printed and a person sees the talk. */
function sayToPeople({ terminal, global: { output } }: Context, line: string): void {
  if (terminal.stderrIsTty && !isData(output)) terminal.say(line)
}
