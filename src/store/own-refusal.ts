import { CertmanError, isCertmanError } from '../base/errors.ts'
import { ASK_REQUESTER } from '../authority/findings.ts'

/** Does something that refuses with a hint for a requester, and hints at oneself instead. */
export function asOwn<T>(prepare: () => T): T {
  try {
    return prepare()
  } catch (error) {
    return refuseOwn(error)
  }
}

/**
 * Throws the same error with a next step for somebody who asked for the certificate himself: an authority that is made or
 * renewed has no other requester.
 *
 * @param error anything that was thrown
 */
export function refuseOwn(error: unknown): never {
  if (!isCertmanError(error, 'policy.refused') || !error.hint.startsWith(ASK_REQUESTER)) throw error
  const { message, hint, field } = error
  const others = hint.includes('--allow-changes') ? ', or take it away with --allow-changes' : ''
  throw new CertmanError('policy.refused', message, {
    cause: error,
    hint: `change what the message names, and run the command again${others}`,
    ...(field !== undefined && { field }),
  })
}
