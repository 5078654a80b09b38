import { toHex } from '../base/bytes.ts'
import { asJson, type JsonObject } from '../base/json.ts'
import type { CertificateFacts } from '../domain/facts.ts'
import { writePem } from '../formats/pem.ts'
import type { StoredCertificate } from '../store/store.ts'
import { certificateExtensions, certificateParts } from '../x509/certificate.ts'
import { publicKeyMaterial } from '../x509/key-material.ts'
import { describePublicKey } from '../x509/public-key.ts'
import { signatureDetails } from '../x509/signature-details.ts'

/** Facts of a public key with its numbers. @throws {CertmanError} `der.malformed` */
export const fullPublicKey = (spki: Uint8Array): JsonObject =>
  asJson({ ...describePublicKey(spki), ...publicKeyMaterial(spki) })

/**
 * Everything that the bytes of a certificate say: its facts with the numbers of its key, the signature, and, under
 * `extensions`, all extensions.
 *
 * @param facts of the same certificate
 */
export function fullCertificate(der: Uint8Array, facts: CertificateFacts): JsonObject {
  const parts = certificateParts(der)
  const { issuerUniqueId, subjectUniqueId } = parts
  return asJson({
    ...facts,
    publicKey: fullPublicKey(parts.spki),
    ...signatureDetails(parts),
    ...(issuerUniqueId && { issuerUniqueId: toHex(issuerUniqueId) }),
    ...(subjectUniqueId && { subjectUniqueId: toHex(subjectUniqueId) }),
  })
}

/** A certificate of a chain in the JSON of `show`, but for what a store says of it. */
export const chainLink = ({ facts, state }: Pick<StoredCertificate, 'facts' | 'state'>): JsonObject => ({
  subject: facts.subject,
  issuer: facts.issuer,
  fingerprint: facts.fingerprint,
  notAfter: facts.notAfter,
  state,
})

/** The extensions of a certificate and its PEM: what ends the JSON of `show`. */
export const certificateTail = (der: Uint8Array): JsonObject => ({
  extensions: certificateExtensions(der).map(asJson),
  pem: writePem('CERTIFICATE', der),
})
