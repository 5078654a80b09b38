import { CertmanError } from '../base/errors.ts'
import { parseSerialNumber, withoutSeparators } from '../domain/reference.ts'
import type { FilterOperator, FilterValue } from '../domain/filter.ts'
import type { FieldSpec } from './field-spec.ts'
import { quoted } from './fault.ts'
import type { OrderOperator } from './tests.ts'
import { OPERATORS_OF } from './values.ts'

/** The `filter.invalid` error for a value or operator that a field cannot be compared with. */
export function misfit(spec: FieldSpec, operator: FilterOperator, value: FilterValue): CertmanError {
  const shown = value.type === 'null' ? 'null' : quoted(scalarText(value))
  return new CertmanError('filter.invalid', `${spec.name} cannot be compared: ${operator} ${shown}`, {
    hint: `${spec.name} takes ${OPERATORS_OF[spec.type].join(' ')}`,
    field: spec.name,
  })
}

function scalarText(value: Exclude<FilterValue, { readonly type: 'null' }>): string {
  return value.type === 'duration' ? `${value.seconds}s` : String(value.value)
}

/** The value as text: vendors' languages write numbers and dates where we have text. */
export function textOf(spec: FieldSpec, operator: FilterOperator, value: FilterValue): string {
  if (!OPERATORS_OF[spec.type].includes(operator) || value.type === 'null')
    throw misfit(spec, operator, value)
  return scalarText(value)
}

/** Hex in the letters that the row has, without colons and blanks. */
export function hexOf(spec: FieldSpec, operator: FilterOperator, value: FilterValue): string {
  const plain = withoutSeparators(textOf(spec, operator, value))
  // leading zeros of a serial number are dropped from whole values only: a part of one may begin with them
  const whole = spec.name === 'serialNumber' && operator === '=' && /^(?:0x)?[0-9a-f]{1,64}$/i.test(plain)
  const hex = whole ? parseSerialNumber(plain) : plain
  return spec.letters === 'upper' ? hex.toUpperCase() : hex.toLowerCase()
}

/** A finite number. */
export function numberOf(spec: FieldSpec, operator: FilterOperator, value: FilterValue): number {
  if (value.type === 'number' && Number.isFinite(value.value)) return value.value
  throw misfit(spec, operator, value)
}

/** The operator, if it is one that orders. */
export function order(spec: FieldSpec, operator: FilterOperator, value: FilterValue): OrderOperator {
  if (operator === '=' || operator === '<' || operator === '<=' || operator === '>' || operator === '>=')
    return operator
  throw misfit(spec, operator, value)
}
