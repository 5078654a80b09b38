import type { JsonObject } from '../../base/json.ts'
import type { Answer } from '../../http/exchange.ts'
import { rowsAcross, type Placed } from './server-across.ts'
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

/** Characters that go out at a time. */
const PART = 32 * 1024

/** `GET /Certificates/CSV`: all that the query finds, unless the caller asks for a page. */
export async function listAsCsv(desk: Desk): Promise<Answer> {
  const isPage = ['returnLimit', 'pageReturned'].some((name) => parameter(desk.call, name) !== undefined)
  const window = isPage ? windowOf(desk) : { limit: Infinity, offset: 0 }
  const rows = rowsAcross(desk, await certificatesAsked(desk, window))
  // what is refused is refused before the first line
  const first = await rows.next()
  return {
    status: 200,
    headers: { 'Content-Type': 'text/csv; charset=utf-8' },
    body: lines(new Shower(desk), first, rows),
  }
}

/** The head, then a line for each row. */
async function* lines(
  shower: Shower,
  first: IteratorResult<Placed>,
  rows: AsyncGenerator<Placed>,
): AsyncGenerator<Uint8Array> {
  let text = `${CSV_COLUMNS.join(',')}\r\n`
  try {
    for (let next = first; !next.done; next = await rows.next()) {
      text += lineOf(await shower.summed(next.value))
      if (text.length < PART) continue
      yield Buffer.from(text)
      text = ''
    }
    yield Buffer.from(text)
  } finally {
    await rows.return(undefined)
  }
}

const lineOf = (body: JsonObject): string =>
  `${CSV_COLUMNS.map((column) => csvCell(String(body[column] ?? ''))).join(',')}\r\n`

/** Quoted where it must be; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
