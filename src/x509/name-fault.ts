import { requireOneValue } from '../asn1/gate.ts'
import { fromHex } from '../base/bytes.ts'
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

/**
 * One DER value that a person typed in hex digits.
 *
 * @param fault makes the error of what is wrong with it: `is not in hex digits`
 */
export function parseTypedDer(hex: string, fault: (why: string) => Error): Uint8Array {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) throw fault('is not in hex digits')
  const bytes = fromHex(hex)
  try {
    requireOneValue(bytes, 'value')
  } catch (cause) {
    if (cause instanceof CertmanError) throw fault(`is not one DER value (${cause.message})`)
    throw cause
  }
  return bytes
}
