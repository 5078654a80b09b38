import { asJson, type JsonObject } from '../base/json.ts'
import { writePem } from '../formats/pem.ts'
import { csrExtensions, csrParts, csrSignature, describeCsr } from '../x509/csr.ts'
import { signatureDetails } from '../x509/signature-details.ts'
import { fullPublicKey } from './full-facts.ts'

/** Everything that the bytes of a request say, and whether the key in it has signed it (`signature`). */
export function fullRequest(der: Uint8Array): JsonObject {
  const parts = csrParts(der)
  return asJson({
    ...describeCsr(der),
    publicKey: fullPublicKey(parts.spki),
    ...signatureDetails(parts),
    signature: csrSignature(der),
  })
}

/** The extensions that a request asks for and its PEM. */
export const requestTail = (der: Uint8Array): JsonObject => ({
  extensions: csrExtensions(der).map(asJson),
  pem: writePem('CERTIFICATE REQUEST', der),
})
