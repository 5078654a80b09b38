import { compare, type Filter, type FilterOperator, NOTHING } from '../domain/filter.ts'
import { withoutSeparators } from '../domain/reference.ts'
import { casefold, compareText } from './fold.ts'
import { FLIPPED, inOrder } from './match.ts'
import type { OrderOperator } from './tests.ts'
import type { Refused } from './values.ts'

/** A field of the vendor's entity. */
interface FieldOperand {
  readonly kind: 'field'
  readonly at: number
  /** Of the catalogue. */
  readonly field: string
  readonly type: 'id' | 'text' | 'hex' | 'instant'
}

/** What stands on either side of an operator, or inside the brackets of a function. */
export type Operand =
  | FieldOperand
  | { readonly kind: 'text' | 'instant'; readonly value: string; readonly at: number }
  | { readonly kind: 'null'; readonly at: number }
  /** Something true or false. */
  | {
      readonly kind: 'condition'
      readonly filter: Filter
      readonly isLiteral?: true
      readonly at: number
    }

/** How two values are compared. */
export type OrderBy = OrderOperator | '!='
type PartBy = '~' | '^=' | '$='

/** The functions, and whether the field comes second as in OData 3. */
export const FUNCTIONS = {
  substringof: { by: '~', fieldLast: true },
  contains: { by: '~', fieldLast: false },
  startswith: { by: '^=', fieldLast: false },
  endswith: { by: '$=', fieldLast: false },
} as const satisfies Record<string, { readonly by: PartBy; readonly fieldLast: boolean }>

const constant = (value: boolean): Filter => (value ? { op: 'all' } : NOTHING)

/** An operand as a condition; texts, dates and fields are none. */
export function conditionOf(operand: Operand): Filter | Refused {
  if (operand.kind === 'condition') return operand.filter
  return {
    refused: 'a condition is expected',
    advice: "compare it, such as: subject eq 'CN=web'; after not, put the comparison in brackets",
  }
}

/** `left OPERATOR right`. */
export function compared(left: Operand, operator: OrderBy, right: Operand): Filter | Refused {
  if (left.kind === 'condition' || right.kind === 'condition') return truth(left, operator, right)
  if (left.kind === 'field')
    return right.kind === 'field'
      ? { refused: 'two fields cannot be compared with each other' }
      : fieldCompared(left, operator, right)
  if (right.kind === 'field') return fieldCompared(right, FLIPPED[operator], left)
  return literalsCompared(left, operator, right)
}

/** `startswith(…) eq true`, as clients of OData 3 write it. */
function truth(left: Operand, operator: OrderBy, right: Operand): Filter | Refused {
  if (left.kind !== 'condition' || right.kind !== 'condition' || !(left.isLiteral || right.isLiteral))
    return { refused: 'a condition is compared with true or false only' }
  if (operator !== '=' && operator !== '!=')
    return { refused: 'true and false have no order', advice: 'they follow eq and ne' }
  const [condition, literal] = right.isLiteral ? [left, right] : [right, left]
  const isWanted = (literal.filter.op === 'all') === (operator === '=')
  return isWanted ? condition.filter : { op: 'not', term: condition.filter }
}

type Literal = Exclude<Operand, FieldOperand | { readonly kind: 'condition' }>

function fieldCompared(target: FieldOperand, operator: OrderBy, literal: Literal): Filter | Refused {
  const { field, type } = target
  if (literal.kind === 'null') {
    const isNull = compare(field, '=', { type: 'null' })
    if (operator === '=') return isNull
    return operator === '!=' ? { op: 'not', term: isNull } : NOTHING
  }
  if ((type === 'instant') !== (literal.kind === 'instant'))
    return type === 'instant'
      ? {
          refused: 'a date is expected beside expirationDate',
          advice: "such as: datetime'2016-08-21T21:10:42'",
        }
      : { refused: 'a text is expected, not a date' }
  if (type === 'instant') return compare(field, operator, { type: 'instant', value: literal.value })
  return textCompared(target, operator, type === 'id' ? literal.value.replace(FULL_ID, '') : literal.value)
}

const textCompared = ({ field, type }: FieldOperand, operator: FilterOperator, text: string): Filter =>
  compare(field, operator, { type: 'text', value: type === 'hex' ? withoutSeparators(text) : text })

function literalsCompared(left: Literal, operator: OrderBy, right: Literal): Filter | Refused {
  if (left.kind === 'null' || right.kind === 'null') {
    const isSame = left.kind === right.kind
    return constant(operator === '=' ? isSame : operator === '!=' && !isSame)
  }
  if (left.kind !== right.kind) return { refused: 'a text and a date cannot be compared' }
  const difference = compareText(casefold(left.value), casefold(right.value))
  return constant(operator === '!=' ? difference !== 0 : inOrder(operator, difference))
}

/** A function of two texts. */
export function called(
  { by, fieldLast }: { readonly by: PartBy; readonly fieldLast: boolean },
  first: Operand,
  second: Operand,
): Filter | Refused {
  const [whole, part] = fieldLast ? [second, first] : [first, second]
  for (const each of [whole, part])
    if (
      each.kind === 'instant' ||
      each.kind === 'condition' ||
      (each.kind === 'field' && each.type === 'instant')
    )
      return { refused: 'functions are for texts only', advice: 'expirationDate takes eq ne lt le gt ge' }
  if (whole.kind === 'null' || part.kind === 'null') return NOTHING
  if (whole.kind === 'field')
    return part.kind === 'text'
      ? partOf(whole, by, part.value)
      : { refused: 'a text is expected beside the field' }
  if (part.kind === 'field' && whole.kind === 'text') return within(part, by, whole.value)
  if (part.kind !== 'text' || whole.kind !== 'text') return { refused: 'a text and a field are expected' }
  return constant(fits(casefold(whole.value), by, casefold(part.value)))
}

function fits(whole: string, by: PartBy, part: string): boolean {
  if (by === '~') return whole.includes(part)
  return by === '^=' ? whole.startsWith(part) : whole.endsWith(part)
}

/** What stands before the name in the full id of the classic form, and in that of Azure Resource Manager. */
const FULL_ID = /^(?:\/subscriptions\/.*)?\/certificates\//i

/** A literal with a full id, or its beginning, is about the name that follows in it. */
function partOf(target: FieldOperand, by: PartBy, text: string): Filter {
  if (target.type !== 'id' || !FULL_ID.test(text)) return textCompared(target, by, text)
  return textCompared(target, by === '$=' ? '=' : '^=', text.replace(FULL_ID, ''))
}

/** Its parts are listed one by one; longer ones have too many. */
const MAX_WHOLE = 64

/** `substringof(subject, 'text')`: whether the field is a part of the text, taken at its word. */
function within({ field }: FieldOperand, by: PartBy, text: string): Filter | Refused {
  const whole = casefold(text)
  if (whole.length > MAX_WHOLE)
    return {
      refused: 'a field is looked for in a long text',
      advice: 'the arguments may be the wrong way round',
    }
  const parts = new Set<string>()
  for (let from = 0; from <= whole.length; from++)
    for (let to = from; to <= whole.length; to++)
      if (fits(whole, by, whole.slice(from, to))) parts.add(whole.slice(from, to))
  const values = [...parts].map((value) => ({ type: 'text', value }) as const)
  return { op: 'in', field, values }
}
