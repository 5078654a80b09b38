import { compareText } from './fold.ts'
import type { OrderOperator, TextTest } from './tests.ts'

/** Whether a text, folded like the test's values, passes the test. */
export function fitsText(test: TextTest, text: string): boolean {
  switch (test.operator) {
    case 'in':
      return test.values.includes(text)
    case '~':
      return text.includes(test.value)
    case '^=':
      return text.startsWith(test.value)
    case '$=':
      return text.endsWith(test.value)
    default:
      return inOrder(test.operator, compareText(text, test.value))
  }
}

/** What an operator becomes when its two sides change places. */
export const FLIPPED = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Whether a difference (negative, zero, positive) is what the operator asks for. */
export function inOrder(operator: OrderOperator, difference: number): boolean {
  switch (operator) {
    case '=':
      return difference === 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
  }
}
