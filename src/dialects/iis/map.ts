import type { JsonObject } from '../../base/json.ts'
import type { ListedRecord } from '../../store/store.ts'
import { bareCertificateRow } from '../certificate-row.ts'
import { purposeName, signatureName } from './labels.ts'
import { parseSanLines } from './san-text.ts'
import type { WireCertificate } from './wire.ts'

/** The row of a certificate: what the host tells, and nothing that it does not. */
export function rowOf(wire: WireCertificate, now: Date): ListedRecord {
  const { id, alias, subject, privateKey } = wire
  return bareCertificateRow(
    {
      id,
      subject,
      issuer: wire.issuedBy,
      notBefore: wire.validFrom,
      notAfter: wire.validTo,
      thumbprint: wire.thumbprint?.replace(/[^0-9a-f]/gi, ''),
      fields: {
        ...(alias !== undefined && alias !== '' && { friendlyName: alias }),
        ...(privateKey !== undefined && { hasPrivateKey: privateKey !== null }),
        ...(privateKey?.exportable !== undefined && { exportable: privateKey.exportable }),
      },
      facts: factsOf(wire),
    },
    now,
  )
}

function factsOf({
  version,
  signatureAlgorithm,
  purposes,
  alternativeNames,
  store,
}: WireCertificate): JsonObject {
  const names = alternativeNames && parseSanLines(alternativeNames)
  const known = purposes?.filter((purpose) => purpose !== null).map(purposeName)
  // a host that has no name for any of the purposes tells nothing
  const isTold = known !== undefined && (known.length > 0 || purposes?.length === 0)
  return {
    ...(version !== undefined && /^\d$/.test(version) && { version: Number(version) }),
    ...(signatureAlgorithm !== undefined && { signatureAlgorithm: signatureName(signatureAlgorithm) }),
    ...(isTold && { extendedKeyUsage: known.length === 0 ? null : known }),
    ...(names && { subjectAltName: names.length === 0 ? null : names.map((name) => ({ ...name })) }),
    ...(store && { keystore: { ...store } }),
  }
}
