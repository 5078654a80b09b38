import { CertmanError } from '../base/errors.ts'
import { commandOn } from '../base/text.ts'
import type { Signer } from '../crypto/signer.ts'
import { maySignCrls } from '../path/judge-certificate.ts'
import { assembleSigned } from '../x509/write-certificate.ts'
import { cRLNumber, issuingDistributionPoint, type CrlScope } from '../x509/write-crl-extensions.ts'
import { writeTbsCrl, type CrlEntry } from '../x509/write-crl.ts'
import { authorityKeyIdentifier } from '../x509/write-extensions.ts'
import type { OpenAuthority } from './open-authority.ts'
import { requireOwnSigner, type ForSigner } from './own-signer.ts'

/** A CRL that was checked and waits for its signature. Only `prepareCrl` makes one. */
class PreparedCrl implements ForSigner {
  readonly tbs: Uint8Array
  readonly algorithm: Uint8Array
  readonly signerSpki: Uint8Array
  /** How many certificates it revokes. */
  readonly entries: number

  constructor(tbs: Uint8Array, authority: OpenAuthority, entries: number) {
    this.tbs = tbs
    this.algorithm = authority.algorithm
    this.signerSpki = authority.spki
    this.entries = entries
  }
}

export type { PreparedCrl }

/** What a CRL says. */
export interface CrlInput {
  readonly authority: OpenAuthority
  /** One more than that of the last CRL. */
  readonly number: bigint
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** Walked once; the certificates of this authority that are revoked or on hold. */
  readonly entries: Iterable<CrlEntry>
  /** For an issuingDistributionPoint (RFC 5280 section 5.2.5); absent, the CRL covers everything. */
  readonly scope?: CrlScope
}

/** RFC 5280 section 5.2.3: at most 20 octets. */
const LARGEST_NUMBER = (1n << 159n) - 1n

/**
 * A full CRL of version 2 (RFC 5280 section 5) with authorityKeyIdentifier and cRLNumber, ready to be signed.
 * A disabled or expired authority still signs CRLs: what it revoked must stay known.
 *
 * @throws {CertmanError} `policy.refused` when the authority may not sign CRLs (section 4.2.1.3); `input.invalid` for
 *   a number, an instant or an entry that is none
 */
export function prepareCrl(input: CrlInput): PreparedCrl {
  const { authority, number, thisUpdate, nextUpdate, scope } = input
  const refusal = crlRefusal(authority)
  if (refusal) throw refusal
  if (number < 1n || number > LARGEST_NUMBER)
    throw new CertmanError('input.invalid', `${number} is no CRL number (RFC 5280 section 5.2.3)`)
  // section 5.1.2.5: without nextUpdate readers could not tell an old CRL from the current one
  if (!(nextUpdate > thisUpdate))
    throw new CertmanError('input.invalid', 'the next CRL must be due after this one', {
      field: 'nextUpdate',
    })
  let count = 0
  function* counted(): Iterable<CrlEntry> {
    for (const entry of input.entries) {
      requireFullEntry(entry)
      count++
      yield entry
    }
  }
  const extensions = [
    authorityKeyIdentifier(authority.keyIdentifier),
    cRLNumber(number),
    ...(scope ? [issuingDistributionPoint(scope)] : []),
  ]
  const { algorithm, subjectDer: issuer } = authority
  const tbs = writeTbsCrl({ algorithm, issuer, thisUpdate, nextUpdate, entries: counted(), extensions })
  return new PreparedCrl(tbs, authority, count)
}

/** Signs a CRL. @returns CertificateList DER @throws {CertmanError} `key.mismatch` */
export function signCrl(prepared: PreparedCrl, signer: Signer): Uint8Array {
  requireOwnSigner(prepared, signer, 'the CRL')
  const { tbs, algorithm } = prepared
  return assembleSigned(tbs, algorithm, signer.sign(tbs))
}

/**
 * Why the certificate of an authority does not let it sign CRLs, as those that mkcert and minica make.
 *
 * @returns `policy.refused`, or undefined when it may
 */
export function crlRefusal({ name, facts }: Pick<OpenAuthority, 'name' | 'facts'>): CertmanError | undefined {
  if (maySignCrls({ facts })) return undefined
  return new CertmanError(
    'policy.refused',
    `the authority ${JSON.stringify(name)} may not sign CRLs: its key usage lacks cRLSign (RFC 5280 section 4.2.1.3)`,
    { hint: `renew its certificate, then it may: ${commandOn('ca renew', name)}` },
  )
}

function requireFullEntry({ reason, serialNumber }: CrlEntry): void {
  // RFC 5280 section 5.3.1: only delta CRLs take something off
  if (reason === 'removeFromCRL')
    throw new CertmanError(
      'input.invalid',
      `certificate ${serialNumber} has the reason removeFromCRL in a full CRL`,
    )
}

/** What decides whether a revoked certificate must still be listed. */
export interface ListedCertificate {
  /** RFC 3339. */
  readonly notAfter: string
  /** When the store learned of the revocation, RFC 3339: not the date that the revocation counts from. */
  readonly revokedAt: string
  readonly extendedKeyUsage: readonly string[] | null
}

/**
 * Whether signatures hold longer than the certificate, by a time stamp: once revoked it is on every CRL, also after its
 * end, or what was signed with a stolen key would be believed again. AD CS does so for codeSigning.
 */
export const isOutlived = ({ extendedKeyUsage }: Pick<ListedCertificate, 'extendedKeyUsage'>): boolean =>
  extendedKeyUsage?.some((purpose) => purpose === 'codeSigning' || purpose === 'timeStamping') === true

/**
 * Whether a revoked certificate stands in the next CRL. It may leave once it expired and stood in one more CRL that
 * was issued after its end (RFC 5280 section 3.3). What ended only by a clock that ran ahead has not expired.
 *
 * @param thisUpdate that of the next CRL
 * @param last thisUpdate of the last CRL, if there is one
 */
export function keepsEntry(
  certificate: ListedCertificate,
  thisUpdate: Date,
  last: Date | undefined,
): boolean {
  if (!last || isOutlived(certificate)) return true
  const stoodThere = Date.parse(certificate.revokedAt) <= last.getTime()
  return !stoodThere || Math.min(last.getTime(), thisUpdate.getTime()) <= Date.parse(certificate.notAfter)
}
