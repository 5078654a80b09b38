import type { Filter, FilterValue } from '../domain/filter.ts'

/**
 * A filter as our own language says it: `parseFilter` of the text means the same. Everything is the empty text.
 */
export function printFilter(filter: Filter): string {
  return filter.op === 'all' ? '' : printed(filter)
}

/** No language has a word for "everything" in the middle: every certificate has an id. */
const ALWAYS = 'id != null'

function printed(filter: Filter): string {
  switch (filter.op) {
    case 'all':
      return ALWAYS
    case 'and':
    case 'or':
      return filter.terms.length === 1
        ? printed(filter.terms[0]!)
        : filter.terms.map((term) => bracketed(term)).join(` ${filter.op} `)
    case 'not':
      return `not ${bracketed(filter.term)}`
    case 'in':
      return `${filter.field} in (${filter.values.map(valueText).join(', ')})`
    default:
      return `${filter.field} ${filter.operator} ${valueText(filter.value)}`
  }
}

const bracketed = (filter: Filter): string =>
  filter.op === 'compare' || filter.op === 'in' ? printed(filter) : `(${printed(filter)})`

function valueText(value: FilterValue): string {
  switch (value.type) {
    case 'null':
      return 'null'
    case 'duration':
      return `${value.seconds}s`
    case 'text':
      return /^[A-Za-z0-9._@*-]+$/.test(value.value) && !/^(?:null|and|or|not|in)$/i.test(value.value)
        ? value.value
        : `"${value.value.replace(/["\\]/g, '\\$&')}"`
    default:
      return String(value.value)
  }
}
