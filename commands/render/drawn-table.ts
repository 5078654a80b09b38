import CliTable from 'cli-table3'
import { painter } from './color.ts'
import type { FittedTable, TableStyle } from './table.ts'

/** No lines, two blanks between columns: the look of the padded columns beyond 200 rows. */
const CHARS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const

/** Draws a table whose cells are safe and cut to their widths already. */
export function drawTable({ columns, lines, widths }: FittedTable, { color }: TableStyle): string {
  const paint = painter(color)
  const table = new CliTable({
    chars: CHARS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colWidths: [...widths],
    colAligns: columns.map(({ align }) => align ?? 'left'),
  })
  for (const row of lines) table.push(row.map(({ text, tone }) => paint(tone, text)))
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}
