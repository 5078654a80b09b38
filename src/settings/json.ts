import { CertmanError, type ErrorCode } from '../base/errors.ts'
import { jsonErrorLine } from './json-error.ts'

/** Whether a value that was read is an object, and no array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value of a JSON text. @param file shown in messages @throws {CertmanError} `code` naming the line */
export function parseJson(text: string, file: string, code: ErrorCode = 'settings.invalid'): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CertmanError(code, `${file}: line ${jsonErrorLine(text)} is not JSON`, { cause })
  }
}
