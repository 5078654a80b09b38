import { isCertmanError } from '../base/errors.ts'
import { OcspShelf } from '../path/ocsp-shelf.ts'
import { pathMember } from '../path/path-member.ts'
import type { RevocationStatus } from '../path/revocation.ts'
import type { HostReport } from './inspect-host.ts'

/**
 * What the OCSP response that a server stapled says of its certificate, going by the issuer that it sent along; whether
 * that one is to be trusted is another question.
 */
export function stapledStatus(
  { chain, ocspResponse }: Pick<HostReport, 'chain' | 'ocspResponse'>,
  at: Date,
): RevocationStatus | undefined {
  if (!ocspResponse) return undefined
  const [leaf, issuer] = chain
  if (!leaf || !issuer) return { status: 'unknown', why: 'the server did not send the issuer' }
  try {
    const question = { member: pathMember(leaf), issuer: pathMember(issuer), at }
    const status = new OcspShelf([ocspResponse]).statusOf(question)
    return status ?? { status: 'unknown', why: 'the OCSP response is about another certificate' }
  } catch (error) {
    if (!isCertmanError(error)) throw error
    return { status: 'unknown', why: error.message }
  }
}
