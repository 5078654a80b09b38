import { CertmanError } from '../base/errors.ts'
import type { Signer } from '../crypto/signer.ts'
import { rememberFacts } from '../x509/known-facts.ts'
import { assembleSigned } from '../x509/write-certificate.ts'
import { factsOfIssued } from './issued-facts.ts'
import { findingText, lintTbs, type LintOptions } from './lint/lint.ts'
import type { LintSubject } from './lint/subject.ts'
import { requireOwnSigner, type ForSigner } from './own-signer.ts'

/**
 * A certificate that passed every check and lint and waits for its signature. Only `seal` makes one, so nothing else
 * can be signed; its type leaves this file, its constructor does not.
 */
class Prepared implements ForSigner {
  readonly tbs: Uint8Array
  readonly algorithm: Uint8Array
  readonly signerSpki: Uint8Array
  /** As it was read back. */
  readonly subject: LintSubject

  constructor(tbs: Uint8Array, signerSpki: Uint8Array, subject: LintSubject) {
    this.tbs = tbs
    this.signerSpki = signerSpki
    this.subject = subject
    // what stands outside the signed part has to be the same (RFC 5280 section 4.1.1.2)
    this.algorithm = subject.signatureAlgorithmDer
  }
}

export type { Prepared }

/** A prepared certificate, as the lints read it back, and what they have to say that forbids nothing. */
export interface Sealed {
  readonly prepared: Prepared
  readonly subject: LintSubject
  readonly warnings: readonly string[]
}

/**
 * Reads back what would be signed, runs every lint over it, and seals it.
 *
 * @param tbs TBSCertificate DER
 * @param signerSpki SubjectPublicKeyInfo of the key that must sign
 * @throws {CertmanError} `policy.refused`, naming each rule that it would break
 */
export function seal(tbs: Uint8Array, signerSpki: Uint8Array, options: LintOptions): Sealed {
  const { subject, findings } = lintTbs(tbs, options)
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0)
    throw new CertmanError(
      'policy.refused',
      `the certificate would break rules: ${errors.map(findingText).join('; ')}`,
      { hint: 'correct the request, or what was added to it; nothing was signed' },
    )
  const warnings = findings.filter(({ severity }) => severity === 'warning').map(findingText)
  return { prepared: new Prepared(tbs, signerSpki, subject), subject, warnings }
}

/**
 * Signs what was prepared.
 *
 * @returns the certificate, DER
 * @throws {CertmanError} `key.mismatch` when the signer is not the one it was prepared for
 */
export function issue(prepared: Prepared, signer: Signer): Uint8Array {
  requireOwnSigner(prepared, signer, 'the certificate')
  return assemble(prepared, signer.sign(prepared.tbs))
}

/** The same with the signature made beside this thread: meanwhile the next certificates are prepared. */
export async function issueAside(prepared: Prepared, signer: Signer): Promise<Uint8Array> {
  requireOwnSigner(prepared, signer, 'the certificate')
  return assemble(prepared, await signer.signAside(prepared.tbs))
}

function assemble({ tbs, algorithm, subject }: Prepared, signature: Uint8Array): Uint8Array {
  const der = assembleSigned(tbs, algorithm, signature)
  rememberFacts(der, factsOfIssued(subject, der))
  return der
}
