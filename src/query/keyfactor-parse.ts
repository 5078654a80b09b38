import { type Filter, type FilterOperator, NOTHING } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { filterFault, quoted } from './fault.ts'
import { findField } from './fields.ts'
import {
  keyfactorField,
  keyfactorFieldNames,
  type KeyfactorKind,
  type KeyfactorMeaning,
} from './keyfactor-fields.ts'
import { readKeyfactorQuery, type KeyfactorComparison } from './keyfactor-grammar.ts'
import type { KeyfactorWord } from './keyfactor-words.ts'
import { didYouMean } from './near.ts'
import { comparison } from './values.ts'

/**
 * Parses a query of Keyfactor Command (`IssuedCN -contains "web" AND NOT (CertState -eq 2)`); field names, operators
 * and connectives in any letter case. Blank text is everything.
 *
 * @throws {CertmanError} `filter.invalid` with the column and a caret line
 */
export function parseKeyfactorQuery(text: string, kind: KeyfactorKind = 'certificate'): Filter {
  const meaningOf = (name: KeyfactorWord): KeyfactorMeaning => {
    const meaning = keyfactorField(kind, name.text)
    if (meaning) return meaning
    throw unknownField(text, name, kind)
  }
  const filter = readKeyfactorQuery<Filter, KeyfactorMeaning>(text, {
    field: meaningOf,
    compare: ({ field, ...rest }) =>
      'codes' in field
        ? coded(text, { ...rest, field: field.codes })
        : compared(text, kind, { ...rest, field }),
    not: (term) => ({ op: 'not', term }),
    join: (op, terms) => ({ op, terms }),
  })
  return filter ?? { op: 'all' }
}

type PlainMeaning = Extract<KeyfactorMeaning, { readonly field: string }>

function compared(
  query: string,
  kind: RecordKind,
  { field: meaning, operator, words }: KeyfactorComparison<PlainMeaning>,
): Filter {
  const spec = findField(kind, meaning.field)
  if (!spec) throw new TypeError(`keyfactor: no field ${meaning.field}`)
  const { value } = words
  const text = meaning.ours?.(value.text) ?? today(value.text) ?? value.text
  // there other text than hex is no fault: nothing has it
  const typed = spec.type === 'hex' ? { ...spec, type: 'text' as const } : spec
  const filter = comparison(typed, operator, { text, quoted: value.kind === 'text' })
  if (!('refused' in filter)) return filter
  const at = spec.type === 'instant' || spec.type === 'number' ? value.at : words.operator.at
  throw filterFault({ text: query, at, message: filter.refused, advice: filter.advice })
}

function coded(
  query: string,
  { field: codes, operator, words: { value } }: KeyfactorComparison<Readonly<Record<string, Filter>>>,
): Filter {
  if (!EQUALITY.includes(operator))
    throw filterFault({ text: query, at: value.at, message: 'a code is compared with -eq or -ne' })
  const isNull = value.kind === 'word' && value.text.toLowerCase() === 'null'
  const any: Filter = { op: 'or', terms: Object.values(codes) }
  const code = value.text.trim()
  const fitting = Object.hasOwn(codes, code) ? codes[code]! : NOTHING
  const found: Filter = isNull ? { op: 'not', term: any } : fitting
  return operator === '=' ? found : { op: 'not', term: found }
}

const EQUALITY: readonly FilterOperator[] = ['=', '!=']

function unknownField(text: string, name: KeyfactorWord, kind: KeyfactorKind): Error {
  const advice = didYouMean(name.text, keyfactorFieldNames(kind))
  const message = `unknown field ${quoted(name.text)}`
  return filterFault({ text, at: name.at, message, ...(advice !== undefined && { advice }) })
}

/** `%TODAY-30%`: days counted from now. */
function today(text: string): string | undefined {
  const match = /^%TODAY(?:([+-])(\d{1,5}))?%$/i.exec(text)
  return match ? `${match[1] === '-' ? '-' : ''}${match[2] ?? '0'}d` : undefined
}
