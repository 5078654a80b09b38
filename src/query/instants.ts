import type { FilterValue } from '../domain/filter.ts'
import type { FieldSpec } from './field-spec.ts'
import { misfit } from './coerce.ts'
import { pathOf } from './fields.ts'
import { FLIPPED } from './match.ts'
import type { OrderOperator, Test } from './tests.ts'
import { FIRST_INSTANT, instantText, LAST_INSTANT } from './time.ts'

interface Comparison {
  readonly spec: Pick<FieldSpec, 'name' | 'from'>
  readonly operator: OrderOperator
  readonly value: FilterValue
  readonly now: Date
}

/**
 * A comparison of an instant, or of the time until or since one, as bounds in the text order of RFC 3339.
 * The instants of rows count in whole seconds (a fraction is cut off); `value` counts exactly.
 */
export function instantTest(comparison: Comparison): Test {
  const { spec, operator, value, now } = comparison
  const path = pathOf(spec)
  const isAge = spec.from?.how === 'since'
  if (value.type === 'duration') {
    const offset = value.seconds * 1000
    // a greater age is an earlier instant
    if (isAge) return bounds(path, FLIPPED[operator], now.getTime() - offset)
    return bounds(path, operator, now.getTime() + offset)
  }
  const instant = value.type === 'instant' || value.type === 'text' ? Date.parse(value.value) : NaN
  if (Number.isNaN(instant) || isAge) throw misfit(spec as FieldSpec, operator, value)
  return bounds(path, operator, instant)
}

/** Sorts after the `.` of a fraction and after the `Z`, before any further digit of the next second. */
const END_OF_SECOND = '['

function bounds(path: string, operator: OrderOperator, instant: number): Test {
  const down = Math.floor(instant / 1000) * 1000
  const up = Math.ceil(instant / 1000) * 1000
  switch (operator) {
    case '<':
      return { op: 'instant', path, side: 'before', bound: boundText(up) }
    case '>=':
      return { op: 'instant', path, side: 'from', bound: boundText(up) }
    case '<=':
      return { op: 'instant', path, side: 'before', bound: boundText(down, END_OF_SECOND) }
    case '>':
      return { op: 'instant', path, side: 'from', bound: boundText(down, END_OF_SECOND) }
    case '=': {
      const terms = [bounds(path, '>=', down), bounds(path, '<=', down)]
      return { op: 'and', terms }
    }
  }
}

/** The second without its `Z`; before the year 0 the least text, after 9999 one that is greater than any year. */
function boundText(instant: number, end = ''): string {
  if (instant < FIRST_INSTANT) return ''
  if (instant > LAST_INSTANT) return ':'
  return instantText(instant).slice(0, 19) + end
}
