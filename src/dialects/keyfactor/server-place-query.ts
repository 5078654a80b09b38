import type { Json, JsonObject } from '../../base/json.ts'
import type { FilterOperator } from '../../domain/filter.ts'
import { filterFault, quoted } from '../../query/fault.ts'
import { readKeyfactorQuery, type KeyfactorComparison } from '../../query/keyfactor-grammar.ts'
import { queryFault } from './errors.ts'
import { member } from './wire.ts'

type Test = (body: JsonObject) => boolean

/**
 * A query over stores or containers, which are few and are no records: the fields are the members of their bodies.
 *
 * @param sample has every member that can be asked for
 * @throws {WireFault} 400 naming the column
 */
export function placeTest(text: string, sample: JsonObject): Test {
  try {
    const test = readKeyfactorQuery<Test, string>(text, {
      field: (name) => {
        if (member(sample, name.text) !== undefined) return name.text
        throw filterFault({ text, at: name.at, message: `unknown field ${quoted(name.text)}` })
      },
      compare: compared,
      not: (term) => (body) => !term(body),
      join: (op, terms) => (body) =>
        op === 'and' ? terms.every((term) => term(body)) : terms.some((term) => term(body)),
    })
    return test ?? (() => true)
  } catch (error) {
    throw queryFault(error)
  }
}

function compared({ field, operator, words: { value } }: KeyfactorComparison<string>): Test {
  const isNull = value.kind === 'word' && value.text.toLowerCase() === 'null'
  const wanted = isNull ? null : value.text.trim().toLowerCase()
  return (body) => COMPARE[operator](member(body, field) ?? null, wanted)
}

const textOf = (value: Json): string => String(value).toLowerCase()

/** Below 0, 0 or above; numbers count as numbers. */
function order(value: Json, wanted: string | null): number {
  if (typeof value === 'number') return value - Number(wanted)
  return textOf(value).localeCompare(wanted ?? '', 'en')
}

const isEqual = (value: Json, wanted: string | null): boolean =>
  value === null || wanted === null ? value === wanted : textOf(value) === wanted

const COMPARE: Readonly<Record<FilterOperator, (value: Json, wanted: string | null) => boolean>> = {
  '=': isEqual,
  '!=': (value, wanted) => !isEqual(value, wanted),
  '<': (value, wanted) => order(value, wanted) < 0,
  '<=': (value, wanted) => order(value, wanted) <= 0,
  '>': (value, wanted) => order(value, wanted) > 0,
  '>=': (value, wanted) => order(value, wanted) >= 0,
  '~': (value, wanted) => textOf(value).includes(wanted ?? ''),
  '^=': (value, wanted) => textOf(value).startsWith(wanted ?? ''),
  '$=': (value, wanted) => textOf(value).endsWith(wanted ?? ''),
}
