import { CertmanError } from '../base/errors.ts'
import type { Signer } from '../crypto/signer.ts'

/** What stands ready for one signature. */
export interface ForSigner {
  /** AlgorithmIdentifier DER: it stands inside what is signed. */
  readonly algorithm: Uint8Array
  /** SubjectPublicKeyInfo of the key that must sign. */
  readonly signerSpki: Uint8Array
}

/**
 * Lets no other key, and no other algorithm of the same key, sign what was prepared: nobody could verify it.
 *
 * @param what for the message: `the CRL`
 * @throws {CertmanError} `key.mismatch`
 */
export function requireOwnSigner({ algorithm, signerSpki }: ForSigner, signer: Signer, what: string): void {
  const isOwn =
    Buffer.compare(signer.spki, signerSpki) === 0 && Buffer.compare(signer.algorithm, algorithm) === 0
  if (!isOwn) throw new CertmanError('key.mismatch', `${what} was prepared for another key of the authority`)
}
