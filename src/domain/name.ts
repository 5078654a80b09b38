import { CertmanError } from '../base/errors.ts'

const FORBIDDEN = /[*#&+:<>?/\p{Cc}\p{Cf}]/u

/**
 * Checks a handle: 1 to 256 characters, none of `* # & + : < > ? /`, no control or format characters, no blank at
 * its ends.
 *
 * @throws {CertmanError} `name.invalid`
 */
export function checkName(name: string): string {
  const found = FORBIDDEN.exec(name)?.[0]
  const length = [...name].length
  if (length === 0) throw new CertmanError('name.invalid', 'a name must not be empty', { field: 'name' })
  if (length > 256)
    throw new CertmanError('name.invalid', `the name has ${length} characters, 256 are allowed`, {
      field: 'name',
    })
  if (name !== name.trim())
    throw new CertmanError(
      'name.invalid',
      `the name ${JSON.stringify(name)} begins or ends with a blank, which nobody sees`,
      { field: 'name' },
    )
  if (found !== undefined)
    throw new CertmanError(
      'name.invalid',
      `the name ${JSON.stringify(name)} has the character ${JSON.stringify(found)}`,
      {
        field: 'name',
      },
    )
  return name
}
