import type { JsonObject } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { longBody } from '../../http/long-body.ts'
import { rowsAcross, type Across } from './server-across.ts'
import type { Desk } from './server-desk.ts'
import { certificatesAsked, windowOf } from './server-list.ts'
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

/** `GET /Certificates/CSV`: all that the query finds, unless the caller asks for a page. */
export async function listAsCsv(desk: Desk): Promise<Answer> {
  const isPage = ['returnLimit', 'pageReturned'].some((name) => parameter(desk.call, name) !== undefined)
  const asked = await certificatesAsked(desk, isPage ? windowOf(desk) : { limit: Infinity, offset: 0 })
  return {
    status: 200,
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: await longBody(lines(desk, asked)),
  }
}

/** The head, then a line for each row. */
async function* lines(desk: Desk, asked: Across): AsyncGenerator<string> {
  const shower = new Shower(desk)
  yield `${CSV_COLUMNS.join(',')}\r\n`
  for await (const placed of rowsAcross(desk, asked)) yield lineOf(await shower.summed(placed))
}

const lineOf = (body: JsonObject): string =>
  `${CSV_COLUMNS.map((column) => csvCell(String(body[column] ?? ''))).join(',')}\r\n`

/** Quoted where it must be; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
