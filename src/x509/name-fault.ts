import { CertmanError } from '../base/errors.ts'
import { printable } from '../base/text.ts'

/** Text of a person in a message: quoted, safe on a terminal, no longer than a line. */
export const quoted = (text: string): string => {
  const short = text.length > 100 ? `${text.slice(0, 100)}…` : text
  return `"${printable(short)}"`
}

/**
 * The error for an alternative name that cannot be written: `the dns name "a..b" has an empty label`.
 *
 * @param kind `dns name`, `email address` …
 * @param why a verb and the rest: `is empty`
 */
export const nameFault = (
  [kind, text]: readonly [kind: string, text: string],
  why: string,
  hint?: string,
): CertmanError =>
  new CertmanError('input.invalid', `the ${kind} ${quoted(text)} ${why}`, {
    field: 'subjectAltName',
    ...(hint !== undefined && { hint }),
  })
