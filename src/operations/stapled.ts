import { isCertmanError } from '../base/errors.ts'
import { chooseIssuer } from '../path/choose-issuer.ts'
import { OcspShelf } from '../path/ocsp-shelf.ts'
import { type PathMember, pathMember } from '../path/path-member.ts'
import type { RevocationStatus } from '../path/revocation.ts'
import type { HostReport } from './inspect-host.ts'

/** What is asked about a stapled response. */
export interface StapledQuestion {
  readonly at: Date
  /** Certificates that may be the issuer, where the server did not send it along; default: there are none. */
  readonly issuersOf?: (leaf: PathMember) => Promise<readonly PathMember[]>
}

/**
 * What the OCSP response that a server stapled says of its certificate, going by the issuer that it sent along, or that
 * is known here; whether that one is to be trusted is another question.
 */
export async function stapledStatus(
  { chain, ocspResponse }: Pick<HostReport, 'chain' | 'ocspResponse'>,
  { at, issuersOf }: StapledQuestion,
): Promise<RevocationStatus | undefined> {
  if (!ocspResponse) return undefined
  try {
    const [member, ...sent] = chain.map(pathMember)
    const issuer =
      member && (chooseIssuer(member, sent) ?? chooseIssuer(member, (await issuersOf?.(member)) ?? []))
    if (!issuer)
      return { status: 'unknown', why: 'the server did not send the issuer, and it is not known here' }
    const status = new OcspShelf([ocspResponse]).statusOf({ member, issuer, at })
    return status ?? { status: 'unknown', why: 'the OCSP response is about another certificate' }
  } catch (error) {
    if (!isCertmanError(error)) throw error
    return { status: 'unknown', why: error.message }
  }
}
