import { isCertmanError, type ErrorCode } from './errors.ts'

/** What is asked for; undefined where it is refused with one of the codes, with whatever code where none is named. */
export async function orNone<T>(asked: Promise<T>, ...codes: readonly ErrorCode[]): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (isCertmanError(error, ...codes)) return undefined
    throw error
  }
}

/** The same of what is found at once. */
export function orNoneSync<T>(find: () => T, ...codes: readonly ErrorCode[]): T | undefined {
  try {
    return find()
  } catch (error) {
    if (isCertmanError(error, ...codes)) return undefined
    throw error
  }
}
