import type { JsonObject } from '../../src/base/json.ts'
import type { Emission } from '../context.ts'
import { type RenderContext, toJson } from './style.ts'

/** `overview` is what `show` prints without flags. */
export type ShowForm = 'overview' | 'text' | 'pem'

/** JSON of what is shown: the item itself when there is one, else the array. */
export const oneOrAll = (items: readonly JsonObject[]): Emission['json'] =>
  toJson(items.length === 1 ? items[0] : items)

/** Records of a store. JSON is printed without what writes for people. */
export function renderRecords(ctx: RenderContext, records: readonly JsonObject[], form: ShowForm): Emission {
  return {
    get json() {
      return oneOrAll(records)
    },
    text: async () => (await import('./show.ts')).itemsText(ctx, records, form),
  }
}
