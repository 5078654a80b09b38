import { painter, type Tone } from './color.ts'
import { safeText } from './safe.ts'
import { cut, displayWidth, pad } from './width.ts'

/** One column of a table. */
export interface Column {
  readonly header: string
  readonly align?: 'left' | 'right'
  /** Columns that it keeps when the table has to shrink; without it the column never shrinks. */
  readonly min?: number
  /** Where the terminal is too narrow for all columns, those with a number are left out, 1 first. */
  readonly spare?: number
}

/** One cell: raw text (made safe here) and the tone in which it stands out. */
export interface Cell {
  readonly text: string
  readonly tone?: Tone | undefined
}

export interface Table {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Least width of each column, from rows that were written before. */
  readonly least?: readonly number[]
  /** `false` for rows that continue a table. */
  readonly header?: boolean
}

export interface TableStyle {
  /** Columns of the terminal that the table must fit; undefined in a pipe and for `wide`: nothing is cut. */
  readonly width: number | undefined
  readonly color: boolean
  /** Columns at which any cell is cut. */
  readonly widest?: number
}

/** A table as text, and the widths that its columns took before they were shrunk. */
export interface RenderedTable {
  readonly text: string
  readonly widths: readonly number[]
  /** Headers of the columns for which there was no room. */
  readonly leftOut: readonly string[]
}

/** Blanks between two columns. */
const GAP = 2
/** cli-table3 is quadratic in the rows; beyond this the same look is made by hand. */
const MAX_DRAWN_ROWS = 200

/** A table for people: cli-table3 on a terminal up to 200 rows, else padded columns; both look the same. */
export async function renderTable(table: Table, style: TableStyle): Promise<RenderedTable> {
  const { fitted, widths, leftOut } = laidOut(table, style)
  const small = style.width !== undefined && table.rows.length <= MAX_DRAWN_ROWS
  const draw = small ? (await import('./drawn-table.ts')).drawTable : padTable
  return { text: draw(fitted, style), widths, leftOut }
}

/** A table with the columns that there is room for, made safe and cut. */
function laidOut(
  table: Table,
  style: TableStyle,
): Omit<RenderedTable, 'text'> & { readonly fitted: FittedTable } {
  const safe = madeSafe(table, style)
  const widths = naturalWidths(safe)
  const kept = keptColumns(safe, widths, style)
  const leftOut = safe.columns.flatMap(({ header }, at) => (kept.includes(at) ? [] : [header]))
  const fitted = fit(
    {
      ...safe,
      columns: kept.map((at) => safe.columns[at]!),
      rows: leftOut.length === 0 ? safe.rows : safe.rows.map((row) => kept.map((at) => row[at]!)),
    },
    kept.map((at) => widths[at]!),
    style,
  )
  return { fitted, widths, leftOut }
}

/** The columns that there is room for when each is at its least; without a width, and where nothing is spare, all. */
function keptColumns(
  { columns }: Table,
  widths: readonly number[],
  { width }: TableStyle,
): readonly number[] {
  const kept = new Set(columns.keys())
  const spare = [...kept].filter((at) => columns[at]!.spare !== undefined)
  spare.sort((a, b) => columns[a]!.spare! - columns[b]!.spare!)
  const room = (): number =>
    [...kept].reduce((sum, at) => sum + GAP + Math.min(widths[at]!, leastOf(columns[at]!) ?? Infinity), -GAP)
  for (const at of spare) if (width !== undefined && room() > width) kept.delete(at)
  return [...kept]
}

/** What a column shrinks to: its header stays whole. Undefined: it does not shrink. */
const leastOf = ({ min, header }: Column): number | undefined =>
  min === undefined ? undefined : Math.max(min, displayWidth(header))

/** The same without cli-table3, at once. */
export function renderPlain(table: Table, style: TableStyle): string {
  return padTable(laidOut(table, style).fitted, style)
}

/** Rows of plain texts under their headers; of no rows nothing, no header either. */
export function renderRows(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const cells = rows.map((row) => row.map((text) => ({ text })))
  return cells.length === 0 ? '' : renderPlain({ columns, rows: cells }, style)
}

function madeSafe(table: Table, { widest }: TableStyle): Table {
  const safe = (text: string): string => (widest === undefined ? safeText(text) : cut(safeText(text), widest))
  return { ...table, rows: table.rows.map((row) => row.map((cell) => ({ ...cell, text: safe(cell.text) }))) }
}

function padTable({ lines, columns, widths }: FittedTable, { color }: TableStyle): string {
  const paint = painter(color)
  const padded = ({ text, tone }: Cell, at: number): string => {
    const blanks = pad('', (widths[at] ?? 0) - displayWidth(text))
    return columns[at]?.align === 'right' ? blanks + paint(tone, text) : paint(tone, text) + blanks
  }
  return lines.map((row) => `${row.map(padded).join(' '.repeat(GAP)).trimEnd()}\n`).join('')
}

/** A table whose cells, the header's included, are safe and cut to the widths. */
export interface FittedTable {
  readonly columns: readonly Column[]
  readonly lines: readonly (readonly Cell[])[]
  readonly widths: readonly number[]
}

function naturalWidths({ columns, rows, least }: Table): number[] {
  return columns.map(({ header }, at) =>
    rows.reduce(
      (most, row) => Math.max(most, displayWidth(row[at]?.text ?? '')),
      Math.max(displayWidth(header), least?.[at] ?? 0),
    ),
  )
}

function fit(
  { columns, rows, header }: Table,
  natural: readonly number[],
  { width }: TableStyle,
): FittedTable {
  const head: Cell[] = columns.map((column) => ({ text: column.header, tone: 'strong' }))
  const lines = header === false ? rows : [head, ...rows]
  if (width === undefined) return { columns, lines, widths: natural }
  const widths = shrink(natural, columns, width - GAP * (columns.length - 1))
  const cutLines = lines.map((row) =>
    row.map((cell, at) => ({ ...cell, text: cut(cell.text, widths[at] ?? 0) })),
  )
  return { columns, lines: cutLines, widths }
}

/** Takes columns away from the widest that may shrink, until all fit or all are at their least. */
function shrink(natural: readonly number[], columns: readonly Column[], room: number): number[] {
  const widths = [...natural]
  let excess = widths.reduce((sum, width) => sum + width, 0) - room
  while (excess > 0) {
    const order = widths
      .map((width, at) => ({ width, at, min: leastOf(columns[at]!) ?? Infinity }))
      .filter(({ width, min }) => width > min)
      .sort((a, b) => b.width - a.width)
    const [widest, second] = order
    if (!widest) break
    const least = Math.max(widest.min, second?.width ?? 0)
    const step = Math.min(excess, Math.max(widest.width - least, 1))
    widths[widest.at] = widest.width - step
    excess -= step
  }
  return widths
}
