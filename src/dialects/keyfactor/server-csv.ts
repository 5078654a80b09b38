import type { JsonObject } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import type { Page } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { certificatePage, windowOf } from './server-list.ts'
import { parameter } from './server-request.ts'
import { Shower } from './server-show.ts'

const CSV_COLUMNS = [
  'Id',
  'Thumbprint',
  'SerialNumber',
  'IssuedDN',
  'IssuedCN',
  'IssuerDN',
  'NotBefore',
  'NotAfter',
  'CertStateString',
  'TemplateName',
] as const

/** Rows that are asked of the stores at a time. */
const PAGE = 5_000

/** `GET /Certificates/CSV`: all that the query finds, unless the caller asks for a page. */
export async function listAsCsv(desk: Desk): Promise<Answer> {
  const isPage = ['returnLimit', 'pageReturned'].some((name) => parameter(desk.call, name) !== undefined)
  // what is refused is refused before the first line
  const first = await certificatePage(desk, isPage ? windowOf(desk) : { limit: PAGE, offset: 0 })
  return {
    status: 200,
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: lines(desk, first, isPage ? first.rows.length : first.total),
  }
}

/** The head, then page after page until `most` rows are out. */
async function* lines(desk: Desk, first: Page, most: number): AsyncGenerator<Uint8Array> {
  const shower = new Shower(desk)
  const encoder = new TextEncoder()
  yield encoder.encode(`${CSV_COLUMNS.join(',')}\r\n`)
  let { rows } = first
  for (let offset = rows.length; rows.length > 0; offset += rows.length) {
    const bodies = await Promise.all(rows.map(({ served, row }) => shower.listed(served, row)))
    yield encoder.encode(bodies.map(lineOf).join(''))
    rows = offset < most ? (await certificatePage(desk, { limit: PAGE, offset })).rows : []
  }
}

const lineOf = (body: JsonObject): string =>
  `${CSV_COLUMNS.map((column) => csvCell(String(body[column] ?? ''))).join(',')}\r\n`

/** Quoted where it must be; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
