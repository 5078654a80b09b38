import type { JsonObject } from '../base/json.ts'
import { writePem } from '../formats/pem.ts'
import { crlExtensions, crlParts, describeCrl, revokedEntries } from '../x509/crl.ts'
import { signatureDetails } from '../x509/signature-details.ts'

const asJson = (facts: object): JsonObject => facts as JsonObject

/** Everything that a CRL says, its entries under `revoked`. */
export const fullCrl = (der: Uint8Array): JsonObject =>
  asJson({
    ...describeCrl(der),
    ...signatureDetails(crlParts(der)),
    extensions: crlExtensions(der),
    revoked: [...revokedEntries(der)],
    pem: writePem('X509 CRL', der),
  })
