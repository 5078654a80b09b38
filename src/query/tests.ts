/** Comparisons that have an order. */
export type OrderOperator = '=' | '<' | '<=' | '>' | '>='

/** A test of one text, whose values are already folded or in the letters of the row. */
export type TextTest =
  | { readonly operator: 'in'; readonly values: readonly string[] }
  | { readonly operator: '<' | '<=' | '>' | '>=' | '~' | '^=' | '$='; readonly value: string }

/** How the elements of a list field lie in the row, and which of them count. */
export type ListShape =
  | { readonly shape: 'texts'; readonly path: string }
  /** `[{type, value}]`; only those of `type` where it is given. */
  | { readonly shape: 'generalNames'; readonly path: string; readonly type?: string }
  /** RDNs of `{type, value}`; only those of the attribute type. */
  | { readonly shape: 'attributes'; readonly path: string; readonly attribute: string }

/**
 * A resolved filter: paths into the row and plain comparisons. Every test on an absent value is false, so that
 * `not` of it is true.
 */
export type Test =
  | { readonly op: 'constant'; readonly value: boolean }
  | { readonly op: 'and' | 'or'; readonly terms: readonly Test[] }
  | { readonly op: 'not'; readonly term: Test }
  | { readonly op: 'present'; readonly path: string }
  /** `folded`: without case; `name`: as whole distinguished names are compared; else in the letters of the row. */
  | { readonly op: 'text'; readonly path: string; readonly folded: boolean | 'name'; readonly test: TextTest }
  | { readonly op: 'number'; readonly path: string; readonly operator: OrderOperator; readonly value: number }
  /** Decimal text (of at most 15 digits) compared as a number. */
  | {
      readonly op: 'identifier'
      readonly path: string
      readonly operator: OrderOperator
      readonly value: number
    }
  /** Text order of an RFC 3339 instant: less than the bound, or not less. */
  | {
      readonly op: 'instant'
      readonly path: string
      readonly side: 'before' | 'from'
      readonly bound: string
    }
  | { readonly op: 'boolean'; readonly path: string; readonly value: boolean }
  /** Whether any element fits; without `test`, whether there is any element. */
  | { readonly op: 'any'; readonly list: ListShape; readonly test?: TextTest }

/** A test of one value of the row. */
export type ScalarTest = Exclude<Test, { readonly op: 'constant' | 'and' | 'or' | 'not' | 'any' }>
