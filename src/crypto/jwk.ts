import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import type { JsonObject } from '../base/json.ts'

/** A key as its DER, under the label that PEM has for it (RFC 7468 sections 10 and 13). */
export interface LabelledKey {
  readonly label: 'PRIVATE KEY' | 'PUBLIC KEY'
  readonly der: Uint8Array
}

/**
 * The key of a JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037 section 2) as PKCS#8 or SubjectPublicKeyInfo. Whether
 * the numbers of an RSA or EC key belong together is asked by who reads those.
 *
 * @returns undefined when it is a symmetric key, of a kind that this Node does not know, or malformed
 */
export function keyOfJwk(jwk: JsonObject): LabelledKey | undefined {
  const input = { key: jwk as JsonWebKey, format: 'jwk' } as const
  try {
    // RFC 7518 sections 6.2.2 and 6.3.2; keys of ML-DSA say `priv`
    if (!('d' in jwk || 'priv' in jwk))
      return { label: 'PUBLIC KEY', der: createPublicKey(input).export({ format: 'der', type: 'spki' }) }
    const key = createPrivateKey(input)
    // of Ed25519 and its like OpenSSL takes the private half alone, whatever the public one says
    if (key.export({ format: 'jwk' }).x !== jwk['x']) return undefined
    return { label: 'PRIVATE KEY', der: key.export({ format: 'der', type: 'pkcs8' }) }
  } catch {
    return undefined
  }
}
