import { CertmanError } from '../base/errors.ts'
import { foldWholeName } from '../base/fold-name.ts'
import { GENERAL_NAME_TYPES } from '../domain/facts.ts'
import type { Filter, FilterOperator, FilterValue } from '../domain/filter.ts'
import type { RecordKind } from '../domain/records.ts'
import { CERTIFICATE_STATES } from './catalogue.ts'
import { hexOf, misfit, numberOf, order, textOf } from './coerce.ts'
import type { FieldSpec } from './field-spec.ts'
import { findField, pathOf } from './fields.ts'
import { casefold } from './fold.ts'
import { instantTest } from './instants.ts'
import type { ListShape, Test, TextTest } from './tests.ts'
import { fitsText } from './match.ts'

/** What a filter is resolved against. */
export interface Moment {
  readonly kind: RecordKind
  readonly now: Date
}

/**
 * Reduces a filter to a few plain tests: computed fields and times relative to now are gone, values are folded or
 * brought to the letters in which the row has them. The predicate and the SQL are both made from this, so that
 * they cannot differ in meaning.
 *
 * @throws {CertmanError} `filter.invalid` for an unknown field or a value that the field cannot have
 */
export function resolve(filter: Filter, moment: Moment): Test {
  switch (filter.op) {
    case 'all':
      return { op: 'constant', value: true }
    case 'and':
    case 'or':
      return { op: filter.op, terms: filter.terms.map((term) => resolve(term, moment)) }
    case 'not':
      return not(resolve(filter.term, moment))
    case 'in':
      return anyOf(filter.values.map((value) => resolveCompare(filter.field, '=', { value, moment })))
    case 'compare':
      return resolveCompare(filter.field, filter.operator, { value: filter.value, moment })
    default:
      throw new TypeError(`resolve: unexpected ${JSON.stringify(filter)}`)
  }
}

interface Operand {
  readonly value: FilterValue
  readonly moment: Moment
}

const not = (term: Test): Test => ({ op: 'not', term })

/** Several equalities on one field become one test, which SQL can answer from an index. */
function anyOf(terms: readonly Test[]): Test {
  const [first] = terms
  if (first?.op === 'text' && terms.length > 1) {
    const values = terms.flatMap((term) =>
      term.op === 'text' && term.test.operator === 'in' ? term.test.values : [],
    )
    if (values.length === terms.length) return { ...first, test: { operator: 'in', values } }
  }
  return { op: 'or', terms }
}

function resolveCompare(field: string, operator: FilterOperator, operand: Operand): Test {
  const spec = findField(operand.moment.kind, field)
  if (!spec)
    throw new CertmanError('filter.invalid', `a ${operand.moment.kind} has no field ${JSON.stringify(field)}`)
  if (operator === '!=') return not(resolveCompare(field, '=', operand))
  if (operand.value.type === 'null') {
    if (operator !== '=') throw misfit(spec, operator, operand.value)
    return not(hasAny(spec))
  }
  return resolveTyped(spec, operator, operand)
}

function resolveTyped(spec: FieldSpec, operator: FilterOperator, { value, moment }: Operand): Test {
  switch (spec.type) {
    case 'text':
      return textual(spec, textTest(operator, casefold(textOf(spec, operator, value))), moment)
    case 'hex':
      return {
        op: 'text',
        path: spec.name,
        folded: false,
        test: textTest(operator, hexOf(spec, operator, value)),
      }
    case 'identifier':
      return identifierTest(spec, operator, textOf(spec, operator, value))
    case 'number':
      return {
        op: 'number',
        path: spec.name,
        operator: order(spec, operator, value),
        value: numberOf(spec, operator, value),
      }
    case 'boolean':
      return booleanTest(spec, operator, value)
    case 'instant':
    case 'duration':
      return instantTest({ spec, operator: order(spec, operator, value), value, now: moment.now })
    case 'textList':
    case 'generalNames':
      return listTest(spec, operator, textOf(spec, operator, value))
  }
}

/** `FIELD != null`: the field has a value, a list an element. */
function hasAny(spec: FieldSpec): Test {
  const { from } = spec
  if (from?.how === 'certificateState') return { op: 'constant', value: true }
  if (spec.type === 'textList' || spec.type === 'generalNames') return { op: 'any', list: shapeOf(spec) }
  return { op: 'present', path: pathOf(spec) }
}

