import type { JsonObject } from '../../src/base/json.ts'
import type { RecordKind } from '../../src/domain/records.ts'
import type { OutputForm } from '../context.ts'
import type { SelectedField } from './fields.ts'
import type { TableStyle } from './table.ts'

/** How rows are to be written. */
export interface ListingOptions {
  readonly form: OutputForm
  readonly kind: RecordKind
  /** `--fields`; every form obeys it, `name` aside. */
  readonly fields?: readonly string[]
  readonly now: Date
  /** Whether the text goes to a terminal: tables are then cut to `columns`, CSV made safe. */
  readonly tty: boolean
  readonly columns: number
  readonly color: boolean
}

/** Rows in, text out: what each call answers is to be written before the next one. */
export interface Listing {
  row(row: JsonObject): Promise<string>
  /** The same for rows that are JSON texts already, one or more; absent where a form needs the rows themselves. */
  readonly texts?: (texts: readonly string[]) => string
  /** @param footer a line for people, shown below tables on a terminal only */
  end(footer?: string): Promise<string>
}

/** Rows of a table that are measured together, so that memory stays bounded. */
const BATCH = 1_000

/**
 * Opens a listing. Only the code of the wanted form is loaded. Memory does not grow with the rows: JSON, JSON lines,
 * CSV, YAML and names are written row by row, tables in batches of 1,000, a later
 * one no narrower than those before it.
 *
 * @throws {CertmanError} `cli.usage` for an unknown field
 */
export async function openListing(options: ListingOptions): Promise<Listing> {
  const { form } = options
  if (form === 'table' || form === 'wide') return openTable(options)
  if (form === 'csv') return openCsv(options)
  if (form === 'name') {
    const { nameLine } = await import('./name.ts')
    return { row: async (row) => nameLine(options.kind, row), end: async () => '' }
  }
  const shape = await shaper(options)
  if (form === 'json') return openJson(shape, options)
  if (form === 'yaml') return openYaml(shape)
  return openJsonLines(shape, options)
}

type Shape = (row: JsonObject) => JsonObject

async function selected({ kind, fields }: ListingOptions): Promise<readonly SelectedField[] | undefined> {
  if (!fields) return undefined
  const { selectFields } = await import('./fields.ts')
  return selectFields(kind, fields)
}

async function shaper(options: ListingOptions): Promise<Shape> {
  const fields = await selected(options)
  if (!fields) return (row) => row
  const { pick } = await import('./fields.ts')
  return (row) => pick(row, fields, options.now)
}

/** The array, element by element: laid out as `jsonText` would for people, one element a line for programs. */
async function openJson(shape: Shape, { tty, fields }: ListingOptions): Promise<Listing> {
  const { jsonElement, jsonElements } = await import('./json.ts')
  let count = 0
  const lead = (): string => (count === 0 ? '[\n' : ',\n')
  return {
    async row(row) {
      const text = lead() + jsonElement(shape(row), tty)
      count++
      return text
    },
    ...(!tty &&
      !fields && {
        texts: (texts) => {
          const text = lead() + jsonElements(texts)
          count += texts.length
          return text
        },
      }),
    end: async () => (count === 0 ? '[]\n' : '\n]\n'),
  }
}

async function openJsonLines(shape: Shape, { fields }: ListingOptions): Promise<Listing> {
  const { jsonLine, jsonLines } = await import('./jsonl.ts')
  return {
    row: async (row) => jsonLine(shape(row)),
    ...(!fields && { texts: jsonLines }),
    end: async () => '',
  }
}

async function openYaml(shape: Shape): Promise<Listing> {
  const { yamlText } = await import('./yaml.ts')
  let count = 0
  return {
    async row(row) {
      count++
      return yamlText([shape(row)])
    },
    end: async () => (count === 0 ? '[]\n' : ''),
  }
}

async function openCsv(options: ListingOptions): Promise<Listing> {
  const [{ csvLine }, { CSV_FIELDS }, { selectFields }] = await Promise.all([
    import('./csv.ts'),
    import('./list.ts'),
    import('./fields.ts'),
  ])
  const fields = selectFields(options.kind, options.fields ?? CSV_FIELDS[options.kind])
  const write = (values: Parameters<typeof csvLine>[0]): string => csvLine(values, options.tty)
  let head = write(fields.map(({ path }) => path))
  const takeHead = (): string => {
    const text = head
    head = ''
    return text
  }
  return {
    row: async (row) => takeHead() + write(fields.map(({ read }) => read(row, options.now))),
    end: async () => takeHead(),
  }
}

async function openTable(options: ListingOptions): Promise<Listing> {
  const [{ columnsOf, fieldColumns, WIDEST_CELL }, { renderTable }] = await Promise.all([
    import('./list.ts'),
    import('./table.ts'),
  ])
  const fields = await selected(options)
  const columns = fields
    ? fieldColumns(fields)
    : columnsOf(options.kind, options.form === 'wide' ? 'wide' : 'table')
  const style: TableStyle = {
    width: options.tty && options.form === 'table' ? options.columns : undefined,
    color: options.color,
    ...(options.tty && { widest: WIDEST_CELL }),
  }
  let batch: JsonObject[] = []
  let least: readonly number[] | undefined
  let leftOut: readonly string[] = []
  const flush = async (): Promise<string> => {
    const rows = batch.map((row) => columns.map(({ cell }) => cell(row, options.now)))
    batch = []
    const table = await renderTable({ columns, rows, header: !least, ...(least && { least }) }, style)
    least = table.widths
    leftOut = table.leftOut
    return table.text
  }
  return {
    async row(row) {
      batch.push(row)
      return batch.length < BATCH ? '' : flush()
    },
    async end(footer) {
      const text = batch.length > 0 ? await flush() : ''
      if (footer === undefined || !options.tty) return text
      const narrow = leftOut.length === 0 ? '' : `; no room for ${leftOut.join(', ')}: -o wide has all`
      return `${text}${footer}${narrow}\n`
    },
  }
}
