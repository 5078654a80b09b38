/** The filter's abstract syntax, shared by our language, OData and Keyfactor's (DESIGN section 6 names the operators). */
export type FilterOperator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '^=' | '$='

/** A value after parsing: `duration` is seconds (for `expires` and `age`), `instant` is RFC 3339 UTC. */
export type FilterValue =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'instant'; readonly value: string }
  | { readonly type: 'duration'; readonly seconds: number }
  | { readonly type: 'null' }

/**
 * Fields are paths into the JSON of the noun (`subject`, `publicKey.type`, `tags`), or `expires`, `age`, `san`.
 * A comparison on a list holds when any element fits; `!=` when none does. Text compares without case.
 */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly op: 'not'; readonly term: Filter }
  | {
      readonly op: 'compare'
      readonly field: string
      readonly operator: FilterOperator
      readonly value: FilterValue
    }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly FilterValue[] }

/** A filter that is one comparison. */
export type Comparison = Extract<Filter, { readonly op: 'compare' }>

/** One comparison. @param field as the catalogue spells it */
export const compare = (field: string, operator: FilterOperator, value: FilterValue): Comparison => ({
  op: 'compare',
  field,
  operator,
  value,
})

/** What no record passes. */
export const NOTHING: Filter = { op: 'not', term: { op: 'all' } }

/** One key of the order; text sorts without case. */
export interface Sort {
  readonly field: string
  readonly descending: boolean
}

/** What to list: filter, order, window. */
export interface Query {
  readonly filter: Filter
  readonly sort: readonly Sort[]
  readonly limit?: number
  readonly offset?: number
}

/** Everything, in id order. */
export const EVERYTHING: Query = { filter: { op: 'all' }, sort: [] }

/** The fields that a filter compares, as it spells them; one may be there several times. */
export function fieldsIn(filter: Filter): readonly string[] {
  switch (filter.op) {
    case 'all':
      return []
    case 'and':
    case 'or':
      return filter.terms.flatMap(fieldsIn)
    case 'not':
      return fieldsIn(filter.term)
    default:
      return [filter.field]
  }
}

/** Records whose field is this text, upper and lower case alike; of a list, any element. */
export const fieldIs = (field: string, text: string): Filter =>
  compare(field, '=', { type: 'text', value: text })