function textual(spec: FieldSpec, test: TextTest, moment: Moment): Test {
  if (spec.isName && test.operator === 'in') {
    const values = test.values.map(foldWholeName)
    return { op: 'text', path: spec.name, folded: 'name', test: { ...test, values } }
  }
  if (spec.from?.how !== 'certificateState') return { op: 'text', path: spec.name, folded: true, test }
  const states = CERTIFICATE_STATES.filter((state) => fitsText(test, casefold(state)))
  return { op: 'or', terms: states.map((state) => certificateStateTest(state, moment.now)) }
}

/** Mirrors `certificateState` of the domain, in its order of precedence. */
export function certificateStateTest(state: (typeof CERTIFICATE_STATES)[number], now: Date): Test {
  const revoked: Test = { op: 'present', path: 'revocation' }
  const superseded: Test = { op: 'present', path: 'supersededBy' }
  const early = instantTest({ spec: { name: 'notBefore' }, operator: '>', value: NOW, now })
  const expired = instantTest({ spec: { name: 'notAfter' }, operator: '<', value: NOW, now })
  const outranked = { superseded: [revoked], notYetValid: [revoked, superseded] }
  if (state === 'revoked') return revoked
  if (state === 'superseded') return { op: 'and', terms: [superseded, ...outranked.superseded.map(not)] }
  if (state === 'notYetValid') return { op: 'and', terms: [early, ...outranked.notYetValid.map(not)] }
  const last = state === 'expired' ? expired : not(expired)
  return { op: 'and', terms: [last, not(early), ...outranked.notYetValid.map(not)] }
}

const NOW: FilterValue = { type: 'duration', seconds: 0 }

function identifierTest(spec: FieldSpec, operator: FilterOperator, value: string): Test {
  const decimal = /^\d{1,15}$/.test(value)
  if (operator === '=') {
    const text = decimal ? String(Number(value)) : value
    return { op: 'text', path: spec.name, folded: false, test: { operator: 'in', values: [text] } }
  }
  if (!decimal) throw misfit(spec, operator, { type: 'text', value })
  return {
    op: 'identifier',
    path: spec.name,
    operator: order(spec, operator, { type: 'text', value }),
    value: Number(value),
  }
}

function booleanTest(spec: FieldSpec, operator: FilterOperator, value: FilterValue): Test {
  if (operator !== '=' || value.type !== 'boolean') throw misfit(spec, operator, value)
  const { from } = spec
  const path = pathOf(spec)
  if (!from) return { op: 'boolean', path, value: value.value }
  const test: Test = from.how === 'present' ? { op: 'present', path } : { op: 'boolean', path, value: true }
  return value.value ? test : not(test)
}

/** `dns:web.example` on GeneralNames narrows the type. */
function listTest(spec: FieldSpec, operator: FilterOperator, value: string): Test {
  const typed = spec.type === 'generalNames' ? GENERAL_NAME.exec(value) : null
  const test = textTest(operator, casefold(typed?.[2] ?? value))
  const list = shapeOf(spec)
  if (!typed || list.shape !== 'generalNames') return { op: 'any', list, test }
  const type = GENERAL_NAME_TYPES.find((name) => name.toLowerCase() === typed[1]?.toLowerCase())
  return { op: 'any', list: { ...list, type: type ?? '' }, test }
}

const GENERAL_NAME = new RegExp(`^(${GENERAL_NAME_TYPES.join('|')}):(.*)$`, 'is')

function shapeOf(spec: FieldSpec): ListShape {
  if (spec.from?.how === 'attribute')
    return { shape: 'attributes', path: spec.from.path, attribute: spec.from.attribute }
  return { shape: spec.type === 'generalNames' ? 'generalNames' : 'texts', path: spec.name }
}

function textTest(operator: FilterOperator, value: string): TextTest {
  if (operator === '=') return { operator: 'in', values: [value] }
  if (operator === '!=') throw new TypeError('textTest: != is resolved as not =')
  return { operator, value }
}
