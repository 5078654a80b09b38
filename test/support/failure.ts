import type { CertmanError } from '../../src/base/errors.ts'

/** The error of what must fail. */
export async function failure(promise: Promise<unknown>): Promise<CertmanError> {
  try {
    await promise
  } catch (error) {
    return error as CertmanError
  }
  throw new Error('it did not fail')
}
