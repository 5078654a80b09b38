import type { LeftItem, Place } from '../../src/formats/items.ts'
import type { Outcome } from '../../src/store/store.ts'
import { keyText, shortId, textAt } from './cells.ts'
import type { Tone } from './color.ts'
import { withTypedPlace } from '../place-in-command.ts'
import { safeText } from './safe.ts'
import type { Style } from './style.ts'
import { subjectText } from './subject-text.ts'
import { type Cell, renderPlain } from './table.ts'
import { dayOf } from './time-left.ts'

/** What `Outcome.what` says to people. */
const WORDS: Readonly<Record<string, readonly [word: string, tone?: Tone]>> = {
  created: ['added', 'good'],
  present: ['already there', 'faint'],
  same: ['already so', 'faint'],
  keyed: ['joined by its key', 'good'],
  unkeyed: ['left by its key', 'warn'],
  superseded: ['superseded', 'warn'],
  deleted: ['moved to the trash', 'warn'],
  destroyed: ['destroyed', 'bad'],
  issued: ['issued', 'good'],
  attached: ['attached', 'good'],
  rejected: ['rejected', 'warn'],
  revoked: ['revoked', 'bad'],
  held: ['on hold', 'warn'],
  released: ['released', 'good'],
  'password set': ['new password', 'good'],
  'password removed': ['no password', 'warn'],
  'crl signed': ['CRL signed', 'good'],
  'crl taken': ['CRL taken', 'good'],
  'crl waiting': ['CRL waits', 'warn'],
}

/** The first line of a dry run. */
const DRY_RUN = 'dry run, nothing was changed; this would happen:\n'

/** Lines whose columns are aligned with each other: the cells of a hundred thousand would fill the memory. */
const TOGETHER = 1000

/** Where there is no trash, what is deleted is gone. */
const GONE = ['deleted for good', 'bad'] as const

/**
 * What happened, or would happen, to each record: one line each.
 *
 * @param hasTrash whether what was deleted can be brought back; default: it can
 */
export function outcomeLines(
  outcomes: readonly Outcome[],
  style: Style,
  { dryRun, hasTrash = true }: { readonly dryRun: boolean; readonly hasTrash?: boolean },
): string {
  if (outcomes.length === 0) return 'nothing to do\n'
  const columns = [
    { header: '' },
    { header: '' },
    { header: '', min: 8 },
    // with the longest word and a key among the records a line still has 80 columns
    { header: '', min: 10, spare: 2 },
    { header: '', spare: 1 },
  ]
  let lines = ''
  for (let at = 0; at < outcomes.length; at += TOGETHER)
    lines += renderPlain(
      {
        columns,
        rows: outcomes.slice(at, at + TOGETHER).map((each) => cellsOf(each, hasTrash)),
        header: false,
      },
      style,
    )
  return dryRun ? DRY_RUN + lines : lines
}

function cellsOf({ kind, id, what, row }: Outcome, hasTrash: boolean): Cell[] {
  const [word, tone] = what === 'deleted' && !hasTrash ? GONE : (WORDS[what] ?? [what])
  // it is about the CRL, and that ends long before its authority
  const until = textAt(row, what.startsWith('crl ') ? 'crl.nextUpdate' : 'notAfter')
  return [
    { text: word, tone },
    { text: `${kind} ${shortId(kind, id)}` },
    { text: textAt(row, 'name') },
    { text: subjectText(row) || keyText(row) },
    { text: until === '' ? '' : `until ${dayOf(until)}`, tone: 'faint' },
  ]
}

/** What files held and the store did not take, each with its place and the reason. */
export function leftLines(left: readonly LeftItem[]): string {
  if (left.length === 0) return ''
  const lines = left.map(
    ({ what, place, why }) => `  ${safeText(`${what} in ${placeText(place)}: ${why}`)}\n`,
  )
  return `not taken:\n${lines.join('')}`
}

/** `web.pfx, bag 2`. */
function placeText({ file, at }: Place): string {
  const name = file === '-' ? 'standard input' : file
  return at === undefined ? name : `${name}, ${at}`
}

/** Remarks, one line each: commands in them are copied whole only where the terminal itself breaks the line. */
export function noteLines(notes: readonly string[], { typed }: Pick<Style, 'typed'> = {}): string {
  return notes.map((note) => `note: ${safeText(withTypedPlace(note, typed))}\n`).join('')
}
