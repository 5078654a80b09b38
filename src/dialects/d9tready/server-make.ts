import { randomSerialNumber } from '../../authority/serial-number.ts'
import { orNoneSync } from '../../base/or-none.ts'
import { openSigner, type Signer } from '../../crypto/signer.ts'
import { repeatCertificate, SUBJECT_ALT_NAME, type Repeated } from '../../store/repeat-request.ts'
import { parseGeneralName } from '../../x509/general-name-text.ts'
import { describePublicKey } from '../../x509/public-key.ts'
import { assembleSigned, writeTbsCertificate } from '../../x509/write-certificate.ts'
import { writeCsr } from '../../x509/write-csr.ts'
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyIdentifier,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../x509/write-extensions.ts'
import type { House } from '../house.ts'
import { badRequest } from './errors.ts'
import { writeSubject } from './map.ts'
import type { KeyEntry } from './server-book.ts'
import type { WireSubject } from './wire.ts'

/** What a self-signed certificate and a request are about. */
export type Content = Repeated

/** The content of a new certificate: its common name is its alternative name too, where it is one. */
export const contentOf = (subject: WireSubject): Content => ({
  subject: writeSubject(subject),
  extensions: alternativeName(subject.common_name),
})

/** Clients have not looked at common names for years (RFC 6125 section 6.4.4). */
function alternativeName(common: string): readonly Uint8Array[] {
  const isAddress = /^(?:\d{1,3}\.){3}\d{1,3}$|:/.test(common)
  // the name of a person is no name of a host
  const name = orNoneSync(() => parseGeneralName(`${isAddress ? 'ip' : 'dns'}:${common}`))
  return name ? [subjectAltName([name])] : []
}

/** The names of a certificate once more. */
export const contentAgain = (der: Uint8Array): Content => repeatCertificate(der, [SUBJECT_ALT_NAME])

/** The private key of an entry, open for signing. @throws {WireFault} 400 when it is locked, or not there */
export async function signerOf({ served, id, row }: KeyEntry): Promise<Signer> {
  if (!row) throw badRequest('The private key is not kept here: nothing can be signed with it.')
  const { encrypted, pkcs8 } = await served.store.key(id)
  if (encrypted) throw badRequest('The private key is encrypted: nothing can be signed with it.')
  return openSigner(pkcs8)
}

const DAY = 86_400_000

/** A certificate for a server, signed by its own key: no authority. */
export function selfSigned(
  { subject, extensions }: Content,
  signer: Signer,
  { ambient, days }: Pick<House, 'ambient'> & { readonly days: number },
): Uint8Array {
  const now = ambient.now()
  const identifier = keyIdentifier(signer.spki)
  const isRsa = describePublicKey(signer.spki).type === 'rsa'
  const tbs = writeTbsCertificate({
    serialNumber: randomSerialNumber(ambient.random),
    algorithm: signer.algorithm,
    issuer: subject,
    subject,
    notBefore: now,
    notAfter: new Date(now.getTime() + days * DAY),
    spki: signer.spki,
    extensions: [
      basicConstraints({ ca: false }, true),
      keyUsage(isRsa ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']),
      extendedKeyUsage(['serverAuth']),
      subjectKeyIdentifier(identifier),
      authorityKeyIdentifier(identifier),
      ...extensions,
    ],
  })
  return assembleSigned(tbs, signer.algorithm, signer.sign(tbs))
}

/** A request for the same names (RFC 2986). */
export const requestFor = ({ subject, extensions }: Content, signer: Signer): Uint8Array =>
  writeCsr({ subject, extensions, signer })
