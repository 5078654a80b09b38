import { isCertmanError } from '../src/base/errors.ts'

/** What is wrong with an answer, in the words of the error that it would lead to; undefined: nothing. */
export function faultOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (isCertmanError(error)) return error.message
    throw error
  }
}
