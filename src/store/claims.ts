import { CertmanError } from '../base/errors.ts'
import type { Claim } from '../domain/records.ts'
import type { StoreHead } from '../repository/repository.ts'

/**
 * Lets pass what the store permits.
 *
 * @throws {CertmanError} `claim.missing`
 */
export function requireClaim(head: Pick<StoreHead, 'name' | 'claims'>, claim: Claim): void {
  if (head.claims.includes(claim)) return
  throw new CertmanError(
    'claim.missing',
    `the store ${JSON.stringify(head.name)} does not permit ${claim}; it permits ${head.claims.join(', ') || 'nothing'}`,
  )
}
