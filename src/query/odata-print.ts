import {
  compare,
  type Comparison,
  type Filter,
  type FilterOperator,
  type FilterValue,
} from '../domain/filter.ts'

const FIELDS: Readonly<Record<string, string>> = {
  subject: 'subject',
  thumbprint: 'thumbprint',
  notAfter: 'expirationDate',
}

const OPERATORS: Partial<Record<FilterOperator, string>> = {
  '=': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
}

/**
 * A filter over the vendor's entity (see `parseODataFilter`) as a `$filter`. `substringof` and `datetime'…'` are used:
 * every version of the API knows them.
 *
 * @param idField what the name is called: `id` in the classic form, `name` in ARM
 * @returns the empty text for everything; undefined when the language cannot say it
 */
export function printODataFilter(filter: Filter, idField: 'id' | 'name'): string | undefined {
  return filter.op === 'all' ? '' : printed(filter, idField)
}

function printed(filter: Filter, idField: 'id' | 'name'): string | undefined {
  switch (filter.op) {
    case 'all':
      return 'true'
    case 'and':
    case 'or':
      return chained(filter.terms, filter.op, idField)
    case 'not': {
      if (filter.term.op === 'all') return 'false'
      const term = printed(filter.term, idField)
      return term === undefined ? undefined : `not (${term})`
    }
    case 'in': {
      const { field, values } = filter
      const terms = values.map((value) => compare(field, '=', value))
      return chained(terms, 'or', idField)
    }
    default:
      return comparisonText(filter, filter.field === 'name' ? idField : FIELDS[filter.field])
  }
}

function chained(terms: readonly Filter[], by: 'and' | 'or', idField: 'id' | 'name'): string | undefined {
  const texts = terms.map((term) => printed(term, idField))
  if (texts.length === 0 || texts.includes(undefined)) return undefined
  return texts.length === 1 ? texts[0] : texts.map((text) => `(${text})`).join(` ${by} `)
}

function comparisonText(
  { field, operator, value }: Comparison,
  name: string | undefined,
): string | undefined {
  const literal = literalOf(field, value)
  if (name === undefined || literal === undefined) return undefined
  const word = OPERATORS[operator]
  if (word !== undefined) return `${name} ${word} ${literal}`
  if (value.type !== 'text') return undefined
  if (operator === '~') return `substringof(${literal},${name})`
  return `${operator === '^=' ? 'startswith' : 'endswith'}(${name},${literal})`
}

function literalOf(field: string, value: FilterValue): string | undefined {
  if (value.type === 'null') return 'null'
  if (field === 'notAfter')
    return value.type === 'instant' ? `datetime'${value.value.replace(/Z$/, '')}'` : undefined
  if (value.type !== 'text') return undefined
  const text = field === 'thumbprint' ? value.value.toUpperCase() : value.value
  return `'${text.replaceAll("'", "''")}'`
}
