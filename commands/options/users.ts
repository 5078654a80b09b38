import { CertmanError } from '../../src/base/errors.ts'
import { CLAIMS, type Claim } from '../../src/domain/records.ts'
import { text } from '../declare.ts'

/** Where the users of `serve` are kept. */
export const USERS_OPTION = {
  users: text('FILE', 'users file instead of the usual one (CERTMAN_USERS does the same)', {
    completes: 'file',
  }),
} as const

/** `read,import` as claims. @throws {CertmanError} `cli.usage` */
export function parseClaims(given: string): readonly Claim[] {
  return given
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((word) => {
      const claim = CLAIMS.find((each) => each === word)
      if (claim) return claim
      throw new CertmanError('cli.usage', `there is no claim ${JSON.stringify(word)}`, {
        hint: `the claims are: ${CLAIMS.join(', ')}`,
        field: 'claims',
      })
    })
}
