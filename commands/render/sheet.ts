import { painter, type Tone } from './color.ts'
import { safeText } from './safe.ts'
import { displayWidth, pad, wrap } from './width.ts'

/** A piece of text, raw; made safe when it is laid out. */
export interface Piece {
  readonly text: string
  readonly tone?: Tone | undefined
}

/** One labelled entry; several values stand below each other. */
export interface Entry {
  readonly label: string
  readonly values: readonly Piece[]
}

/** A titled group of entries. Sections without entries are left out. */
export interface Section {
  readonly title: string
  readonly entries: readonly Entry[]
  /** Lines that stand as they are, below the entries (a tree). */
  readonly lines?: readonly Piece[]
}

export interface SheetStyle {
  /** Columns to wrap at; undefined: lines are as long as they are. */
  readonly width: number | undefined
  readonly color: boolean
  /** Values longer than this are cut, and the cut is said. */
  readonly longest?: number
}

const INDENT = 2
const GAP = 2
/** Labels longer than this have their values on the next line. */
const WIDEST_LABEL = 13
/** Column at which values begin at the latest: a SHA-256 in hex still fits a line of 80. */
const LATEST_START = 16

/** An entry of one value, or nothing when the value is empty. */
export function entry(label: string, text: string, tone?: Tone): Entry[] {
  return text === '' ? [] : [{ label, values: [{ text, tone }] }]
}

/** An entry of several values, or nothing when there are none. */
export function entries(label: string, texts: readonly string[]): Entry[] {
  return texts.length === 0 ? [] : [{ label, values: texts.map((text) => ({ text })) }]
}

/** Sections with aligned labels: the look of `show`. */
export function renderSheet(sections: readonly Section[], style: SheetStyle): string {
  const shown = sections.filter((section) => section.entries.length > 0 || (section.lines?.length ?? 0) > 0)
  const column = shown
    .flatMap((section) => section.entries)
    .reduce((most, { label }) => Math.max(most, Math.min(displayWidth(label), WIDEST_LABEL)), 0)
  return shown.map((section) => renderSection(section, column, style)).join('\n')
}

function renderSection(section: Section, column: number, style: SheetStyle): string {
  const paint = painter(style.color)
  const lines = [
    paint('strong', safeText(section.title)),
    ...section.entries.flatMap((one) => renderEntry(one, column, style)),
    ...(section.lines ?? []).flatMap((line) => renderLine(line, style)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** A line that stands as it is; what does not fit goes on two columns further in. */
function renderLine({ text, tone }: Piece, { width, color }: SheetStyle): string[] {
  const safe = safeText(text)
  const lead = ' '.repeat(INDENT + safe.length - safe.trimStart().length)
  const room = width === undefined ? Infinity : width - lead.length - GAP
  const [first = '', ...more] = room === Infinity ? [safe.trimStart()] : wrap(safe.trimStart(), room)
  const paint = painter(color)
  return [lead + paint(tone, first), ...more.map((line) => `${lead}${' '.repeat(GAP)}${paint(tone, line)}`)]
}

function renderEntry({ label, values }: Entry, column: number, style: SheetStyle): string[] {
  const start = Math.min(INDENT + column + GAP, LATEST_START)
  const paint = painter(style.color)
  const lines = values.flatMap((value) =>
    wrapValue(value, start, style).map((line) => paint(value.tone, line)),
  )
  const head = ' '.repeat(INDENT) + pad(safeText(label), column)
  const indented = lines.map((line) => ' '.repeat(start) + line)
  if (displayWidth(label) > column) return [head, ...indented]
  return [`${head}${' '.repeat(start - column - INDENT)}${lines[0] ?? ''}`.trimEnd(), ...indented.slice(1)]
}

function wrapValue({ text }: Piece, start: number, { width, longest }: SheetStyle): string[] {
  const safe = safeText(shortened(text, longest))
  return width === undefined ? [safe] : wrap(safe, width - start)
}

function shortened(text: string, longest: number | undefined): string {
  if (longest === undefined || text.length <= longest) return text
  return `${text.slice(0, longest)}… (${text.length} characters, all of them with --text)`
}
