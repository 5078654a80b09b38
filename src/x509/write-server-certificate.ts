import { openSigner } from '../crypto/signer.ts'
import type { GeneratedKey } from '../crypto/generate-key.ts'
import { parseGeneralName } from './general-name-text.ts'
import { parseNameText } from './name-text.ts'
import { assembleSigned, writeTbsCertificate } from './write-certificate.ts'
import {
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from './write-extensions.ts'

/** What a server says of itself. */
export interface ServerIdentity {
  readonly key: GeneratedKey
  /** `dns:localhost`, `ip:127.0.0.1`: the first DNS name becomes the common name. */
  readonly names: readonly string[]
  readonly serialNumber: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/** A self-signed certificate of a TLS server: no authority, so that trusting it trusts nothing else. */
export function writeServerCertificate(identity: ServerIdentity): Uint8Array {
  const { key, names, serialNumber, notBefore, notAfter } = identity
  const signer = openSigner(key.pkcs8)
  const first = names.find((name) => name.startsWith('dns:'))?.slice(4) ?? 'certman'
  // X.520 limits a common name to 64 characters
  const name = parseNameText(`CN=${first.slice(0, 64)}`)
  const tbs = writeTbsCertificate({
    serialNumber,
    algorithm: signer.algorithm,
    issuer: name,
    subject: name,
    notBefore,
    notAfter,
    spki: key.spki,
    extensions: [
      basicConstraints({ ca: false }, true),
      keyUsage(['digitalSignature']),
      extendedKeyUsage(['serverAuth']),
      subjectKeyIdentifier(keyIdentifier(key.spki)),
      subjectAltName(names.map(parseGeneralName)),
    ],
  })
  return assembleSigned(tbs, signer.algorithm, signer.sign(tbs))
}
