import { CertmanError } from '../base/errors.ts'

/** What names are usually made of. */
const PLAIN = /^[\w .,@=-]*$/

// a function: a property of Unicode takes V8 most of a millisecond to parse, and plain names need none
const forbidden = (): RegExp => /[*#&+:<>?/\p{Cc}\p{Cf}]/u

/**
 * Checks a handle: 1 to 256 characters, none of `* # & + : < > ? /`, no control or format characters, no blank at
 * its ends.
 *
 * @throws {CertmanError} `name.invalid`
 */
export function checkName(name: string): string {
  const fault = nameFault(name)
  if (fault !== undefined) throw new CertmanError('name.invalid', fault, { field: 'name' })
  return name
}

function nameFault(name: string): string | undefined {
  if (name === '') return 'a name must not be empty'
  const length = [...name].length
  if (length > 256) return `the name has ${length} characters, 256 are allowed`
  const shown = JSON.stringify(name)
  if (name !== name.trim()) return `the name ${shown} begins or ends with a blank, which nobody sees`
  const found = PLAIN.test(name) ? undefined : forbidden().exec(name)?.[0]
  return found === undefined ? undefined : `the name ${shown} has the character ${JSON.stringify(found)}`
}
