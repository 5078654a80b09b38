import { asJson, type JsonObject } from '../base/json.ts'
import { writePem } from '../formats/pem.ts'
import { openCrl, revokedEntries } from '../x509/crl.ts'
import { signatureDetails } from '../x509/signature-details.ts'

/** Everything that a CRL says, its entries under `revoked`. */
export function fullCrl(der: Uint8Array): JsonObject {
  const { facts, extensions, parts } = openCrl(der)
  return asJson({
    ...facts,
    ...signatureDetails(parts),
    extensions,
    revoked: [...revokedEntries(der)],
    pem: writePem('X509 CRL', der),
  })
}
