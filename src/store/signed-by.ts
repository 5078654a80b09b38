import { verifySignature } from '../crypto/verify.ts'
import { certificateParts } from '../x509/certificate.ts'

/** Whether a key signed a certificate; what this Node cannot verify counts as signed. */
export function isSignedBy(der: Uint8Array, spki: Uint8Array): boolean {
  const { tbs, signatureAlgorithm, signature } = certificateParts(der)
  return verifySignature({ algorithm: signatureAlgorithm, signed: tbs, signature, spki }) !== 'invalid'
}
