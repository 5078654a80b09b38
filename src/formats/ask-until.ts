import { CertmanError } from '../base/errors.ts'
import type { Secret } from '../base/secret.ts'
import type { ReadOptions } from './items.ts'

/** Questions for one thing: a source that never gives up, such as a flag read again and again, must not keep us here. */
const MAX_ATTEMPTS = 10

/**
 * Opens one thing: without a password where that is worth a try, then with those that the source gives.
 *
 * @param ways `silent` is tried first, unless a flag named a password; each answers undefined when it does not open
 * @returns what was opened, or undefined when there is no (further) password; `asked` says whether one was ever given
 */
export async function askUntil<T>(
  options: ReadOptions,
  what: string,
  ways: { readonly silent?: () => T | undefined; readonly open: (password: Secret) => T | undefined },
): Promise<{ readonly opened: T | undefined; readonly asked: boolean }> {
  const silently = options.password.given === true ? undefined : ways.silent?.()
  if (silently !== undefined) return { opened: silently, asked: false }
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const password = await options.password({ file: options.file, what, attempt })
    if (password === undefined) return { opened: undefined, asked: attempt > 1 }
    const opened = ways.open(password)
    if (opened !== undefined) return { opened, asked: true }
  }
  return { opened: undefined, asked: true }
}

/** The error for a file that stayed shut. */
export function staysShut(what: string, asked: boolean): CertmanError {
  return asked
    ? new CertmanError('password.wrong', `the password does not open the ${what}`)
    : new CertmanError('password.required', `the ${what} needs a password`)
}
