import type { JsonObject } from '../../src/base/json.ts'
import { textAt } from './cells.ts'
import { entry, renderSheet, type SheetStyle } from './sheet.ts'

/** A saved filter as `show` prints it. */
export function renderCollection(item: JsonObject, style: SheetStyle): string {
  const of = (label: string, field: string) => entry(label, textAt(item, field))
  const entries = [
    ...of('Id', 'id'),
    ...of('Name', 'name'),
    ...of('Filter', 'filter'),
    ...of('Description', 'description'),
  ]
  return renderSheet([{ title: 'Collection', entries }], style)
}
