import { compare, type Comparison, type Filter, type FilterValue } from '../domain/filter.ts'
import { keyfactorName } from './keyfactor-fields.ts'
import { OPERATOR_WORDS } from './keyfactor-words.ts'

/**
 * A filter in the query language of Keyfactor Command, with the same meaning.
 *
 * @returns undefined when the language cannot say it
 */
export function printKeyfactorQuery(filter: Filter): string | undefined {
  switch (filter.op) {
    case 'all':
      return ''
    case 'and':
    case 'or':
      return all(filter.terms, filter.op === 'and' ? 'AND' : 'OR')
    case 'not': {
      const term = printKeyfactorQuery(filter.term)
      return term === undefined || term === '' ? undefined : `NOT (${term})`
    }
    case 'in': {
      const { field, values } = filter
      return all(
        values.map((value) => compare(field, '=', value)),
        'OR',
      )
    }
    default:
      return comparisonText(filter)
  }
}

function all(terms: readonly Filter[], by: string): string | undefined {
  const texts = terms.map(printKeyfactorQuery)
  if (texts.some((text) => text === undefined || text === '')) return undefined
  return texts.length === 1 ? texts[0] : texts.map((text) => `(${text})`).join(` ${by} `)
}

function comparisonText({ field, operator, value }: Comparison): string | undefined {
  const name = keyfactorName(field)
  const text = valueText(value)
  return name === undefined || text === undefined ? undefined : `${name} ${OPERATOR_WORDS[operator]} ${text}`
}

function valueText(value: FilterValue): string | undefined {
  switch (value.type) {
    case 'null':
      return 'NULL'
    case 'duration': {
      const days = value.seconds / 86_400
      if (!Number.isInteger(days)) return undefined
      return days === 0 ? '"%TODAY%"' : `"%TODAY${days < 0 ? '-' : '+'}${Math.abs(days)}%"`
    }
    case 'text':
    case 'instant':
      return `"${value.value.replaceAll('"', '""')}"`
    default:
      return String(value.value)
  }
}
